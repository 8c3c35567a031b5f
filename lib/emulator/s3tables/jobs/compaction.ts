/** Compaction: many small Parquet files of a partition become one (S3UG s3-tables-maintenance, icebergCompaction). */

import { type ManifestFile, readManifestList, writeManifestList } from '../../../iceberg/manifest.ts';
import {
  currentSchema,
  currentSnapshot,
  type Snapshot,
  type TableMetadata,
  withSnapshot,
} from '../../../iceberg/metadata.ts';
import { encodeRows } from '../../../iceberg/parquet.ts';
import { canRewrite, readRows } from '../../../iceberg/read-rows.ts';
import {
  ADDED,
  DELETED,
  DELETES,
  EXISTING,
  fileRecordLike,
  listManifest,
  liveEntries,
  type Manifest,
  type ManifestEntry,
  readManifest,
  writeManifestLike,
} from '../../../iceberg/rewrite.ts';
import type { Row } from '../../../iceberg/values.ts';
import { idBytes, newUuid } from '../../world/id-source.ts';
import { type Bin, binsOf } from './bins.ts';
import { sortedRows } from './sort-rows.ts';
import type { TableFiles } from './table-files.ts';

export interface CompactionSettings {
  readonly targetFileSizeMB: number;
  readonly strategy: 'auto' | 'binpack' | 'sort' | 'z-order';
}

/** A file that compaction wrote, and those it takes the place of. */
interface Rewritten {
  readonly bin: Bin;
  readonly entry: ManifestEntry;
}

/**
 * Rewrites small files and commits a snapshot of operation `replace`. Does nothing where nothing is small, where rows
 * are deleted by delete files, or where a column is of a type that this emulator can't write; these wait for an engine.
 * Throws IcebergError, and ConflictException when somebody else committed meanwhile.
 */
export async function compact(files: TableFiles, settings: CompactionSettings): Promise<void> {
  const metadata = await files.metadata();
  const snapshot = metadata && currentSnapshot(metadata);
  if (!metadata || !snapshot || metadata['format-version'] !== 2 || !canRewrite(currentSchema(metadata))) return;
  const list = readManifestList(await files.read(snapshot['manifest-list']));
  if (list.some((it) => it.content === DELETES && it.added_files_count + it.existing_files_count > 0)) return;
  const manifests: Manifest[] = [];
  for (const listed of list) manifests.push(readManifest(await files.read(listed.manifest_path), listed));
  const bins = binsOf(manifests, settings.targetFileSizeMB * 1024 * 1024);
  if (bins.length === 0) return;

  const written: string[] = [];
  const put = async (key: string, body: Uint8Array): Promise<string> => {
    const location = await files.write(key, body);
    written.push(key);
    return location;
  };
  try {
    const snapshotId = newSnapshotId();
    const rewritten: Rewritten[] = [];
    for (const bin of bins)
      rewritten.push({ bin, entry: await rewrite(files, metadata, bin, settings, snapshotId, put) });
    const next = replaceSnapshot(files, metadata, snapshot, snapshotId, rewritten);
    const kept = await writeManifests(manifests, rewritten, snapshotId, BigInt(next['sequence-number']), put);
    await put(next['manifest-list'].slice(files.location.length + 1), writeManifestList(next, kept));
    await files.commit(withSnapshot(metadata, next, files.row.metadataLocation));
  } catch (error) {
    files.remove(written);
    throw error;
  }
}

type Put = (key: string, body: Uint8Array) => Promise<string>;

async function rewrite(
  files: TableFiles,
  metadata: TableMetadata,
  bin: Bin,
  { strategy }: CompactionSettings,
  snapshotId: bigint,
  put: Put,
): Promise<ManifestEntry> {
  const schema = currentSchema(metadata);
  const rows: Row[] = [];
  for (const { data_file: file } of bin.entries)
    rows.push(...(await readRows(await files.read(file.file_path), schema)));
  const sorted = strategy === 'binpack' ? undefined : sortedRows(metadata, rows);
  const { body, figures } = encodeRows(schema, sorted?.rows ?? rows, 'SNAPPY');
  const path = await put(`data/${newUuid()}.parquet`, body);
  const file = { path, schema, ...figures };
  return {
    status: ADDED,
    snapshot_id: snapshotId,
    sequence_number: null,
    file_sequence_number: null,
    data_file: fileRecordLike(bin.manifest, file, bin.entries[0]?.data_file.partition, sorted?.orderId ?? 0),
  };
}

/** Manifests of the new snapshot: new files first, then those that lost files, then the untouched ones. */
async function writeManifests(
  manifests: readonly Manifest[],
  rewritten: readonly Rewritten[],
  snapshotId: bigint,
  sequenceNumber: bigint,
  put: Put,
): Promise<ManifestFile[]> {
  const gone = new Set(rewritten.flatMap(({ bin }) => bin.entries.map((it) => it.data_file.file_path)));
  const made: ManifestFile[] = [];
  const write = async (like: Manifest, entries: readonly ManifestEntry[], listed: ManifestFile): Promise<void> => {
    const body = writeManifestLike(like, entries);
    const path = await put(`metadata/${newUuid()}-m0.avro`, body);
    made.push(listManifest(listed, path, body.length, snapshotId, sequenceNumber, entries));
  };
  for (const like of new Set(rewritten.map(({ bin }) => bin.manifest))) {
    const entries = rewritten.filter(({ bin }) => bin.manifest === like).map(({ entry }) => entry);
    // The bounds of partitions in the list are those of other files.
    await write(like, entries, { ...like.listed, partitions: null });
  }
  const untouched: ManifestFile[] = [];
  for (const manifest of manifests) {
    if (!manifest.entries.some((it) => it.status !== DELETED && gone.has(it.data_file.file_path))) {
      untouched.push(manifest.listed);
      continue;
    }
    const entries = liveEntries(manifest).map((entry) =>
      gone.has(entry.data_file.file_path)
        ? { ...entry, status: DELETED, snapshot_id: snapshotId }
        : { ...entry, status: EXISTING },
    );
    await write(manifest, entries, manifest.listed);
  }
  return [...made, ...untouched];
}

function replaceSnapshot(
  files: TableFiles,
  metadata: TableMetadata,
  parent: Snapshot,
  id: bigint,
  rewritten: readonly Rewritten[],
): Snapshot {
  const sum = (entries: readonly ManifestEntry[], of: 'record_count' | 'file_size_in_bytes') =>
    entries.reduce((total, { data_file: file }) => total + file[of], 0n);
  const removed = rewritten.flatMap(({ bin }) => bin.entries);
  const added = rewritten.map(({ entry }) => entry);
  const total = (name: string, change: bigint): string => String(BigInt(parent.summary[name] ?? '0') + change);
  const removedSize = sum(removed, 'file_size_in_bytes');
  const addedSize = sum(added, 'file_size_in_bytes');
  return {
    'snapshot-id': Number(id),
    'parent-snapshot-id': parent['snapshot-id'],
    'sequence-number': metadata['last-sequence-number'] + 1,
    'timestamp-ms': Math.max(files.now, metadata['last-updated-ms']),
    'manifest-list': `${files.location}/metadata/snap-${id}-1-${newUuid()}.avro`,
    'schema-id': metadata['current-schema-id'],
    summary: {
      operation: 'replace',
      'added-data-files': String(added.length),
      'deleted-data-files': String(removed.length),
      'added-records': String(sum(added, 'record_count')),
      'deleted-records': String(sum(removed, 'record_count')),
      'added-files-size': String(addedSize),
      'removed-files-size': String(removedSize),
      'changed-partition-count': String(rewritten.length),
      'total-records': total('total-records', 0n),
      'total-files-size': total('total-files-size', addedSize - removedSize),
      'total-data-files': total('total-data-files', BigInt(added.length - removed.length)),
      'total-delete-files': total('total-delete-files', 0n),
      'total-position-deletes': total('total-position-deletes', 0n),
      'total-equality-deletes': total('total-equality-deletes', 0n),
    },
  };
}

/** Positive and of 53 bits: every reader can hold it. */
function newSnapshotId(): bigint {
  return idBytes(8).readBigUInt64BE() >> 11n || 1n;
}
