import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { UploadedObject, UploadRun, UploadStatus } from './record.ts';

export interface ObjectFilter {
  readonly outcome?: 'all' | 'made' | 'spared' | 'refused';
  readonly offset: number;
  /** At most 200. */
  readonly limit: number;
}

export interface UploadStore {
  save(run: UploadRun): void;
  /** Adds requests, or replaces those that are there with what the ledger has told since. */
  saveObjects(runId: string, objects: readonly UploadedObject[]): void;
  run(id: string): UploadRun | undefined;
  /** Newest first. */
  runs(scope: string, limit: number): readonly UploadRun[];
  objects(runId: string, filter: ObjectFilter): { readonly total: number; readonly objects: readonly UploadedObject[] };
  delete(runId: string): void;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS run (id TEXT PRIMARY KEY, scope TEXT NOT NULL, started TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS run_by_start ON run (scope, started DESC);
  CREATE TABLE IF NOT EXISTS object (
    run TEXT NOT NULL, position INTEGER NOT NULL, made INTEGER NOT NULL, spared INTEGER NOT NULL, refused INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (run, position)) STRICT, WITHOUT ROWID;
`;

const CONDITIONS = { all: '', made: 'AND made > 0', spared: 'AND spared > 0', refused: 'AND refused > 0' } as const;

/**
 * Runs of simulated uploads, kept in `uploads.db` in the console's folder of the data directory.
 */
export function openUploadStore(dataDir: string): UploadStore {
  const folder = path.join(dataDir, 'console');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(path.join(folder, 'uploads.db'), { timeout: 5000 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  db.exec(SCHEMA);
  const saveRun = db.prepare(
    'INSERT INTO run (id, scope, started, status, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET status = excluded.status, body = excluded.body',
  );
  const saveObject = db.prepare(
    'INSERT OR REPLACE INTO object (run, position, made, spared, refused, body) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const oneRun = db.prepare('SELECT body FROM run WHERE id = ?');
  const manyRuns = db.prepare('SELECT body FROM run WHERE scope = ? ORDER BY started DESC LIMIT ?');
  const deleteRun = db.prepare('DELETE FROM run WHERE id = ?');
  const deleteObjects = db.prepare('DELETE FROM object WHERE run = ?');

  // A run that was going when the console stopped is not going any more.
  for (const { body } of db.prepare("SELECT body FROM run WHERE status = 'running'").all() as { body: string }[]) {
    const run = JSON.parse(body) as UploadRun;
    save({ ...run, status: 'interrupted' satisfies UploadStatus });
  }

  function save(run: UploadRun): void {
    saveRun.run(run.id, run.scope, run.startedAt, run.status, JSON.stringify(run));
  }

  return {
    save,
    saveObjects(runId, objects) {
      if (objects.length === 0) return;
      db.exec('BEGIN');
      try {
        for (const it of objects) {
          const made = it.keyOperations.filter(({ kind }) => kind === 'made').length;
          saveObject.run(
            runId,
            it.index,
            made,
            it.keyOperations.length - made,
            it.error === undefined ? 0 : 1,
            JSON.stringify(it),
          );
        }
        db.exec('COMMIT');
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    },
    run(id) {
      const row = oneRun.get(id) as { body: string } | undefined;
      return row && (JSON.parse(row.body) as UploadRun);
    },
    runs: (scope, limit) =>
      (manyRuns.all(scope, limit) as { body: string }[]).map(({ body }) => JSON.parse(body) as UploadRun),
    objects(runId, { outcome = 'all', offset, limit }) {
      const condition = CONDITIONS[outcome];
      const { total } = db.prepare(`SELECT COUNT(*) AS total FROM object WHERE run = ? ${condition}`).get(runId) as {
        total: number;
      };
      const rows = db
        .prepare(`SELECT body FROM object WHERE run = ? ${condition} ORDER BY position LIMIT ? OFFSET ?`)
        .all(runId, Math.min(limit, 200), offset) as { body: string }[];
      return { total, objects: rows.map(({ body }) => JSON.parse(body) as UploadedObject) };
    },
    delete(runId) {
      deleteObjects.run(runId);
      deleteRun.run(runId);
    },
    close: () => db.close(),
  };
}
