/** A finished run as the time machine shows it. Times are milliseconds of world time. */

import type { UploadedObject, UploadRun } from './record.ts';
import type { UploadStore } from './store.ts';

/** Requests of one lane within one interval. */
export interface LaneInterval {
  readonly stored: number;
  readonly refused: number;
  /** Accepted after the lane's permission had been taken. */
  readonly late: number;
  readonly made: number;
}

/** A bucket key or table key that answered for a requester: born with a KMS request, dead when its life was over. */
export interface Life {
  readonly born: number;
  readonly dies: number;
  /** Requests it answered, the one that fetched it included. */
  readonly served: number;
  readonly cachedKey: string;
}

export interface Lane {
  readonly requester: number;
  readonly principalArn: string;
  readonly kind: 'bucket key' | 'table key' | 'none';
  readonly stored: number;
  readonly refused: number;
  readonly made: number;
  readonly spared: number;
  readonly intervals: readonly LaneInterval[];
  readonly lives: readonly Life[];
  /** Sessions of a directory bucket, as spans. */
  readonly sessions: readonly { readonly from: number; readonly to: number }[];
}

/** A request that reached KMS or was refused. */
export interface TimeEvent {
  readonly index: number;
  readonly time: number;
  readonly requester: number;
  readonly operation: string;
  /** `GenerateDataKey`, `Decrypt` … as KMS was asked; absent where S3 refused before. */
  readonly asked?: string;
  readonly why: string;
  readonly error?: string;
  /** Requests that the key born here answered. */
  readonly served?: number;
}

export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly lanes: readonly Lane[];
  readonly events: readonly TimeEvent[];
  /** How many there were, where not all are listed. */
  readonly eventsTotal: number;
  /** When a permission was taken, and from which lane. */
  readonly revoked?: { readonly at: number; readonly requester: number; readonly what: string };
}

const INTERVALS = 60;
const MOST_EVENTS = 600;
const MOST_LIVES = 400;

type Reading = Pick<UploadStore, 'span' | 'histogram' | 'keyEvents' | 'cachedUses'>;

/**
 * Draws up the timeline of a run from the store; undefined when the ledger told nothing of it.
 * @param lifetimes seconds for which S3 kept a bucket key, a table key and a session
 */
export function readTimeline(
  run: UploadRun,
  store: Reading,
  lifetimes: { readonly bucketKey: number; readonly tableKey: number; readonly session: number },
  axis?: { readonly seconds: number },
): Timeline | undefined {
  const span = store.span(run.id);
  if (span === undefined) return undefined;
  const from = Math.min(span.from, Date.parse(run.worldStartedAt ?? '') || span.from);
  const worldEnd = Date.parse(run.worldEndedAt ?? '') || span.to;
  const to = axis
    ? from + axis.seconds * 1000
    : Math.max(span.to + 1, Math.min(worldEnd, span.to + (span.to - from) * 0.1 + 1000));
  const stepMs = Math.max(1, (to - from) / INTERVALS);
  const cells = store.histogram(run.id, from, stepMs);
  const uses = groupUses(run, store);
  const { events: objects, total } = store.keyEvents(run.id, MOST_EVENTS);
  const revokedAt = run.revoked ? Date.parse(run.revoked.at) : undefined;
  const lanes = run.plan.requesters.map((requester, index): Lane => {
    const isTable = requester.target.kind === 'table';
    const own = cells.filter((it) => it.requester === index);
    const intervals = Array.from({ length: INTERVALS }, (_, number): LaneInterval => {
      const cell = own.find(({ interval }) => Math.min(interval, INTERVALS - 1) === number);
      const refused = cell?.refused ?? 0;
      const stored = (cell?.requests ?? 0) - refused;
      const late =
        revokedAt !== undefined && run.revoked?.requester === index && from + (number + 0.5) * stepMs > revokedAt;
      return { stored, refused, late: late ? stored : 0, made: cell?.made ?? 0 };
    });
    const sum = (of: (cell: (typeof own)[number]) => number) => own.reduce((all, cell) => all + of(cell), 0);
    const asked = objects.filter((it) => it.requester === index);
    const life = (isTable ? lifetimes.tableKey : lifetimes.bucketKey) * 1000;
    const lives = livesOf(
      uses.filter((it) => it.requester === index),
      life,
      to,
    );
    return {
      requester: index,
      principalArn: run.principals?.[index] ?? '',
      kind: lives.length === 0 ? 'none' : isTable ? 'table key' : 'bucket key',
      stored: sum(({ requests, refused }) => requests - refused),
      refused: sum(({ refused }) => refused),
      made: sum(({ made }) => made),
      spared: sum(({ spared }) => spared),
      intervals,
      lives,
      sessions: asked
        .filter(({ operation, error }) => operation === 'CreateSession' && error === undefined)
        .map(({ time = from }) => ({ from: time, to: Math.min(to, time + lifetimes.session * 1000) })),
    };
  });
  return {
    from,
    to,
    stepMs,
    lanes,
    events: eventsOf(objects, lanes),
    eventsTotal: total,
    ...(run.revoked &&
      revokedAt !== undefined && {
        revoked: { at: revokedAt, requester: run.revoked.requester, what: run.revoked.what },
      }),
  };
}

interface KeyUses {
  readonly requester: number;
  readonly cachedKey: string;
  /** Times at which KMS was asked for it. */
  readonly born: number[];
  /** Times of all requests that it answered. */
  readonly used: number[];
}

/** The uses of each kept key: sessions with policies of their own hold keys of their own (BK-06). */
function groupUses(run: UploadRun, store: Reading): readonly KeyUses[] {
  const groups = new Map<string, KeyUses>();
  for (const { requester, session, cachedKey, time, made } of store.cachedUses(run.id)) {
    const scoped = run.plan.requesters[requester]?.scoped === true;
    const name = `${requester} ${cachedKey} ${scoped ? session : ''}`;
    const group = groups.get(name) ?? { requester, cachedKey, born: [], used: [] };
    groups.set(name, group);
    group.used.push(time);
    if (made > 0) group.born.push(time);
  }
  return [...groups.values()];
}

/** Keys in the order of their birth; a key that is opened anew begins a life of its own. */
function livesOf(uses: readonly KeyUses[], life: number, to: number): Life[] {
  const lives = uses.flatMap(({ cachedKey, born, used }) =>
    born.map((start, index): Life => {
      const next = born[index + 1] ?? Number.POSITIVE_INFINITY;
      return {
        cachedKey,
        born: start,
        dies: Math.min(to, start + life, next),
        served: used.filter((time) => time >= start && time < next).length,
      };
    }),
  );
  return lives.toSorted((one, other) => one.born - other.born).slice(0, MOST_LIVES);
}

/** Each request that reached KMS or was refused, with the reason why S3 asked. */
function eventsOf(objects: readonly UploadedObject[], lanes: readonly Lane[]): TimeEvent[] {
  const asked = new Set<number>();
  return objects.map((it): TimeEvent => {
    const lane = lanes[it.requester];
    const time = it.time ?? 0;
    const made = it.keyOperations.filter(({ kind }) => kind === 'made');
    const first = !asked.has(it.requester);
    if (made.length > 0) asked.add(it.requester);
    const cached = made.find(({ cachedKeyId }) => cachedKeyId !== undefined)?.cachedKeyId;
    const life = lane?.lives.find(({ cachedKey, born }) => cachedKey === cached && born === time);
    const refused = it.error?.code ?? made.find(({ error }) => error)?.error?.code;
    return {
      index: it.index,
      time,
      requester: it.requester,
      operation: it.operation,
      ...(made.length > 0 && { asked: [...new Set(made.map(({ operation }) => operation))].join(', ') }),
      why: whyAsked({
        lane,
        made: made.length,
        first,
        cached,
        time,
        decrypt: made[0]?.operation === 'Decrypt',
        refused: refused !== undefined,
      }),
      ...(refused !== undefined && { error: refused }),
      ...(life && { served: life.served }),
    };
  });
}

function whyAsked(it: {
  lane: Lane | undefined;
  made: number;
  first: boolean;
  cached: string | undefined;
  time: number;
  decrypt: boolean;
  refused: boolean;
}): string {
  if (it.made === 0) return 'KMS was not asked';
  if (it.lane === undefined || it.lane.kind === 'none') {
    if (it.refused) return 'No key is held';
    return it.first ? 'First use' : 'No key is kept';
  }
  const before = it.lane.lives.filter(({ born }) => born < it.time);
  const name = it.lane.kind === 'table key' ? 'Table key' : 'Bucket key';
  if (before.length === 0) return 'First use';
  if (it.decrypt && !before.some(({ cachedKey }) => cachedKey === it.cached)) return `${name} of older objects`;
  return before.some(({ dies }) => dies > it.time) && it.cached !== undefined
    ? `Another ${name.toLowerCase()}`
    : `${name} expired`;
}
