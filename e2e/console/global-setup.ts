/** Starts emulator and console as `npm start` does, on free ports with an empty data directory, for all browser tests. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { findNode, projectEnvironment, root } from '../../bin/bootstrap.mjs';
import { ensureBuilt } from '../../bin/build.mjs';

const READY_MS = 30_000;

export default async function setup(): Promise<() => Promise<void>> {
  await ensureBuilt();
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'sse-kms-console-'));
  const [port, emulatorPort] = [await freePort(), await freePort()];
  const emulatorUrl = `http://127.0.0.1:${emulatorPort}`;
  const environment = { DATA_DIR: dataDir, HOST: '127.0.0.1', EMULATOR_PORT: String(emulatorPort), QUIET: '1' };
  const emulator = start(['lib/emulator/main.ts'], environment);
  await answers(`${emulatorUrl}/_emulator/health`, emulator);
  const server = start([path.join(root, '.next', 'standalone', 'server.js')], {
    ...environment,
    HOSTNAME: '127.0.0.1',
    PORT: String(port),
    EMULATOR_URL: emulatorUrl,
    NODE_ENV: 'production',
  });
  await answers(`http://127.0.0.1:${port}/api/health`, server);
  process.env['CONSOLE_URL'] = `http://127.0.0.1:${port}`;
  process.env['TEST_EMULATOR_URL'] = emulatorUrl;
  process.env['TEST_ADMIN_TOKEN'] = readFileSync(path.join(dataDir, 'admin-token'), 'utf8').trim();
  return async () => {
    await Promise.all([stop(server), stop(emulator)]);
    rmSync(dataDir, { recursive: true, force: true });
  };
}

function start(args: readonly string[], environment: Record<string, string>): ChildProcess {
  return spawn(findNode(), args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: projectEnvironment(environment),
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`The process behind ${url} ended with ${child.exitCode}.`);
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
  throw new Error(`${url} did not answer within ${READY_MS / 1000} s.`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
