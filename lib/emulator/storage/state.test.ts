import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StartError, StorageFullError } from './errors.ts';
import { openStorage } from './open.ts';
import { GroupCommitState } from './state.ts';
import { temporaryDirectory, temporaryStorage } from './testing/directory.ts';

const SCRIPTS = ['CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT'];

function notes(options: Parameters<typeof temporaryStorage>[0] = {}) {
  const storage = temporaryStorage(options);
  const { state } = storage;
  state.migrate('notes', SCRIPTS);
  const add = (text: string) => state.write(() => state.statement('INSERT INTO note (text) VALUES (?)').run(text));
  const all = () =>
    state
      .statement('SELECT text FROM note ORDER BY id')
      .all()
      .map((row) => row['text']);
  return { ...storage, add, all };
}

test('writes of one turn share one commit, and every waiter resolves after it', async () => {
  const { state, add } = notes();
  await state.settled();
  let commits = 0;
  if (!(state instanceof GroupCommitState)) throw new Error('not the real store');
  state.accompany(() => commits++);
  const waits = Array.from({ length: 32 }, (_, index) => {
    add(`note ${index}`);
    return state.settled();
  });
  expect(state.db.isTransaction).toBe(true);
  await Promise.all(waits);
  expect(commits).toBe(1);
  expect(state.db.isTransaction).toBe(false);
});

test('what arrives while a batch is on its way to the disk shares the next one', async () => {
  const { state, add, all } = notes();
  await state.settled();
  add('first');
  const first = state.settled();
  await new Promise((resolve) => void setImmediate(resolve));
  expect(state.db.isTransaction).toBe(false);
  add('second');
  const second = state.settled();
  add('third');
  expect(state.settled()).toBe(second);
  expect(second).not.toBe(first);
  await first;
  expect(state.db.isTransaction).toBe(true);
  await second;
  expect(state.db.isTransaction).toBe(false);
  expect(all()).toEqual(['first', 'second', 'third']);
});

test('a store that is closed has put everything on the disk', async () => {
  const { state, add, dataDir, close } = notes();
  add('first');
  await new Promise((resolve) => void setImmediate(resolve));
  add('second');
  const second = state.settled();
  await close();
  await second;
  expect(notes({ dataDir }).all()).toEqual(['first', 'second']);
});

test('nothing pending settles at once', async () => {
  const { state } = notes();
  await state.settled();
  await expect(state.settled()).resolves.toBeUndefined();
});

test('work that throws is undone alone', async () => {
  const { state, add, all } = notes();
  add('before');
  expect(() =>
    state.write(() => {
      add('inside');
      throw new Error('changed my mind');
    }),
  ).toThrow('changed my mind');
  add('after');
  await state.settled();
  expect(all()).toEqual(['before', 'after']);
});

test('inner work may fail while the outer work stands', async () => {
  const { state, add, all } = notes();
  state.write(() => {
    add('one');
    expect(() => add('one')).toThrow('UNIQUE');
    add('two');
  });
  await state.settled();
  expect(all()).toEqual(['one', 'two']);
});

test('a full disk fails everybody in the batch, and what was acknowledged before stays', async () => {
  const { state, add, all, dataDir, close } = notes();
  add('safe');
  await state.settled();
  const pages = Number(state.db.prepare('PRAGMA page_count').get()?.['page_count']);
  state.db.exec(`PRAGMA max_page_count = ${pages}`);
  add('lost with the batch');
  const waiting = state.settled();
  const overflow = () => add('x'.repeat(100_000));
  expect(overflow).toThrow(StorageFullError);
  await waiting.then(
    () => expect(all()).toEqual(['safe', 'lost with the batch']),
    (error: unknown) => {
      expect(error).toBeInstanceOf(StorageFullError);
      expect(all()).toEqual(['safe']);
    },
  );
  state.db.exec('PRAGMA max_page_count = 1000000');
  add('room again');
  await state.settled();
  await close();
  expect(notes({ dataDir }).all()).toContain('safe');
});

test('when the commit fails every waiter is told, and the next batch works', async () => {
  const { state, all } = notes();
  state.migrate('child', [
    'CREATE TABLE child (note INTEGER REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED) STRICT',
  ]);
  await state.settled();
  state.write(() => state.statement('INSERT INTO child (note) VALUES (1)').run());
  const first = state.settled();
  state.write(() => state.statement("INSERT INTO note (id, text) VALUES (7, 'same batch')").run());
  const second = state.settled();
  await expect(first).rejects.toThrow('FOREIGN KEY');
  await expect(second).rejects.toThrow('FOREIGN KEY');
  expect(all()).toEqual([]);
  state.write(() => state.statement("INSERT INTO note (text) VALUES ('next')").run());
  await state.settled();
  expect(all()).toEqual(['next']);
});

test('scripts of a component run once, new ones are added to those that ran', async () => {
  const dataDir = temporaryDirectory();
  const first = openStorage({ dataDir });
  first.state.migrate('notes', SCRIPTS);
  first.state.write(() => first.state.statement("INSERT INTO note (text) VALUES ('kept')").run());
  await first.close();
  const { state, all } = notes({ dataDir });
  state.migrate('notes', [...SCRIPTS, "ALTER TABLE note ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'"]);
  expect(all()).toEqual(['kept']);
  expect(state.db.prepare('SELECT colour FROM note').get()?.['colour']).toBe('blue');
});

test('a database of a newer version is refused in one sentence and nothing changes', async () => {
  const dataDir = temporaryDirectory();
  const newer = openStorage({ dataDir });
  newer.state.migrate('notes', [...SCRIPTS, 'CREATE TABLE future (id INTEGER) STRICT']);
  await newer.close();
  const before = readFileSync(join(dataDir, 'state.db'));
  const older = openStorage({ dataDir });
  older.state.migrate('another', ['CREATE TABLE another (id INTEGER) STRICT']);
  expect(() => older.state.migrate('notes', SCRIPTS)).toThrow(StartError);
  expect(() => older.state.migrate('notes', SCRIPTS)).toThrow(
    /newer version of the emulator \(notes is at 2, this version knows 1\)/,
  );
  await older.close();
  expect(readFileSync(join(dataDir, 'state.db')).equals(before)).toBe(true);
});

test('a second emulator on the same directory is refused, also from another process', () => {
  const { dataDir } = temporaryStorage();
  expect(() => openStorage({ dataDir })).toThrow(
    /^Another emulator is using the data directory .*: stop it, or set DATA_DIR/,
  );
  const script = `import { openStorage } from ${JSON.stringify(new URL('open.ts', import.meta.url).href)};
    try { openStorage({ dataDir: ${JSON.stringify(dataDir)} }); console.log('opened'); } catch (error) { console.log(error.name); }`;
  const other = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(other.stdout.trim()).toBe('StartError');
});

test('a directory that cannot be is refused in one sentence', () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  expect(() => openStorage({ dataDir: join(file, 'below') })).toThrow(/^The data directory .* cannot be used: ENOTDIR/);
});

test('a file that is no database is refused in one sentence and left as it is', () => {
  const dataDir = temporaryDirectory();
  const path = join(dataDir, 'state.db');
  writeFileSync(path, 'this is not a database, but somebody may want it back'.repeat(100));
  const before = readFileSync(path);
  expect(() => openStorage({ dataDir })).toThrow(/cannot be used as a database/);
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('databases can be read by their owner only', async () => {
  const { dataDir, add, state } = notes();
  add('secret');
  await state.settled();
  for (const name of ['state.db', 'state.db-wal', 'audit.db', 'lock']) {
    expect([name, statSync(join(dataDir, name)).mode & 0o777]).toEqual([name, 0o600]);
  }
});

test('an action after the commit runs once the write is durable, never when it was undone', async () => {
  const { state, add } = notes();
  if (!(state instanceof GroupCommitState)) throw new Error('not the real store');
  const ran: string[] = [];
  state.write(() => {
    add('kept');
    state.afterCommit(() => ran.push('kept'));
  });
  expect(() =>
    state.write(() => {
      state.afterCommit(() => ran.push('undone'));
      throw new Error('undo');
    }),
  ).toThrow('undo');
  expect(ran).toEqual([]);
  await state.settled();
  expect(ran).toEqual(['kept']);
});
