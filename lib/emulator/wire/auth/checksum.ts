/** The checksums that S3 knows, fed piece by piece. */

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc64Nvme } from './crc64.ts';

/** As in `x-amz-checksum-algorithm`. */
export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256' | 'SHA512' | 'MD5';

export const CHECKSUM_ALGORITHMS: readonly ChecksumAlgorithm[] = [
  'CRC32',
  'CRC32C',
  'CRC64NVME',
  'SHA1',
  'SHA256',
  'SHA512',
  'MD5',
];

/** Algorithms that S3 knows and this does not compute: what cannot be verified is refused, not kept unverified. */
export const UNKNOWN_ALGORITHMS: readonly string[] = ['XXHASH64', 'XXHASH3', 'XXHASH128'];

/** Length of each digest in bytes. */
export const DIGEST_LENGTH: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
  MD5: 16,
};

export interface Checksum {
  update(chunk: Uint8Array): void;
  /** The digest, big-endian as AWS prints it. Call once, after the last update. */
  digest(): Uint8Array;
}

/** A checksum in the making. */
export function createChecksum(algorithm: ChecksumAlgorithm): Checksum {
  switch (algorithm) {
    case 'CRC32':
      return new RunningCrc((chunk, state) => crc32(chunk, state));
    case 'CRC32C':
      return new RunningCrc(crc32c);
    case 'CRC64NVME':
      return new Crc64Nvme();
    default: {
      const hash = createHash(algorithm.toLowerCase());
      return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest() };
    }
  }
}

class RunningCrc implements Checksum {
  #state = 0;
  readonly #step: (chunk: Uint8Array, state: number) => number;

  constructor(step: (chunk: Uint8Array, state: number) => number) {
    this.#step = step;
  }

  update(chunk: Uint8Array): void {
    this.#state = this.#step(chunk, this.#state);
  }

  digest(): Uint8Array {
    const out = Buffer.allocUnsafe(4);
    out.writeUInt32BE(this.#state >>> 0);
    return out;
  }
}

/**
 * Tables for slicing by eight: table k holds the remainder of a byte that is k bytes further from the end, so that eight
 * bytes are folded in with eight independent look-ups. Made on first use.
 */
function slices32(polynomial: number): Uint32Array {
  const tables = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    tables[byte] = crc >>> 0;
  }
  for (let i = 256; i < tables.length; i++) {
    const previous = tables[i - 256] ?? 0;
    tables[i] = (previous >>> 8) ^ (tables[previous & 0xff] ?? 0);
  }
  return tables;
}

let castagnoli: Uint32Array | undefined;

/** CRC-32C (RFC 3720, B.4; reflected polynomial 0x82F63B78), continuing from `state` as zlib's crc32 does. */
function crc32c(chunk: Uint8Array, state = 0): number {
  castagnoli ??= slices32(0x82f63b78);
  const t = castagnoli;
  let crc = ~state;
  let at = 0;
  const end = chunk.length - 7;
  // Indexes stay inside both arrays: `at` below `end`, table offsets below 2048. `!` keeps the loop free of branches.
  for (; at < end; at += 8) {
    crc ^= chunk[at]! | (chunk[at + 1]! << 8) | (chunk[at + 2]! << 16) | (chunk[at + 3]! << 24);
    crc =
      t[1792 + (crc & 0xff)]! ^
      t[1536 + ((crc >>> 8) & 0xff)]! ^
      t[1280 + ((crc >>> 16) & 0xff)]! ^
      t[1024 + (crc >>> 24)]! ^
      t[768 + chunk[at + 4]!]! ^
      t[512 + chunk[at + 5]!]! ^
      t[256 + chunk[at + 6]!]! ^
      t[chunk[at + 7]!]!;
  }
  for (; at < chunk.length; at++) crc = (crc >>> 8) ^ t[(crc ^ chunk[at]!) & 0xff]!;
  return ~crc >>> 0;
}
