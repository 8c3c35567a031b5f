/** The state database: group commit over node:sqlite (contract: `store.ts`). */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Database } from './database.ts';
import { storageError } from './errors.ts';
import type { StateStore } from './store.ts';

const SETTLED = Promise.resolve();

/** Writes that share one commit, and everybody who waits for it. */
class Batch {
  readonly #wait = Promise.withResolvers<void>();
  error: unknown;
  failed = false;
  /** Run once the batch is durable. */
  readonly after: (() => void)[] = [];

  constructor() {
    // A batch that nobody waits for (a background job) must not end the process when it fails.
    this.#wait.promise.catch(() => {});
  }

  get promise(): Promise<void> {
    return this.#wait.promise;
  }

  /** The first reason counts. */
  fail(error: unknown): void {
    if (this.failed) return;
    this.failed = true;
    this.error = error;
  }

  end(): void {
    if (this.failed) this.#wait.reject(this.error);
    else this.#wait.resolve();
  }
}

/**
 * Requests that arrive in one turn of the event loop write into one transaction, which is committed when the turn has
 * read all its sockets (`setImmediate`), then synced to the disk on a thread. What arrives meanwhile shares the next
 * transaction, which ends when that sync has: a lone client never waits for others, many share one sync.
 */
export class GroupCommitState implements StateStore {
  readonly db: DatabaseSync;
  readonly #database: Database;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #savepoint: StatementSync;
  readonly #release: StatementSync;
  readonly #undo: StatementSync;
  readonly #companions: (() => void)[] = [];
  /** Takes writes. */
  #batch: Batch | undefined;
  /** Committed, on its way to the disk. */
  #syncing: Batch | undefined;

  constructor(database: Database) {
    this.#database = database;
    this.db = database.db;
    this.#begin = this.db.prepare('BEGIN IMMEDIATE');
    this.#commit = this.db.prepare('COMMIT');
    this.#savepoint = this.db.prepare('SAVEPOINT work');
    this.#release = this.db.prepare('RELEASE work');
    this.#undo = this.db.prepare('ROLLBACK TO work');
  }

  statement(sql: string): StatementSync {
    return this.#database.statement(sql);
  }

  write<T>(work: () => T): T {
    const batch = this.#open();
    const planned = batch.after.length;
    this.#savepoint.run();
    try {
      const result = work();
      this.#release.run();
      return result;
    } catch (error) {
      batch.after.length = planned;
      this.#undoWork(batch, error);
      throw storageError(error);
    }
  }

  /** Undoes one piece of work, or fails the batch when SQLite has already given up the whole transaction (disk full). */
  #undoWork(batch: Batch, error: unknown): void {
    if (batch.failed) return;
    if (this.db.isTransaction) {
      this.#undo.run();
      this.#release.run();
    } else {
      batch.fail(storageError(error));
    }
  }

  settled(): Promise<void> {
    return (this.#batch ?? this.#syncing)?.promise ?? SETTLED;
  }

  /** Takes part in the commit: `flush` runs at the end of every batch that was announced, before anybody is answered. */
  accompany(flush: () => void): void {
    this.#companions.push(flush);
  }

  /** Makes `settled()` wait for the end of this batch although nothing was written to the state. */
  announce(): void {
    this.#pending();
  }

  /** Runs `action` once everything written so far is durable, never if it fails or is undone. */
  afterCommit(action: () => void): void {
    const batch = this.#batch ?? this.#syncing;
    if (batch === undefined) action();
    else batch.after.push(action);
  }

  migrate(component: string, scripts: readonly string[]): void {
    try {
      this.#database.refuseNewer(component, scripts.length);
    } catch (error) {
      // Components before this one may have migrated in the same transaction: nothing at all is to change.
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
    if (this.#database.version(component) === scripts.length) return;
    this.write(() => this.#database.runScripts(component, scripts));
  }

  async close(): Promise<void> {
    // Those who wait are told themselves when a batch fails.
    do {
      await this.#syncing?.promise.catch(() => {});
      this.#end();
      await this.#syncing?.promise.catch(() => {});
      // A timer may have written meanwhile.
    } while (this.#batch !== undefined);
    this.#database.close();
  }

  #open(): Batch {
    const batch = this.#pending();
    // Work that came first is lost already; what comes now must not be the half of it that survives.
    if (batch.failed) throw batch.error;
    if (!this.db.isTransaction) this.#begin.run();
    return batch;
  }

  #pending(): Batch {
    if (this.#batch === undefined) {
      this.#batch = new Batch();
      if (this.#syncing === undefined) setImmediate(() => this.#end());
    }
    return this.#batch;
  }

  #end(): void {
    const batch = this.#batch;
    if (batch === undefined || this.#syncing !== undefined) return;
    this.#batch = undefined;
    const writes = this.db.isTransaction;
    try {
      if (writes) this.#commit.run();
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      batch.fail(storageError(error));
    }
    for (const flush of this.#companions) {
      try {
        flush();
      } catch (error) {
        batch.fail(storageError(error));
      }
    }
    // Those who only read have read what is on the disk: no batch ends before the one that it may have seen.
    if (!writes) return finish(batch);
    this.#syncing = batch;
    this.#database.syncLog((error) => {
      this.#syncing = undefined;
      if (error !== null) batch.fail(storageError(error));
      finish(batch);
      if (this.#batch !== undefined) setImmediate(() => this.#end());
    });
  }
}

function finish(batch: Batch): void {
  if (!batch.failed) for (const action of batch.after) action();
  batch.end();
}
