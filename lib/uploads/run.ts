import type { IAMClient } from '@aws-sdk/client-iam';
import type { S3Client } from '@aws-sdk/client-s3';
import type { S3TablesClient } from '@aws-sdk/client-s3tables';
import type { STSClient } from '@aws-sdk/client-sts';
import type { EmulatorDoor } from './emulator-door.ts';
import { restorePermission, type UploadCredentials } from './principal.ts';
import type { UploadedObject, UploadRun } from './record.ts';
import { openRunner } from './runner.ts';
import type { BucketIdentities } from './sessions.ts';
import { worldTime } from './world-time.ts';

/** What a run needs of a connection. */
export interface UploadConnection {
  readonly iam: IAMClient;
  readonly sts: STSClient;
  /** Clients that sign with the given credentials, or with the connection's own. The run destroys them. */
  clientsFor(
    credentials: UploadCredentials | undefined,
    identities: BucketIdentities | undefined,
  ): { readonly s3: S3Client; readonly s3tables: S3TablesClient };
  /** Absent where there is no emulator: on AWS. */
  readonly door?: EmulatorDoor;
}

/** Where a run writes down what happens. */
export interface UploadSink {
  save(run: UploadRun): void;
  saveObjects(runId: string, objects: readonly UploadedObject[]): void;
  /** Requests that the run made before, when it goes on. */
  allObjects?(runId: string): Iterable<UploadedObject>;
}

/** How a person acts on a run that goes. */
export interface RunControl {
  /** Resolves at once while the run may go on. */
  allowed(): Promise<void>;
  readonly paused: boolean;
  /** Ends it after the requests that are under way: `cancelled` by a person, `interrupted` to go on later. */
  readonly ending: 'cancelled' | 'interrupted' | undefined;
}

/**
 * Performs a workload: becomes its principals, makes its requests through the official clients, and joins each with what
 * the ledger says of it. Never rejects: what went wrong stands in the run that it resolves with.
 */
export async function runUpload(
  start: UploadRun,
  connection: UploadConnection,
  sink: UploadSink,
  control: RunControl,
): Promise<UploadRun> {
  let run = start;
  const update = (changes: Partial<UploadRun>): UploadRun => {
    run = { ...run, ...changes };
    sink.save(run);
    return run;
  };
  const world = worldTime(connection.door);
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const before = new Date(await world.look()).toISOString();
    if (run.worldStartedAt === undefined) update({ worldStartedAt: before });
    undo.push(await turnOnFaults(run, connection));
    const runner = await openRunner(run, connection, sink, world, update, undo);
    await runner.perform(control);
    const ended = { endedAt: new Date().toISOString(), worldEndedAt: new Date(await world.look()).toISOString() };
    if (control.ending === 'interrupted') return update({ ...runner.standing(), status: 'interrupted' });
    return update({ ...runner.standing(), ...ended, status: control.ending ?? 'done' });
  } catch (error) {
    return update({ status: 'failed', endedAt: new Date().toISOString(), problem: problemOf(error) });
  } finally {
    for (const step of undo.toReversed()) await step().catch(() => undefined);
    // Only what ends gives back: a run that goes on later goes on without the permission.
    if (run.revoked && run.status !== 'interrupted') await giveBack(run, connection).catch(() => undefined);
  }
}

function giveBack({ id, plan, revoked }: UploadRun, { iam }: UploadConnection): Promise<void> {
  const who = revoked && plan.requesters[revoked.requester];
  return who ? restorePermission(who.principal, id, iam) : Promise.resolve();
}

/** Sets the world's faults for the run; gives what puts them back. */
async function turnOnFaults({ plan }: UploadRun, { door }: UploadConnection): Promise<() => Promise<unknown>> {
  const { faults } = plan;
  if (faults === undefined || door === undefined) return () => Promise.resolve();
  const names = ['faultThrottle', 'faultLatency', 'kmsRequestQuota', 'quotasEnforced'];
  const values = (await door.settings()).filter(({ name }) => names.includes(name));
  await door.change({
    faultThrottle: faults.throttle,
    faultLatency: faults.latency,
    ...(faults.quota > 0 && { kmsRequestQuota: faults.quota, quotasEnforced: true }),
  });
  return () => door.change(Object.fromEntries(values.map(({ name, value }) => [name, value])));
}

/** What an SDK error tells a person: code, sentence, request id. */
export function problemOf(error: unknown): { code: string; message: string; requestId?: string } {
  const it = error as { name?: string; code?: string; message?: string; $metadata?: { requestId?: string } };
  const full = it.code === 'ENOSPC' || /SQLITE_FULL|disk is full/i.test(it.message ?? '');
  return {
    code: full ? 'DiskFull' : (it.name ?? 'Error'),
    message: full
      ? 'The disk is full: what was done so far stays, the rest was not done.'
      : (it.message ?? String(error)),
    ...(it.$metadata?.requestId !== undefined && { requestId: it.$metadata.requestId }),
  };
}
