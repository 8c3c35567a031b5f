import { randomFillSync } from 'node:crypto';
import { Readable } from 'node:stream';

const BLOCK = 1_048_576;

/**
 * Makes bodies of one size that differ from each other: random bytes, made once, under the number of the object.
 * Up to 1 MiB a body is bytes; above it streams, so that a run needs no more memory than a block for each upload.
 */
export function bodyMaker(size: number): (index: number) => Uint8Array | Readable {
  const block = randomFillSync(Buffer.alloc(Math.min(size, BLOCK)));
  return (index) => {
    const first = Buffer.from(block);
    if (first.length >= 8) first.writeBigUInt64BE(BigInt(index));
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
