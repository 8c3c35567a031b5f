/**
 * Unreferenced file removal: what no snapshot names becomes noncurrent after some days, and is deleted after some more
 * (S3UG s3-table-buckets-maintenance, icebergUnreferencedFileRemoval).
 */

import { readManifestList } from '../../../iceberg/manifest.ts';
import type { TableMetadata } from '../../../iceberg/metadata.ts';
import { liveEntries, readManifest } from '../../../iceberg/rewrite.ts';
import type { Desk } from '../desk.ts';
import { PROBE_PREFIX } from '../maintainer.ts';
import type { TableFiles } from './table-files.ts';

export interface RemovalSettings {
  readonly unreferencedDays: number;
  readonly nonCurrentDays: number;
}

const DAY = 86_400_000;

/** Throws IcebergError when the files of a snapshot can't be read: then nothing is removed. */
export async function removeUnreferenced(desk: Desk, files: TableFiles, settings: RemovalSettings): Promise<void> {
  const { rows, around } = desk;
  const alias = files.warehouse.bucketAlias;
  const metadata = await files.metadata();
  const named = metadata ? await namedFiles(files, metadata) : new Set<string>();
  const marked = rows.noncurrent(alias);
  const gone: string[] = [];
  const mark: string[] = [];
  const unmark: string[] = [];
  for (const { key, lastModified } of files.list()) {
    const since = marked.get(key);
    // TB-17: what the check of CreateTable wrote.
    if (key.startsWith(PROBE_PREFIX)) gone.push(key);
    else if (named.has(key)) {
      if (since !== undefined) unmark.push(key);
    } else if (since === undefined) {
      if (files.now - lastModified >= settings.unreferencedDays * DAY) mark.push(key);
    } else if (files.now - since >= settings.nonCurrentDays * DAY) gone.push(key);
  }
  around.state.write(() => {
    for (const key of mark) rows.markNoncurrent(alias, key, files.now);
    for (const key of [...unmark, ...gone]) rows.unmarkNoncurrent(alias, key);
    if (gone.length > 0) files.remove(gone);
  });
}

/** Keys of everything that the metadata leads to: itself, what it was before, manifest lists, manifests, data. */
async function namedFiles(files: TableFiles, metadata: TableMetadata): Promise<Set<string>> {
  const named = new Set<string>();
  const add = (location: string | undefined): void => {
    const key = location === undefined ? undefined : files.keyOf(location);
    if (key !== undefined) named.add(key);
  };
  add(files.row.metadataLocation);
  for (const entry of metadata['metadata-log'] ?? []) add(entry['metadata-file']);
  for (const file of [...(metadata.statistics ?? []), ...(metadata['partition-statistics'] ?? [])]) {
    add(file['statistics-path']);
  }
  const read = new Set<string>();
  for (const snapshot of metadata.snapshots ?? []) {
    add(snapshot['manifest-list']);
    for (const listed of readManifestList(await files.read(snapshot['manifest-list']))) {
      if (read.has(listed.manifest_path)) continue;
      read.add(listed.manifest_path);
      add(listed.manifest_path);
      const manifest = readManifest(await files.read(listed.manifest_path), listed);
      for (const entry of liveEntries(manifest)) add(entry.data_file.file_path);
    }
  }
  return named;
}
