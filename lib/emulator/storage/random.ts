/** Random bytes for nonces and names, fetched from the operating system in blocks. */

import { randomFillSync } from 'node:crypto';

const POOL = 8192;
const pool = Buffer.alloc(POOL);
let used = POOL;

/** A copy of `length` (at most 64) fresh random bytes. */
export function randomShort(length: number): Buffer {
  if (used + length > POOL) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + length));
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
}
