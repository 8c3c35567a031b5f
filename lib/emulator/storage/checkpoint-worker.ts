/**
 * The thread that moves pages from the write-ahead logs into the databases. Doing that means syncing the disk, which
 * would hold up every request for tens of milliseconds; here it holds up nobody (a passive checkpoint takes no lock
 * that a writer waits for).
 */

import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** What the thread tells of one database. */
export interface CheckpointReport {
  readonly path: string;
  /** Pages in the log, those included that are in the database already: it starts anew only when all of them are. */
  readonly logged: number;
}

/** While requests go on, each pass leaves less behind than the one before. */
const PASSES = 4;
/** Pages left in the log that are few enough for the main thread to finish with. */
const FEW = 64;

if (parentPort !== null) {
  const port = parentPort;
  const paths: readonly string[] = workerData;
  const databases = paths.map((path) => ({ path, db: new DatabaseSync(path, { timeout: 0 }) }));
  for (const { db } of databases) db.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -256;');
  port.on('message', () => {
    port.postMessage(databases.map(({ path, db }): CheckpointReport => ({ path, logged: checkpoint(db) })));
  });
}

function checkpoint(db: DatabaseSync): number {
  let logged = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    const row = db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
    logged = Number(row?.['log'] ?? 0);
    if (logged - Number(row?.['checkpointed'] ?? 0) <= FEW) break;
  }
  return logged;
}
