/** What keeps the emulator from starting: one clear sentence, a non-zero exit, and nothing changed. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestEmulator } from './harness.ts';

const MAIN = path.join(import.meta.dirname, '../../lib/emulator/main.ts');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sse-kms-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the emulator's process with this environment, and waits until it ends. */
function run(environment: Record<string, string>): Promise<{ code: unknown; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, EMULATOR_PORT: '1', ...environment };
    execFile(process.execPath, [MAIN], { env }, (error, out, err) => resolve({ code: error?.code ?? 0, out, err }));
  });
}

/** A port that was free a moment ago. */
async function freePort(): Promise<string> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(typeof address === 'object' ? address?.port : 0);
}

/** Names, modes and contents of everything in a directory, as one hash each. SQLite's shared memory is no content. */
async function contents(directory: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.name.endsWith('-shm')) continue;
    const { mode } = await stat(file);
    const bytes = entry.isFile() ? await readFile(file) : '';
    found[path.relative(directory, file)] = `${mode.toString(8)} ${createHash('sha256').update(bytes).digest('hex')}`;
  }
  return found;
}

/** A data directory that an emulator has used, and that no one uses now. */
async function used(name: string): Promise<string> {
  const dataDir = path.join(folder, name);
  await mkdir(dataDir, { mode: 0o700 });
  const emulator = await startTestEmulator({ dataDir });
  await emulator.close(true);
  return dataDir;
}

/** Runs, and expects one sentence, exit code 1 and the directory as it was. */
async function refused(dataDir: string, environment: Record<string, string>): Promise<string> {
  const before = await contents(dataDir);
  const { code, out, err } = await run({ DATA_DIR: dataDir, ...environment });
  const after = await contents(dataDir);
  expect({ code, out, lines: err.trimEnd().split('\n').length }).toEqual({ code: 1, out: '', lines: 1 });
  expect(after).toEqual(before);
  return err.trimEnd();
}

test('a port that is in use', async () => {
  const dataDir = await used('port');
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = String(typeof address === 'object' ? address?.port : 0);
  expect(await refused(dataDir, { EMULATOR_PORT: port })).toBe(
    `Port ${port} is in use. Stop what listens there, or set EMULATOR_PORT.`,
  );
  // Where there was nothing, nothing is left.
  const empty = path.join(folder, 'empty');
  await mkdir(empty);
  for (const directory of [empty, path.join(folder, 'new', 'one')]) {
    expect((await run({ DATA_DIR: directory, EMULATOR_PORT: port })).code).toBe(1);
  }
  expect(await readdir(empty)).toEqual([]);
  expect(await readdir(folder)).not.toContain('new');
  server.close();
});

test.each(['65536', 'x'])('EMULATOR_PORT %s', async (port) => {
  expect(await refused(folder, { EMULATOR_PORT: port })).toBe('EMULATOR_PORT takes a port number from 1 to 65535.');
});

test('a data directory that cannot be: below a file, and a file itself', async () => {
  const file = path.join(folder, 'file');
  await writeFile(file, 'mine');
  const port = await freePort();
  for (const dataDir of [path.join(file, 'below'), file]) {
    const { code, out, err } = await run({ DATA_DIR: dataDir, EMULATOR_PORT: port });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toContain(dataDir);
    expect(await readFile(file, 'utf8')).toBe('mine');
  }
});

test('a data directory that another emulator uses', async () => {
  const dataDir = path.join(folder, 'shared');
  await mkdir(dataDir, { mode: 0o700 });
  const emulator = await startTestEmulator({ dataDir });
  const { code, out, err } = await run({ DATA_DIR: dataDir, EMULATOR_PORT: await freePort() });
  expect({ code, out, err }).toEqual({
    code: 1,
    out: '',
    err: `Another emulator is using the data directory ${dataDir}: stop it, or set DATA_DIR to another directory.\n`,
  });
  expect((await fetch(`${emulator.url}/_emulator/health`)).status).toBe(200);
  await emulator.close();
});

test.each(['state.db', 'audit.db'])('%s of a newer version', async (name) => {
  const dataDir = await used(`newer-${name}`);
  const database = new DatabaseSync(path.join(dataDir, name));
  database.exec('UPDATE migration SET version = version + 100');
  database.close();
  const sentence = await refused(dataDir, { EMULATOR_PORT: await freePort() });
  expect(sentence).toMatch(
    / was written by a newer version of the emulator \(\w+ is at 1\d\d, this version knows \d+\)/,
  );
  expect(sentence).toContain(path.join(dataDir, name));
});

test('a file that is no database', async () => {
  const dataDir = await used('garbage');
  await writeFile(path.join(dataDir, 'state.db'), 'this is no database, it only stands where one should be');
  expect(await refused(dataDir, { EMULATOR_PORT: await freePort() })).toMatch(
    /^The file \S+state\.db cannot be used as a database: /,
  );
});

test('another root key, one that is none, one that others can read, and none', async () => {
  const dataDir = await used('keys');
  const EMULATOR_PORT = await freePort();
  const other = Buffer.alloc(32, 7).toString('base64');
  expect(await refused(dataDir, { EMULATOR_PORT, EMULATOR_ROOT_KEY: other })).toBe(
    `The data directory ${dataDir} was written with another root key: bring that one back, or set DATA_DIR to another directory.`,
  );
  expect(await refused(dataDir, { EMULATOR_PORT, EMULATOR_ROOT_KEY: 'secret' })).toBe(
    'EMULATOR_ROOT_KEY must hold a key of 32 bytes, as base64 or as 64 hexadecimal digits.',
  );
  const file = path.join(dataDir, 'root-key');
  await chmod(file, 0o644);
  expect(await refused(dataDir, { EMULATOR_PORT })).toBe(
    `The root key ${file} can be read by others: set its mode to 0600 (chmod 600 ${file}).`,
  );
  await rm(file);
  expect(await refused(dataDir, { EMULATOR_PORT })).toBe(
    `The root key ${file} is missing: bring it back, or set DATA_DIR to another directory.`,
  );
});

test('a host that is none, and a certificate that cannot be read', async () => {
  const dataDir = await used('host');
  const EMULATOR_PORT = await freePort();
  expect(await refused(dataDir, { EMULATOR_PORT, HOST: '192.0.2.1' })).toBe(
    'HOST 192.0.2.1 is no address of this machine.',
  );
  expect(await refused(dataDir, { EMULATOR_PORT, EMULATOR_TLS_CERT: '/no/such/file' })).toBe(
    'EMULATOR_TLS_CERT and EMULATOR_TLS_KEY go together.',
  );
  const tls = { EMULATOR_TLS_CERT: '/no/such/file', EMULATOR_TLS_KEY: '/no/such/file' };
  expect(await refused(dataDir, { EMULATOR_PORT, ...tls })).toMatch(/^The certificate can't be read: /);
  const wrong = path.join(folder, 'wrong.pem');
  await writeFile(wrong, 'no certificate');
  const noPem = await refused(dataDir, { EMULATOR_PORT, EMULATOR_TLS_CERT: wrong, EMULATOR_TLS_KEY: wrong });
  expect(noPem).toMatch(/certificate|could not start/i);
});
