/** Updates of a commit: what a writer changes in a table's metadata (REST catalog spec, TableUpdate). */

import { change, type Draft } from './draft.ts';
import type {
  Id,
  PartitionSpec,
  Snapshot,
  SnapshotRef,
  SortOrder,
  StatisticsFile,
  TableMetadata,
  TableSchema,
} from './metadata.ts';
import { IcebergError, PREVIOUS_VERSIONS } from './metadata.ts';
import { addSnapshot, removeRef, removeSnapshots, setRef } from './snapshot-updates.ts';
import { addSchema, addSortOrder, addSpec, removeSchemas, removeSpecs, setCurrent } from './structure-updates.ts';

export type TableUpdate =
  | { readonly action: 'assign-uuid'; readonly uuid: string }
  | { readonly action: 'upgrade-format-version'; readonly 'format-version': number }
  | { readonly action: 'add-schema'; readonly schema: TableSchema }
  | { readonly action: 'set-current-schema'; readonly 'schema-id': number }
  | { readonly action: 'add-spec'; readonly spec: PartitionSpec }
  | { readonly action: 'set-default-spec'; readonly 'spec-id': number }
  | { readonly action: 'add-sort-order'; readonly 'sort-order': SortOrder }
  | { readonly action: 'set-default-sort-order'; readonly 'sort-order-id': number }
  | { readonly action: 'add-snapshot'; readonly snapshot: Snapshot }
  | ({ readonly action: 'set-snapshot-ref'; readonly 'ref-name': string } & SnapshotRef)
  | { readonly action: 'remove-snapshots'; readonly 'snapshot-ids': readonly Id[] }
  | { readonly action: 'remove-snapshot-ref'; readonly 'ref-name': string }
  | { readonly action: 'set-location'; readonly location: string }
  | { readonly action: 'set-properties'; readonly updates: Readonly<Record<string, string>> }
  | { readonly action: 'remove-properties'; readonly removals: readonly string[] }
  | { readonly action: 'set-statistics'; readonly statistics: StatisticsFile }
  | { readonly action: 'remove-statistics'; readonly 'snapshot-id': Id }
  | { readonly action: 'set-partition-statistics'; readonly 'partition-statistics': StatisticsFile }
  | { readonly action: 'remove-partition-statistics'; readonly 'snapshot-id': Id }
  | { readonly action: 'remove-partition-specs'; readonly 'spec-ids': readonly number[] }
  | { readonly action: 'remove-schemas'; readonly 'schema-ids': readonly number[] };

/**
 * The metadata after all updates, in order. `previous` is where the metadata lay until now, `now` is in milliseconds.
 * Throws IcebergError with a sentence for an update that contradicts the table; then nothing has changed.
 */
export function applyUpdates(
  metadata: TableMetadata,
  updates: readonly TableUpdate[],
  previous: string,
  now: number,
): TableMetadata {
  const draft: Draft = { metadata, now, added: new Map() };
  for (const update of updates) apply(draft, update);
  const log = metadata['metadata-log'] ?? [];
  const most = Number(draft.metadata.properties?.['write.metadata.previous-versions-max'] ?? PREVIOUS_VERSIONS);
  return {
    ...draft.metadata,
    // Time never runs backwards inside a table, whatever the clocks of its writers say.
    'last-updated-ms': Math.max(now, draft.metadata['last-updated-ms']),
    'metadata-log': [...log, { 'metadata-file': previous, 'timestamp-ms': metadata['last-updated-ms'] }].slice(
      -Math.max(1, Number.isInteger(most) ? most : PREVIOUS_VERSIONS),
    ),
  };
}

function apply(draft: Draft, update: TableUpdate): void {
  const { metadata } = draft;
  switch (update.action) {
    case 'assign-uuid':
      if ((metadata['table-uuid'] ?? update.uuid) !== update.uuid) throw new IcebergError('Cannot reassign uuid');
      return change(draft, { 'table-uuid': update.uuid });
    case 'upgrade-format-version':
      return upgrade(draft, update['format-version']);
    case 'add-schema':
      return addSchema(draft, update.schema);
    case 'set-current-schema':
      return setCurrent(draft, 'schema', update['schema-id']);
    case 'add-spec':
      return addSpec(draft, update.spec);
    case 'set-default-spec':
      return setCurrent(draft, 'spec', update['spec-id']);
    case 'add-sort-order':
      return addSortOrder(draft, update['sort-order']);
    case 'set-default-sort-order':
      return setCurrent(draft, 'order', update['sort-order-id']);
    case 'remove-partition-specs':
      return removeSpecs(draft, update['spec-ids']);
    case 'remove-schemas':
      return removeSchemas(draft, update['schema-ids']);
    case 'add-snapshot':
      return addSnapshot(draft, update.snapshot);
    case 'set-snapshot-ref': {
      const { action: _, 'ref-name': name, ...ref } = update;
      return setRef(draft, name, ref);
    }
    case 'remove-snapshots':
      return removeSnapshots(draft, update['snapshot-ids']);
    case 'remove-snapshot-ref':
      return removeRef(draft, update['ref-name']);
    case 'set-location':
      return setLocation(draft, update.location);
    case 'set-properties':
      return change(draft, { properties: { ...metadata.properties, ...update.updates } });
    case 'remove-properties':
      return change(draft, { properties: without(metadata.properties ?? {}, update.removals) });
    case 'set-statistics':
      return change(draft, { statistics: withFile(metadata.statistics, update.statistics) });
    case 'remove-statistics':
      return change(draft, { statistics: withoutFile(metadata.statistics, update['snapshot-id']) });
    case 'set-partition-statistics':
      return change(draft, {
        'partition-statistics': withFile(metadata['partition-statistics'], update['partition-statistics']),
      });
    default:
      return change(draft, {
        'partition-statistics': withoutFile(metadata['partition-statistics'], update['snapshot-id']),
      });
  }
}

function upgrade(draft: Draft, version: number): void {
  const current = draft.metadata['format-version'];
  if (version < current) throw new IcebergError(`Cannot downgrade v${current} table to v${version}`);
  if (version > 3)
    throw new IcebergError(`Cannot upgrade table to unsupported format version: v${version} (supported: v3)`);
  if (version > current) change(draft, { 'format-version': version, ...(version >= 3 && { 'next-row-id': 0 }) });
}

/** A table in a table bucket lies in its warehouse for as long as it exists. */
function setLocation(draft: Draft, location: string): void {
  if (location.replace(/\/$/, '') !== draft.metadata.location) {
    throw new IcebergError('The location of a table cannot be changed.');
  }
}

function without(map: Readonly<Record<string, string>>, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).filter(([name]) => !names.includes(name)));
}

function withFile(files: readonly StatisticsFile[] = [], file: StatisticsFile): readonly StatisticsFile[] {
  return [...withoutFile(files, file['snapshot-id']), file];
}

function withoutFile(files: readonly StatisticsFile[] = [], id: Id): readonly StatisticsFile[] {
  return files.filter((file) => file['snapshot-id'] !== id);
}
