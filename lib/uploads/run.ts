import type { IAMClient } from '@aws-sdk/client-iam';
import { ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3TablesClient } from '@aws-sdk/client-s3tables';
import type { STSClient } from '@aws-sdk/client-sts';
import type { EmulatorDoor } from './emulator-door.ts';
import { followLedger } from './ledger-follower.ts';
import { operationsOf } from './operations.ts';
import type { UploadPlan } from './plan.ts';
import { restorePermission, revokePermission, type UploadCredentials } from './principal.ts';
import type { Halt, UploadedObject, UploadRun } from './record.ts';
import { type BucketIdentities, openSessions, type Sessions } from './sessions.ts';
import { createTally, type Tally } from './tally.ts';
import { type Turn, turnsOf } from './turns.ts';
import { type WorldTime, worldTime } from './world-time.ts';
import { createPerformer, type Performer, type WrittenRequest } from './writer.ts';

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

const REPORT_MS = 400;
/** Slices of a run that is spread over world time: the clock is moved between them. */
const MOST_SLICES = 600;
/** A requester that meets one of these so often in a row can't go on. */
const FATAL =
  /^(NoSuchBucket|NotFoundException|NoSuchTable|InvalidAccessKeyId|InvalidClientTokenId|ExpiredToken|UnrecognizedClientException|ECONNREFUSED|TimeoutError)$/;
const FATAL_IN_A_ROW = 12;
/** Objects that are written for a workload that only reads. */
const TO_READ = 24;

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
    const runner = await openRunner(run, connection, sink, world, update);
    undo.push(() => runner.close());
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

async function openRunner(
  run: UploadRun,
  connection: UploadConnection,
  sink: UploadSink,
  world: WorldTime,
  update: (changes: Partial<UploadRun>) => UploadRun,
) {
  const { plan, worldStartedAt = '' } = run;
  const busyBefore = run.busyMs ?? 0;
  const begun = Date.now();
  let pausedMs = 0;
  const elapsedMs = () => busyBefore + Date.now() - begun - pausedMs;
  const known = [...(sink.allObjects?.(run.id) ?? [])];
  const done = doneTurns(known);
  const finished = done.reduce((sum, it) => sum + it.size, 0);
  const sessions: Sessions[] = [];
  const accessKeyIds = (): ReadonlySet<string> =>
    new Set([...(run.accessKeyIds ?? []), ...sessions.flatMap((it) => [...it.accessKeyIds])]);
  const { door } = connection;
  const tally = createTally({
    save: (objects) => sink.saveObjects(run.id, objects),
    follower: door && followLedger((query) => door.ledger(query), worldStartedAt),
    accessKeyIds,
    elapsed: () => elapsedMs() / 1000,
    ...(known.length > 0 && { before: { run, objects: known, finished } }),
  });
  const performers: Performer[] = [];
  for (const [index, requester] of plan.requesters.entries()) {
    const own = await openSessions(requester, run.id, connection, world, (request) =>
      tally.add({ ...request, requester: index, turn: -1, key: '', bytes: 0 }),
    );
    sessions.push(own);
    const existing = await readable(run, index, connection);
    performers.push(createPerformer(requester, { plan, runId: run.id, sessions: own, existing }));
  }
  update({ principals: sessions.map(({ principalArn }) => principalArn), accessKeyIds: [...accessKeyIds()] });
  const halts = new Map<number, Halt>();
  const rows = plan.requesters.map(() => 0);
  const counts = plan.requesters.map((_, index) => done[index]?.size ?? 0);
  let revoked = run.revoked;
  let reporting: ReturnType<typeof report> | undefined;

  const standing = (): Partial<UploadRun> => ({
    counters: tally.counters(),
    series: tally.series(),
    busyMs: elapsedMs(),
    accessKeyIds: [...accessKeyIds()].slice(0, 50),
    ...(halts.size > 0 && { halts: [...halts.values()] }),
    ...(revoked && { revoked }),
  });

  async function take(turn: Turn): Promise<void> {
    const who = turn.requester;
    if (halts.has(who) || done[who]?.has(turn.turn)) return;
    await performers[who]?.(turn, (request: WrittenRequest) => {
      tally.add(request);
      const fatal = request.error !== undefined && FATAL.test(request.error.code);
      rows[who] = fatal ? (rows[who] ?? 0) + 1 : 0;
      if (request.error !== undefined && (rows[who] ?? 0) >= FATAL_IN_A_ROW) {
        halts.set(who, {
          requester: who,
          code: request.error.code,
          message: request.error.message,
          done: counts[who] ?? 0,
        });
      }
    });
    counts[who] = (counts[who] ?? 0) + 1;
    tally.finish();
  }

  let waiting: Promise<void> | undefined;
  function waitWhilePaused(control: RunControl): Promise<void> {
    waiting ??= (async () => {
      const since = Date.now();
      await control.allowed();
      pausedMs += Date.now() - since;
      waiting = undefined;
    })();
    return waiting;
  }

  let revoking: Promise<void> | undefined;
  function revokeWhenDue(second: number): Promise<void> {
    const { revoke } = plan;
    if (revoke === undefined || revoked !== undefined || second < revoke.after) return Promise.resolve();
    // Once, and every request that comes after it waits for it.
    return (revoking ??= revokeNow(revoke));
  }

  async function revokeNow(revoke: NonNullable<UploadPlan['revoke']>): Promise<void> {
    const who = plan.requesters[revoke.requester];
    if (who === undefined) return;
    const call = await revokePermission(who.principal, revoke.what, run.id, connection.iam);
    revoked = { requester: revoke.requester, what: revoke.what, call, at: new Date(await world.look()).toISOString() };
    update({ ...standing() });
  }

  async function inOrder(turns: Iterator<Turn>, control: RunControl, second: () => number): Promise<void> {
    const worker = async () => {
      for (let next = turns.next(); !next.done; next = turns.next()) {
        if (control.paused) await waitWhilePaused(control);
        if (control.ending !== undefined || reporting?.failed || halts.size === plan.requesters.length) return;
        await revokeWhenDue(second());
        await take(next.value);
      }
    };
    await Promise.all(Array.from({ length: plan.concurrency }, worker));
  }

  async function overWorldTime(seconds: number, control: RunControl): Promise<void> {
    const total = operationsOf(plan);
    const slices = Math.min(MOST_SLICES, total);
    const turns = turnsOf(plan);
    const startedAt = Date.parse(worldStartedAt);
    let taken = 0;
    for (let slice = 0; slice < slices && control.ending === undefined; slice += 1) {
      const second = (slice * seconds) / slices;
      await world.reach(startedAt + second * 1000);
      await revokeWhenDue(second);
      const upTo = Math.round(((slice + 1) * total) / slices);
      const some: Turn[] = [];
      for (; taken < upTo; taken += 1) {
        const next = turns.next();
        if (!next.done) some.push(next.value);
      }
      await inOrder(some[Symbol.iterator](), control, () => second);
    }
    if (control.ending === undefined) await world.reach(startedAt + seconds * 1000);
  }

  return {
    standing,
    async perform(control: RunControl): Promise<void> {
      reporting = report(control, tally, () => update(standing()));
      try {
        if (plan.pace.kind === 'world') await overWorldTime(plan.pace.seconds, control);
        else await inOrder(turnsOf(plan), control, () => elapsedMs() / 1000);
      } finally {
        await reporting.end();
      }
    },
    close: () => Promise.all(sessions.map((it) => it.giveBack())),
  };
}

/** Reads the ledger and tells how the run stands, again and again until it is over. */
function report(
  control: RunControl,
  tally: Tally,
  tell: () => void,
): { end(): Promise<void>; readonly failed: boolean } {
  let over = false;
  let quiet = false;
  let failure: unknown;
  const going = (async () => {
    for (;;) {
      await new Promise((resolve) => void setTimeout(resolve, REPORT_MS));
      if (over) return;
      // A paused run of which everything is known has nothing to tell.
      if (quiet && control.paused) continue;
      try {
        await tally.catchUp();
        tell();
        quiet = control.paused && tally.waiting() === 0;
      } catch (error) {
        failure = error;
        return;
      }
    }
  })();
  return {
    get failed() {
      return failure !== undefined;
    },
    async end() {
      over = true;
      await going;
      // A ledger that can't be read, or a disk that is full, ends the run: its counters would be wrong.
      if (failure !== undefined) throw failure;
      // What was answered last is in the ledger when it is read the next time.
      for (let round = 0; round < 5; round += 1) {
        await tally.catchUp();
        if (tally.waiting() === 0) break;
      }
    },
  };
}

/** Turns that have been told of, by requester. */
function doneTurns(objects: readonly UploadedObject[]): Set<number>[] {
  const done: Set<number>[] = [];
  for (const { requester, turn } of objects) if (turn >= 0) (done[requester] ??= new Set()).add(turn);
  return done;
}

/** Objects that a requester may read or copy; some are written where there are none, as the connection's own identity. */
async function readable(
  { id, plan }: UploadRun,
  index: number,
  connection: UploadConnection,
): Promise<readonly string[]> {
  const requester = plan.requesters[index];
  if (requester === undefined || requester.target.kind === 'table') return [];
  const { mix, target } = requester;
  if (mix.get + mix.copy === 0) return [];
  const { s3, s3tables } = connection.clientsFor(undefined, undefined);
  try {
    const listed = await s3.send(new ListObjectsV2Command({ Bucket: target.bucket, MaxKeys: 500 }));
    const keys = (listed.Contents ?? []).flatMap(({ Key, Size }) =>
      Key !== undefined && (Size ?? 0) <= LARGEST_READ ? [Key] : [],
    );
    if (keys.length > 0 || mix.put > 0) return keys;
    const written = Array.from({ length: TO_READ }, (_, number) => `uploads/${id}/source-${index + 1}-${number}`);
    for (const Key of written) {
      await s3.send(
        new PutObjectCommand({
          Bucket: target.bucket,
          Key,
          Body: Buffer.alloc(Math.min(requester.size, LARGEST_SOURCE), 1),
        }),
      );
    }
    return written;
  } finally {
    s3.destroy();
    s3tables.destroy();
  }
}

/** Larger objects are left alone, and none are written. */
const LARGEST_READ = 64 * 1_048_576;
const LARGEST_SOURCE = 65_536;

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
