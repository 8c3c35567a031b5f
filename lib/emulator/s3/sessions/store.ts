/**
 * Sessions of directory buckets (DB-31): credentials for five minutes of world time, kept in memory and in the state
 * database, their secrets wrapped by the vault.
 */

import { randomBytes } from 'node:crypto';
import type { BucketSession, Caller } from '../../context.ts';
import type { BucketSessionPort, StoredCredential } from '../../ports.ts';
import type { StateStore } from '../../storage/store.ts';
import { parseStored } from '../../storage/stored-json.ts';
import type { Vault } from '../../vault/vault.ts';
import { idBytes } from '../../world/id-source.ts';
import { firstRow } from '../stored.ts';

export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** World time, milliseconds. */
  readonly expiresAt: number;
  /** Who called CreateSession, as it was authenticated. */
  readonly creator: Caller;
  readonly bucket: string;
  /** Mode asked for; absent lets S3 choose (DB-33). */
  readonly wanted: BucketSession['mode'] | undefined;
  /**
   * What the session may do and how it encrypts. Absent until its first zonal request when the session is older than
   * its bucket or than a change of the bucket's encryption that it signed itself: SDKs with a custom endpoint begin even
   * CreateBucket with a session, which AWS's own control endpoint does not know.
   */
  readonly bound:
    | { readonly mode: BucketSession['mode']; readonly encryption: BucketSession['encryption'] }
    | undefined;
}

type StoredSession = Omit<Session, 'secretAccessKey'>;

const MAXIMUM_CACHED = 10_000;
/** Tells access keys of sessions from those of STS without a look into the database: every request asks. */
const PREFIX = 'ASIAS3X';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const AES256 = { algorithm: 'AES256' } as const;

export class Sessions implements BucketSessionPort {
  readonly #state: StateStore;
  readonly #vault: Vault;
  readonly #cache = new Map<string, { readonly session: Session; readonly credential: StoredCredential }>();

  constructor(state: StateStore, vault: Vault) {
    this.#state = state;
    this.#vault = vault;
  }

  /** Makes credentials. Sessions of the account that ended before `now` go. */
  create(input: Pick<Session, 'creator' | 'bucket' | 'wanted' | 'bound' | 'expiresAt'>, now: number): Session {
    const session: Session = {
      ...input,
      accessKeyId: `${PREFIX}${Array.from(idBytes(13), (byte) => ALPHABET[byte % 32]).join('')}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(96).toString('base64'),
    };
    const account = input.creator.principal.accountId;
    this.#state.write(() => {
      this.#state.statement('DELETE FROM s3_session WHERE account = ? AND expires < ?').run(account, now);
      this.#save(session);
    });
    this.#remember(session);
    return session;
  }

  find(accessKeyId: string): Session | undefined {
    return this.#lookUp(accessKeyId)?.session;
  }

  /** For authentication; expired sessions are answered too. */
  credential(accessKeyId: string): StoredCredential | undefined {
    return this.#lookUp(accessKeyId)?.credential;
  }

  /** Fixes what the session may do, or opens the question again until the next zonal request. */
  bind(session: Session, bound: Session['bound']): Session {
    const next = { ...session, bound };
    this.#state.write(() => this.#save(next));
    this.#remember(next);
    return next;
  }

  /** Removes the sessions of an account. Call within `state.write`. */
  forgetAccount(account: string): void {
    this.#state.statement('DELETE FROM s3_session WHERE account = ?').run(account);
    for (const [id, { session }] of this.#cache) {
      if (session.creator.principal.accountId === account) this.#cache.delete(id);
    }
  }

  #lookUp(accessKeyId: string): { readonly session: Session; readonly credential: StoredCredential } | undefined {
    const cached = this.#cache.get(accessKeyId);
    if (cached !== undefined || !accessKeyId.startsWith(PREFIX)) return cached;
    const statement = this.#state.statement('SELECT secret, record FROM s3_session WHERE access_key = ?');
    const row = firstRow<{ secret: Uint8Array; record: string }>(statement, accessKeyId);
    if (row === undefined) return undefined;
    const stored = parseStored<StoredSession>(row.record);
    const secret = this.#vault.unwrap(row.secret, purpose(accessKeyId));
    return this.#remember({ ...stored, bound: stored.bound, secretAccessKey: Buffer.from(secret).toString('utf8') });
  }

  #save(session: Session): void {
    const { secretAccessKey, ...stored } = session;
    this.#state
      .statement(
        `INSERT INTO s3_session (access_key, account, bucket, expires, secret, record) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (access_key) DO UPDATE SET record = excluded.record`,
      )
      .run(
        session.accessKeyId,
        session.creator.principal.accountId,
        session.bucket,
        session.expiresAt,
        this.#vault.wrap(Buffer.from(secretAccessKey), purpose(session.accessKeyId)),
        JSON.stringify(stored satisfies StoredSession),
      );
  }

  #remember(session: Session): { readonly session: Session; readonly credential: StoredCredential } {
    if (this.#cache.size >= MAXIMUM_CACHED) {
      for (const oldest of this.#cache.keys()) {
        this.#cache.delete(oldest);
        break;
      }
    }
    const entry = { session, credential: credentialOf(session) };
    this.#cache.set(session.accessKeyId, entry);
    return entry;
  }
}

/** The caller behind a session's credentials is its creator: KMS and the control operations see no other (DB-40). */
function credentialOf(session: Session): StoredCredential {
  return {
    secretAccessKey: session.secretAccessKey,
    active: true,
    sessionToken: session.sessionToken,
    expiresAt: session.expiresAt,
    caller: {
      ...session.creator,
      accessKeyId: session.accessKeyId,
      bucketSession: {
        bucket: session.bucket,
        mode: session.bound?.mode ?? 'ReadWrite',
        expiresAt: session.expiresAt,
        encryption: session.bound?.encryption ?? AES256,
        creator: session.creator.principal,
      },
    },
  };
}

function purpose(accessKeyId: string): string {
  return `s3 session ${accessKeyId}`;
}
