/** Manifests and manifest lists of Iceberg, format version 2 (spec: Manifests, Manifest Lists). */

import { avroType, readContainer, writeContainer } from './avro.ts';
import { stringifyExact } from './exact-json.ts';
import type { Id, Snapshot, TableSchema } from './metadata.ts';

/** A data file as a manifest describes it. */
export interface DataFile {
  /** `s3://warehouse/data/…` */
  readonly path: string;
  /** The schema that it was written for. */
  readonly schema: TableSchema;
  readonly bytes: number;
  readonly records: number;
  /** By column id. */
  readonly valueCounts: ReadonlyMap<number, number>;
  readonly nullCounts: ReadonlyMap<number, number>;
  readonly nanCounts: ReadonlyMap<number, number>;
  /** Single-value serialisation of Iceberg, by column id. */
  readonly lowerBounds: ReadonlyMap<number, Buffer>;
  readonly upperBounds: ReadonlyMap<number, Buffer>;
}

/** An entry of a manifest list: one manifest and what it adds up to. */
export interface ManifestFile {
  readonly manifest_path: string;
  readonly manifest_length: bigint;
  readonly partition_spec_id: number;
  readonly content: number;
  readonly sequence_number: bigint;
  readonly min_sequence_number: bigint;
  readonly added_snapshot_id: bigint;
  readonly added_files_count: number;
  readonly existing_files_count: number;
  readonly deleted_files_count: number;
  readonly added_rows_count: bigint;
  readonly existing_rows_count: bigint;
  readonly deleted_rows_count: bigint;
  readonly partitions: unknown;
  readonly key_metadata: Buffer | null;
}

const field = (id: number, name: string, type: unknown): object => ({ name, type, 'field-id': id });
const optional = (id: number, name: string, type: unknown): object => ({
  name,
  type: ['null', type],
  default: null,
  'field-id': id,
});
/** Iceberg writes maps with integer keys as arrays of pairs. */
const intMap = (key: number, value: number, type: string): object => ({
  type: 'array',
  logicalType: 'map',
  items: {
    type: 'record',
    name: `k${key}_v${value}`,
    fields: [field(key, 'key', 'int'), field(value, 'value', type)],
  },
});

const MANIFEST_SCHEMA = {
  type: 'record',
  name: 'manifest_entry',
  fields: [
    field(0, 'status', 'int'),
    optional(1, 'snapshot_id', 'long'),
    optional(3, 'sequence_number', 'long'),
    optional(4, 'file_sequence_number', 'long'),
    field(2, 'data_file', {
      type: 'record',
      name: 'r2',
      fields: [
        field(134, 'content', 'int'),
        field(100, 'file_path', 'string'),
        field(101, 'file_format', 'string'),
        field(102, 'partition', { type: 'record', name: 'r102', fields: [] }),
        field(103, 'record_count', 'long'),
        field(104, 'file_size_in_bytes', 'long'),
        optional(109, 'value_counts', intMap(119, 120, 'long')),
        optional(110, 'null_value_counts', intMap(121, 122, 'long')),
        optional(137, 'nan_value_counts', intMap(138, 139, 'long')),
        optional(125, 'lower_bounds', intMap(126, 127, 'bytes')),
        optional(128, 'upper_bounds', intMap(129, 130, 'bytes')),
        optional(131, 'key_metadata', 'bytes'),
        optional(132, 'split_offsets', { type: 'array', items: 'long', 'element-id': 133 }),
        optional(140, 'sort_order_id', 'int'),
      ],
    }),
  ],
};

const MANIFEST_LIST_SCHEMA = {
  type: 'record',
  name: 'manifest_file',
  fields: [
    field(500, 'manifest_path', 'string'),
    field(501, 'manifest_length', 'long'),
    field(502, 'partition_spec_id', 'int'),
    field(517, 'content', 'int'),
    field(515, 'sequence_number', 'long'),
    field(516, 'min_sequence_number', 'long'),
    field(503, 'added_snapshot_id', 'long'),
    field(504, 'added_files_count', 'int'),
    field(505, 'existing_files_count', 'int'),
    field(506, 'deleted_files_count', 'int'),
    field(512, 'added_rows_count', 'long'),
    field(513, 'existing_rows_count', 'long'),
    field(514, 'deleted_rows_count', 'long'),
    optional(507, 'partitions', {
      type: 'array',
      'element-id': 508,
      items: {
        type: 'record',
        name: 'r508',
        fields: [
          field(509, 'contains_null', 'boolean'),
          optional(518, 'contains_nan', 'boolean'),
          optional(510, 'lower_bound', 'bytes'),
          optional(511, 'upper_bound', 'bytes'),
        ],
      },
    }),
    optional(519, 'key_metadata', 'bytes'),
  ],
};

const manifestText = JSON.stringify(MANIFEST_SCHEMA);
const manifestListText = JSON.stringify(MANIFEST_LIST_SCHEMA);
const manifestType = avroType(manifestText);
const manifestListType = avroType(manifestListText);

const ADDED = 1;
const DATA = 0;

/** The manifest of newly added files. Sequence numbers are inherited, so that it stays right when a commit is tried again. */
export function writeManifest(schema: TableSchema, specId: number, snapshotId: Id, files: readonly DataFile[]): Buffer {
  return writeContainer(
    manifestType,
    manifestText,
    {
      schema: stringifyExact(schema),
      'schema-id': String(schema['schema-id']),
      'partition-spec': '[]',
      'partition-spec-id': String(specId),
      'format-version': '2',
      content: 'data',
    },
    files.map((file) => ({
      status: ADDED,
      snapshot_id: BigInt(snapshotId),
      sequence_number: null,
      file_sequence_number: null,
      data_file: {
        content: DATA,
        file_path: file.path,
        file_format: 'PARQUET',
        partition: {},
        record_count: BigInt(file.records),
        file_size_in_bytes: BigInt(file.bytes),
        value_counts: counts(file.valueCounts),
        null_value_counts: counts(file.nullCounts),
        nan_value_counts: counts(file.nanCounts),
        lower_bounds: pairs(file.lowerBounds),
        upper_bounds: pairs(file.upperBounds),
        key_metadata: null,
        split_offsets: null,
        sort_order_id: 0,
      },
    })),
  );
}

/** The entry of a manifest list for a manifest of newly added files. */
export function manifestEntry(
  path: string,
  length: number,
  specId: number,
  snapshotId: Id,
  sequenceNumber: number,
  files: readonly DataFile[],
): ManifestFile {
  return {
    manifest_path: path,
    manifest_length: BigInt(length),
    partition_spec_id: specId,
    content: DATA,
    sequence_number: BigInt(sequenceNumber),
    min_sequence_number: BigInt(sequenceNumber),
    added_snapshot_id: BigInt(snapshotId),
    added_files_count: files.length,
    existing_files_count: 0,
    deleted_files_count: 0,
    added_rows_count: BigInt(files.reduce((sum, { records }) => sum + records, 0)),
    existing_rows_count: 0n,
    deleted_rows_count: 0n,
    partitions: [],
    key_metadata: null,
  };
}

export function writeManifestList(
  snapshot: Pick<Snapshot, 'snapshot-id' | 'parent-snapshot-id' | 'sequence-number'>,
  manifests: readonly ManifestFile[],
): Buffer {
  return writeContainer(
    manifestListType,
    manifestListText,
    {
      'snapshot-id': String(snapshot['snapshot-id']),
      'parent-snapshot-id': String(snapshot['parent-snapshot-id'] ?? 'null'),
      'sequence-number': String(snapshot['sequence-number']),
      'format-version': '2',
    },
    manifests,
  );
}

/** Entries of a manifest list by any writer (older ones say `…_data_files_count`), in this writer's form. Throws IcebergError. */
export function readManifestList(file: Buffer): ManifestFile[] {
  return readContainer(file).records.map((record) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoded by the schema in the file; all but two members may be missing
    const entry = record as Partial<ManifestFile> &
      Pick<ManifestFile, 'manifest_path' | 'manifest_length'> &
      Partial<Record<`${'added' | 'existing' | 'deleted'}_data_files_count`, number>>;
    return {
      manifest_path: entry.manifest_path,
      manifest_length: entry.manifest_length,
      partition_spec_id: entry.partition_spec_id ?? 0,
      content: entry.content ?? DATA,
      sequence_number: entry.sequence_number ?? 0n,
      min_sequence_number: entry.min_sequence_number ?? 0n,
      added_snapshot_id: entry.added_snapshot_id ?? 0n,
      added_files_count: entry.added_files_count ?? entry.added_data_files_count ?? 0,
      existing_files_count: entry.existing_files_count ?? entry.existing_data_files_count ?? 0,
      deleted_files_count: entry.deleted_files_count ?? entry.deleted_data_files_count ?? 0,
      added_rows_count: entry.added_rows_count ?? 0n,
      existing_rows_count: entry.existing_rows_count ?? 0n,
      deleted_rows_count: entry.deleted_rows_count ?? 0n,
      partitions: entry.partitions ?? null,
      key_metadata: entry.key_metadata ?? null,
    };
  });
}

function counts(map: ReadonlyMap<number, number>): { key: number; value: bigint }[] {
  return [...map].map(([key, value]) => ({ key, value: BigInt(value) }));
}

function pairs(map: ReadonlyMap<number, Buffer>): { key: number; value: Buffer }[] {
  return [...map].map(([key, value]) => ({ key, value }));
}
