/** Updates of snapshots, branches and tags. */

import { change, type Draft } from './draft.ts';
import { IcebergError, type Id, type Snapshot, type SnapshotRef } from './metadata.ts';

const MAIN = 'main';
const NO_SNAPSHOT = -1;

export function addSnapshot(draft: Draft, snapshot: Snapshot): void {
  const { snapshots = [], 'last-sequence-number': last } = draft.metadata;
  const id = snapshot['snapshot-id'];
  if (snapshots.some((each) => each['snapshot-id'] === id))
    throw new IcebergError(`Snapshot already exists for id: ${id}`);
  const sequence = snapshot['sequence-number'];
  if (snapshot['parent-snapshot-id'] !== undefined && sequence <= last) {
    throw new IcebergError(
      `Cannot add snapshot with sequence number ${sequence} older than last sequence number ${last}`,
    );
  }
  draft.added.set(id, snapshot);
  change(draft, {
    snapshots: [...snapshots, snapshot],
    'last-sequence-number': Math.max(last, sequence),
    'last-updated-ms': Math.max(draft.metadata['last-updated-ms'], snapshot['timestamp-ms']),
    ...countRows(draft, snapshot),
  });
}

/** Row lineage of format version 3: every snapshot takes the next rows' ids. */
function countRows(draft: Draft, snapshot: Snapshot): { 'next-row-id'?: Id } {
  const next = draft.metadata['next-row-id'];
  if (draft.metadata['format-version'] < 3 || next === undefined) return {};
  const { 'first-row-id': first, 'added-rows': rows } = snapshot;
  if (first === undefined || rows === undefined) throw new IcebergError('Cannot add a snapshot: first-row-id is null');
  if (first < next) {
    throw new IcebergError(`Cannot add a snapshot, first-row-id is behind table next-row-id: ${first} < ${next}`);
  }
  return { 'next-row-id': Number(BigInt(first) + BigInt(rows)) };
}

export function setRef(draft: Draft, name: string, ref: SnapshotRef): void {
  const { snapshots = [], refs = {}, 'snapshot-log': log = [] } = draft.metadata;
  const id = ref['snapshot-id'];
  if (!snapshots.some((each) => each['snapshot-id'] === id)) {
    throw new IcebergError(`Cannot set ${name} to unknown snapshot: ${id}`);
  }
  const given = Object.fromEntries(Object.entries(ref).filter(([, value]) => value !== undefined && value !== null));
  change(draft, { refs: { ...refs, [name]: { ...given, 'snapshot-id': id, type: ref.type } } });
  if (name !== MAIN) return;
  if (ref.type !== 'branch') throw new IcebergError('Cannot set main: it must be a branch');
  if (refs[MAIN]?.['snapshot-id'] === id) return;
  // A snapshot that was there before becomes current now; a new one when it was made.
  const at = draft.added.get(id)?.['timestamp-ms'] ?? draft.now;
  change(draft, {
    'current-snapshot-id': id,
    'snapshot-log': [...log, { 'snapshot-id': id, 'timestamp-ms': at }],
  });
}

export function removeRef(draft: Draft, name: string): void {
  change(draft, {
    refs: Object.fromEntries(Object.entries(draft.metadata.refs ?? {}).filter(([each]) => each !== name)),
    ...(name === MAIN && { 'current-snapshot-id': NO_SNAPSHOT }),
  });
}

/** Forgets snapshots, and with them the branches, tags and statistics that stand on them. */
export function removeSnapshots(draft: Draft, ids: readonly Id[]): void {
  const { metadata } = draft;
  const gone = new Set(ids);
  const current = metadata['current-snapshot-id'];
  if (current !== undefined && current !== null && gone.has(current)) {
    throw new IcebergError(`Cannot remove the current snapshot: ${current}`);
  }
  const log = metadata['snapshot-log'] ?? [];
  // Where an entry is missing, what came before it can't be told any more (spec, snapshot-log).
  const lastGone = log.findLastIndex((entry) => gone.has(entry['snapshot-id']));
  change(draft, {
    snapshots: (metadata.snapshots ?? []).filter((each) => !gone.has(each['snapshot-id'])),
    'snapshot-log': log.slice(lastGone + 1),
    refs: Object.fromEntries(Object.entries(metadata.refs ?? {}).filter(([, ref]) => !gone.has(ref['snapshot-id']))),
    ...(metadata.statistics && { statistics: metadata.statistics.filter((it) => !gone.has(it['snapshot-id'])) }),
    ...(metadata['partition-statistics'] && {
      'partition-statistics': metadata['partition-statistics'].filter((it) => !gone.has(it['snapshot-id'])),
    }),
  });
}
