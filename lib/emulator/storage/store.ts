/** The two databases behind everything: what services may do with them. Implemented in `open.ts`. */

import type { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * State: WAL, synced after each commit, group commit. Writes of requests that arrive together share one transaction; every
 * answer waits for `settled()`, so an acknowledged write survives kill -9.
 */
export interface StateStore {
  readonly db: DatabaseSync;
  /** A prepared statement, cached by its text. */
  statement(sql: string): StatementSync;
  /**
   * Runs `work` synchronously inside the open group transaction, within a savepoint: if it throws, what it wrote is
   * undone and the error passes on. `work` must not await.
   */
  write<T>(work: () => T): T;
  /** Resolves when everything written so far is durable; at once when nothing is pending. Rejects when the commit failed. */
  settled(): Promise<void>;
  /** Tables of one component: scripts in order, each run once. Called before anything is prepared. */
  migrate(component: string, scripts: readonly string[]): void;
  close(): Promise<void>;
}

/** Bodies of objects: encrypted before they touch the disk, small ones inside the state database. */
export interface BodyStore {
  /** Encrypts a body that is already in memory. Bodies up to 64 KiB stay in the database: the answer is what to store in the object's row. */
  seal(dataKey: Uint8Array, body: Uint8Array): Uint8Array;
  open(dataKey: Uint8Array, sealed: Uint8Array): Uint8Array;
  /**
   * Streams a body to a file: encrypts in segments, writes to a temporary name, fsyncs, renames. Feeds `observe` with
   * the plain bytes on the way (checksums, ETag). Chunks belong to the store once it has them: their memory is given back,
   * so nobody may keep one. Rejects and leaves nothing behind when `source` throws.
   */
  ingest(
    dataKey: Uint8Array,
    source: AsyncIterable<Uint8Array>,
    observe: (chunk: Uint8Array) => void,
  ): Promise<{ readonly file: string; readonly size: number }>;
  /** Reads plain bytes `[start, end)` of a file; end defaults to the size. Throws if a byte was changed on disk. */
  read(dataKey: Uint8Array, file: string, size: number, start?: number, end?: number): AsyncIterable<Uint8Array>;
  /** The bytes of a file as they lie on the disk. */
  sealed(file: string): Promise<Uint8Array>;
  /** Puts sealed files back under their names, durably; `drop` spares them until the answer's `keep` or `undo` was called. */
  bring(files: ReadonlyMap<string, Uint8Array>): Promise<BroughtFiles>;
  /** Removes a file once the deletion of its row is durable. */
  drop(file: string): void;
  /** Removes files that `isKnown` denies: leftovers of a crash. Called once at start. */
  sweep(isKnown: (file: string) => boolean): Promise<number>;
}

export interface BroughtFiles {
  /** Rows know the files now. */
  keep(): void;
  /** Removes those that were not there before. */
  undo(): Promise<void>;
}
