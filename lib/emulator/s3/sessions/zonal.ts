/** Who may do what inside a directory bucket: sessions, and requests that come without one (DB-30, DB-33, DB-40). */

import type { BucketSession, RequestContext } from '../../context.ts';
import type { Surroundings } from '../../service.ts';
import type { Access } from '../access.ts';
import type { Bucket } from '../buckets/store.ts';
import type { DataKeys } from '../encryption/data-keys.ts';
import type { EncryptionHeaders } from '../encryption/scheme.ts';
import { errors } from '../errors.ts';
import { chooseForDirectory, defaultOf, type SessionEncryption } from './rules.ts';
import type { Session, Sessions } from './store.ts';

type Mode = BucketSession['mode'];

const CREATE_SESSION = 's3express:CreateSession';
const KEY_ID = /^[0-9a-zA-Z-]+$/;

export class Zonal {
  readonly #surroundings: Surroundings;
  readonly #access: Access;
  readonly #sessions: Sessions;
  readonly #keys: DataKeys;

  constructor(surroundings: Surroundings, access: Access, sessions: Sessions, keys: DataKeys) {
    this.#surroundings = surroundings;
    this.#access = access;
    this.#sessions = sessions;
    this.#keys = keys;
  }

  /**
   * Lets a zonal request pass or throws AccessDenied; says how the session encrypts. A session decides by itself; without
   * one the caller needs s3express:CreateSession at this moment.
   */
  enter(context: RequestContext, bucket: Bucket, needed: Mode): SessionEncryption {
    this.requireTls(context, bucket);
    const session = this.#sessionOf(context);
    if (session === undefined) {
      this.authorize(context, bucket, needed, {});
      return defaultOf(bucket);
    }
    if (session.bucket !== bucket.name) throw errors.accessDenied();
    const bound = session.bound ?? this.#bindNow(context, bucket, session);
    if (needed === 'ReadWrite' && bound.mode === 'ReadOnly') throw errors.accessDenied();
    return bound.encryption;
  }

  /** For CopyObject and UploadPartCopy, which no session authorises (DB-30): asks about the session's creator. */
  enterWithoutSession(context: RequestContext, bucket: Bucket, needed: Mode): void {
    this.requireTls(context, bucket);
    this.refuseScoped(context);
    this.authorize(context, bucket, needed, {});
  }

  /** CreateSession on a bucket that exists: mode and encryption of the new session (DB-33, DB-35, DB-40). */
  grant(
    context: RequestContext,
    bucket: Bucket,
    wanted: Mode | undefined,
    headers: EncryptionHeaders,
  ): NonNullable<Session['bound']> {
    const mode = this.#chooseMode(context, bucket, wanted, headers);
    const encryption = chooseForDirectory(bucket, headers, true);
    if (encryption.algorithm === 'aws:kms') this.#keys.prepare({ context, bucket, key: '' }, encryption.keyArn);
    return { mode, encryption };
  }

  /** Has the session that signed this request, if any, look at the bucket's encryption again (see Session.bound). */
  unbind(context: RequestContext): void {
    const session = this.#sessionOf(context);
    if (session?.bound !== undefined) this.#sessions.bind(session, undefined);
  }

  /**
   * Operations that no session authorises are open to sessions that an SDK opened by itself: it does so for whatever it
   * sends to a custom endpoint, and its creator is asked about. A session that somebody opened for a mode is meant to be
   * handed on and stays what it is. Throws AccessDenied.
   */
  refuseScoped(context: RequestContext): void {
    if (this.#sessionOf(context)?.wanted !== undefined) throw errors.accessDenied();
  }

  /** Throws AccessDenied unless the caller may open a session of this mode. */
  authorize(context: RequestContext, bucket: Bucket, mode: Mode, headers: EncryptionHeaders): void {
    const conditions = this.#conditions(bucket, mode, headers);
    this.#access.require(context, bucket, CREATE_SESSION, bucket.arn, conditions);
  }

  /** DB-53: directory buckets are reached over TLS only, where the world insists on it. */
  requireTls(context: RequestContext, bucket: Bucket): void {
    if (context.secureTransport || !this.#surroundings.world.values(bucket.account).tlsOnly) return;
    throw errors.invalidRequest('Requests to directory buckets must be made over a secure connection.');
  }

  #sessionOf(context: RequestContext): Session | undefined {
    return context.caller.bucketSession === undefined ? undefined : this.#sessions.find(context.caller.accessKeyId);
  }

  #bindNow(context: RequestContext, bucket: Bucket, session: Session): NonNullable<Session['bound']> {
    const bound = this.grant(context, bucket, session.wanted, {});
    this.#sessions.bind(session, bound);
    return bound;
  }

  /** DB-33: without a wish ReadWrite is tried first, then ReadOnly. */
  #chooseMode(context: RequestContext, bucket: Bucket, wanted: Mode | undefined, headers: EncryptionHeaders): Mode {
    if (wanted === undefined) {
      const conditions = this.#conditions(bucket, 'ReadWrite', headers);
      const decision = this.#access.ask(context, bucket, CREATE_SESSION, bucket.arn, conditions);
      if (decision.outcome === 'allow') return 'ReadWrite';
    }
    const mode = wanted ?? 'ReadOnly';
    this.authorize(context, bucket, mode, headers);
    return mode;
  }

  /** DB-52; the key as a full ARN whatever form was sent (DB-47). */
  #conditions(bucket: Bucket, mode: Mode, headers: EncryptionHeaders): Record<string, string | undefined> {
    const keyId = headers.SSEKMSKeyId;
    return {
      sessionmode: mode,
      'x-amz-server-side-encryption': headers.ServerSideEncryption,
      'x-amz-server-side-encryption-aws-kms-key-id':
        keyId !== undefined && KEY_ID.test(keyId)
          ? `arn:aws:kms:${bucket.region}:${bucket.account}:key/${keyId}`
          : keyId,
    };
  }
}
