/** Rows of Parquet files by any writer, as a table's current schema sees them: columns are found by their Iceberg ids. */

import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type Compressors, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { IcebergError, type TableSchema } from './metadata.ts';
import { canWrite, type Row, type Value } from './values.ts';

const COMPRESSORS: Compressors = {
  GZIP: (input) => gunzipSync(input),
  ZSTD: (input) => zstdDecompressSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
};

/** Values as they are stored, so that none loses digits. */
const PARSERS = {
  timestampFromMilliseconds: (milliseconds: bigint) => milliseconds * 1000n,
  timestampFromMicroseconds: (microseconds: bigint) => microseconds,
  dateFromDays: (days: number) => days,
};

/** Whether rows of this schema can be read and written again without loss: no nested types, decimals, times or fixed. */
export function canRewrite(schema: TableSchema): boolean {
  return schema.fields.every(({ type }) => canWrite(type));
}

/**
 * All rows of one file. A column that the file does not have is null. Throws IcebergError for a file that is not Parquet
 * or uses a codec that is not known here.
 */
export async function readRows(file: Uint8Array, schema: TableSchema): Promise<Row[]> {
  const bytes = new Uint8Array(file).buffer;
  try {
    const metadata = parquetMetadata(bytes);
    const byId = new Map<number, string>();
    for (const { field_id: id, name } of metadata.schema) if (id !== undefined) byId.set(id, name);
    // Files without ids were written before the table was one of Iceberg: their columns go by name.
    const columns = schema.fields.map(({ id, name }) => ({ name, stored: byId.size > 0 ? byId.get(id) : name }));
    const rows = await parquetReadObjects({
      file: bytes,
      metadata,
      compressors: COMPRESSORS,
      parsers: PARSERS,
      utf8: false,
    });
    return rows.map((row) => {
      const out: Record<string, Value> = {};
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the columns are of types that `Value` holds
      for (const { name, stored } of columns) if (stored !== undefined) out[name] = row[stored] as Value;
      return out;
    });
  } catch (error) {
    throw new IcebergError(`A data file can't be read: ${error instanceof Error ? error.message : ''}`);
  }
}
