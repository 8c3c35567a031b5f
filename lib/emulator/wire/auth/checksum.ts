/** The checksums that S3 knows, fed piece by piece. */

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

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
      return new RunningCrc64();
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

/** Low and high halves of the slicing tables of CRC-64/NVME. */
interface Slices64 {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

let nvme: Slices64 | undefined;

function slices64(): Slices64 {
  // Reflected polynomial of CRC-64/NVME: 0x9A6C9329AC4BC9B5.
  const polyHigh = 0x9a6c9329;
  const polyLow = 0xac4bc9b5;
  const low = new Uint32Array(8 * 256);
  const high = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let l = byte;
    let h = 0;
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) {
        l ^= polyLow;
        h ^= polyHigh;
      }
    }
    low[byte] = l >>> 0;
    high[byte] = h >>> 0;
  }
  for (let i = 256; i < low.length; i++) {
    const l = low[i - 256] ?? 0;
    const h = high[i - 256] ?? 0;
    low[i] = ((l >>> 8) | (h << 24)) ^ (low[l & 0xff] ?? 0);
    high[i] = (h >>> 8) ^ (high[l & 0xff] ?? 0);
  }
  return { low, high };
}

class RunningCrc64 implements Checksum {
  #low = 0xffffffff;
  #high = 0xffffffff;

  update(chunk: Uint8Array): void {
    nvme ??= slices64();
    const tl = nvme.low;
    const th = nvme.high;
    let low = this.#low;
    let high = this.#high;
    let at = 0;
    const end = chunk.length - 7;
    // As in crc32c: every index is in range.
    for (; at < end; at += 8) {
      low ^= chunk[at]! | (chunk[at + 1]! << 8) | (chunk[at + 2]! << 16) | (chunk[at + 3]! << 24);
      high ^= chunk[at + 4]! | (chunk[at + 5]! << 8) | (chunk[at + 6]! << 16) | (chunk[at + 7]! << 24);
      const a = 1792 + (low & 0xff);
      const b = 1536 + ((low >>> 8) & 0xff);
      const c = 1280 + ((low >>> 16) & 0xff);
      const d = 1024 + (low >>> 24);
      const e = 768 + (high & 0xff);
      const f = 512 + ((high >>> 8) & 0xff);
      const g = 256 + ((high >>> 16) & 0xff);
      const h = high >>> 24;
      low = tl[a]! ^ tl[b]! ^ tl[c]! ^ tl[d]! ^ tl[e]! ^ tl[f]! ^ tl[g]! ^ tl[h]!;
      high = th[a]! ^ th[b]! ^ th[c]! ^ th[d]! ^ th[e]! ^ th[f]! ^ th[g]! ^ th[h]!;
    }
    for (; at < chunk.length; at++) {
      const index = (low ^ chunk[at]!) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ tl[index]!;
      high = (high >>> 8) ^ th[index]!;
    }
    this.#low = low;
    this.#high = high;
  }

  digest(): Uint8Array {
    const out = Buffer.allocUnsafe(8);
    out.writeUInt32BE(~this.#high >>> 0, 0);
    out.writeUInt32BE(~this.#low >>> 0, 4);
    return out;
  }
}
