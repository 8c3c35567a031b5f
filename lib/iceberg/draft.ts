import type { Id, Snapshot, TableMetadata } from './metadata.ts';

/** Metadata while the updates of one commit are applied, and what `-1` ("the one just added") stands for. */
export interface Draft {
  metadata: TableMetadata;
  readonly now: number;
  /** Snapshots that this commit added, by id. */
  readonly added: Map<Id, Snapshot>;
  addedSchema?: number;
  addedSpec?: number;
  addedOrder?: number;
}

/** Puts members over those of the draft's metadata. */
export function change(draft: Draft, members: Partial<TableMetadata>): void {
  draft.metadata = { ...draft.metadata, ...members };
}
