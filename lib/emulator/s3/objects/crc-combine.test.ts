import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksumOf } from './checksums.ts';
import { combineCrcs, isCombinable } from './crc-combine.ts';

test('combined checksums of pieces are the checksum of the whole, for every CRC of S3', () => {
  for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME'] as const) {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }), (pieces) => {
        const parts = pieces.map((piece) => ({ value: checksumOf(algorithm, piece), length: piece.length }));
        expect(combineCrcs(algorithm, parts)).toBe(checksumOf(algorithm, Buffer.concat(pieces)));
      }),
      { numRuns: 50 },
    );
  }
});

test('only CRCs can be combined', () => {
  expect(isCombinable('SHA256')).toBe(false);
  expect(() => combineCrcs('SHA256', [])).toThrow(RangeError);
});
