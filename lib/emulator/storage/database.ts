/** Opens a SQLite file the way both databases need it, and brings the tables of its components up to date. */

import { closeSync, fdatasync, openSync } from 'node:fs';
import type { StatementSync } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';
import { reason, StartError, systemCode } from './errors.ts';

export interface DatabaseOptions {
  /** KiB of pages that SQLite keeps in memory at most. */
  readonly cacheKiB: number;
  /**
   * Pages in the write-ahead log after which a commit itself moves them into the database: the last resort, where the
   * thread that does it otherwise (`checkpointer.ts`) does not keep up.
   */
  readonly checkpointPages: number;
}

/**
 * A database with its statements, prepared once per text. A commit survives the death of the process; it survives that
 * of the machine once `syncLog` is done. (`synchronous = FULL` is the same two steps, with every request held up by the second.)
 */
export class Database {
  readonly db: DatabaseSync;
  readonly path: string;
  readonly #statements = new Map<string, StatementSync>();
  #restart = false;
  #log: number | undefined;

  /** Throws StartError when the file cannot be opened or is no database. */
  constructor(path: string, options: DatabaseOptions) {
    this.path = path;
    // Made here first, because SQLite gives its files the mode of the umask and its log files that of the database.
    createFile(path);
    this.db = new DatabaseSync(path, { timeout: 5000 });
    try {
      this.db.exec(`PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        PRAGMA cache_size = -${options.cacheKiB};
        PRAGMA wal_autocheckpoint = ${options.checkpointPages};
        PRAGMA temp_store = MEMORY;
        PRAGMA foreign_keys = ON;`);
    } catch (error) {
      this.db.close();
      throw new StartError(`The file ${path} cannot be used as a database: ${reason(error)}.`, { cause: error });
    }
  }

  /** A prepared statement, cached by its text. Texts are constants of the program, so the cache has no bound. */
  statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /**
   * Puts all commits so far on the disk, on a thread. What SQLite keeps beside the log it can make again, and it syncs the
   * log itself before it moves pages out of it.
   */
  syncLog(done: (error: NodeJS.ErrnoException | null) => void): void {
    try {
      this.#log ??= openSync(`${this.path}-wal`, 'r+');
    } catch (error) {
      return done(error as NodeJS.ErrnoException);
    }
    fdatasync(this.#log, done);
  }

  /**
   * Lets the write-ahead log start anew, now that a checkpoint has left only a few pages to move. Put off while a
   * transaction is open: `afterTransaction` catches up.
   */
  restartLog(): void {
    this.#restart = true;
    this.afterTransaction();
  }

  /** To be called when a transaction has ended. */
  afterTransaction(): void {
    if (!this.#restart || this.db.isTransaction) return;
    this.#restart = false;
    this.statement('PRAGMA wal_checkpoint(RESTART)').get();
  }

  /** How many scripts of a component have run on this database; 0 when it is new. */
  version(component: string): number {
    const table = this.db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migration'").get();
    if (table === undefined) return 0;
    const row = this.db.prepare('SELECT version FROM migration WHERE component = ?').get(component);
    return Number(row?.['version'] ?? 0);
  }

  /** Throws StartError when this database knows more scripts of the component than the program. */
  refuseNewer(component: string, known: number): void {
    const version = this.version(component);
    if (version <= known) return;
    throw new StartError(
      `The database ${this.path} was written by a newer version of the emulator ` +
        `(${component} is at ${version}, this version knows ${known}): use that version, or set DATA_DIR to another directory.`,
    );
  }

  /** Runs the scripts of a component that have not run yet. The caller holds a transaction open. */
  runScripts(component: string, scripts: readonly string[]): void {
    const version = this.version(component);
    this.db.exec(
      'CREATE TABLE IF NOT EXISTS migration (component TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID',
    );
    for (const script of scripts.slice(version)) this.db.exec(script);
    this.db
      .prepare(
        'INSERT INTO migration (component, version) VALUES (?, ?) ON CONFLICT DO UPDATE SET version = excluded.version',
      )
      .run(component, scripts.length);
  }

  close(): void {
    this.#statements.clear();
    if (this.#log !== undefined) closeSync(this.#log);
    this.#log = undefined;
    if (this.db.isOpen) this.db.close();
  }
}

/**
 * Makes an empty file of mode 0600. A file that is there is not even opened: closing it again would let go of the locks
 * that this process holds on it (POSIX).
 */
export function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}
