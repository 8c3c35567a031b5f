/**
 * CRC of two pieces together from the CRCs of each and the length of the second, without their bytes: in the field of
 * polynomials the first is multiplied by x^(8·length). For checksums of whole multipart objects (S3UG, full object type).
 */

interface Field {
  readonly bits: number;
  /** The polynomial reflected, without its highest term. */
  readonly polynomial: bigint;
}

const FIELDS: Readonly<Record<string, Field>> = {
  CRC32: { bits: 32, polynomial: 0xedb88320n },
  CRC32C: { bits: 32, polynomial: 0x82f63b78n },
  CRC64NVME: { bits: 64, polynomial: 0x9a6c9329ac4bc9b5n },
};

/** Parts of an upload mostly have one length: shifts are kept for the one used last. */
const shifts = new Map<string, bigint>();
const MAXIMUM_SHIFTS = 64;

/** Algorithms that can be combined. */
export function isCombinable(algorithm: string): boolean {
  return FIELDS[algorithm] !== undefined;
}

/** Combines base64 CRCs of consecutive pieces; `length` in bytes. Throws RangeError for other algorithms. */
export function combineCrcs(
  algorithm: string,
  pieces: readonly { readonly value: string; readonly length: number }[],
): string {
  const field = FIELDS[algorithm];
  if (field === undefined) throw new RangeError(`${algorithm} cannot be combined.`);
  let crc = 0n;
  for (const { value, length } of pieces) crc = multiply(crc, shift(algorithm, field, length), field) ^ decode(value);
  return Buffer.from(crc.toString(16).padStart(field.bits / 4, '0'), 'hex').toString('base64');
}

function decode(value: string): bigint {
  return BigInt(`0x${Buffer.from(value, 'base64').toString('hex') || '0'}`);
}

/** Product in the reflected field: the highest bit stands for x^0. */
function multiply(a: bigint, b: bigint, field: Field): bigint {
  let product = 0n;
  let power = b;
  for (let bit = BigInt(field.bits - 1); bit >= 0n; bit--) {
    if ((a >> bit) & 1n) product ^= power;
    power = power & 1n ? (power >> 1n) ^ field.polynomial : power >> 1n;
  }
  return product;
}

/** x^(8·length). */
function shift(algorithm: string, field: Field, length: number): bigint {
  const name = `${algorithm} ${length}`;
  const known = shifts.get(name);
  if (known !== undefined) return known;
  const one = 1n << BigInt(field.bits - 1);
  let result = one;
  // x^8, squared for every bit of the length.
  let square = one >> 8n;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, square, field);
    square = multiply(square, square, field);
  }
  if (shifts.size >= MAXIMUM_SHIFTS) shifts.clear();
  shifts.set(name, result);
  return result;
}
