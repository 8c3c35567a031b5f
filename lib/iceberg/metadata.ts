/** Table metadata of Iceberg, format version 2: what this writer reads of it and how an append changes it. */

import { randomUUID } from 'node:crypto';
import { parseExact } from './exact-json.ts';

/** An integer of up to 63 bits; a bigint only where a number would lose digits. */
export type Id = number | bigint;

export interface Column {
  readonly id: number;
  readonly name: string;
  readonly required: boolean;
  /** Name of a primitive type, or Iceberg's JSON of a nested one (which this writer cannot fill). */
  readonly type: unknown;
}

export interface TableSchema {
  readonly type: 'struct';
  readonly 'schema-id': number;
  readonly 'identifier-field-ids'?: readonly number[] | undefined;
  readonly fields: readonly Column[];
}

export interface Snapshot {
  readonly 'snapshot-id': Id;
  readonly 'parent-snapshot-id'?: Id | undefined;
  readonly 'sequence-number': number;
  readonly 'timestamp-ms': number;
  readonly 'manifest-list': string;
  readonly 'schema-id'?: number | undefined;
  readonly summary: Readonly<Record<string, string>>;
  /** Format version 3: the id of the first row that the snapshot adds, and how many it adds. */
  readonly 'first-row-id'?: Id | undefined;
  readonly 'added-rows'?: Id | undefined;
}

export interface PartitionField {
  readonly 'source-id': number;
  readonly 'field-id'?: number | undefined;
  readonly name: string;
  readonly transform: string;
}

export interface PartitionSpec {
  readonly 'spec-id': number;
  readonly fields: readonly PartitionField[];
}

export interface SortOrder {
  readonly 'order-id': number;
  readonly fields: readonly { readonly 'source-id': number; readonly transform: string }[];
}

/** A branch or a tag. */
export interface SnapshotRef {
  readonly 'snapshot-id': Id;
  readonly type: string;
  readonly 'min-snapshots-to-keep'?: number | undefined;
  readonly 'max-snapshot-age-ms'?: number | undefined;
  readonly 'max-ref-age-ms'?: number | undefined;
}

/** A file of statistics about one snapshot. */
export interface StatisticsFile {
  readonly 'snapshot-id': Id;
  readonly 'statistics-path': string;
}

/** Members that are touched here; all others are carried over unread. */
export interface TableMetadata {
  readonly 'format-version': number;
  readonly 'table-uuid'?: string;
  readonly location: string;
  readonly 'last-sequence-number': number;
  readonly 'last-updated-ms': number;
  readonly 'current-schema-id': number;
  readonly schemas: readonly TableSchema[];
  readonly 'default-spec-id': number;
  readonly 'partition-specs': readonly PartitionSpec[];
  readonly 'last-column-id'?: number;
  readonly 'last-partition-id'?: number;
  readonly 'default-sort-order-id'?: number;
  readonly 'sort-orders'?: readonly SortOrder[];
  readonly statistics?: readonly StatisticsFile[];
  readonly 'partition-statistics'?: readonly StatisticsFile[];
  /** Format version 3. */
  readonly 'next-row-id'?: Id;
  readonly properties?: Readonly<Record<string, string>>;
  readonly 'current-snapshot-id'?: Id | null;
  readonly snapshots?: readonly Snapshot[];
  readonly 'snapshot-log'?: readonly { readonly 'snapshot-id': Id; readonly 'timestamp-ms': number }[];
  readonly 'metadata-log'?: readonly { readonly 'metadata-file': string; readonly 'timestamp-ms': number }[];
  readonly refs?: Readonly<Record<string, SnapshotRef>>;
}

/** A column for a table that has no metadata yet. */
export interface NewColumn {
  readonly name: string;
  readonly type: PrimitiveType;
  readonly required?: boolean;
}

/** The types whose values this writer can write. */
export type PrimitiveType =
  | 'boolean'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'string'
  | 'uuid'
  | 'binary';

/** A table, or rows for it, that this writer cannot handle; the message says what and why. */
export class IcebergError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'IcebergError';
  }
}

/** Iceberg's own default of `write.metadata.previous-versions-max`. */
export const PREVIOUS_VERSIONS = 100;

/** The metadata in a `metadata.json`, of whatever version. Throws IcebergError when it is none. */
export function parseMetadata(text: string): TableMetadata {
  const metadata = parse(text);
  if (!isMetadata(metadata)) throw new IcebergError("The table's metadata file is not one of Iceberg.");
  return metadata;
}

/** Throws IcebergError unless the text is metadata of format version 2 without partitions. */
export function readMetadata(text: string): TableMetadata {
  const metadata = parse(text);
  if (typeof metadata === 'object' && metadata !== null && 'format-version' in metadata) {
    const version = metadata['format-version'];
    if (version !== 2) {
      throw new IcebergError(
        `The table has Iceberg format version ${String(version)}; only version 2 can be appended to.`,
      );
    }
  }
  if (!isMetadata(metadata)) throw new IcebergError("The table's metadata file is not one of Iceberg.");
  const spec = metadata['partition-specs'].find((each) => each['spec-id'] === metadata['default-spec-id']);
  if (spec && spec.fields.length > 0) {
    throw new IcebergError('The table is partitioned; only unpartitioned tables can be appended to.');
  }
  return metadata;
}

function parse(text: string): unknown {
  try {
    return parseExact(text);
  } catch (error) {
    throw new IcebergError(`The table's metadata file is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

const NUMBERS = ['last-sequence-number', 'last-updated-ms', 'current-schema-id', 'default-spec-id'];
const LISTS = ['schemas', 'partition-specs'];
const OPTIONAL_LISTS = ['snapshots', 'snapshot-log', 'metadata-log'];

/** Looks at every member that an append relies on, one level deep: enough to fail with a sentence. */
function isMetadata(value: unknown): value is TableMetadata {
  if (typeof value !== 'object' || value === null) return false;
  const members = new Map<string, unknown>(Object.entries(value));
  const objects = (list: unknown, needed: string): boolean =>
    Array.isArray(list) && list.every((each: object | null) => each !== null && Array.isArray(Object(each)[needed]));
  return (
    NUMBERS.every((name) => typeof members.get(name) === 'number') &&
    LISTS.every((name) => objects(members.get(name), 'fields')) &&
    OPTIONAL_LISTS.every((name) => members.get(name) === undefined || Array.isArray(members.get(name)))
  );
}

/** Metadata of a table that has none: version 2, no partitions, no order. `now` in milliseconds. */
export function newMetadata(location: string, columns: readonly NewColumn[], now: number): TableMetadata {
  if (columns.length === 0) throw new IcebergError('The table has no schema yet: say which columns it shall have.');
  const document = {
    'format-version': 2,
    'table-uuid': randomUUID(),
    location,
    'last-sequence-number': 0,
    'last-updated-ms': now,
    'last-column-id': columns.length,
    'current-schema-id': 0,
    schemas: [
      {
        type: 'struct' as const,
        'schema-id': 0,
        fields: columns.map(({ name, type, required = false }, index) => ({ id: index + 1, name, required, type })),
      },
    ],
    'default-spec-id': 0,
    'partition-specs': [{ 'spec-id': 0, fields: [] }],
    'last-partition-id': 999,
    'default-sort-order-id': 0,
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    properties: {},
    'current-snapshot-id': -1,
    refs: {},
    snapshots: [],
    statistics: [],
    'snapshot-log': [],
    'metadata-log': [],
  };
  return document;
}

export function currentSchema(metadata: TableMetadata): TableSchema {
  const schema = metadata.schemas.find((each) => each['schema-id'] === metadata['current-schema-id']);
  if (!schema) throw new IcebergError("The table's metadata names a schema that it does not hold.");
  return schema;
}

export function currentSnapshot(metadata: TableMetadata): Snapshot | undefined {
  const id = metadata['current-snapshot-id'];
  if (id === undefined || id === null || id === -1) return undefined;
  return metadata.snapshots?.find((snapshot) => snapshot['snapshot-id'] === id);
}

/** What an append adds, in sum. */
export interface Added {
  readonly files: number;
  readonly records: number;
  readonly bytes: number;
}

/** The snapshot of an append on top of `metadata`. */
export function appendSnapshot(
  metadata: TableMetadata,
  id: Id,
  manifestList: string,
  added: Added,
  now: number,
): Snapshot {
  const parent = currentSnapshot(metadata);
  const total = (name: string, more: number): string => String(BigInt(parent?.summary[name] ?? '0') + BigInt(more));
  return {
    'snapshot-id': id,
    ...(parent && { 'parent-snapshot-id': parent['snapshot-id'] }),
    'sequence-number': metadata['last-sequence-number'] + 1,
    // Time never runs backwards inside a table, whatever the clocks of its writers say.
    'timestamp-ms': Math.max(now, metadata['last-updated-ms']),
    'manifest-list': manifestList,
    'schema-id': metadata['current-schema-id'],
    summary: {
      operation: 'append',
      'added-data-files': String(added.files),
      'added-records': String(added.records),
      'added-files-size': String(added.bytes),
      'changed-partition-count': '1',
      'total-records': total('total-records', added.records),
      'total-files-size': total('total-files-size', added.bytes),
      'total-data-files': total('total-data-files', added.files),
      'total-delete-files': total('total-delete-files', 0),
      'total-position-deletes': total('total-position-deletes', 0),
      'total-equality-deletes': total('total-equality-deletes', 0),
    },
  };
}

/** Metadata with a further snapshot as the current one; `previous` is where the metadata lay until now. */
export function withSnapshot(metadata: TableMetadata, snapshot: Snapshot, previous: string | undefined): TableMetadata {
  const log = metadata['metadata-log'] ?? [];
  return {
    ...metadata,
    'last-sequence-number': snapshot['sequence-number'],
    'last-updated-ms': snapshot['timestamp-ms'],
    'current-snapshot-id': snapshot['snapshot-id'],
    snapshots: [...(metadata.snapshots ?? []), snapshot],
    'snapshot-log': [
      ...(metadata['snapshot-log'] ?? []),
      { 'snapshot-id': snapshot['snapshot-id'], 'timestamp-ms': snapshot['timestamp-ms'] },
    ],
    'metadata-log':
      previous === undefined
        ? log
        : [...log, { 'metadata-file': previous, 'timestamp-ms': metadata['last-updated-ms'] }].slice(
            -PREVIOUS_VERSIONS,
          ),
    refs: { ...metadata.refs, main: { 'snapshot-id': snapshot['snapshot-id'], type: 'branch' } },
  };
}

/** Number of the next metadata file: one more than the number that the current file's name begins with. */
export function nextVersion(location: string | undefined): number {
  if (location === undefined) return 0;
  const name = location.slice(location.lastIndexOf('/') + 1);
  const match = /^v?(\d{1,9})/.exec(name);
  return match ? Number(match[1]) + 1 : 1;
}
