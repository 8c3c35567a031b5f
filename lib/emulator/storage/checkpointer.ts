/** Keeps the write-ahead logs short without holding up requests: a thread does the work (`checkpoint-worker.ts`). */

import { Worker } from 'node:worker_threads';
import type { CheckpointReport } from './checkpoint-worker.ts';
import type { Database } from './database.ts';

/** Milliseconds between two runs while there are writes. */
const PAUSE = 500;
/** Commits before the thread is started. */
const FIRST_COMMITS = 200;
/** Pages in a log (of 4 KiB) from which it is made to start anew: seldom, because the main thread waits for the disk then. */
const LONG_LOG = 16_000;

export class Checkpointer {
  readonly #databases: ReadonlyMap<string, Database>;
  #worker: Worker | undefined;
  #busy = false;
  #last = 0;
  #commits = 0;

  constructor(databases: readonly Database[]) {
    this.#databases = new Map(databases.map((database) => [database.path, database]));
  }

  /**
   * Called after a commit, when no transaction is open. Without the thread (it cannot start, it died) the databases
   * still look after themselves: SQLite checkpoints in a commit that finds the log very long (`checkpointPages`).
   */
  poke(): void {
    // A log of a few commits is no burden, and a thread for it would be.
    if (++this.#commits < FIRST_COMMITS) return;
    const now = performance.now();
    if (this.#busy || now - this.#last < PAUSE) return;
    this.#last = now;
    this.#busy = true;
    this.#worker ??= this.#start();
    // Of a thread, not of a window: there is no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#worker.postMessage('checkpoint');
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#busy = true;
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL('checkpoint-worker.ts', import.meta.url), {
      workerData: [...this.#databases.keys()],
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    });
    worker.unref();
    worker.on('message', (reports: readonly CheckpointReport[]) => {
      // Under `node --watch` Node's own messages about the thread's files come here too.
      if (!Array.isArray(reports)) return;
      this.#busy = false;
      for (const { path, logged } of reports) if (logged >= LONG_LOG) this.#databases.get(path)?.restartLog();
    });
    // Stays busy: no further attempt.
    worker.on('error', () => {
      this.#busy = true;
    });
    return worker;
  }
}
