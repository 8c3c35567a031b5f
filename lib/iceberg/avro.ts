/**
 * Avro object container files as Iceberg uses them. The framing is written here and not by `avsc`, because Iceberg
 * needs its own entries in the header and the `field-id` attributes of the schema exactly as they were given.
 */

import { randomBytes } from 'node:crypto';
import { inflateRawSync, zstdDecompressSync } from 'node:zlib';
import avro from 'avsc';
import { IcebergError } from './metadata.ts';

const MAGIC = Buffer.from('Obj\u0001', 'latin1');
const SYNC_LENGTH = 16;

/** Avro longs as bigint: snapshot ids have 63 bits. */
// oxlint-disable-next-line no-underscore-dangle -- avsc's only way to give longs another representation
const longType = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

const headerType = avro.Type.forSchema({ type: 'map', values: 'bytes' });
const countType = avro.Type.forSchema('long');

/** Compiles a schema; unions come as plain values (`null` or the value), longs as bigint. */
export function avroType(schemaText: string): avro.Type {
  return avro.Type.forSchema(JSON.parse(schemaText), { registry: { long: longType }, wrapUnions: false });
}

/** One container file with all records in one block, not compressed. `header` holds Iceberg's own entries. */
export function writeContainer(
  type: avro.Type,
  schemaText: string,
  header: Readonly<Record<string, string>>,
  records: readonly unknown[],
): Buffer {
  const entries = { ...header, 'avro.schema': schemaText, 'avro.codec': 'null' };
  const sync = randomBytes(SYNC_LENGTH);
  const parts = [
    MAGIC,
    headerType.toBuffer(Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, Buffer.from(value)]))),
    sync,
  ];
  if (records.length > 0) {
    const block = Buffer.concat(records.map((record) => type.toBuffer(record)));
    parts.push(countType.toBuffer(records.length), countType.toBuffer(block.length), block, sync);
  }
  return Buffer.concat(parts);
}

/** Reads a container file written by anybody. Throws IcebergError when it is none or uses an unknown codec. */
export function readContainer(file: Buffer): { header: Readonly<Record<string, string>>; records: unknown[] } {
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) throw new IcebergError('An Avro file was expected.');
  try {
    const { value, offset } = headerType.decode(file, MAGIC.length);
    const header = Object.fromEntries(Object.entries<Buffer>(value).map(([key, bytes]) => [key, bytes.toString()]));
    const type = avroType(header['avro.schema'] ?? '');
    const records: unknown[] = [];
    let position = offset + SYNC_LENGTH;
    while (position < file.length) {
      const count = countType.decode(file, position);
      const size = countType.decode(file, count.offset);
      const block = decompress(header['avro.codec'], file.subarray(size.offset, size.offset + size.value));
      for (let index = 0, at = 0; index < count.value; index += 1) {
        const record = type.decode(block, at);
        if (record.offset < 0) throw new IcebergError('An Avro file ends too early.');
        records.push(record.value);
        at = record.offset;
      }
      position = size.offset + size.value + SYNC_LENGTH;
    }
    return { header, records };
  } catch (error) {
    if (error instanceof IcebergError) throw error;
    throw new IcebergError(`An Avro file cannot be read: ${error instanceof Error ? error.message : ''}`);
  }
}

function decompress(codec: string | undefined, block: Buffer): Buffer {
  switch (codec) {
    case undefined:
    case 'null':
      return block;
    case 'deflate':
      return inflateRawSync(block);
    case 'zstandard':
      return zstdDecompressSync(block);
    default:
      throw new IcebergError(`An Avro file is compressed with ${codec}, which cannot be read here.`);
  }
}
