/** Data keys of objects, wrapped under a bucket-level or table-level key (BK-04: S3 derives no object's key from another's). */

import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { randomShort } from '../storage/random.ts';
import { VaultError } from './open.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/** A fresh 256-bit data key for one object. */
export function newDataKey(): Uint8Array {
  return randomShort(32);
}

/**
 * Wraps a data key of 32 bytes: 60 bytes, nonce, ciphertext, tag. `binding` names the object (bucket, key and version):
 * the wrapped key opens nothing in another row.
 */
export function wrapDataKey(cachedKey: Uint8Array, dataKey: Uint8Array, binding: string): Uint8Array {
  const nonce = randomShort(NONCE);
  const cipher = createCipheriv(ALGORITHM, keyObject(cachedKey), nonce);
  cipher.setAAD(Buffer.from(binding));
  const ciphertext = cipher.update(dataKey);
  cipher.final();
  return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]);
}

/** Throws VaultError when the bytes were changed, or the key or binding is another one. */
export function unwrapDataKey(cachedKey: Uint8Array, wrapped: Uint8Array, binding: string): Uint8Array {
  const end = wrapped.length - TAG;
  if (end < NONCE) throw new VaultError();
  const decipher = createDecipheriv(ALGORITHM, keyObject(cachedKey), wrapped.subarray(0, NONCE));
  decipher.setAAD(Buffer.from(binding));
  decipher.setAuthTag(wrapped.subarray(end));
  const dataKey = decipher.update(wrapped.subarray(NONCE, end));
  try {
    decipher.final();
  } catch (error) {
    throw new VaultError({ cause: error });
  }
  return dataKey;
}

/** Bytes as a key cost Node several times what the cipher itself does, and a cached key is used again and again. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>();

function keyObject(key: Uint8Array): KeyObject {
  let found = keyObjects.get(key);
  if (found === undefined) {
    found = createSecretKey(key);
    keyObjects.set(key, found);
  }
  return found;
}
