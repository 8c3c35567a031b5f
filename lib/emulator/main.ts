/** The emulator's process: options in from the environment, sockets open, a clean stop. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startEmulator } from './start.ts';
import { StartError } from './storage/errors.ts';

const host = process.env['HOST'] ?? '127.0.0.1';
const port = Number(process.env['EMULATOR_PORT'] ?? 4566);
const dataDir = path.resolve(process.env['DATA_DIR'] ?? '.data');

if (!Number.isInteger(port) || port < 1 || port > 65_535) fail('EMULATOR_PORT takes a port number from 1 to 65535.');

try {
  const emulator = await startEmulator({ host, port, dataDir, ...tls() });
  if (process.env['QUIET'] !== '1') console.log(`Emulator  ${emulator.url}\nData      ${dataDir}`);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      emulator.close().then(
        () => process.exit(0),
        (error: unknown) => fail(`The emulator did not stop cleanly: ${String(error)}`),
      );
    });
  }
} catch (error) {
  fail(sentence(error));
}

function tls(): { tls?: { cert: string; key: string } } {
  const certificate = process.env['EMULATOR_TLS_CERT'];
  const key = process.env['EMULATOR_TLS_KEY'];
  if (certificate === undefined && key === undefined) return {};
  if (certificate === undefined || key === undefined) fail('EMULATOR_TLS_CERT and EMULATOR_TLS_KEY go together.');
  try {
    return { tls: { cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') } };
  } catch (error) {
    return fail(`The certificate can't be read: ${(error as Error).message}`);
  }
}

function sentence(error: unknown): string {
  if (error instanceof StartError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${port} is in use. Stop what listens there, or set EMULATOR_PORT.`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${dataDir} or port ${port} can't be used: ${message}`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `HOST ${host} is no address of this machine.`;
  return `The emulator could not start: ${message}`;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
