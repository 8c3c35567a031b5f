import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../bin/bootstrap.mjs';
import { ensureBuilt } from '../bin/build.mjs';
import { makeDataDir, removeDataDir, startConsole, startEmulator } from '../e2e/console/processes.ts';
import { openUploadStore } from '../lib/uploads/store.ts';
import { prepare } from './workloads.mjs';

const UPLOADS = 10_000;
const PAGES = ['/', '/uploads', '/keys', '/buckets'];

/** A simulated upload of 10,000 objects of 1 KiB with a bucket key, and how quick the console's pages are meanwhile. */
export async function uploads(report) {
  await ensureBuilt();
  const dataDir = makeDataDir();
  mkdirSync(dataDir, { recursive: true });
  const emulator = await startEmulator({ dataDir });
  const server = await startConsole({ emulator });
  try {
    await prepare(emulator.port, { encrypted: true });
    for (const page of PAGES) await (await fetch(server.url + page)).text();
    const store = openUploadStore(dataDir);
    const run = plannedRun();
    store.save(run);
    const begun = performance.now();
    const child = fork(path.join(root, 'lib', 'uploads', 'process.ts'), [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const link = {
      region: 'us-east-1',
      endpoint: emulator.url,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      emulator: { url: emulator.url, token: emulator.adminToken, account: '111122223333' },
      dataDir,
    };
    const ended = new Promise((resolve) => void child.once('exit', resolve));
    child.send({ type: 'start', run, link });
    const latencies = await visit(server.url, ended);
    const seconds = (performance.now() - begun) / 1000;
    const { counters, status, problem } = store.run(run.id);
    store.close();
    if (status !== 'done') throw new Error(`The run ended as ${status}: ${problem?.message}`);
    const totals = await ledgerTotals(emulator);
    report({
      what: '10,000 uploads of 1 KiB',
      figure: `${seconds.toFixed(1)} s`,
      value: seconds,
      bar: '20 s',
      ok: seconds <= 20,
    });
    latencies.sort((one, other) => one - other);
    const slow = latencies[Math.floor(0.95 * (latencies.length - 1))];
    report({
      what: `Console pages meanwhile (95 % of ${latencies.length})`,
      figure: `${slow.toFixed(0)} ms`,
      value: slow,
      bar: '300 ms',
      ok: slow < 300,
    });
    const equal = counters.made === totals.made && counters.spared === totals.spared;
    report({
      what: 'Counters beside the ledger, made and spared',
      figure: `${counters.made}, ${counters.spared} and ${totals.made}, ${totals.spared}`,
      value: counters.made + counters.spared,
      bar: 'equal',
      ok: equal,
    });
  } finally {
    await server.stop();
    await emulator.stop();
    removeDataDir(dataDir);
  }
}

/** Goes round the pages, one after the other with a pause between, until the run has ended. Gives milliseconds. */
async function visit(url, ended) {
  const latencies = [];
  const pause = () => new Promise((resolve) => void setTimeout(resolve, 250, 'going'));
  for (let page = 0; (await Promise.race([ended.then(() => 'over'), pause()])) !== 'over'; page += 1) {
    const begun = performance.now();
    await (await fetch(url + PAGES[page % PAGES.length])).text();
    latencies.push(performance.now() - begun);
  }
  return latencies;
}

async function ledgerTotals({ url, adminToken }) {
  const answer = await fetch(`${url}/_emulator/ledger/totals?from=2020-01-01T00:00:00Z`, {
    headers: { authorization: `Bearer ${adminToken}` },
  });
  return answer.json();
}

function plannedRun() {
  const mix = { put: 1, get: 0, multipart: 0, copy: 0, list: 0, append: 0, scan: 0 };
  const requester = {
    target: { kind: 'bucket', bucket: 'bench' },
    principal: { kind: 'root' },
    sessions: 1,
    scoped: false,
    bucketKey: 'default',
    objects: UPLOADS,
    size: 1024,
    sizes: 'same',
    mix,
  };
  return {
    id: 'bench',
    scope: 'bench',
    region: 'us-east-1',
    plan: { name: '', requesters: [requester], concurrency: 16, pace: { kind: 'flat-out' }, seed: 1 },
    status: 'running',
    startedAt: new Date().toISOString(),
    counters: {
      finished: 0,
      failed: 0,
      throttled: 0,
      bytes: 0,
      made: 0,
      spared: 0,
      puts: 0,
      gets: 0,
      latencyP50: 0,
      latencyP99: 0,
    },
  };
}
