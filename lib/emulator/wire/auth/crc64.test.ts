import { expect, test } from 'vitest';
import { Crc64Nvme } from './crc64.ts';

const crcOf = (...chunks: Uint8Array[]) => {
  const crc = new Crc64Nvme();
  for (const chunk of chunks) crc.update(chunk);
  return Buffer.from(crc.digest()).toString('hex');
};

/** Bit by bit, as the definition has it. */
function definition(bytes: Uint8Array): string {
  const all = 0xffff_ffff_ffff_ffffn;
  let crc = all;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x9a6c9329ac4bc9b5n : crc >> 1n;
  }
  return (crc ^ all).toString(16).padStart(16, '0');
}

const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 37 + 11) & 255);

test('gives the check value of the CRC catalogue', () => {
  expect(crcOf(Buffer.from('123456789'))).toBe('ae8b14860a799888');
  expect(crcOf()).toBe('0000000000000000');
});

test.each([1, 7, 8, 9, 15, 16, 17, 1000])('%i bytes, cut anywhere, come out as the definition says', (length) => {
  const whole = bytes(length);
  for (const cut of [0, 1, 5, 8, length - 1]) {
    expect(crcOf(whole.subarray(0, cut), whole.subarray(cut))).toBe(definition(whole));
  }
});

test('a chunk larger than the memory of the module is the same as its pieces', () => {
  const whole = bytes(150_001);
  expect(crcOf(whole)).toBe(crcOf(whole.subarray(0, 70_001), whole.subarray(70_001)));
  expect(crcOf(whole)).toBe(definition(whole));
});

test('two checksums that are fed in turn do not mix', () => {
  const [one, other] = [new Crc64Nvme(), new Crc64Nvme()];
  for (let part = 0; part < 4; part++) {
    one.update(bytes(100));
    other.update(bytes(33));
  }
  expect(Buffer.from(one.digest()).toString('hex')).toBe(crcOf(bytes(100), bytes(100), bytes(100), bytes(100)));
  expect(Buffer.from(other.digest()).toString('hex')).toBe(crcOf(bytes(33), bytes(33), bytes(33), bytes(33)));
});
