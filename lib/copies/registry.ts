import 'server-only';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Aws, clientsWith, scopeOf } from '../aws/connection.ts';
import { dataDirectory } from '../aws/env.ts';
import { processWide } from '../aws/process-wide.ts';
import { copyObjects } from './copy-objects.ts';
import { copyTable, type TableNames } from './copy-table.ts';
import type { CopyJob, CopyProgress } from './record.ts';

/** Copies that go, and those that went: each in a file of its own in `console/copies` of the data directory. */
const going = processWide('copies', () => new Map<string, { job: CopyJob; readonly stop: AbortController }>());

function folder(): string {
  return path.join(dataDirectory(), 'console', 'copies');
}

function save(job: CopyJob): void {
  mkdirSync(folder(), { recursive: true, mode: 0o700 });
  const file = path.join(folder(), `${job.id}.json`);
  writeFileSync(`${file}.new`, JSON.stringify(job), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Copies of this connection from one source, newest first. One that the console left behind is `interrupted`. */
export function copiesOf(aws: Aws, source: string): readonly CopyJob[] {
  const scope = scopeOf(aws.connection);
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder()).filter((name) => name.endsWith('.json'));
  } catch {
    // No copy was ever made.
  }
  return names
    .map((name): CopyJob => {
      const job = JSON.parse(readFileSync(path.join(folder(), name), 'utf8')) as CopyJob;
      const now = going.get(job.id)?.job;
      return now ?? (job.status === 'running' ? { ...job, status: 'interrupted' } : job);
    })
    .filter((job) => job.scope === scope && job.source === source)
    .toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/** How a copy of this connection that goes stands. */
export function findCopy(aws: Aws, id: string): CopyJob | undefined {
  const job = going.get(id)?.job;
  return job?.scope === scopeOf(aws.connection) ? job : undefined;
}

/** Stops a copy after the requests that are on their way. False when it does not go. */
export function cancelCopy(aws: Aws, id: string): boolean {
  if (!findCopy(aws, id)) return false;
  going.get(id)?.stop.abort();
  return true;
}

/** What is copied where. */
export type CopyOrder =
  | { readonly kind: 'objects'; readonly source: string; readonly from: string; readonly target: CopyJob['target'] }
  | {
      readonly kind: 'table';
      readonly source: string;
      readonly from: TableNames;
      readonly to: TableNames;
      readonly target: CopyJob['target'];
    };

/** Begins a copy into what was made for it. */
export function startCopy(aws: Aws, order: CopyOrder): CopyJob {
  const job: CopyJob = {
    id: randomUUID().slice(0, 8),
    scope: scopeOf(aws.connection),
    kind: order.kind,
    source: order.source,
    target: order.target,
    status: 'running',
    startedAt: new Date().toISOString(),
    done: 0,
    bytes: 0,
    rows: 0,
    failed: 0,
    failures: [],
  };
  const entry = { job, stop: new AbortController() };
  going.set(job.id, entry);
  save(job);
  void run(aws, order, entry);
  return job;
}

async function run(aws: Aws, order: CopyOrder, entry: { job: CopyJob; readonly stop: AbortController }): Promise<void> {
  const { signal } = entry.stop;
  const clients = clientsWith(aws, undefined);
  const report = (progress: CopyProgress) => {
    entry.job = { ...entry.job, ...progress };
  };
  const end = (change: Partial<CopyJob>) => {
    entry.job = { ...entry.job, ...change, endedAt: new Date().toISOString() };
  };
  try {
    if (order.kind === 'objects') await copyObjects(clients.s3, order.from, order.target.bucket, signal, report);
    else await copyTable(clients, order.from, order.to, signal, report);
    end({ status: signal.aborted ? 'cancelled' : entry.job.failed > 0 ? 'failed' : 'done' });
  } catch (error) {
    const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    end(signal.aborted ? { status: 'cancelled' } : { status: 'failed', problem });
  } finally {
    clients.s3.destroy();
    clients.s3tables.destroy();
    save(entry.job);
    going.delete(entry.job.id);
  }
}
