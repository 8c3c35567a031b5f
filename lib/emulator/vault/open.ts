/** The root key, and what is wrapped with it (contract: `vault.ts`). */

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { reason, StartError, systemCode } from '../storage/errors.ts';
import type { Vault } from './vault.ts';

const KEY_FILE = 'root-key';
/** Says which root key the directory belongs to. */
const MARK = 'root-key-name';
const KEY_BYTES = 32;
const NONCE = 12;
const TAG = 16;
const VERSION = 1;
const ALGORITHM = 'aes-256-gcm';

/** What was unwrapped is not what was wrapped: changed bytes, another purpose or another root key. */
export class VaultError extends Error {
  constructor(options?: ErrorOptions) {
    super('The wrapped secret was changed, or was wrapped for another purpose or with another root key.', options);
    this.name = 'VaultError';
  }
}

/** A vault that also gives subkeys; services see `Vault` only. */
export interface RootVault extends Vault {
  /** A 256-bit key for one use, derived from the root key (HKDF-SHA256): the same for the same `use`. */
  subkey(use: string): Uint8Array;
}

export interface VaultOptions {
  readonly dataDir: string;
  /** EMULATOR_ROOT_KEY: 32 bytes as base64 or 64 hexadecimal digits. Without it `dataDir/root-key` is read or made. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Opens the vault of a data directory. Throws StartError when the root key is of no use. */
export function openVault({ dataDir, environment = {} }: VaultOptions): RootVault {
  const given = environment['EMULATOR_ROOT_KEY'];
  const mark = readIfThere(join(dataDir, MARK));
  const vault = new DerivedVault(
    given === undefined || given === ''
      ? rootKeyOfDirectory(dataDir, mark !== undefined)
      : parseKey(given, 'EMULATOR_ROOT_KEY'),
  );
  // Names the root key without telling anything about it: another key would make everything in here unreadable.
  const name = Buffer.from(vault.subkey('name of the root key')).toString('hex').slice(0, 32);
  if (mark === undefined) writeWhole(dataDir, MARK, `${name}\n`);
  else if (mark.trim() !== name) {
    throw new StartError(
      `The data directory ${dataDir} was written with another root key: bring that one back, or set DATA_DIR to another directory.`,
    );
  }
  return vault;
}

class DerivedVault implements RootVault {
  readonly #root: Uint8Array;
  readonly #wrapping: Uint8Array;

  constructor(root: Uint8Array) {
    this.#root = root;
    this.#wrapping = this.subkey('wrap');
  }

  subkey(use: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#root, 'sse-kms-console', use, KEY_BYTES));
  }

  wrap(secret: Uint8Array, purpose: string): Uint8Array {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv(ALGORITHM, this.#wrapping, nonce);
    cipher.setAAD(Buffer.from(purpose));
    const ciphertext = cipher.update(secret);
    cipher.final();
    return Buffer.concat([Uint8Array.of(VERSION), nonce, ciphertext, cipher.getAuthTag()]);
  }

  unwrap(wrapped: Uint8Array, purpose: string): Uint8Array {
    const end = wrapped.length - TAG;
    if (wrapped[0] !== VERSION || end < 1 + NONCE) throw new VaultError();
    const decipher = createDecipheriv(ALGORITHM, this.#wrapping, wrapped.subarray(1, 1 + NONCE));
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(wrapped.subarray(end));
    const secret = decipher.update(wrapped.subarray(1 + NONCE, end));
    try {
      decipher.final();
    } catch (error) {
      throw new VaultError({ cause: error });
    }
    return secret;
  }
}

/** Reads the key file, or makes it where the directory never had one. */
function rootKeyOfDirectory(dataDir: string, used: boolean): Uint8Array {
  const path = join(dataDir, KEY_FILE);
  let text = readIfThere(path);
  if (text === undefined) {
    if (used) {
      throw new StartError(`The root key ${path} is missing: bring it back, or set DATA_DIR to another directory.`);
    }
    writeWhole(dataDir, KEY_FILE, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
    text = readFileSync(path, 'utf8');
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new StartError(`The root key ${path} can be read by others: set its mode to 0600 (chmod 600 ${path}).`);
  }
  return parseKey(text, path);
}

/** Makes a file of mode 0600, durably, so that never half of it is found. A file of that name that is there stays. */
function writeWhole(dataDir: string, name: string, text: string): void {
  const path = join(dataDir, name);
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    const file = openSync(draft, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(draft, path);
    const directory = openSync(dataDir, 'r');
    try {
      if (process.platform !== 'win32') fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    throw new StartError(`The file ${path} cannot be written: ${reason(error)}.`, { cause: error });
  } finally {
    rmSync(draft, { force: true });
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new StartError(`The file ${path} cannot be read: ${reason(error)}.`, { cause: error });
  }
}

function parseKey(text: string, source: string): Uint8Array {
  const trimmed = text.trim();
  const bytes = /^[0-9a-fA-F]{64}$/.test(trimmed)
    ? Buffer.from(trimmed, 'hex')
    : /^[A-Za-z0-9+/]{43}=?$/.test(trimmed)
      ? Buffer.from(trimmed, 'base64')
      : undefined;
  if (bytes?.length !== KEY_BYTES) {
    throw new StartError(`${source} must hold a key of 32 bytes, as base64 or as 64 hexadecimal digits.`);
  }
  return bytes;
}
