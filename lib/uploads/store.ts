import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { UploadPlan } from './plan.ts';
import type { UploadedObject, UploadRun } from './record.ts';

export interface ObjectFilter {
  readonly outcome?: 'all' | 'made' | 'spared' | 'refused';
  readonly offset: number;
  /** At most 200. */
  readonly limit: number;
}

/** A workload that somebody kept. */
export interface SavedPlan {
  readonly id: string;
  readonly plan: UploadPlan;
  /** Machine time, ISO 8601. */
  readonly savedAt: string;
}

/** Requests of one requester within one interval of world time. */
export interface HistogramCell {
  readonly requester: number;
  readonly interval: number;
  readonly requests: number;
  readonly made: number;
  readonly spared: number;
  readonly refused: number;
}

/** One use of a key that S3 kept. */
export interface CachedUse {
  readonly requester: number;
  readonly session: string;
  readonly cachedKey: string;
  /** World time, milliseconds. */
  readonly time: number;
  /** KMS requests it took. */
  readonly made: number;
}

export interface UploadStore {
  save(run: UploadRun): void;
  /** Adds requests, or replaces those that are there with what the ledger has told since. */
  saveObjects(runId: string, objects: readonly UploadedObject[]): void;
  run(id: string): UploadRun | undefined;
  /** Newest first. */
  runs(scope: string, limit: number): readonly UploadRun[];
  /** Runs that have not come to their end, whatever their scope. */
  openRuns(): readonly UploadRun[];
  objects(runId: string, filter: ObjectFilter): { readonly total: number; readonly objects: readonly UploadedObject[] };
  object(runId: string, index: number): UploadedObject | undefined;
  /** Every request of a run, to go on with it. */
  allObjects(runId: string): Iterable<UploadedObject>;
  /** First and last world time of the requests, in milliseconds. */
  span(runId: string): { readonly from: number; readonly to: number } | undefined;
  histogram(runId: string, from: number, stepMs: number): readonly HistogramCell[];
  /** Uses of kept keys, oldest first. */
  cachedUses(runId: string): Iterable<CachedUse>;
  /** Requests that reached KMS or were refused, oldest first. */
  keyEvents(runId: string, limit: number): { readonly total: number; readonly events: readonly UploadedObject[] };
  delete(runId: string): void;
  savePlan(scope: string, saved: SavedPlan): void;
  plans(scope: string): readonly SavedPlan[];
  deletePlan(scope: string, id: string): void;
  close(): void;
}

const VERSION = 2;
const SCHEMA = `
  CREATE TABLE run (id TEXT PRIMARY KEY, scope TEXT NOT NULL, started TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX run_by_start ON run (scope, started DESC);
  CREATE TABLE request (
    run TEXT NOT NULL, position INTEGER NOT NULL, requester INTEGER NOT NULL, time INTEGER, made INTEGER NOT NULL,
    spared INTEGER NOT NULL, refused INTEGER NOT NULL, session TEXT, cached TEXT, body TEXT NOT NULL,
    PRIMARY KEY (run, position)) STRICT, WITHOUT ROWID;
  CREATE INDEX request_by_time ON request (run, time, requester, made, spared, refused, session, cached);
  CREATE TABLE plan (scope TEXT NOT NULL, id TEXT NOT NULL, saved TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (scope, id)) STRICT;
`;

const CONDITIONS = { all: '', made: 'AND made > 0', spared: 'AND spared > 0', refused: 'AND refused > 0' } as const;

/**
 * Runs of simulated uploads and saved workloads, kept in `uploads.db` in the console's folder of the data directory. The
 * console and the process of a run have it open at the same time.
 */
export function openUploadStore(dataDir: string): UploadStore {
  const folder = path.join(dataDir, 'console');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(path.join(folder, 'uploads.db'), { timeout: 5000 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  migrate(db);
  const saveRun = db.prepare(
    'INSERT INTO run (id, scope, started, status, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET status = excluded.status, body = excluded.body',
  );
  const saveObject = db.prepare(
    'INSERT OR REPLACE INTO request (run, position, requester, time, made, spared, refused, session, cached, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const all = <T>(sql: string, ...values: SQLInputValue[]): T[] => db.prepare(sql).all(...values) as T[];
  const bodies = <T>(rows: readonly { body: string }[]): T[] => rows.map(({ body }) => JSON.parse(body) as T);

  return {
    save: (run) => void saveRun.run(run.id, run.scope, run.startedAt, run.status, JSON.stringify(run)),
    saveObjects(runId, objects) {
      if (objects.length === 0) return;
      db.exec('BEGIN IMMEDIATE');
      try {
        for (const it of objects) {
          const made = it.keyOperations.filter(({ kind }) => kind === 'made').length;
          saveObject.run(
            runId,
            it.index,
            it.requester,
            it.time ?? null,
            made,
            it.keyOperations.length - made,
            it.error === undefined ? 0 : 1,
            it.accessKeyId ?? null,
            it.keyOperations.find(({ cachedKeyId }) => cachedKeyId !== undefined)?.cachedKeyId ?? null,
            JSON.stringify(it),
          );
        }
        db.exec('COMMIT');
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    },
    run: (id) => bodies<UploadRun>(all('SELECT body FROM run WHERE id = ?', id))[0],
    runs: (scope, limit) =>
      bodies<UploadRun>(all('SELECT body FROM run WHERE scope = ? ORDER BY started DESC LIMIT ?', scope, limit)),
    openRuns: () => bodies<UploadRun>(all("SELECT body FROM run WHERE status IN ('running', 'paused', 'interrupted')")),
    objects(runId, { outcome = 'all', offset, limit }) {
      const condition = CONDITIONS[outcome];
      const [count] = all<{ total: number }>(`SELECT COUNT(*) AS total FROM request WHERE run = ? ${condition}`, runId);
      const rows = all<{ body: string }>(
        `SELECT body FROM request WHERE run = ? ${condition} ORDER BY position LIMIT ? OFFSET ?`,
        runId,
        Math.min(limit, 200),
        offset,
      );
      return { total: count?.total ?? 0, objects: bodies(rows) };
    },
    object: (runId, index) =>
      bodies<UploadedObject>(all('SELECT body FROM request WHERE run = ? AND position = ?', runId, index))[0],
    *allObjects(runId) {
      for (const row of db.prepare('SELECT body FROM request WHERE run = ? ORDER BY position').iterate(runId)) {
        yield JSON.parse(String(row['body'])) as UploadedObject;
      }
    },
    span(runId) {
      const [row] = all<{ low: number | null; high: number | null }>(
        'SELECT MIN(time) AS low, MAX(time) AS high FROM request WHERE run = ? AND time IS NOT NULL',
        runId,
      );
      return row?.low == null || row.high == null ? undefined : { from: row.low, to: row.high };
    },
    histogram: (runId, from, stepMs) =>
      all<HistogramCell>(
        `SELECT requester, CAST((time - ?) / ? AS INTEGER) AS interval, COUNT(*) AS requests, SUM(made) AS made,
           SUM(spared) AS spared, SUM(refused) AS refused FROM request WHERE run = ? AND time IS NOT NULL GROUP BY requester, interval`,
        from,
        stepMs,
        runId,
      ),
    cachedUses: (runId) =>
      all<CachedUse>(
        `SELECT requester, COALESCE(session, '') AS session, cached AS cachedKey, time, made FROM request
         WHERE run = ? AND cached IS NOT NULL AND time IS NOT NULL ORDER BY time, position`,
        runId,
      ),
    keyEvents(runId, limit) {
      const condition = 'run = ? AND time IS NOT NULL AND (made > 0 OR refused > 0)';
      const [count] = all<{ total: number }>(`SELECT COUNT(*) AS total FROM request WHERE ${condition}`, runId);
      const rows = all<{ body: string }>(
        `SELECT body FROM request WHERE ${condition} ORDER BY time, position LIMIT ?`,
        runId,
        limit,
      );
      return { total: count?.total ?? 0, events: bodies(rows) };
    },
    delete(runId) {
      db.prepare('DELETE FROM request WHERE run = ?').run(runId);
      db.prepare('DELETE FROM run WHERE id = ?').run(runId);
    },
    savePlan(scope, { id, plan, savedAt }) {
      db.prepare('INSERT OR REPLACE INTO plan (scope, id, saved, body) VALUES (?, ?, ?, ?)').run(
        scope,
        id,
        savedAt,
        JSON.stringify(plan),
      );
    },
    plans: (scope) =>
      all<{ id: string; saved: string; body: string }>(
        'SELECT id, saved, body FROM plan WHERE scope = ? ORDER BY saved DESC LIMIT 200',
        scope,
      ).map(({ id, saved, body }) => ({ id, savedAt: saved, plan: JSON.parse(body) as UploadPlan })),
    deletePlan: (scope, id) => void db.prepare('DELETE FROM plan WHERE scope = ? AND id = ?').run(scope, id),
    close: () => db.close(),
  };
}

/** A database of an older form holds nothing but records of runs: it is made anew. */
function migrate(db: DatabaseSync): void {
  const version = () => Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version() === VERSION) return;
  db.exec('BEGIN IMMEDIATE');
  // The console and a run's process may have opened it at the same moment.
  if (version() !== VERSION) {
    for (const table of ['object', 'request', 'run', 'plan']) db.exec(`DROP TABLE IF EXISTS ${table}`);
    db.exec(`${SCHEMA} PRAGMA user_version = ${VERSION};`);
  }
  db.exec('COMMIT');
}
