import { randomFillSync } from 'node:crypto';
import { Readable } from 'node:stream';

const BLOCK = 1_048_576;

/**
 * Makes bodies that differ from each other: random bytes, made once, under a number. Up to 1 MiB a body is bytes; above
 * it streams, so that a run needs no more memory than a block for each upload.
 * @param largest size of the largest body in bytes
 */
export function bodyMaker(largest: number): (number: number, size: number) => Uint8Array | Readable {
  const block = randomFillSync(Buffer.alloc(Math.min(largest, BLOCK)));
  return (number, size) => {
    const first = Buffer.from(block.subarray(0, Math.min(size, block.length)));
    if (first.length >= 8) first.writeBigUInt64BE(BigInt(number));
    if (size <= BLOCK) return first;
    return Readable.from(blocks(first, block, size), { objectMode: false });
  };
}

function* blocks(first: Buffer, block: Buffer, size: number): Generator<Buffer> {
  yield first;
  for (let sent = first.length; sent < size; sent += block.length) {
    yield sent + block.length <= size ? block : block.subarray(0, size - sent);
  }
}
