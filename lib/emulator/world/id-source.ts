/**
 * Where ids come from. Chance, unless the world of the account was begun with a seed: then every id that a request makes
 * is drawn from the seed, so that the same calls in the same order give the same ids, ARNs and request ids again.
 * Secrets never come from here: key material, data keys, nonces and the secrets of credentials are always chance.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { randomShort } from '../storage/random.ts';

/** Ids of one seeded world. */
export interface IdSource {
  /** World time in milliseconds, for ids that begin with the time. */
  now(): number;
  /** The number of this draw, and `length` bytes that follow from seed, account and number alone. */
  draw(length: number): { readonly number: number; readonly bytes: Buffer };
  /** Writes down how far the source was used, so that no id comes twice after a restart. Call when a request ends. */
  keep(): void;
}

const current = new AsyncLocalStorage<IdSource | undefined>();

/**
 * Runs `work`, and what it awaits, with ids from `source`; by chance without one, also where it is called from within
 * another world's request.
 */
export function withIds<T>(source: IdSource | undefined, work: () => T): T {
  return source === current.getStore() ? work() : current.run(source, work);
}

/** The source of the request under way, if its world has a seed. */
export function idSource(): IdSource | undefined {
  return current.getStore();
}

/** Bytes (at most 64) for an id or a name. */
export function idBytes(length: number): Buffer {
  return current.getStore()?.draw(length).bytes ?? randomShort(length);
}

/** A UUID of version 4. */
export function newUuid(): string {
  const bytes = idBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Bytes that follow from a seed, an account and a number: two accounts with one seed share no id. */
export function seededBytes(seed: string, accountId: string, number: number, length: number): Buffer {
  const hash = createHash('sha512').update(`${seed}\0${accountId}\0${number}`).digest();
  return hash.subarray(0, length);
}
