/** Values of Iceberg's primitive types: from JavaScript to Parquet, and to the bytes of bounds (spec, Appendix D). */

import type { SchemaElement } from 'hyparquet-writer';
import { type Column, IcebergError, type PrimitiveType } from './metadata.ts';

/** What a row may hold: dates and timestamps as Date, a timestamp also as bigint of microseconds, a uuid as text. */
export type Value = string | number | bigint | boolean | Date | Uint8Array | null | undefined;
export type Row = Readonly<Record<string, Value>>;

/** A value as Parquet stores it. */
export type Stored = string | number | bigint | boolean | Uint8Array;

interface Kind {
  readonly element: Omit<SchemaElement, 'name' | 'field_id' | 'repetition_type'>;
  /** Undefined when the value is not of this type. */
  store(value: Exclude<Value, null | undefined>): Stored | undefined;
  /** Bytes of a bound. */
  bytes(value: Stored): Buffer;
}

const MILLISECONDS_PER_DAY = 86_400_000;
const LEAST_INT = -(2 ** 31);
const MOST_INT = 2 ** 31 - 1;

const int32 = (value: Stored): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32LE(Number(value));
  return buffer;
};
const int64 = (value: Stored): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigInt64LE(typeof value === 'bigint' ? value : BigInt(Number(value)));
  return buffer;
};
const bytesOf = (value: Stored): Buffer =>
  value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value));
const microseconds = (value: Exclude<Value, null | undefined>): bigint | undefined => {
  if (typeof value === 'bigint') return value;
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return undefined;
  return BigInt(value.getTime()) * 1000n;
};
const real = (value: Exclude<Value, null | undefined>): number | undefined =>
  typeof value === 'number' ? value : undefined;
const timestamp = (utc: boolean): Kind => ({
  element: {
    type: 'INT64',
    ...(utc && { converted_type: 'TIMESTAMP_MICROS' as const }),
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: utc, unit: 'MICROS' },
  },
  store: microseconds,
  bytes: int64,
});

const KINDS: Readonly<Record<PrimitiveType, Kind>> = {
  boolean: {
    element: { type: 'BOOLEAN' },
    store: (value) => (typeof value === 'boolean' ? value : undefined),
    bytes: (value) => Buffer.from([value === true ? 1 : 0]),
  },
  int: {
    element: { type: 'INT32' },
    store: (value) =>
      Number.isInteger(value) && Number(value) >= LEAST_INT && Number(value) <= MOST_INT ? Number(value) : undefined,
    bytes: int32,
  },
  long: {
    element: { type: 'INT64' },
    store(value) {
      const whole = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
      return typeof whole === 'bigint' && BigInt.asIntN(64, whole) === whole ? whole : undefined;
    },
    bytes: int64,
  },
  float: {
    element: { type: 'FLOAT' },
    store: (value) => (typeof value === 'number' ? Math.fround(value) : undefined),
    bytes(value) {
      const buffer = Buffer.alloc(4);
      buffer.writeFloatLE(Number(value));
      return buffer;
    },
  },
  double: {
    element: { type: 'DOUBLE' },
    store: real,
    bytes(value) {
      const buffer = Buffer.alloc(8);
      buffer.writeDoubleLE(Number(value));
      return buffer;
    },
  },
  date: {
    element: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
    store(value) {
      const days = value instanceof Date ? Math.floor(value.getTime() / MILLISECONDS_PER_DAY) : value;
      return Number.isInteger(days) ? Number(days) : undefined;
    },
    bytes: int32,
  },
  timestamp: timestamp(false),
  timestamptz: timestamp(true),
  string: {
    element: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
    store: (value) => (typeof value === 'string' ? value : undefined),
    bytes: bytesOf,
  },
  uuid: {
    element: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } },
    store: (value) =>
      typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
        ? Buffer.from(value.replaceAll('-', ''), 'hex')
        : undefined,
    bytes: bytesOf,
  },
  binary: {
    element: { type: 'BYTE_ARRAY' },
    store: (value) => (value instanceof Uint8Array ? value : undefined),
    bytes: bytesOf,
  },
};

/** Whether values of a column of this type can be written: of the primitive types all but time, decimal and fixed. */
export function canWrite(type: unknown): type is PrimitiveType {
  return typeof type === 'string' && Object.hasOwn(KINDS, type);
}

/** Throws IcebergError for a column of a type that cannot be written. */
export function kindOf(column: Column): Kind {
  const kind = canWrite(column.type) ? KINDS[column.type] : undefined;
  if (!kind) {
    throw new IcebergError(
      `Column ${column.name} has type ${JSON.stringify(column.type)}, whose values cannot be written.`,
    );
  }
  return kind;
}

/** The narrowest type that holds what JavaScript shows of a value. */
export function typeOfValue(value: Exclude<Value, null | undefined>): PrimitiveType {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'double';
    case 'bigint':
      return 'long';
    case 'boolean':
      return 'boolean';
    default:
      return value instanceof Date ? 'timestamptz' : 'binary';
  }
}
