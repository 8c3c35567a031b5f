import type { StateStore } from '../storage/store.ts';
import { type IdSource, seededBytes } from './id-source.ts';
import { checkValue, defaultValues, describeSettings } from './settings.ts';
import type { World, WorldStart, WorldValues } from './world.ts';

/** A hundred years: beyond it, dates leave what clients can read. */
const MAX_AHEAD_SECONDS = 3_153_600_000;
/** Accounts are made by clients (any twelve digits), so what is remembered in memory is bounded. */
const MAX_REMEMBERED = 10_000;

/** Outside of it clients can't read a date. */
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
const MAX_SEED = 128;

interface AccountWorld {
  readonly aheadMs: number;
  readonly values: WorldValues;
  /** Where the clock stands, in milliseconds; null where it goes on with the machine's. */
  readonly standingAt: number | null;
  readonly seed: string | null;
  /** Numbers drawn from the seed so far; grows while a request runs, and is stored when it ends. */
  drawn: number;
}

interface WorldRow extends Omit<AccountWorld, 'values'> {
  readonly settings: string;
}

/** The rows that belong to an account, for its snapshot. */
export const WORLD_TABLES = [{ name: 'world', rows: 'account = ?' }] as const;

/**
 * Opens the worlds kept in `state`. Clock and settings of an account survive a restart; a world nobody touched has
 * the machine's clock and the defaults.
 */
export function openWorld(state: StateStore, machineNow: () => number = Date.now): World & OwnedWorld {
  state.migrate('world', [
    `CREATE TABLE world (account TEXT PRIMARY KEY, ahead_ms INTEGER NOT NULL, settings TEXT NOT NULL) STRICT, WITHOUT ROWID`,
    `ALTER TABLE world ADD COLUMN standing_at INTEGER;
     ALTER TABLE world ADD COLUMN seed TEXT;
     ALTER TABLE world ADD COLUMN drawn INTEGER NOT NULL DEFAULT 0`,
  ]);
  const load = state.statement(
    'SELECT ahead_ms AS aheadMs, settings, standing_at AS standingAt, seed, drawn FROM world WHERE account = ?',
  );
  const save = state.statement(
    'INSERT OR REPLACE INTO world (account, ahead_ms, settings, standing_at, seed, drawn) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const forget = state.statement('DELETE FROM world WHERE account = ?');
  const worlds = new Map<string, AccountWorld>();
  const listeners: ((accountId: string, now: number) => void)[] = [];

  function worldOf(accountId: string): AccountWorld {
    const known = worlds.get(accountId);
    if (known !== undefined) return known;
    const row = load.get(accountId) as WorldRow | undefined;
    const values = defaultValues();
    if (row !== undefined) Object.assign(values, JSON.parse(row.settings));
    const { aheadMs = 0, standingAt = null, seed = null, drawn = 0 } = row ?? {};
    const world: AccountWorld = { aheadMs, values, standingAt, seed, drawn };
    if (worlds.size >= MAX_REMEMBERED) worlds.delete(worlds.keys().next().value as string);
    worlds.set(accountId, world);
    return world;
  }

  function store(accountId: string, world: AccountWorld): void {
    const { aheadMs, values, standingAt, seed, drawn } = world;
    state.write(() => save.run(accountId, aheadMs, JSON.stringify(values), standingAt, seed, drawn));
    worlds.set(accountId, world);
  }

  const now = (accountId: string): number => {
    const { standingAt, aheadMs } = worldOf(accountId);
    return standingAt ?? machineNow() + aheadMs;
  };
  const clock = (accountId: string) => {
    const { standingAt, aheadMs } = worldOf(accountId);
    return {
      now: new Date(now(accountId)).toISOString(),
      ahead: (standingAt === null ? aheadMs : standingAt - machineNow()) / 1000,
      ...(standingAt !== null && { standing: true }),
    };
  };

  return {
    now,
    clock,
    advance(accountId, seconds) {
      const world = worldOf(accountId);
      const ahead = clock(accountId).ahead + seconds;
      if (!Number.isFinite(seconds) || seconds <= 0 || ahead > MAX_AHEAD_SECONDS) {
        throw new RangeError(
          `advanceSeconds takes a number above 0; the clock can run at most ${MAX_AHEAD_SECONDS} seconds ahead.`,
        );
      }
      const { standingAt } = world;
      const moved = Math.round(seconds * 1000);
      if (standingAt === null) store(accountId, { ...world, aheadMs: world.aheadMs + moved });
      else store(accountId, { ...world, standingAt: standingAt + moved });
      for (const listener of listeners) listener(accountId, now(accountId));
      return clock(accountId);
    },
    values: (accountId) => worldOf(accountId).values,
    settings: (accountId) => describeSettings(worldOf(accountId).values),
    change(accountId, changes) {
      const entries = Object.entries(changes);
      for (const [name, value] of entries) checkValue(name, value);
      const world = worldOf(accountId);
      store(accountId, { ...world, values: { ...world.values, ...Object.fromEntries(entries) } });
      return describeSettings(worldOf(accountId).values);
    },
    onAdvance: (listener) => void listeners.push(listener),
    ids(accountId): IdSource | undefined {
      const { seed } = worldOf(accountId);
      if (seed === null) return undefined;
      return {
        now: () => now(accountId),
        draw(length) {
          const number = ++worldOf(accountId).drawn;
          return { number, bytes: seededBytes(seed, accountId, number, length) };
        },
        keep: () => store(accountId, worldOf(accountId)),
      };
    },
    reset(accountId, start = {}) {
      checkStart(start);
      state.write(() => forget.run(accountId));
      worlds.delete(accountId);
      if (start.seed === undefined && start.clock === undefined) return;
      const { clock: standingAt = null, seed = null } = start;
      store(accountId, { aheadMs: 0, values: defaultValues(), standingAt, seed, drawn: 0 });
    },
    forget: (accountId) => void worlds.delete(accountId),
  };
}

export interface OwnedWorld {
  /** Forgets clock and settings of an account; with a start, the same world begins each time. Throws RangeError. */
  reset(accountId: string, start?: WorldStart): void;
  /** Drops what is remembered of an account whose row was written by somebody else. */
  forget(accountId: string): void;
}

/** Throws RangeError with a sentence that names what was wrong. */
export function checkStart({ seed, clock }: WorldStart): void {
  if (seed !== undefined && (seed === '' || seed.length > MAX_SEED)) {
    throw new RangeError(`seed takes 1 to ${MAX_SEED} characters.`);
  }
  if (clock !== undefined && !(clock >= EARLIEST && clock <= LATEST)) {
    throw new RangeError('clock takes an ISO 8601 time from 2000 to 2100.');
  }
}
