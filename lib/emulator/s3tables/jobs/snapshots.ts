/** Snapshot management: old snapshots leave the table (S3UG s3-tables-maintenance, icebergSnapshotManagement). */

import type { Id, TableMetadata } from '../../../iceberg/metadata.ts';
import { applyUpdates } from '../../../iceberg/updates.ts';
import type { TableFiles } from './table-files.ts';

export interface SnapshotSettings {
  readonly minSnapshotsToKeep: number;
  readonly maxSnapshotAgeHours: number;
}

const HOUR = 3_600_000;

/**
 * Removes snapshots that are too old from the metadata. Their files stay until unreferenced file removal takes them.
 * Throws IcebergError, and ConflictException when somebody else committed meanwhile.
 */
export async function expireSnapshots(files: TableFiles, settings: SnapshotSettings): Promise<void> {
  const metadata = await files.metadata();
  const ids = metadata ? expired(metadata, settings, files.now) : [];
  if (!metadata || ids.length === 0) return;
  const previous = files.row.metadataLocation ?? '';
  await files.commit(
    applyUpdates(metadata, [{ action: 'remove-snapshots', 'snapshot-ids': ids }], previous, files.now),
  );
}

/**
 * Snapshots older than the limit, except the newest `minSnapshotsToKeep` of the table's history and those on which a
 * branch or a tag stands. `now` in milliseconds.
 */
export function expired(
  metadata: TableMetadata,
  { minSnapshotsToKeep, maxSnapshotAgeHours }: SnapshotSettings,
  now: number,
): Id[] {
  const snapshots = new Map((metadata.snapshots ?? []).map((it) => [it['snapshot-id'], it]));
  const kept = new Set<Id>(Object.values(metadata.refs ?? {}).map((ref) => ref['snapshot-id']));
  let at = metadata['current-snapshot-id'] ?? undefined;
  for (let count = 0; at !== undefined && count < minSnapshotsToKeep; count += 1) {
    kept.add(at);
    at = snapshots.get(at)?.['parent-snapshot-id'];
  }
  const oldest = now - maxSnapshotAgeHours * HOUR;
  return [...snapshots.values()]
    .filter((it) => !kept.has(it['snapshot-id']) && it['timestamp-ms'] < oldest)
    .map((it) => it['snapshot-id']);
}
