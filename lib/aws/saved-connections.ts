import 'server-only';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sealData, unsealData } from 'iron-session';
import type { Connection } from './connection.ts';
import { dataDirectory, sessionSecret } from './env.ts';
import { processWide } from './process-wide.ts';

/**
 * Connections that hold secrets stay on this machine, sealed, in files of mode 0600; the browser's cookie only names
 * them. So no secret travels, and a certificate and a session token find room.
 */

const read = processWide('saved-connections', () => new Map<string, Connection>());

function fileOf(id: string): string {
  return join(dataDirectory(), 'connections', id);
}

/** Keeps a connection; gives the id under which it is found again. */
export async function saveConnection(connection: Connection): Promise<string> {
  const id = randomBytes(16).toString('hex');
  mkdirSync(join(dataDirectory(), 'connections'), { recursive: true, mode: 0o700 });
  writeFileSync(fileOf(id), await sealData(connection, { password: sessionSecret(), ttl: 0 }), {
    mode: 0o600,
    flag: 'wx',
  });
  read.set(id, connection);
  return id;
}

/** A kept connection; undefined where it is gone, or was sealed with another secret. */
export async function savedConnection(id: string): Promise<Connection | undefined> {
  const known = read.get(id);
  if (known) return known;
  if (!/^[0-9a-f]{32}$/.test(id)) return undefined;
  try {
    const connection = await unsealData<Connection>(readFileSync(fileOf(id), 'utf8'), {
      password: sessionSecret(),
      ttl: 0,
    });
    // A seal that can't be opened gives an empty object.
    if (typeof connection.kind !== 'string') return undefined;
    read.set(id, connection);
    return connection;
  } catch {
    return undefined;
  }
}

/** Forgets a kept connection with its secrets. */
export function forgetConnection(id: string): void {
  read.delete(id);
  if (/^[0-9a-f]{32}$/.test(id)) rmSync(fileOf(id), { force: true });
}
