/**
 * Replication happens behind the requests that cause it. What is to be copied stands in the state database, written in
 * the same commit as the object, so it survives the process; a worker takes the jobs in order, one at a time.
 */

import type { Surroundings } from '../../service.ts';
import { firstRow } from '../stored.ts';

export interface ReplicationJob {
  readonly id: number;
  readonly bucket: string;
  readonly key: string;
  readonly version: string;
}

const NEXT = 'SELECT id, bucket, key, version FROM s3_replication ORDER BY id LIMIT 1';

export class ReplicationQueue {
  readonly #surroundings: Surroundings;
  readonly #perform: (job: ReplicationJob) => Promise<void>;
  #working: Promise<void> | undefined;
  #stopped = false;

  /** @param perform copies one version and notes what came of it; never rejects for what AWS would call a failure. */
  constructor(surroundings: Surroundings, perform: (job: ReplicationJob) => Promise<void>) {
    this.#surroundings = surroundings;
    this.#perform = perform;
  }

  /** Puts a version on the list. Call within `state.write`; work begins once that is durable. */
  add(bucket: string, key: string, version: string): void {
    this.#surroundings.state
      .statement('INSERT INTO s3_replication (bucket, key, version) VALUES (?, ?, ?)')
      .run(bucket, key, version);
    this.resume();
  }

  /** Goes on with what is on the list, if anything is. */
  resume(): void {
    if (this.#stopped || this.#working !== undefined) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
    });
    // The next attempt begins with the next write, or at the next start.
    this.#working.catch(() => {});
  }

  /** Resolves when nothing is left to copy. Rejects with what broke the worker. */
  async settled(): Promise<void> {
    this.resume();
    await this.#working;
  }

  /** Lets the copy under way end and begins no other. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#working?.catch(() => {});
  }

  async #work(): Promise<void> {
    const { state } = this.#surroundings;
    while (!this.#stopped) {
      // Nothing is copied that could still be lost.
      await state.settled();
      const job = firstRow<ReplicationJob>(state.statement(NEXT));
      if (job === undefined) return;
      await this.#perform(job);
      state.write(() => state.statement('DELETE FROM s3_replication WHERE id = ?').run(job.id));
    }
    await state.settled();
  }
}
