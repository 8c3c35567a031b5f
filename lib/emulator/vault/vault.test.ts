import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { StartError } from '../storage/errors.ts';
import { newDataKey, unwrapDataKey, wrapDataKey } from './envelope.ts';
import { openVault, VaultError } from './open.ts';

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'sse-kms-vault-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('what was wrapped opens again, for its purpose only', () => {
  const vault = openVault({ dataDir: directory() });
  const secret = randomBytes(64);
  const wrapped = Buffer.from(vault.wrap(secret, 'key material of key/1'));
  expect(wrapped.includes(secret)).toBe(false);
  expect(Buffer.from(vault.unwrap(wrapped, 'key material of key/1')).equals(secret)).toBe(true);
  expect(() => vault.unwrap(wrapped, 'key material of key/2')).toThrow(VaultError);
});

test('a wrapped secret of which any byte was changed or cut off does not open', () => {
  const vault = openVault({ dataDir: directory() });
  const wrapped = vault.wrap(Buffer.from('secret'), 'p');
  for (let index = 0; index < wrapped.length; index++) {
    const changed = Buffer.from(wrapped);
    changed[index] = (changed[index] ?? 0) ^ 0x80;
    expect(() => vault.unwrap(changed, 'p')).toThrow(VaultError);
    expect(() => vault.unwrap(wrapped.subarray(0, index), 'p')).toThrow(VaultError);
  }
});

test('the root key is made once, for its owner only, and found again', () => {
  const dataDir = directory();
  const wrapped = openVault({ dataDir }).wrap(Buffer.from('secret'), 'p');
  const path = join(dataDir, 'root-key');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(Buffer.from(readFileSync(path, 'utf8'), 'base64')).toHaveLength(32);
  expect(Buffer.from(openVault({ dataDir }).unwrap(wrapped, 'p')).toString()).toBe('secret');
  expect(readdirSync(dataDir).sort()).toEqual(['root-key', 'root-key-name']);
});

test.each([
  ['base64', (key: Buffer) => key.toString('base64')],
  ['hexadecimal digits', (key: Buffer) => key.toString('hex')],
])('EMULATOR_ROOT_KEY may be %s, and no key file is made then', (_name, print) => {
  const dataDir = directory();
  const environment = { EMULATOR_ROOT_KEY: print(randomBytes(32)) };
  const wrapped = openVault({ dataDir, environment }).wrap(Buffer.from('secret'), 'p');
  expect(Buffer.from(openVault({ dataDir, environment }).unwrap(wrapped, 'p')).toString()).toBe('secret');
  expect(readdirSync(dataDir)).toEqual(['root-key-name']);
});

test.each(['short', 'x'.repeat(64), randomBytes(31).toString('base64'), randomBytes(33).toString('hex')])(
  'EMULATOR_ROOT_KEY %j is refused in one sentence and nothing is written',
  (text) => {
    const dataDir = directory();
    expect(() => openVault({ dataDir, environment: { EMULATOR_ROOT_KEY: text } })).toThrow(
      'EMULATOR_ROOT_KEY must hold a key of 32 bytes, as base64 or as 64 hexadecimal digits.',
    );
    expect(readdirSync(dataDir)).toEqual([]);
  },
);

test('another root key, or none where there was one, is told at the start', () => {
  const dataDir = directory();
  openVault({ dataDir });
  const environment = { EMULATOR_ROOT_KEY: randomBytes(32).toString('hex') };
  expect(() => openVault({ dataDir, environment })).toThrow(/was written with another root key/);
  rmSync(join(dataDir, 'root-key'));
  expect(() => openVault({ dataDir })).toThrow(/root-key is missing: bring it back/);
});

test('a root key that others can read, or that is none, is refused', () => {
  const dataDir = directory();
  openVault({ dataDir });
  chmodSync(join(dataDir, 'root-key'), 0o644);
  expect(() => openVault({ dataDir })).toThrow(/can be read by others: set its mode to 0600/);
  chmodSync(join(dataDir, 'root-key'), 0o600);
  writeFileSync(join(dataDir, 'root-key'), 'rubbish');
  expect(() => openVault({ dataDir })).toThrow(StartError);
});

test('subkeys differ by use and are the same at every start', () => {
  const dataDir = directory();
  const vault = openVault({ dataDir });
  expect(vault.subkey('one')).not.toEqual(vault.subkey('two'));
  expect(openVault({ dataDir }).subkey('one')).toEqual(vault.subkey('one'));
});

test('a data key wrapped under a bucket key opens in its own row only', () => {
  const bucketKey = randomBytes(32);
  const dataKey = newDataKey();
  const wrapped = wrapDataKey(bucketKey, dataKey, 'bucket/key/1');
  expect(wrapped).toHaveLength(60);
  expect(Buffer.from(unwrapDataKey(bucketKey, wrapped, 'bucket/key/1')).equals(dataKey)).toBe(true);
  expect(() => unwrapDataKey(bucketKey, wrapped, 'bucket/key/2')).toThrow(VaultError);
  expect(() => unwrapDataKey(randomBytes(32), wrapped, 'bucket/key/1')).toThrow(VaultError);
  expect(() => unwrapDataKey(bucketKey, wrapped.subarray(0, 20), 'bucket/key/1')).toThrow(VaultError);
});
