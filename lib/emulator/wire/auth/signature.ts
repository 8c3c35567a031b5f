/** Keyed hashes of Signature Version 4, with the signing keys at hand. */

import { createHmac, hash } from 'node:crypto';
import type { SignedAuth } from './types.ts';

/**
 * A signing key as the two padded blocks of HMAC (RFC 2104): two one-shot hashes cost an eighth of a Hmac object.
 * The secret is kept beside it so that a key made anew under an old id is not confused with it.
 */
export interface SigningKey {
  readonly secret: string;
  readonly inner: Uint8Array;
  readonly outer: Uint8Array;
}

const BLOCK = 64;
/** Each signing key lives in the younger generation, or moves there when it is used again; the older one is dropped whole. */
const GENERATION_SIZE = 1024;
let young = new Map<string, SigningKey>();
let old = new Map<string, SigningKey>();

/**
 * The key for the day, Region and service of a signature, derived once and then cached (bounded, least recently used out).
 *
 * @param auth a parsed signature
 * @param secret the secret access key behind it
 */
export function signingKey(auth: Pick<SignedAuth, 'credential' | 'scope'>, secret: string): SigningKey {
  const id = auth.credential;
  let key = young.get(id);
  if (key !== undefined && key.secret === secret) return key;
  key = old.get(id);
  if (key === undefined || key.secret !== secret) key = deriveKey(secret, auth.scope);
  if (young.size >= GENERATION_SIZE) {
    old = young;
    young = new Map();
  }
  young.set(id, key);
  return key;
}

/** Derives a signing key: HMAC over date, Region, service and `aws4_request` in turn. */
function deriveKey(secret: string, scope: SignedAuth['scope']): SigningKey {
  let key: Uint8Array = Buffer.from(`AWS4${secret}`);
  for (const part of [scope.date, scope.region, scope.service, 'aws4_request']) {
    key = createHmac('sha256', key).update(part).digest();
  }
  const inner = new Uint8Array(BLOCK).fill(0x36);
  const outer = new Uint8Array(BLOCK).fill(0x5c);
  for (let i = 0; i < key.length; i++) {
    const byte = key[i] ?? 0;
    inner[i] = 0x36 ^ byte;
    outer[i] = 0x5c ^ byte;
  }
  return { secret, inner, outer };
}

// Strings to sign are short: their only parts of free length (Region, service) are bounded by readCredentials.
const message = Buffer.alloc(2048);
const outerMessage = Buffer.alloc(BLOCK + 32);

/** HMAC-SHA256 of a text in Latin 1, as lower-case hex. Texts longer than 1984 characters are refused with RangeError. */
export function sign(key: SigningKey, text: string): string {
  if (text.length > message.length - BLOCK) throw new RangeError('string to sign is too long');
  message.set(key.inner);
  const length = message.write(text, BLOCK, 'latin1');
  outerMessage.set(key.outer);
  outerMessage.set(hash('sha256', message.subarray(0, BLOCK + length), 'buffer'), BLOCK);
  return hash('sha256', outerMessage, 'hex');
}

/** SHA-256 of bytes, or of a text whose characters each stand for one byte; lower-case hex. */
export function sha256Hex(data: Uint8Array | string): string {
  return hash('sha256', typeof data === 'string' ? Buffer.from(data, 'latin1') : data, 'hex');
}

/** SHA-256 of nothing. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
