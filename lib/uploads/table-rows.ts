import { randomBytes, randomUUID } from 'node:crypto';
import type { Column } from '../iceberg/metadata.ts';
import { canWrite, type Row, type Value } from '../iceberg/values.ts';

/** Columns of a table that has no schema yet. */
export const DEFAULT_COLUMNS = [
  { name: 'id', type: 'long', required: true },
  { name: 'at', type: 'timestamptz' },
  { name: 'payload', type: 'string' },
] as const;

const BYTES_OF_TEXT = 64;
const ESTIMATED_BYTES: Readonly<Record<string, number>> = {
  boolean: 1,
  int: 4,
  float: 4,
  date: 4,
  long: 8,
  double: 8,
  timestamp: 8,
  timestamptz: 8,
  uuid: 16,
};

/** `type` is the name of a primitive type; of nested and a few other ones nothing is written, which is right while they are optional. */
type NamedType = Pick<Column, 'name' | 'type'>;

/** Rows of about `bytes` bytes for a table with these columns: at least one row, at most 100,000. */
export function makeRows(columns: readonly NamedType[], bytes: number, first: number): readonly Row[] {
  const plain = columns.flatMap(({ name, type }) => (canWrite(type) ? [{ name, type }] : []));
  const width = plain.reduce((sum, { type }) => sum + (ESTIMATED_BYTES[type] ?? BYTES_OF_TEXT), 0);
  const count = Math.max(1, Math.min(100_000, Math.round(bytes / Math.max(width, 1))));
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(plain.map((it) => [it.name, valueOf(it.type, first + i)])),
  );
}

function valueOf(type: string, index: number): Value {
  switch (type) {
    case 'boolean':
      return index % 2 === 0;
    case 'int':
    case 'date':
      return index % 20_000;
    case 'long':
      return index;
    case 'float':
    case 'double':
      return index / 7;
    case 'timestamp':
    case 'timestamptz':
      return new Date(Date.UTC(2026, 0, 1) + index * 1000);
    case 'uuid':
      return randomUUID();
    case 'binary':
      return randomBytes(BYTES_OF_TEXT);
    default:
      return randomBytes(BYTES_OF_TEXT / 2).toString('hex');
  }
}
