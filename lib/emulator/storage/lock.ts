/** One emulator per data directory. */

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createFile } from './database.ts';
import { StartError, sqliteCode } from './errors.ts';

/** SQLITE_BUSY, result code 5. */
const SQLITE_BUSY = 5;

/**
 * Takes the data directory for this process. The lock is a transaction that never ends on a database of its own: the
 * operating system lets go of it when the process dies in whatever way, so no stale lock can remain.
 * Returns how to let go. Throws StartError when another process holds it.
 */
export function lockDirectory(dataDir: string): () => void {
  const path = join(dataDir, 'lock');
  createFile(path);
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (sqliteCode(error) !== SQLITE_BUSY) throw error;
    throw new StartError(
      `Another emulator is using the data directory ${dataDir}: stop it, or set DATA_DIR to another directory.`,
      { cause: error },
    );
  }
  return () => {
    if (db.isOpen) db.close();
  };
}
