// node e2e/clients/run.mjs [--install] [--quick] [NAME…]: clients that know nothing of this project, with only the endpoint
// changed. Takes what is installed; --install brings the rest from the package registries into a folder below the system's
// temporary directory. One line for each client: passed, FAILED, or what is missing. Ends with 1 when one failed.
// --quick leaves out those that take longest, for CI.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { findNode, root } from '../../bin/bootstrap.mjs';
import { clients, install } from './clients.mjs';
import { makeWorld } from './world.mjs';

const TIMEOUT_MS = 300_000;

const flags = process.argv.slice(2).filter((it) => it.startsWith('--'));
const wanted = process.argv.slice(2).filter((it) => !it.startsWith('--'));
if (flags.includes('--install')) install();

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'sse-kms-clients-'));
const port = await freePort();
const endpoint = `http://127.0.0.1:${port}`;
const emulator = spawn(findNode(), ['lib/emulator/main.ts'], {
  cwd: root,
  env: { ...process.env, DATA_DIR: dataDir, EMULATOR_PORT: String(port), EMULATOR_ADMIN_TOKEN: 'clients', QUIET: '1' },
  stdio: ['ignore', 'inherit', 'inherit'],
});
let failed = 0;
try {
  await ready();
  for (const [index, client] of clients().entries()) {
    if (wanted.length > 0 && !wanted.some((it) => client.name.toLowerCase().includes(it.toLowerCase()))) continue;
    if (client.reason === undefined && client.slow === true && flags.includes('--quick')) client.reason = 'takes long';
    if (client.reason === undefined) await run(client, String(200_000_000_001 + index));
    else console.log(`skipped  ${client.name}: ${client.reason}`);
  }
} finally {
  emulator.kill('SIGTERM');
  await new Promise((resolve) => void emulator.once('exit', resolve));
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);

/** Runs a client in an account of its own. */
async function run(client, account) {
  const begun = Date.now();
  const world = client.world === true ? await makeWorld(endpoint, account) : {};
  const { status } = spawnSync(client.command, client.args, {
    stdio: 'inherit',
    timeout: TIMEOUT_MS,
    env: { ...environment(account), ...world, ...client.env },
  });
  if (status !== 0) failed += 1;
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'passed ' : 'FAILED '}  ${client.name} (${seconds} s)`);
}

/** What a person would set, and nothing of what this machine has set otherwise. */
function environment(account) {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(others),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: os.devNull,
    AWS_SHARED_CREDENTIALS_FILE: os.devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    EMULATOR_ADMIN_TOKEN: 'clients',
    NODE: findNode(),
    WORLD: path.join(import.meta.dirname, 'world.mjs'),
  };
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}

async function ready() {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const answer = await fetch(`${endpoint}/_emulator/health`).catch(() => undefined);
    if (answer?.ok) return;
    if (emulator.exitCode !== null) break;
    await new Promise((resolve) => void setTimeout(resolve, 100));
  }
  throw new Error('The emulator did not start.');
}
