import 'server-only';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { RunLink } from '../uploads/connect.ts';
import type { UploadPlan } from '../uploads/plan.ts';
import type { RunMessage } from '../uploads/process.ts';
import { EMPTY_COUNTERS, isOpen, type UploadRun } from '../uploads/record.ts';
import { type ObjectFilter, openUploadStore, type SavedPlan, type UploadStore } from '../uploads/store.ts';
import { type Aws, connect, DEFAULT_CONNECTION, scopeOf } from './connection.ts';
import { adminToken, dataDirectory, emulatorUrl } from './env.ts';
import { processWide } from './process-wide.ts';

/** Simulated uploads over a connection: started, followed, paused, cancelled and kept. Each runs in a process of its own. */

interface Registry {
  readonly store: UploadStore;
  /** Processes of runs that are going, by id. */
  readonly going: Map<string, ChildProcess>;
}

const registry = () =>
  processWide('uploads', (): Registry => ({ store: openUploadStore(dataDirectory()), going: new Map() }));

/** How many runs may go at once: each keeps a core busy. */
const MOST_AT_ONCE = 4;

/** Starts a run and gives it at once; undefined when too many are going already. */
export async function startUpload(aws: Aws, plan: UploadPlan): Promise<UploadRun | undefined> {
  const { store, going } = registry();
  if (going.size >= MOST_AT_ONCE) return undefined;
  const run: UploadRun = {
    id: randomUUID().slice(0, 8),
    scope: scopeOf(aws.connection),
    region: aws.region,
    plan,
    status: 'running',
    startedAt: new Date().toISOString(),
    counters: EMPTY_COUNTERS,
  };
  store.save(run);
  launch(run, await linkOf(aws));
  return run;
}

async function linkOf(aws: Aws): Promise<RunLink> {
  const { accessKeyId, secretAccessKey, sessionToken } = await aws.s3.config.credentials();
  const { connection } = aws;
  return {
    region: aws.region,
    ...(aws.endpoint !== undefined && { endpoint: aws.endpoint }),
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    ...(connection.kind === 'emulator' && {
      emulator: { url: emulatorUrl(), token: adminToken() ?? '', account: connection.accountId },
    }),
    dataDir: path.resolve(dataDirectory()),
  };
}

/**
 * The console runs from the repository, or from `.next/standalone` in it, where only what the build knows of lies. The
 * process is started from its source.
 */
function processFile(): string {
  const here = process.cwd();
  const built = path.join('.next', 'standalone');
  const repository = here.endsWith(built) ? here.slice(0, -built.length) : here;
  const file = path.join(repository, 'lib', 'uploads', 'process.ts');
  if (!existsSync(file)) throw new Error(`${file} was not found: simulated uploads are run from the source.`);
  return file;
}

function launch(run: UploadRun, link: RunLink): void {
  const { store, going } = registry();
  const { PATH, HOME, NODE_EXTRA_CA_CERTS } = process.env;
  // Not `fork`: the build would look for the file that it names.
  const child = spawn(process.execPath, [processFile()], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH, HOME, ...(NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS }), NODE_ENV: 'production' },
  });
  going.set(run.id, child);
  const { pid } = child;
  const started = { ...run, ...(pid !== undefined && { pid }) };
  store.save(started);
  // Pages come first: the run takes what they leave.
  if (pid !== undefined) os.setPriority(pid, os.constants.priority.PRIORITY_BELOW_NORMAL);
  child.send({ type: 'start', run: started, link } satisfies RunMessage);
  const ended = (sentence: string) => {
    going.delete(run.id);
    const last = store.run(run.id);
    if (last === undefined || !isOpen(last)) return;
    store.save({
      ...last,
      status: 'failed',
      endedAt: new Date().toISOString(),
      problem: { code: 'ProcessEnded', message: sentence },
    });
  };
  child.once('error', (error) => ended(`The process of the run could not be started: ${error.message}`));
  child.once('exit', (code) => ended(`The process of the run ended by itself, with ${code ?? 'a signal'}.`));
}

/** Goes on with the runs that the console left when it stopped: those of the emulator, whose credentials are known. */
export async function continueUploads(): Promise<void> {
  const { store } = registry();
  for (const run of store.openRuns()) {
    const accountId = /^emulator:(\d{12})$/.exec(run.scope)?.[1];
    if (accountId === undefined) {
      store.save({ ...run, status: 'interrupted' });
      continue;
    }
    // Another console may look after it.
    if (!(await isGone(run.pid))) continue;
    const last = store.run(run.id);
    if (last === undefined || !(isOpen(last) || last.status === 'interrupted')) continue;
    const aws = await connect({ ...DEFAULT_CONNECTION, kind: 'emulator', accountId, region: run.region });
    goOn(last, await linkOf(aws), last.status === 'paused' ? 'paused' : 'running');
  }
}

function goOn(run: UploadRun, link: RunLink, status: 'running' | 'paused'): void {
  const { endedAt: _, problem: __, ...rest } = run;
  launch({ ...rest, status, continued: (run.continued ?? 0) + 1 }, link);
}

const PATIENCE_MS = 10_000;

/** Waits a while for a process to end, which finishes the requests that are under way. False when it goes on. */
async function isGone(pid: number | undefined): Promise<boolean> {
  if (pid === undefined) return true;
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; ) {
    if (!isAlive(pid)) return true;
    await new Promise((resolve) => void setTimeout(resolve, 100));
  }
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Stops a run after the requests that are under way. False when it is not going. */
export function cancelUpload(aws: Aws, id: string): boolean {
  return tell(aws, id, 'cancel') !== undefined;
}

/** Holds a run after the requests that are under way. False when it is not going. */
export function pauseUpload(aws: Aws, id: string): Promise<boolean> {
  return tell(aws, id, 'pause') ? standsAs(id, 'paused') : Promise.resolve(false);
}

/** Lets a paused run go on, or takes up one that the console left. False when it can't. */
export async function resumeUpload(aws: Aws, id: string): Promise<boolean> {
  const run = findUpload(aws, id);
  if (run?.status === 'interrupted' && !registry().going.has(id)) {
    goOn(run, await linkOf(aws), 'running');
    return true;
  }
  return tell(aws, id, 'resume') ? standsAs(id, 'running') : false;
}

/** Waits until the process has written down that it has understood. */
async function standsAs(id: string, status: UploadRun['status']): Promise<boolean> {
  for (let round = 0; round < 40; round += 1) {
    const run = registry().store.run(id);
    if (run === undefined || run.status === status || !isOpen(run)) break;
    await new Promise((resolve) => void setTimeout(resolve, 25));
  }
  return true;
}

function tell(aws: Aws, id: string, type: 'pause' | 'resume' | 'cancel'): UploadRun | undefined {
  const run = findUpload(aws, id);
  const child = run && registry().going.get(id);
  if (!child?.connected) return undefined;
  child.send({ type } satisfies RunMessage);
  return run;
}

/** A run of this connection. */
export function findUpload(aws: Aws, id: string): UploadRun | undefined {
  const run = registry().store.run(id);
  return run?.scope === scopeOf(aws.connection) ? run : undefined;
}

/** Runs of this connection, newest first. */
export function listUploads(aws: Aws): readonly UploadRun[] {
  return registry().store.runs(scopeOf(aws.connection), 200);
}

/** Requests of a run with their key operations, a page of at most 200. */
export function uploadObjects(id: string, filter: ObjectFilter) {
  return registry().store.objects(id, filter);
}

/** What the time machine reads of a run; check with `findUpload` first that it may be read. */
export function uploadStore(): Pick<UploadStore, 'span' | 'histogram' | 'cachedUses' | 'keyEvents' | 'object'> {
  return registry().store;
}

/** Forgets a run; what it uploaded stays. False while it is going. */
export function deleteUpload(aws: Aws, id: string): boolean {
  const { store, going } = registry();
  if (going.has(id) || findUpload(aws, id) === undefined) return false;
  store.delete(id);
  return true;
}

/** Workloads kept for this connection, newest first. */
export function savedPlans(aws: Aws): readonly SavedPlan[] {
  return registry().store.plans(scopeOf(aws.connection));
}

/** Keeps a workload under a new id, or instead of the one that has it. */
export function savePlan(aws: Aws, plan: UploadPlan, id: string = randomUUID().slice(0, 8)): SavedPlan {
  const saved = { id, plan, savedAt: new Date().toISOString() };
  registry().store.savePlan(scopeOf(aws.connection), saved);
  return saved;
}

export function deletePlan(aws: Aws, id: string): void {
  registry().store.deletePlan(scopeOf(aws.connection), id);
}
