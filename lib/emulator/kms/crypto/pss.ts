/** EMSA-PSS over a digest that somebody else made (RFC 8017, section 9.1), with a salt as long as the digest. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

type Hash = 'sha256' | 'sha384' | 'sha512';
const TRAILER = 0xbc;

/** The block to put through the RSA private key without padding. */
export function emsaPssEncode(hash: Hash, digest: Uint8Array, modulusBits: number): Buffer {
  const salt = randomBytes(digest.byteLength);
  return encode(hash, digest, salt, modulusBits);
}

/** Whether a block that came out of the RSA public key is an encoding of the digest. */
export function emsaPssVerify(hash: Hash, digest: Uint8Array, block: Buffer, modulusBits: number): boolean {
  const size = digest.byteLength;
  const maskedSize = block.byteLength - size - 1;
  if (maskedSize < size + 1 || block.at(-1) !== TRAILER) return false;
  const check = block.subarray(maskedSize, maskedSize + size);
  const data = mask(hash, block.subarray(0, maskedSize), check);
  const salt = data.subarray(maskedSize - size);
  return timingSafeEqual(encode(hash, digest, salt, modulusBits), block);
}

function encode(hash: Hash, digest: Uint8Array, salt: Uint8Array, modulusBits: number): Buffer {
  const length = modulusBits / 8;
  const check = createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
  const data = Buffer.alloc(length - check.byteLength - 1);
  data[data.byteLength - salt.byteLength - 1] = 1;
  data.set(salt, data.byteLength - salt.byteLength);
  const masked = mask(hash, data, check);
  // The block has one bit less than the modulus.
  masked[0] = (masked[0] ?? 0) & 0x7f;
  return Buffer.concat([masked, check, Buffer.of(TRAILER)]);
}

/** MGF1 of `seed` over `data`. */
function mask(hash: Hash, data: Uint8Array, seed: Uint8Array): Buffer {
  const masked = Buffer.from(data);
  const counter = Buffer.alloc(4);
  for (let at = 0, round = 0; at < masked.byteLength; round += 1) {
    counter.writeUInt32BE(round);
    for (const byte of createHash(hash).update(seed).update(counter).digest()) {
      if (at >= masked.byteLength) break;
      masked[at] = (masked[at] ?? 0) ^ byte;
      at += 1;
    }
  }
  return masked;
}
