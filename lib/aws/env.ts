import 'server-only';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The console's environment, read in this file only. */

/** Address of the embedded emulator. `localhost` would make the SDK use virtual-host names that do not resolve. */
export function emulatorUrl(): string {
  const url = process.env.EMULATOR_URL ?? `http://127.0.0.1:${process.env.EMULATOR_PORT ?? '4566'}`;
  return url.replace('//localhost', '//127.0.0.1').replace(/\/$/, '');
}

/** Directory of the emulator's data and of the console's own secrets; `dataDirectory` in the working directory by default. */
export function dataDirectory(): string {
  return process.env.DATA_DIR ?? '.data';
}

/** Whether only this machine can reach the console. Unset means that it is started by hand on loopback. */
export function listensOnLoopback(): boolean {
  const host = process.env.HOST ?? '127.0.0.1';
  return host === 'localhost' || host === '::1' || host === '[::1]' || host.startsWith('127.');
}

/** The password that visitors must give; undefined where none is set. */
export function consolePassword(): string | undefined {
  return process.env.CONSOLE_PASSWORD === '' ? undefined : process.env.CONSOLE_PASSWORD;
}

/** Whether somebody put TLS in front (`CONSOLE_SECURE_COOKIES=1`), so that cookies may demand it. */
export function secureCookies(): boolean {
  return process.env.CONSOLE_SECURE_COOKIES === '1';
}

let adminTokenRead: { token: string; modified: number } | undefined;

/** Token of the emulator's own interface; undefined while the emulator has not made one. */
export function adminToken(): string | undefined {
  if (process.env.EMULATOR_ADMIN_TOKEN) return process.env.EMULATOR_ADMIN_TOKEN;
  const file = join(dataDirectory(), 'admin-token');
  try {
    const modified = statSync(file).mtimeMs;
    if (adminTokenRead?.modified !== modified) {
      adminTokenRead = { token: readFileSync(file, 'utf8').trim(), modified };
    }
    return adminTokenRead.token;
  } catch {
    return undefined;
  }
}

let sealingSecret: string | undefined;

/**
 * Secret that seals the session cookie: `CONSOLE_SESSION_SECRET` (32 characters or more), else a file of mode 0600
 * in the data directory, made on first use so that sessions outlive a restart.
 */
export function sessionSecret(): string {
  if (sealingSecret) return sealingSecret;
  const given = process.env.CONSOLE_SESSION_SECRET;
  if (given && given.length >= 32) return (sealingSecret = given);
  const file = join(dataDirectory(), 'console-secret');
  try {
    sealingSecret = readFileSync(file, 'utf8').trim();
    if (sealingSecret.length >= 32) return sealingSecret;
  } catch {
    // First start: made below.
  }
  sealingSecret = randomBytes(32).toString('base64url');
  try {
    mkdirSync(dataDirectory(), { recursive: true, mode: 0o700 });
    writeFileSync(file, sealingSecret, { mode: 0o600, flag: 'wx' });
  } catch {
    // A data directory that can't be written costs only this: sessions end with the process. Another process may
    // have been faster, then its secret is the one.
    try {
      const other = readFileSync(file, 'utf8').trim();
      if (other.length >= 32) sealingSecret = other;
    } catch {
      // Stays in memory.
    }
  }
  return sealingSecret;
}
