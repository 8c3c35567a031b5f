/** Which small files become one. */

import { stringifyExact } from '../../../iceberg/exact-json.ts';
import { DELETES, liveEntries, type Manifest, type ManifestEntry } from '../../../iceberg/rewrite.ts';

/** Rows pass through memory, so that a compacted file holds at most this, whatever the table's target is. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Iceberg's own: below three quarters of the target a file is small (rewrite_data_files, min-file-size-bytes). */
const SMALL = 0.75;
/** AWS publishes no number. Two is the least that makes sense. */
const LEAST_FILES = 2;

export interface Bin {
  /** The manifest of the first of them; files of one bin share partition spec and partition. */
  readonly manifest: Manifest;
  readonly entries: readonly ManifestEntry[];
}

/** Small Parquet files of each partition, packed in the order in which they were added. `target` in bytes. */
export function binsOf(manifests: readonly Manifest[], target: number): Bin[] {
  const most = Math.min(target, MOST_BYTES);
  const groups = new Map<string, { manifest: Manifest; entries: ManifestEntry[] }>();
  for (const manifest of manifests.toReversed()) {
    if (manifest.listed.content === DELETES) continue;
    for (const entry of liveEntries(manifest)) {
      const file = entry.data_file;
      const small = Number(file.file_size_in_bytes) < most * SMALL && file.record_count > 0n;
      if (!small || file.file_format.toUpperCase() !== 'PARQUET') continue;
      const key = `${manifest.listed.partition_spec_id} ${stringifyExact(file.partition)}`;
      const group = groups.get(key);
      if (group) group.entries.push(entry);
      else groups.set(key, { manifest, entries: [entry] });
    }
  }
  return [...groups.values()].flatMap(({ manifest, entries }) =>
    packed(entries, most).map((bin) => ({ manifest, entries: bin })),
  );
}

function packed(entries: readonly ManifestEntry[], most: number): ManifestEntry[][] {
  const bins: ManifestEntry[][] = [[]];
  let size = 0;
  for (const entry of entries) {
    const bytes = Number(entry.data_file.file_size_in_bytes);
    if (size + bytes > most) {
      bins.push([]);
      size = 0;
    }
    bins.at(-1)?.push(entry);
    size += bytes;
  }
  return bins.filter((bin) => bin.length >= LEAST_FILES);
}
