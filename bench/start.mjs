import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { root } from '../bin/bootstrap.mjs';
import { ensureBuilt } from '../bin/build.mjs';
import { residentBytes } from './servers.mjs';

const MIB = 1_048_576;

/** Cold `npm start` on a built tree: time to the first page, and the console's memory after it. */
export async function start(report) {
  await ensureBuilt();
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'bench-start-'));
  const [port, emulatorPort] = [await freePort(), await freePort()];
  const begun = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: root,
    stdio: 'ignore',
    env: { ...process.env, PORT: String(port), EMULATOR_PORT: String(emulatorPort), DATA_DIR: dataDir },
  });
  try {
    const page = await firstPage(port);
    const seconds = (performance.now() - begun) / 1000;
    report({
      what: `npm start to the first page (${page.length} bytes)`,
      figure: `${seconds.toFixed(2)} s`,
      value: seconds,
      bar: '3 s',
      ok: seconds <= 3,
    });
    const console = residentBytes(consoleBelow(child.pid));
    report({
      what: 'Console idle after the first page',
      figure: `${(console / MIB).toFixed(0)} MiB`,
      value: console / MIB,
      bar: '250 MiB',
      ok: console < 250 * MIB,
    });
  } finally {
    const ended = new Promise((resolve) => void child.once('exit', resolve));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function firstPage(port) {
  for (let tries = 0; tries < 600; tries += 1) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(10_000) });
      if (response.ok) return await response.text();
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
  throw new Error('npm start gave no page within 12 s.');
}

// The console is a grandchild of npm, and Next calls its process by a name of its own.
function consoleBelow(ancestor) {
  const parents = new Map();
  for (const pid of readdirSync('/proc').filter((it) => /^\d+$/.test(it))) {
    try {
      const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
      parents.set(Number(pid), Number(afterName.split(' ')[1]));
    } catch {
      // It has ended since.
    }
  }
  const isBelow = (pid) => pid === ancestor || (parents.has(pid) && isBelow(parents.get(pid)));
  const found = [...parents.keys()].find(
    (pid) => isBelow(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('next-server'),
  );
  if (found === undefined) throw new Error('No process of the console runs below npm start.');
  return found;
}

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
