import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Draft } from './draft.ts';

export interface DraftStore {
  /** Keeps a new draft. */
  add(draft: Draft): void;
  /**
   * Keeps a changed draft, if nobody changed it since `draft.revision` was read. Gives the draft with its new revision;
   * undefined where somebody was faster, and then nothing is changed.
   */
  save(draft: Draft): Draft | undefined;
  find(id: string): Draft | undefined;
  /** Newest change first. */
  list(scope: string, limit: number): readonly Draft[];
  delete(id: string): void;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS draft (
    id TEXT PRIMARY KEY, scope TEXT NOT NULL, revision INTEGER NOT NULL, changed TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS draft_by_change ON draft (scope, changed DESC);
`;

/** Drafts of the guided set-up, kept in `setup.db` in the console's folder of the data directory. */
export function openDraftStore(dataDir: string): DraftStore {
  const folder = path.join(dataDir, 'console');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(path.join(folder, 'setup.db'), { timeout: 5000 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  db.exec(SCHEMA);
  const insert = db.prepare('INSERT INTO draft (id, scope, revision, changed, body) VALUES (?, ?, ?, ?, ?)');
  const update = db.prepare('UPDATE draft SET revision = ?, changed = ?, body = ? WHERE id = ? AND revision = ?');
  const one = db.prepare('SELECT body FROM draft WHERE id = ?');
  const many = db.prepare('SELECT body FROM draft WHERE scope = ? ORDER BY changed DESC LIMIT ?');
  const remove = db.prepare('DELETE FROM draft WHERE id = ?');
  const read = (row: unknown): Draft => JSON.parse((row as { body: string }).body) as Draft;
  return {
    add: (draft) => void insert.run(draft.id, draft.scope, draft.revision, draft.changedAt, JSON.stringify(draft)),
    save(draft) {
      const next = { ...draft, revision: draft.revision + 1 };
      const { changes } = update.run(next.revision, next.changedAt, JSON.stringify(next), next.id, draft.revision);
      return Number(changes) === 0 ? undefined : next;
    },
    find(id) {
      const row = one.get(id);
      return row === undefined ? undefined : read(row);
    },
    list: (scope, limit) => many.all(scope, limit).map(read),
    delete: (id) => void remove.run(id),
    close: () => db.close(),
  };
}
