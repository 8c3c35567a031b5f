/**
 * The keys that S3 keeps for a while: bucket-level keys (S3 Bucket Keys) and table-level keys (S3 Tables).
 *
 * A cached key is born when a requester's first write under a KMS key needs one: KMS makes it (GenerateDataKey), S3
 * holds its plaintext for a limited time and wraps the data keys of new objects with it. Every object keeps the id and
 * the KMS ciphertext blob of the cached key that wrapped its data key, so it can be read when the cache has long
 * forgotten: the reader has KMS decrypt the blob, and the opened key is then held for that reader in the same way.
 *
 * While a key is held, no request reaches KMS and no policy is asked again (BK-08). Nobody profits from what another
 * requester fetched (BK-06), another KMS key (BK-10) or another bucket or table (TB-12).
 *
 * Pure memory: no clock of its own (world time comes in), nothing survives a restart.
 *
 * How S3 uses it:
 *
 *     const ask = { scope: bucketArn, accountId, keyArn, requester: caller.requester, principalArn, encryptionContext,
 *                   viaService, answeredBy: 'bucket-key', lifetime: values.bucketKeyLifetime, now: context.now };
 *     // write
 *     const { key } = keys.forWrite(ask, context.trail.keyOperations, () => kms.generateDataKey(use));
 *     row.cachedKeyId = key.id; row.cachedKeyBlob = key.ciphertextBlob; row.dataKey = wrapDataKey(key.plaintext, dataKey, …);
 *     // read
 *     const { key } = keys.forRead(ask, { id: row.cachedKeyId, ciphertextBlob: row.cachedKeyBlob },
 *                                  context.trail.keyOperations, () => kms.decrypt(use, row.cachedKeyBlob));
 *
 * `make` and `open` are called only where KMS has to be asked; what they throw passes on and nothing is remembered.
 * The KMS port records its own `made` operations; those are marked with the id of the cached key here, and a `spared`
 * operation is appended where none was needed. BK-18: `make` also has KMS check `Decrypt` (`kms.check(use, 'Decrypt')`).
 */

import type { KeyOperation, KeyOperationName } from '../../contract/ledger.ts';
import { newUuid } from '../world/id-source.ts';

/** A key that S3 holds for a requester. */
export interface CachedKey {
  /** Stable for the life of the ciphertext: stored with every object whose data key it wrapped. */
  readonly id: string;
  /** ARN of the bucket or table. */
  readonly scope: string;
  readonly keyArn: string;
  /** 256 bits. */
  readonly plaintext: Uint8Array;
  /** The same key under the KMS key. */
  readonly ciphertextBlob: Uint8Array;
  /** World time in milliseconds at which KMS handed it to this requester. */
  readonly born: number;
}

/** Who needs a key, for what, and when. */
export interface CachedKeyAsk {
  /** ARN of the bucket or table. */
  readonly scope: string;
  /** Account whose state this belongs to (that of the bucket or table): for `forget`. */
  readonly accountId: string;
  /** Full ARN of the KMS key. */
  readonly keyArn: string;
  /** `Caller.requester`. */
  readonly requester: string;
  /** World time, milliseconds. */
  readonly now: number;
  /** Seconds that a key is held; 0 holds nothing. A change counts at once for keys already held. */
  readonly lifetime: number;
  /** For the ledger. */
  readonly answeredBy: 'bucket-key' | 'table-key' | 'session';
  readonly principalArn: string;
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly viaService?: string;
}

/** A key, and whether KMS was asked for it just now. */
export interface CachedKeyUse {
  readonly key: CachedKey;
  readonly kind: 'made' | 'spared';
  /** Seconds of world time since the key was fetched. */
  readonly age: number;
}

interface Held {
  readonly key: CachedKey;
  readonly accountId: string;
  /** World time in milliseconds past which it is dropped when met, by the lifetime of its birth. */
  readonly expires: number;
}

/** Some 400 bytes each. */
const MAXIMUM_HELD = 20_000;
/** Entries looked at for expiry whenever one is added. */
const EXPIRY_STEPS = 4;

/** See the head of the file. One instance for bucket keys and table keys together is fine: scopes differ. */
export class CachedKeys {
  /** Least recently used first. */
  readonly #held = new Map<string, Held>();
  readonly #maximum: number;

  /** `maximum`: how many keys are held at most, over all requesters; the least recently used one goes first. */
  constructor(maximum: number = MAXIMUM_HELD) {
    this.#maximum = maximum;
  }

  /** Number of keys held, expired ones that nobody met since included. */
  get size(): number {
    return this.#held.size;
  }

  /** The live key for new objects of this scope, KMS key and requester, or undefined. */
  current(ask: CachedKeyAsk): CachedKey | undefined {
    return this.#live(writeSlot(ask), ask);
  }

  /** The cached key `id`, if this requester holds it (it made it, or opened its blob), or undefined. */
  opened(id: string, ask: CachedKeyAsk): CachedKey | undefined {
    return this.#live(readSlot(id, ask), ask);
  }

  /**
   * The key under which the data key of a new object is wrapped: the one held, else what `make` (GenerateDataKey) gives.
   * Appends or marks the key operation in `operations` (BK-04, BK-06, BK-10, TB-12, DB-25).
   */
  forWrite(
    ask: CachedKeyAsk,
    operations: KeyOperation[],
    make: () => { readonly plaintext: Uint8Array; readonly ciphertextBlob: Uint8Array },
  ): CachedKeyUse {
    const held = this.current(ask);
    if (held !== undefined) return spare(held, ask, 'GenerateDataKey', operations);
    const before = operations.length;
    const made = make();
    const key: CachedKey = {
      id: newUuid(),
      scope: ask.scope,
      keyArn: ask.keyArn,
      plaintext: made.plaintext,
      ciphertextBlob: made.ciphertextBlob,
      born: ask.now,
    };
    mark(operations, before, key.id);
    this.#hold(writeSlot(ask), key, ask);
    this.#hold(readSlot(key.id, ask), key, ask);
    return { key, kind: 'made', age: 0 };
  }

  /**
   * The key that wrapped the data key of an existing object: the one this requester holds, else `open` (Decrypt of the
   * blob that the object keeps). `ask.keyArn` is the key recorded with the object.
   */
  forRead(
    ask: CachedKeyAsk,
    wrappedBy: { readonly id: string; readonly ciphertextBlob: Uint8Array },
    operations: KeyOperation[],
    open: () => { readonly plaintext: Uint8Array },
  ): CachedKeyUse {
    const held = this.opened(wrappedBy.id, ask);
    if (held !== undefined) return spare(held, ask, 'Decrypt', operations);
    const before = operations.length;
    const { plaintext } = open();
    const key: CachedKey = {
      id: wrappedBy.id,
      scope: ask.scope,
      keyArn: ask.keyArn,
      plaintext,
      ciphertextBlob: wrappedBy.ciphertextBlob,
      born: ask.now,
    };
    mark(operations, before, key.id);
    this.#hold(readSlot(key.id, ask), key, ask);
    return { key, kind: 'made', age: 0 };
  }

  /** Drops all keys of an account (reset). */
  forgetAccount(accountId: string): void {
    for (const [slot, held] of this.#held) if (held.accountId === accountId) this.#held.delete(slot);
  }

  /** Drops all keys of a bucket or table (it was deleted). */
  forgetScope(scope: string): void {
    for (const [slot, held] of this.#held) if (held.key.scope === scope) this.#held.delete(slot);
  }

  #live(slot: string, ask: CachedKeyAsk): CachedKey | undefined {
    const held = this.#held.get(slot);
    if (held === undefined) return undefined;
    this.#held.delete(slot);
    if (ask.now - held.key.born >= ask.lifetime * 1000) return undefined;
    this.#held.set(slot, held);
    return held.key;
  }

  #hold(slot: string, key: CachedKey, ask: CachedKeyAsk): void {
    if (ask.lifetime <= 0) return;
    let steps = EXPIRY_STEPS;
    for (const [oldest, held] of this.#held) {
      const expired = held.accountId === ask.accountId && held.expires <= ask.now;
      if (expired || this.#held.size >= this.#maximum) this.#held.delete(oldest);
      if (--steps === 0) break;
    }
    this.#held.delete(slot);
    this.#held.set(slot, { key, accountId: ask.accountId, expires: ask.now + ask.lifetime * 1000 });
  }
}

/** NUL cannot occur in an ARN or a requester. */
function writeSlot(ask: CachedKeyAsk): string {
  return `w\0${ask.scope}\0${ask.keyArn}\0${ask.requester}`;
}

function readSlot(id: string, ask: CachedKeyAsk): string {
  return `r\0${id}\0${ask.requester}`;
}

function spare(
  key: CachedKey,
  ask: CachedKeyAsk,
  operation: KeyOperationName,
  operations: KeyOperation[],
): CachedKeyUse {
  const age = Math.max(0, (ask.now - key.born) / 1000);
  operations.push({
    kind: 'spared',
    operation,
    keyArn: ask.keyArn,
    principalArn: ask.principalArn,
    encryptionContext: ask.encryptionContext,
    ...(ask.viaService === undefined ? {} : { viaService: ask.viaService }),
    answeredBy: ask.answeredBy,
    cachedKeyId: key.id,
    cachedKeyAge: age,
  });
  return { key, kind: 'spared', age };
}

/** Says on the operations that KMS has just recorded which cached key they gave birth to or opened. */
function mark(operations: KeyOperation[], from: number, cachedKeyId: string): void {
  for (let index = from; index < operations.length; index++) {
    const operation = operations[index];
    if (operation !== undefined) operations[index] = { ...operation, cachedKeyId };
  }
}
