/**
 * Data keys of objects: each object (and each multipart upload) has its own 256-bit key, kept wrapped beside it.
 *
 * | scheme | wrapped by |
 * |---|---|
 * | SSE-S3 | the account's service key |
 * | SSE-KMS, DSSE-KMS without a bucket key | KMS itself: the key is what GenerateDataKey gave, its blob is kept (GP-08, BK-03) |
 * | SSE-KMS with a bucket key or table key | the cached key, whose blob is kept once for all its objects (BK-04, TB-12) |
 * | SSE-C | the customer's key, which is never kept |
 */

import type { Caller, RequestContext } from '../../context.ts';
import type { KeyUse, KmsPort } from '../../ports.ts';
import type { Surroundings } from '../../service.ts';
import { parseStored } from '../../storage/stored-json.ts';
import { type CachedKey, type CachedKeyAsk, CachedKeys } from '../../vault/cached-keys.ts';
import { newDataKey, unwrapDataKey, wrapDataKey } from '../../vault/envelope.ts';
import { newUuid } from '../../world/id-source.ts';
import type { Bucket } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import { firstRow } from '../stored.ts';
import { answeredBy, cacheLifetime, cacheScope, encryptionContextOf, keyUse, printExpressContext } from './key-use.ts';
import { throughKms } from './kms-errors.ts';
import { type CustomerScheme, SCHEME, type Scheme, WRONG_CUSTOMER_KEY } from './scheme.ts';
import { ServiceKeys } from './service-keys.ts';

/** How a data key is kept. */
export interface KeyColumns {
  /** One of SCHEME. */
  readonly scheme: number;
  /** Full ARN of the KMS key. */
  readonly key_arn: string | null;
  /** Id of the bucket key or table key that wraps the data key. */
  readonly cached_key: string | null;
  /** The data key as KMS wrapped it, where no cached key is involved. */
  readonly key_blob: Uint8Array | null;
  readonly wrapped_key: Uint8Array | null;
  /** JSON of the pairs that the client added to the encryption context; for SSE-C the MD5 of the customer's key. */
  readonly context: string | null;
}

export interface NewKey {
  readonly dataKey: Uint8Array;
  readonly columns: KeyColumns;
}

/** Which key, for which object, for whom. */
export interface KeyRequest {
  readonly context: RequestContext;
  /** Whom KMS sees; the request's caller unless a service acts. */
  readonly caller?: Caller;
  readonly bucket: Bucket;
  readonly key: string;
  /** Leaves cached keys aside: copies into or out of directory buckets (DB-26). */
  readonly fresh?: boolean;
  /** A replica: its role may only encrypt, so S3 makes the key itself and has KMS wrap it (REP-07). */
  readonly replica?: boolean;
}

const NONE: KeyColumns = {
  scheme: SCHEME.AES256,
  key_arn: null,
  cached_key: null,
  key_blob: null,
  wrapped_key: null,
  context: null,
};

const KEY_ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;
const KEY_ARN = /^arn:[^:]+:kms:[^:]*:[^:]*:key\//;

export class DataKeys {
  readonly #surroundings: Surroundings;
  readonly #cached = new CachedKeys();
  readonly #service: ServiceKeys;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#service = new ServiceKeys(surroundings.state, surroundings.vault);
  }

  /**
   * A data key for a new object. Throws what S3 answers when KMS refuses (section 8 of the rules).
   *
   * @param existing a data key that is in use already and only kept in another way from now on (GP-23)
   */
  create(request: KeyRequest, scheme: Scheme, existing?: Uint8Array): NewKey {
    const { bucket } = request;
    switch (scheme.algorithm) {
      case 'AES256': {
        const dataKey = existing ?? newDataKey();
        const wrapped_key = wrapDataKey(this.#service.of(bucket.account), dataKey, binding(bucket));
        return { dataKey, columns: { ...NONE, wrapped_key } };
      }
      case 'customer': {
        this.#requireTls(request.context, bucket, CUSTOMER_OVER_TLS);
        const dataKey = existing ?? newDataKey();
        const wrapped_key = wrapDataKey(scheme.key, dataKey, binding(bucket));
        return { dataKey, columns: { ...NONE, scheme: SCHEME.CUSTOMER, wrapped_key, context: scheme.md5 } };
      }
      default:
        this.#requireTls(request.context, bucket);
        return scheme.bucketKey
          ? this.#underCachedKey(request, scheme, existing)
          : this.#underKms(request, scheme, existing);
    }
  }

  /** The data key of an object that exists. Throws what S3 answers when KMS refuses or the customer's key is wrong. */
  open(request: KeyRequest, columns: KeyColumns, customer?: CustomerScheme): Uint8Array {
    const { bucket } = request;
    const { wrapped_key: wrapped, key_arn: keyArn } = columns;
    if (columns.scheme === SCHEME.CUSTOMER) {
      this.#requireTls(request.context, bucket, CUSTOMER_OVER_TLS);
      return openCustomer(bucket, columns, customer);
    }
    if (customer !== undefined) {
      throw errors.invalidRequest('The encryption parameters are not applicable to this object.');
    }
    if (columns.scheme === SCHEME.AES256 || keyArn === null) {
      return unwrapDataKey(this.#service.of(bucket.account), wrapped ?? NO_BYTES, binding(bucket));
    }
    this.#requireTls(request.context, bucket);
    if (columns.cached_key === null) {
      const pairs = encryptionContextOf(bucket, request.key, false, parsePairs(columns.context));
      const made = this.#ask(request, keyArn, pairs, (kms, use) => kms.decrypt(use, columns.key_blob ?? NO_BYTES));
      // A data key that is older than its KMS key (UpdateObjectEncryption) lies wrapped under what KMS gave.
      return wrapped === null ? made.plaintext : unwrapDataKey(made.plaintext, wrapped, binding(bucket));
    }
    return unwrapDataKey(
      this.#openCached(request, keyArn, columns.cached_key, columns),
      wrapped ?? NO_BYTES,
      binding(bucket),
    );
  }

  /** Throws unless the caller may have KMS move a data key to another KMS key (GP-23). */
  checkMove(request: KeyRequest, from: KeyColumns, to: KeyColumns): void {
    const ask = (columns: KeyColumns, operation: 'Encrypt' | 'ReEncryptFrom' | 'ReEncryptTo') => {
      const { key_arn: keyArn } = columns;
      if (keyArn === null) return;
      const extra = parsePairs(columns.context);
      const pairs = encryptionContextOf(request.bucket, request.key, columns.cached_key !== null, extra);
      this.#ask(request, keyArn, pairs, (kms, use) => kms.check(use, operation));
    };
    ask(from, 'ReEncryptFrom');
    ask(to, 'Encrypt');
    ask(to, 'ReEncryptTo');
  }

  /** Asks KMS whether the caller may use the key as its bucket needs it; nothing is made (DB-16, DB-40). Gives the key's ARN. */
  check(request: KeyRequest, keyId: string): string {
    const pairs = encryptionContextOf(request.bucket, request.key, true, {});
    const { keyArn } = this.#ask(request, keyId, pairs, (kms, use) => kms.check(use, 'GenerateDataKey'));
    this.#ask(request, keyId, pairs, (kms, use) => kms.check(use, 'Decrypt'));
    return keyArn;
  }

  /**
   * Has a bucket key of a directory bucket at hand for a session (DB-40): made where none is held; where one is, KMS is
   * still asked whether the caller may use it, so that a revoked permission shows at the next CreateSession.
   */
  prepare(request: KeyRequest, keyArn: string): void {
    const pairs = encryptionContextOf(request.bucket, request.key, true, {});
    const ask = this.#cacheAsk(request, keyArn, pairs);
    if (this.#cached.current(ask) !== undefined) this.check(request, keyArn);
    this.#current(request, keyArn, pairs, ask);
  }

  forgetAccount(account: string): void {
    this.#cached.forgetAccount(account);
    this.#service.forget(account);
  }

  #underKms(request: KeyRequest, scheme: Extract<Scheme, { keyId: unknown }>, existing?: Uint8Array): NewKey {
    const { bucket, key } = request;
    const keyId = scheme.keyId ?? this.#managedKey(bucket);
    const pairs = encryptionContextOf(bucket, key, false, scheme.extraContext);
    const made = this.#make(request, keyId, pairs);
    return {
      dataKey: existing ?? made.plaintext,
      columns: {
        scheme: scheme.algorithm === 'aws:kms' ? SCHEME.KMS : SCHEME.DSSE,
        key_arn: made.keyArn,
        cached_key: null,
        key_blob: made.ciphertextBlob,
        wrapped_key: existing === undefined ? null : wrapDataKey(made.plaintext, existing, binding(bucket)),
        context: formatPairs(scheme.extraContext),
      },
    };
  }

  #underCachedKey(request: KeyRequest, scheme: Extract<Scheme, { keyId: unknown }>, existing?: Uint8Array): NewKey {
    const { bucket, key } = request;
    const pairs = encryptionContextOf(bucket, key, true, scheme.extraContext);
    const keyArn = this.#arnOf(request, scheme.keyId, pairs);
    const wrapping =
      request.fresh === true
        ? this.#unshared(request, keyArn, pairs)
        : this.#current(request, keyArn, pairs, this.#cacheAsk(request, keyArn, pairs));
    const dataKey = existing ?? newDataKey();
    return {
      dataKey,
      columns: {
        scheme: SCHEME.KMS,
        key_arn: keyArn,
        cached_key: wrapping.id,
        key_blob: null,
        wrapped_key: wrapDataKey(wrapping.plaintext, dataKey, binding(bucket)),
        context: formatPairs(scheme.extraContext),
      },
    };
  }

  /** A key in clear and as KMS wrapped it. */
  #make(request: KeyRequest, keyId: string, pairs: Readonly<Record<string, string>>) {
    if (request.replica !== true) return this.#ask(request, keyId, pairs, (kms, use) => kms.generateDataKey(use));
    const plaintext = newDataKey();
    return { plaintext, ...this.#ask(request, keyId, pairs, (kms, use) => kms.encrypt(use, plaintext)) };
  }

  #current(request: KeyRequest, keyArn: string, pairs: Readonly<Record<string, string>>, ask: CachedKeyAsk): CachedKey {
    const { key, kind } = this.#cached.forWrite(ask, request.context.trail.keyOperations, () => {
      const made = this.#make(request, keyArn, pairs);
      // BK-18, DB-45, PERM-01: whoever writes with a cached key must be allowed to open it too.
      this.#ask(request, keyArn, pairs, (kms, use) => kms.check(use, 'Decrypt'));
      return made;
    });
    if (kind === 'made') this.#keepBlob(request.bucket, key.id, key.ciphertextBlob);
    return key;
  }

  /** A key that wraps one object's data key and is shared with no other (DB-26). */
  #unshared(
    request: KeyRequest,
    keyArn: string,
    pairs: Readonly<Record<string, string>>,
  ): { id: string; plaintext: Uint8Array } {
    const made = this.#ask(request, keyArn, pairs, (kms, use) => kms.generateDataKey(use));
    const id = newUuid();
    this.#keepBlob(request.bucket, id, made.ciphertextBlob);
    return { id, plaintext: made.plaintext };
  }

  #openCached(request: KeyRequest, keyArn: string, id: string, columns: KeyColumns): Uint8Array {
    const { bucket } = request;
    const pairs = encryptionContextOf(bucket, request.key, true, parsePairs(columns.context));
    const decrypt = () => this.#ask(request, keyArn, pairs, (kms, use) => kms.decrypt(use, this.#blob(id)));
    if (request.fresh === true) return decrypt().plaintext;
    const ask = this.#cacheAsk(request, keyArn, pairs);
    const blob = () => this.#blob(id);
    const wrappedBy = {
      id,
      get ciphertextBlob() {
        return blob();
      },
    };
    return this.#cached.forRead(ask, wrappedBy, request.context.trail.keyOperations, decrypt).key.plaintext;
  }

  #cacheAsk(request: KeyRequest, keyArn: string, pairs: Readonly<Record<string, string>>): CachedKeyAsk {
    const { context, bucket } = request;
    const caller = request.caller ?? context.caller;
    return {
      scope: cacheScope(bucket, pairs),
      accountId: bucket.account,
      keyArn,
      requester: caller.requester,
      now: context.now,
      lifetime: cacheLifetime(bucket, this.#surroundings.world.values(context.accountId)),
      answeredBy: answeredBy(bucket, caller),
      principalArn: caller.principal.arn,
      encryptionContext: pairs,
      viaService: `s3.${bucket.region}.amazonaws.com`,
    };
  }

  /** The full ARN behind an identifier. What names no key is put to KMS, which has the words for it. */
  #arnOf(request: KeyRequest, keyId: string | undefined, pairs: Readonly<Record<string, string>>): string {
    const { bucket, context } = request;
    if (keyId === undefined) return this.#managedKey(bucket);
    if (KEY_ARN.test(keyId)) return keyId;
    const account = (request.caller ?? context.caller).principal.accountId;
    if (KEY_ID.test(keyId)) return `arn:aws:kms:${bucket.region}:${account}:key/${keyId}`;
    const facts = this.#surroundings.ports.kms.facts(keyId, account, bucket.region);
    if (facts !== undefined) return facts.keyArn;
    return this.#ask(request, keyId, pairs, (kms, use) => kms.generateDataKey(use)).keyArn;
  }

  /** GP-07: the AWS managed key of the bucket's account and Region. */
  #managedKey(bucket: Bucket): string {
    return throughKms(
      () => this.#surroundings.ports.kms.managedKey('alias/aws/s3', bucket.account, bucket.region).keyArn,
    );
  }

  #ask<T>(
    request: KeyRequest,
    keyId: string,
    pairs: Readonly<Record<string, string>>,
    call: (kms: KmsPort, use: KeyUse) => T,
  ): T {
    const { context, bucket } = request;
    const use = keyUse(context, request.caller ?? context.caller, bucket, keyId, pairs);
    const before = context.trail.events.length;
    try {
      return throughKms(() => call(this.#surroundings.ports.kms, use));
    } finally {
      printExpressContext(context, bucket, before);
    }
  }

  /** GP-13, DB-53. */
  #requireTls(context: RequestContext, bucket: Bucket, message = KMS_OVER_TLS): void {
    if (context.secureTransport || !this.#surroundings.world.values(bucket.account).tlsOnly) return;
    throw errors.invalidRequest(message);
  }

  #keepBlob(bucket: Bucket, id: string, blob: Uint8Array): void {
    const { state } = this.#surroundings;
    state.write(() =>
      state.statement('INSERT INTO s3_cached_key (id, bucket, blob) VALUES (?, ?, ?)').run(id, bucket.id, blob),
    );
  }

  #blob(id: string): Uint8Array {
    const statement = this.#surroundings.state.statement('SELECT blob FROM s3_cached_key WHERE id = ?');
    return firstRow<{ blob: Uint8Array }>(statement, id)?.blob ?? NO_BYTES;
  }
}

const KMS_OVER_TLS =
  'Requests specifying Server Side Encryption with AWS KMS managed keys must be made over a secure connection.';
const CUSTOMER_OVER_TLS =
  'Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.';
const NO_BYTES = new Uint8Array();
const NO_PAIRS: Readonly<Record<string, string>> = {};

function binding(bucket: Bucket): string {
  return `s3 data key ${bucket.id}`;
}

function parsePairs(json: string | null): Readonly<Record<string, string>> {
  return json === null ? NO_PAIRS : parseStored<Record<string, string>>(json);
}

function formatPairs(pairs: Readonly<Record<string, string>>): string | null {
  return pairs === NO_PAIRS || Object.keys(pairs).length === 0 ? null : JSON.stringify(pairs);
}

function openCustomer(bucket: Bucket, columns: KeyColumns, customer: CustomerScheme | undefined): Uint8Array {
  if (customer === undefined) {
    throw errors.invalidRequest(
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    );
  }
  try {
    return unwrapDataKey(customer.key, columns.wrapped_key ?? NO_BYTES, binding(bucket));
  } catch {
    throw errors.accessDenied(WRONG_CUSTOMER_KEY);
  }
}
