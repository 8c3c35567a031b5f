import 'server-only';
import { randomUUID } from 'node:crypto';
import type { UploadPlan } from '../uploads/plan.ts';
import { EMPTY_COUNTERS, type UploadRun } from '../uploads/record.ts';
import { runUpload, type UploadConnection } from '../uploads/run.ts';
import { type ObjectFilter, openUploadStore, type UploadStore } from '../uploads/store.ts';
import { type Aws, type Connection, clientsWith } from './connection.ts';
import { readClock, readLedger } from './emulator.ts';
import { dataDirectory } from './env.ts';

/** Simulated uploads over a connection: started, followed, cancelled and kept. */

interface Registry {
  readonly store: UploadStore;
  /** Runs that are going, by id. */
  readonly going: Map<string, AbortController>;
}

// Next gives pages, actions and route handlers each an instance of a module: what must be one lives on globalThis.
const holder = globalThis as typeof globalThis & { sseKmsUploads?: Registry };

function registry(): Registry {
  return (holder.sseKmsUploads ??= { store: openUploadStore(dataDirectory()), going: new Map() });
}

/** How many runs may go at once: each keeps a core busy. */
const MOST_AT_ONCE = 4;

/** Runs belong to the world in which they ran. */
function scopeOf(connection: Connection): string {
  switch (connection.kind) {
    case 'emulator':
      return `emulator:${connection.accountId}`;
    case 'endpoint':
      return `endpoint:${connection.url}:${connection.accessKeyId}`;
    case 'aws':
      return `aws:${connection.profile ?? ''}:${connection.roleArn ?? ''}`;
  }
}

/** Starts a run and gives it at once; undefined when too many are going already. */
export function startUpload(aws: Aws, plan: UploadPlan): UploadRun | undefined {
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
  const controller = new AbortController();
  going.set(run.id, controller);
  store.save(run);
  void runUpload(run, uploadConnection(aws), store, controller.signal).finally(() => going.delete(run.id));
  return run;
}

function uploadConnection(aws: Aws): UploadConnection {
  return {
    iam: aws.iam,
    sts: aws.sts,
    clientsFor: (credentials) => clientsWith(aws, credentials),
    ...(aws.connection.kind === 'emulator' && {
      async readLedger(query) {
        const page = await readLedger(aws, { ...query, limit: 200 });
        if (!page.ok) throw new Error(page.error.message);
        return page.data;
      },
    }),
    async worldNow() {
      if (aws.connection.kind !== 'emulator') return new Date().toISOString();
      const clock = await readClock(aws);
      return clock.ok ? clock.data.now : new Date().toISOString();
    },
  };
}

/** Stops a run after the requests that are on their way. False when it is not going. */
export function cancelUpload(aws: Aws, id: string): boolean {
  const controller = findUpload(aws, id) && registry().going.get(id);
  controller?.abort();
  return controller !== undefined;
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

/** Forgets a run; what it uploaded stays. False while it is going. */
export function deleteUpload(aws: Aws, id: string): boolean {
  const { store, going } = registry();
  if (going.has(id) || findUpload(aws, id) === undefined) return false;
  store.delete(id);
  return true;
}
