import type { StateStore } from '../storage/store.ts';
import { checkValue, defaultValues, describeSettings } from './settings.ts';
import type { World, WorldValues } from './world.ts';

/** A hundred years: beyond it, dates leave what clients can read. */
const MAX_AHEAD_SECONDS = 3_153_600_000;
/** Accounts are made by clients (any twelve digits), so what is remembered in memory is bounded. */
const MAX_REMEMBERED = 10_000;

interface AccountWorld {
  aheadMs: number;
  values: WorldValues;
}

/**
 * Opens the worlds kept in `state`. Clock and settings of an account survive a restart; a world nobody touched has
 * the machine's clock and the defaults.
 */
export function openWorld(
  state: StateStore,
  machineNow: () => number = Date.now,
): World & { reset(accountId: string): void } {
  state.migrate('world', [
    `CREATE TABLE world (account TEXT PRIMARY KEY, ahead_ms INTEGER NOT NULL, settings TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  ]);
  const load = state.statement('SELECT ahead_ms AS aheadMs, settings FROM world WHERE account = ?');
  const save = state.statement(
    'INSERT INTO world (account, ahead_ms, settings) VALUES (?, ?, ?) ON CONFLICT (account) DO UPDATE SET ahead_ms = excluded.ahead_ms, settings = excluded.settings',
  );
  const forget = state.statement('DELETE FROM world WHERE account = ?');
  const worlds = new Map<string, AccountWorld>();
  const listeners: ((accountId: string, now: number) => void)[] = [];

  function worldOf(accountId: string): AccountWorld {
    const known = worlds.get(accountId);
    if (known !== undefined) return known;
    const row = load.get(accountId) as { aheadMs: number; settings: string } | undefined;
    const values = defaultValues();
    if (row !== undefined) Object.assign(values, JSON.parse(row.settings));
    const world: AccountWorld = { aheadMs: row?.aheadMs ?? 0, values };
    if (worlds.size >= MAX_REMEMBERED) worlds.delete(worlds.keys().next().value as string);
    worlds.set(accountId, world);
    return world;
  }

  function store(accountId: string, world: AccountWorld): void {
    state.write(() => save.run(accountId, world.aheadMs, JSON.stringify(world.values)));
    worlds.set(accountId, world);
  }

  const now = (accountId: string): number => machineNow() + worldOf(accountId).aheadMs;
  const clock = (accountId: string) => ({
    now: new Date(now(accountId)).toISOString(),
    ahead: worldOf(accountId).aheadMs / 1000,
  });

  return {
    now,
    clock,
    advance(accountId, seconds) {
      const world = worldOf(accountId);
      const ahead = world.aheadMs / 1000 + seconds;
      if (!Number.isFinite(seconds) || seconds <= 0 || ahead > MAX_AHEAD_SECONDS) {
        throw new RangeError(
          `advanceSeconds takes a number above 0; the clock can run at most ${MAX_AHEAD_SECONDS} seconds ahead.`,
        );
      }
      store(accountId, { aheadMs: Math.round(ahead * 1000), values: world.values });
      for (const listener of listeners) listener(accountId, now(accountId));
      return clock(accountId);
    },
    values: (accountId) => worldOf(accountId).values,
    settings: (accountId) => describeSettings(worldOf(accountId).values),
    change(accountId, changes) {
      const entries = Object.entries(changes);
      for (const [name, value] of entries) checkValue(name, value);
      const world = worldOf(accountId);
      store(accountId, { aheadMs: world.aheadMs, values: { ...world.values, ...Object.fromEntries(entries) } });
      return describeSettings(worldOf(accountId).values);
    },
    onAdvance: (listener) => void listeners.push(listener),
    reset(accountId) {
      state.write(() => forget.run(accountId));
      worlds.delete(accountId);
    },
  };
}
