/**
 * Manifests of any writer, read and written again with their own Avro schema, so that nothing that this module does not
 * know is lost (spec: Manifests, format version 2 and later).
 */

import { avroType, readContainer, writeContainer } from './avro.ts';
import type { DataFile, ManifestFile } from './manifest.ts';
import { IcebergError } from './metadata.ts';

export const EXISTING = 0;
export const ADDED = 1;
export const DELETED = 2;
/** Content of a manifest that holds delete files. */
export const DELETES = 1;

/** A data or delete file as its writer described it. */
export type FileRecord = Readonly<Record<string, unknown>> & {
  readonly file_path: string;
  readonly file_format: string;
  readonly partition: unknown;
  readonly record_count: bigint;
  readonly file_size_in_bytes: bigint;
};

export interface ManifestEntry {
  readonly status: number;
  readonly snapshot_id: bigint | null;
  readonly sequence_number: bigint | null;
  readonly file_sequence_number: bigint | null;
  readonly data_file: FileRecord;
}

export interface Manifest {
  /** Where it stands in the manifest list. */
  readonly listed: ManifestFile;
  readonly header: Readonly<Record<string, string>>;
  /** What is inherited from the manifest list is filled in. */
  readonly entries: readonly ManifestEntry[];
}

/** Reads a manifest that a manifest list names. Throws IcebergError. */
export function readManifest(file: Buffer, listed: ManifestFile): Manifest {
  const { header, records } = readContainer(file);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoded by the schema in the file
  const entries = (records as ManifestEntry[]).map((entry) => {
    const inherits = entry.status === ADDED;
    return {
      ...entry,
      snapshot_id: entry.snapshot_id ?? listed.added_snapshot_id,
      sequence_number: entry.sequence_number ?? (inherits ? listed.sequence_number : null),
      file_sequence_number: entry.file_sequence_number ?? (inherits ? listed.sequence_number : null),
    };
  });
  return { listed, header, entries };
}

/** Files that are in the table as of the manifest's snapshot. */
export const liveEntries = (manifest: Manifest): readonly ManifestEntry[] =>
  manifest.entries.filter(({ status }) => status !== DELETED);

/** A manifest like another one, with these entries; fields that its schema has and an entry lacks become null. */
export function writeManifestLike({ header }: Pick<Manifest, 'header'>, entries: readonly ManifestEntry[]): Buffer {
  const { 'avro.schema': schemaText = '', 'avro.codec': _, ...own } = header;
  return writeContainer(avroType(schemaText), schemaText, own, entries);
}

/** The record of a new data file for manifests of this schema. `partition` is that of the files it replaces. */
export function fileRecordLike(
  { header }: Pick<Manifest, 'header'>,
  file: DataFile,
  partition: unknown,
  sortOrderId: number,
): FileRecord {
  const known: Readonly<Record<string, unknown>> = {
    content: 0,
    file_path: file.path,
    file_format: 'PARQUET',
    partition,
    record_count: BigInt(file.records),
    file_size_in_bytes: BigInt(file.bytes),
    value_counts: counts(file.valueCounts),
    null_value_counts: counts(file.nullCounts),
    nan_value_counts: counts(file.nanCounts),
    lower_bounds: pairs(file.lowerBounds),
    upper_bounds: pairs(file.upperBounds),
    sort_order_id: sortOrderId,
  };
  const names = dataFileFields(header['avro.schema'] ?? '');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- avsc refuses a record that its schema does not fit
  return Object.fromEntries(names.map((name) => [name, known[name] ?? null])) as unknown as FileRecord;
}

/** The entry of a manifest list for a manifest that a new snapshot wrote. */
export function listManifest(
  like: ManifestFile,
  path: string,
  length: number,
  snapshotId: bigint,
  sequenceNumber: bigint,
  entries: readonly ManifestEntry[],
): ManifestFile {
  const of = (status: number) => entries.filter((entry) => entry.status === status);
  const rows = (some: readonly ManifestEntry[]) => some.reduce((sum, it) => sum + it.data_file.record_count, 0n);
  const live = entries.filter(({ status }) => status !== DELETED);
  const least = live.reduce(
    (low, it) => (it.sequence_number !== null && it.sequence_number < low ? it.sequence_number : low),
    sequenceNumber,
  );
  return {
    ...like,
    manifest_path: path,
    manifest_length: BigInt(length),
    sequence_number: sequenceNumber,
    min_sequence_number: least,
    added_snapshot_id: snapshotId,
    added_files_count: of(ADDED).length,
    existing_files_count: of(EXISTING).length,
    deleted_files_count: of(DELETED).length,
    added_rows_count: rows(of(ADDED)),
    existing_rows_count: rows(of(EXISTING)),
    deleted_rows_count: rows(of(DELETED)),
  };
}

function dataFileFields(schemaText: string): readonly string[] {
  const schema: unknown = JSON.parse(schemaText);
  const names = fieldNames(typeOf(schema, 'data_file'));
  if (names.length === 0) throw new IcebergError('A manifest has no data files in its schema.');
  return names;
}

interface AvroRecord {
  readonly fields?: readonly { readonly name: string; readonly type: unknown }[];
}

function typeOf(schema: unknown, name: string): unknown {
  const { fields = [] } = schema as AvroRecord;
  return fields.find((field) => field.name === name)?.type;
}

function fieldNames(schema: unknown): readonly string[] {
  const { fields = [] } = (schema ?? {}) as AvroRecord;
  return fields.map(({ name }) => name);
}

function counts(map: ReadonlyMap<number, number>): { key: number; value: bigint }[] {
  return [...map].map(([key, value]) => ({ key, value: BigInt(value) }));
}

function pairs(map: ReadonlyMap<number, Buffer>): { key: number; value: Buffer }[] {
  return [...map].map(([key, value]) => ({ key, value }));
}
