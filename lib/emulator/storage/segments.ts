/**
 * How bodies look on the disk.
 *
 * In the database: version byte, 12-byte nonce, ciphertext, 16-byte tag (AES-256-GCM under the data key).
 *
 * In a file: segments of 128 KiB, each encrypted for itself and followed by its tag, under a key derived from the data
 * key and the file's name, so that parts which share a data key never share a key stream. The nonce is the number of
 * the segment and whether it is the last one: segments cannot be swapped, repeated or left out, and a file cut at a
 * border of segments does not open. Every file has a last segment, an empty body an empty one.
 */

import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync } from 'node:crypto';
import { BodyDamagedError } from './errors.ts';
import { randomShort } from './random.ts';

export const SEGMENT = 128 * 1024;
export const TAG = 16;
const NONCE = 12;
const VERSION = 1;
const ALGORITHM = 'aes-256-gcm';

/** Encrypts a body for a row of the database. (A cipher given bytes as its key costs Node 24 several times one given a KeyObject.) */
export function sealBody(dataKey: Uint8Array, body: Uint8Array): Uint8Array {
  const nonce = randomShort(NONCE);
  const cipher = createCipheriv(ALGORITHM, createSecretKey(dataKey), nonce);
  const ciphertext = cipher.update(body);
  cipher.final();
  const sealed = Buffer.allocUnsafeSlow(1 + NONCE + ciphertext.length + TAG);
  sealed[0] = VERSION;
  sealed.set(nonce, 1);
  sealed.set(ciphertext, 1 + NONCE);
  sealed.set(cipher.getAuthTag(), 1 + NONCE + ciphertext.length);
  return sealed;
}

/** Throws BodyDamagedError. */
export function openBody(dataKey: Uint8Array, sealed: Uint8Array): Uint8Array {
  const end = sealed.length - TAG;
  if (sealed[0] !== VERSION || end < 1 + NONCE) throw new BodyDamagedError('A stored body');
  const decipher = createDecipheriv(ALGORITHM, createSecretKey(dataKey), sealed.subarray(1, 1 + NONCE));
  decipher.setAuthTag(sealed.subarray(end));
  const body = decipher.update(sealed.subarray(1 + NONCE, end));
  try {
    decipher.final();
  } catch (error) {
    throw new BodyDamagedError('A stored body', { cause: error });
  }
  return body;
}

/** The key of one file. */
export function fileKey(dataKey: Uint8Array, file: string): KeyObject {
  return createSecretKey(new Uint8Array(hkdfSync('sha256', dataKey, file, 'body file', 32)));
}

/** Nonce of a segment: 7 zero bytes, its number, 1 for the last one. */
function segmentNonce(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE);
  nonce.writeUInt32BE(index, 7);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/** Encrypts the chunks of one segment: ciphertexts in order, then the tag. */
export function sealSegment(key: KeyObject, index: number, last: boolean, chunks: readonly Uint8Array[]): Uint8Array[] {
  const cipher = createCipheriv(ALGORITHM, key, segmentNonce(index, last));
  const sealed: Uint8Array[] = chunks.map((chunk) => cipher.update(chunk));
  cipher.final();
  sealed.push(cipher.getAuthTag());
  return sealed;
}

/** Opens one segment, its tag at its end. Throws BodyDamagedError. */
export function openSegment(key: KeyObject, index: number, last: boolean, sealed: Uint8Array): Uint8Array {
  const end = sealed.length - TAG;
  if (end < 0) throw new BodyDamagedError('A body file');
  const decipher = createDecipheriv(ALGORITHM, key, segmentNonce(index, last));
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
  } catch (error) {
    throw new BodyDamagedError('A body file', { cause: error });
  }
  return plain;
}

/** Number of the last segment of a body of `size` bytes. */
export function lastSegment(size: number): number {
  return size === 0 ? 0 : Math.ceil(size / SEGMENT) - 1;
}
