/** A data key wrapped under another 256-bit key: AES-256-GCM, `nonce | ciphertext | tag`, 60 bytes. */

import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { randomShort } from '../../storage/random.ts';

const NONCE = 12;
const TAG = 16;
const KEY = 32;

/** Wraps a 32-byte key; `boundTo` must be given again to unwrap. */
export function wrapKey(wrapping: Uint8Array, dataKey: Uint8Array, boundTo: string): Uint8Array {
  const out = Buffer.allocUnsafeSlow(NONCE + KEY + TAG);
  out.set(randomShort(NONCE));
  const cipher = createCipheriv('aes-256-gcm', keyObject(wrapping), out.subarray(0, NONCE));
  cipher.setAAD(Buffer.from(boundTo));
  out.set(cipher.update(dataKey), NONCE);
  cipher.final();
  out.set(cipher.getAuthTag(), NONCE + KEY);
  return out;
}

/** Throws when a byte was changed, or when the key or the binding is another. */
export function unwrapKey(wrapping: Uint8Array, wrapped: Uint8Array, boundTo: string): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', keyObject(wrapping), wrapped.subarray(0, NONCE));
  decipher.setAAD(Buffer.from(boundTo));
  decipher.setAuthTag(wrapped.subarray(NONCE + KEY));
  const dataKey = decipher.update(wrapped.subarray(NONCE, NONCE + KEY));
  decipher.final();
  return dataKey;
}

/** Bytes as a key cost Node several times what the cipher itself does; wrapping keys are used again and again. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>();

function keyObject(key: Uint8Array): KeyObject {
  let found = keyObjects.get(key);
  if (found === undefined) {
    found = createSecretKey(key);
    keyObjects.set(key, found);
  }
  return found;
}
