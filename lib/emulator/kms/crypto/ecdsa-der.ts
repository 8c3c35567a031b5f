/** The DER form of an ECDSA signature: a sequence of the integers r and s (RFC 3279, section 2.2.3). */

const SEQUENCE = 0x30;
const INTEGER = 0x02;

export function writeSignature(r: bigint, s: bigint): Buffer {
  const body = Buffer.concat([writeInteger(r), writeInteger(s)]);
  return Buffer.concat([Buffer.of(SEQUENCE), writeLength(body.byteLength), body]);
}

/** Undefined unless the bytes are exactly such a sequence. */
export function readSignature(bytes: Buffer): { r: bigint; s: bigint } | undefined {
  const outer = readElement(bytes, 0, SEQUENCE);
  if (outer === undefined || outer.end !== bytes.byteLength) return undefined;
  const first = readElement(bytes, outer.start, INTEGER);
  const second = first && readElement(bytes, first.end, INTEGER);
  if (first === undefined || second?.end !== outer.end) return undefined;
  return { r: integer(bytes, first), s: integer(bytes, second) };
}

interface Element {
  readonly start: number;
  readonly end: number;
}

function readElement(bytes: Buffer, at: number, tag: number): Element | undefined {
  const first = bytes[at + 1];
  if (bytes[at] !== tag || first === undefined) return undefined;
  const long = first === 0x81;
  const length = long ? bytes[at + 2] : first;
  if (length === undefined || (!long && first > 0x7f) || length === 0) return undefined;
  const start = at + (long ? 3 : 2);
  return start + length > bytes.byteLength ? undefined : { start, end: start + length };
}

function integer(bytes: Buffer, { start, end }: Element): bigint {
  const negative = ((bytes[start] ?? 0) & 0x80) !== 0;
  return negative ? -1n : BigInt(`0x${bytes.toString('hex', start, end)}`);
}

function writeInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const positive = ((bytes[0] ?? 0) & 0x80) === 0 ? bytes : Buffer.concat([Buffer.of(0), bytes]);
  return Buffer.concat([Buffer.of(INTEGER), writeLength(positive.byteLength), positive]);
}

function writeLength(length: number): Buffer {
  return length < 0x80 ? Buffer.of(length) : Buffer.of(0x81, length);
}
