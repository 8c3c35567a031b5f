/** The part of a run that makes its requests: turns in order, pauses, the revocation, and requesters that can't go on. */

import { followLedger } from './ledger-follower.ts';
import { operationsOf } from './operations.ts';
import type { UploadPlan } from './plan.ts';
import { revokePermission } from './principal.ts';
import { readable } from './readable.ts';
import type { Halt, UploadedObject, UploadRun } from './record.ts';
import { report } from './report.ts';
import type { RunControl, UploadConnection, UploadSink } from './run.ts';
import { openSessions, type Sessions } from './sessions.ts';
import { createTally } from './tally.ts';
import { type Turn, turnsOf } from './turns.ts';
import type { WorldTime } from './world-time.ts';
import { createPerformer, type Performer, type WrittenRequest } from './writer.ts';

/** Slices of a run that is spread over world time: the clock is moved between them. */
const MOST_SLICES = 600;
/** A requester that meets one of these so often in a row can't go on. */
const FATAL =
  /^(NoSuchBucket|NotFoundException|NoSuchTable|InvalidAccessKeyId|InvalidClientTokenId|ExpiredToken|UnrecognizedClientException|ECONNREFUSED|TimeoutError)$/;
const FATAL_IN_A_ROW = 12;

/**
 * Opens the sessions of all requesters. `undo` gets what gives them back, also when one of them can't be had: then this
 * rejects with the SDK's error.
 */
export async function openRunner(
  run: UploadRun,
  connection: UploadConnection,
  sink: UploadSink,
  world: WorldTime,
  update: (changes: Partial<UploadRun>) => UploadRun,
  undo: (() => Promise<unknown>)[],
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
  undo.push(() => Promise.all(sessions.map((it) => it.giveBack())));
  const accessKeyIds = (): ReadonlySet<string> =>
    new Set([...(run.accessKeyIds ?? []), ...sessions.flatMap((it) => [...it.accessKeyIds])]);
  const { door } = connection;
  const tally = createTally({
    save: (objects) => sink.saveObjects(run.id, objects),
    follower: door && followLedger((query) => door.ledger(query), worldStartedAt),
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
  };
}

/** Turns that have been told of, by requester. */
function doneTurns(objects: readonly UploadedObject[]): Set<number>[] {
  const done: Set<number>[] = [];
  for (const { requester, turn } of objects) if (turn >= 0) (done[requester] ??= new Set()).add(turn);
  return done;
}
