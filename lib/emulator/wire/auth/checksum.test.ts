import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHECKSUM_ALGORITHMS, createChecksum } from './checksum.ts';

const hex = (algorithm: Parameters<typeof createChecksum>[0], ...chunks: Uint8Array[]): string => {
  const checksum = createChecksum(algorithm);
  for (const chunk of chunks) checksum.update(chunk);
  return Buffer.from(checksum.digest()).toString('hex');
};

test('check values of the catalogue of CRCs, for the text 123456789', () => {
  const text = Buffer.from('123456789');
  expect(hex('CRC32', text)).toBe('cbf43926');
  expect(hex('CRC32C', text)).toBe('e3069283');
  expect(hex('CRC64NVME', text)).toBe('ae8b14860a799888');
  expect(hex('SHA1', text)).toBe('f7c3bc1d808e04732adf679965ccc34ca7ae3441');
  expect(hex('MD5', text)).toBe('25f9e794323b453885f5181f1b624d0b');
});

test('RFC 3720 B.4: CRC-32C of 32 bytes of zeros, of ones, and counting up', () => {
  expect(hex('CRC32C', Buffer.alloc(32))).toBe('8a9136aa');
  expect(hex('CRC32C', Buffer.alloc(32, 0xff))).toBe('62a8ab43');
  expect(hex('CRC32C', Buffer.from(Array.from({ length: 32 }, (_, i) => i)))).toBe('46dd794e');
});

/** Bit by bit, from the definition. */
function slowCrc(bytes: Uint8Array, polynomial: bigint, width: bigint): string {
  const ones = (1n << width) - 1n;
  let crc = ones;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
  }
  return (crc ^ ones).toString(16).padStart(Number(width) / 4, '0');
}

test('the fast CRCs equal their definition however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
      const [a, b] = [bytes.subarray(0, cut), bytes.subarray(cut)];
      expect(hex('CRC32C', a, b)).toBe(slowCrc(bytes, 0x82f63b78n, 32n));
      expect(hex('CRC64NVME', a, b)).toBe(slowCrc(bytes, 0x9a6c9329ac4bc9b5n, 64n));
      for (const algorithm of CHECKSUM_ALGORITHMS) expect(hex(algorithm, a, b)).toBe(hex(algorithm, bytes));
    }),
  );
});
