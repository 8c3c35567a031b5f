/** When maintenance runs by itself: by the world's clock, whether a person moves it or it goes on alone. */

import type { Desk } from '../desk.ts';
import type { TableRow } from '../model.ts';
import { maintain } from './run.ts';

/** How often the machine's clock looks. */
const LOOK_MS = 600_000;

export interface Schedule {
  /** Resolves when the runs under way have ended. */
  settled(): Promise<void>;
  /** No run begins any more; resolves when those under way have ended. */
  stop(): Promise<void>;
}

/** Runs each table's maintenance once `maintenanceInterval` has passed since its last run, one table after the other. */
export function scheduleMaintenance(desk: Desk, log: (error: unknown) => void): Schedule {
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  const look = (accountId: string): void => {
    running = running.then(() => runDue(accountId)).catch(log);
  };

  async function runDue(accountId: string): Promise<void> {
    const { world } = desk.around;
    const interval = world.values(accountId).maintenanceInterval * 1000;
    if (interval === 0) return;
    for (const { id } of desk.rows.tablesOfAccount(accountId)) {
      if (stopped) return;
      // It may be gone since the list was made.
      const table = desk.rows.tableById(id);
      const bucket = table && desk.rows.bucketById(table.bucketId);
      if (bucket && lastRun(table) + interval <= world.now(accountId)) await maintain(desk, bucket, table);
    }
  }

  desk.around.world.onAdvance(look);
  const timer = setInterval(() => {
    for (const accountId of desk.rows.accounts()) look(accountId);
  }, LOOK_MS);
  timer.unref();
  return {
    settled: () => running,
    stop() {
      stopped = true;
      clearInterval(timer);
      return running;
    },
  };
}

function lastRun(table: TableRow): number {
  return Math.max(table.createdAt, ...Object.values(table.jobs ?? {}).map((job) => job.lastRun));
}
