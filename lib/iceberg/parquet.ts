/** Data files: rows of a table as one Parquet file, with the figures about it that a manifest holds. */

import { parquetWriteBuffer, type SchemaElement } from 'hyparquet-writer';
import type { DataFile } from './manifest.ts';
import { type Column, IcebergError, type TableSchema } from './metadata.ts';
import { canWrite, kindOf, type Row, type Stored, type Value } from './values.ts';

/** Iceberg's default of `write.metadata.metrics.default`, truncate(16). */
const BOUND_LENGTH = 16;

export interface EncodedFile {
  readonly body: Uint8Array;
  /** What the manifest says about its content. */
  readonly figures: Omit<DataFile, 'path' | 'schema'>;
}

/**
 * Rows as a Parquet file whose columns carry Iceberg's field ids. Optional columns of types that cannot be written are
 * left out, which readers take as null. Throws IcebergError for a value that is not of its column's type, for a missing
 * value of a required column, and for a member that is no column.
 */
export function encodeRows(schema: TableSchema, rows: readonly Row[], codec: 'SNAPPY' | 'UNCOMPRESSED'): EncodedFile {
  if (rows.length === 0) throw new IcebergError('A data file needs at least one row.');
  refuseUnknownMembers(schema, rows);
  const figures = {
    records: rows.length,
    valueCounts: new Map<number, number>(),
    nullCounts: new Map<number, number>(),
    nanCounts: new Map<number, number>(),
    lowerBounds: new Map<number, Buffer>(),
    upperBounds: new Map<number, Buffer>(),
  };
  const columns = schema.fields.filter((column) => canWrite(column.type) || mustWrite(column, rows));
  if (columns.length === 0) throw new IcebergError('The table has no column whose values can be written.');
  const elements: SchemaElement[] = [{ name: 'table', num_children: columns.length }];
  const columnData = columns.map((column) => {
    const kind = kindOf(column);
    elements.push({
      ...kind.element,
      name: column.name,
      field_id: column.id,
      repetition_type: column.required ? 'REQUIRED' : 'OPTIONAL',
    });
    const data = store(column, rows);
    measure(column, data, figures);
    // Bounds of bytes are not written to the file: readers take them from the manifest.
    return { name: column.name, data, statistics: column.type !== 'binary' && column.type !== 'uuid' };
  });
  const body = new Uint8Array(parquetWriteBuffer({ schema: elements, columnData, codec }));
  return { body, figures: { ...figures, bytes: body.length } };
}

function store(column: Column, rows: readonly Row[]): (Stored | null)[] {
  const kind = kindOf(column);
  return rows.map((row, index) => {
    const value = valueAt(row, column.name);
    if (value === null || value === undefined) {
      if (!column.required) return null;
      throw new IcebergError(`Row ${index + 1} has no value for the required column ${column.name}.`);
    }
    const stored = kind.store(value);
    if (stored !== undefined) return stored;
    throw new IcebergError(`Row ${index + 1} has a value for column ${column.name} that is no ${String(column.type)}.`);
  });
}

/** A row is anybody's object: what its prototype holds is no value. */
function valueAt(row: Row, name: string): Value {
  return Object.hasOwn(row, name) ? row[name] : undefined;
}

function mustWrite(column: Column, rows: readonly Row[]): boolean {
  return column.required || rows.some((row) => (valueAt(row, column.name) ?? null) !== null);
}

function refuseUnknownMembers(schema: TableSchema, rows: readonly Row[]): void {
  const known = new Set(schema.fields.map(({ name }) => name));
  for (const row of rows) {
    for (const name of Object.keys(row)) {
      if (!known.has(name)) throw new IcebergError(`The table has no column ${name}.`);
    }
  }
}

function measure(
  { id, type }: Column,
  data: readonly (Stored | null)[],
  figures: {
    valueCounts: Map<number, number>;
    nullCounts: Map<number, number>;
    nanCounts: Map<number, number>;
    lowerBounds: Map<number, Buffer>;
    upperBounds: Map<number, Buffer>;
  },
): void {
  let nulls = 0;
  let nans = 0;
  let least: number | bigint | undefined;
  let most: number | bigint | undefined;
  const floating = type === 'float' || type === 'double';
  for (const value of data) {
    if (value === null) nulls += 1;
    else if (floating && Number.isNaN(value)) nans += 1;
    else if (typeof value === 'number' || typeof value === 'bigint') {
      if (least === undefined || value < least) least = value;
      if (most === undefined || value > most) most = value;
    }
  }
  figures.valueCounts.set(id, data.length);
  figures.nullCounts.set(id, nulls);
  if (floating) figures.nanCounts.set(id, nans);
  const kind = kindOf({ id, type, name: '', required: false });
  if (least !== undefined && most !== undefined) {
    figures.lowerBounds.set(id, kind.bytes(least));
    figures.upperBounds.set(id, kind.bytes(most));
  }
  if (type === 'string') measureText(id, data, figures);
}

/** Bounds of texts are cut to 16 characters; an upper bound that was cut is raised, so that it stays one. */
function measureText(
  id: number,
  data: readonly (Stored | null)[],
  figures: { lowerBounds: Map<number, Buffer>; upperBounds: Map<number, Buffer> },
): void {
  let least: Buffer | undefined;
  let most: Buffer | undefined;
  let mostText = '';
  let mostWasCut = false;
  for (const value of data) {
    if (typeof value !== 'string') continue;
    const text = firstCharacters(value);
    const bytes = Buffer.from(text);
    if (!least || Buffer.compare(bytes, least) < 0) least = bytes;
    const order = most ? Buffer.compare(bytes, most) : 1;
    if (order > 0) {
      most = bytes;
      mostText = text;
      mostWasCut = false;
    }
    if (order >= 0 && text.length < value.length) mostWasCut = true;
  }
  if (!least || !most) return;
  figures.lowerBounds.set(id, least);
  const upper = mostWasCut ? raised(mostText) : most;
  if (upper) figures.upperBounds.set(id, upper);
}

function firstCharacters(text: string): string {
  if (text.length <= BOUND_LENGTH) return text;
  // A character takes at most two code units.
  return Array.from(text.slice(0, 2 * BOUND_LENGTH))
    .slice(0, BOUND_LENGTH)
    .join('');
}

/** The least text of at most as many characters that is behind everything that begins with this one. */
function raised(text: string): Buffer | undefined {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  while (points.length > 0) {
    const last = points.pop() ?? 0;
    if (last < 0x10ffff) {
      // Behind the last code point before the surrogates comes the first one after them.
      const next = last === 0xd7ff ? 0xe000 : last + 1;
      return Buffer.from(String.fromCodePoint(...points, next));
    }
  }
  return undefined;
}
