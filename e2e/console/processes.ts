/** Emulator and console as `npm start` starts them, on free ports, for tests that need processes of their own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { findNode, projectEnvironment, root } from '../../bin/bootstrap.mjs';

const READY_MS = 30_000;

export interface Emulator {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly adminToken: string;
  /** Stops the process; the data stays. */
  stop(): Promise<void>;
}

export interface Console {
  readonly url: string;
  stop(): Promise<void>;
}

/** An empty data directory below the system's temporary one. The caller removes it with `removeDataDir`. */
export function makeDataDir(): string {
  return mkdtempSync(path.join(os.tmpdir(), 'sse-kms-console-'));
}

export function removeDataDir(dataDir: string): void {
  rmSync(dataDir, { recursive: true, force: true });
}

/** Starts an emulator, on the port given or a free one, and waits until it answers. */
export async function startEmulator(options: { dataDir: string; port?: number }): Promise<Emulator> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const child = start(['lib/emulator/main.ts'], {
    DATA_DIR: options.dataDir,
    HOST: '127.0.0.1',
    EMULATOR_PORT: String(port),
    QUIET: '1',
  });
  await answers(`${url}/_emulator/health`, child);
  const adminToken = readFileSync(path.join(options.dataDir, 'admin-token'), 'utf8').trim();
  return { url, port, dataDir: options.dataDir, adminToken, stop: () => stop(child) };
}

/** Starts the built console in front of an emulator and waits until it answers. */
export async function startConsole(options: {
  emulator: Emulator;
  password?: string;
  /** Says nothing, where a test provokes what a server logs. */
  quiet?: boolean;
}): Promise<Console> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    DATA_DIR: options.emulator.dataDir,
    HOST: '127.0.0.1',
    HOSTNAME: '127.0.0.1',
    PORT: String(port),
    EMULATOR_URL: options.emulator.url,
    EMULATOR_PORT: String(options.emulator.port),
    NODE_ENV: 'production',
    ...(options.password === undefined ? {} : { CONSOLE_PASSWORD: options.password }),
  };
  const child = start([path.join(root, '.next', 'standalone', 'server.js')], environment, options.quiet);
  await answers(`${url}/api/health`, child);
  return { url, stop: () => stop(child) };
}

function start(args: readonly string[], environment: Record<string, string>, quiet = false): ChildProcess {
  return spawn(findNode(), args, {
    cwd: root,
    stdio: quiet ? 'ignore' : ['ignore', 'inherit', 'inherit'],
    env: projectEnvironment(environment),
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

/** Waits for the first good answer of a process that is starting; there is no event to wait for from outside. */
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
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}
