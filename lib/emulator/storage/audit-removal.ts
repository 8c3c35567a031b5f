/** Removing old rows of the audit trail, a few at a time and only between requests. */

import type { SQLOutputValue } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventRow, EventRows } from './audit-events.ts';
import { termsOf } from './audit-events.ts';
import type { Database } from './database.ts';
import { parseStored } from './stored-json.ts';

/** Rows per transaction: about a millisecond. */
const SLICE = 50;

type Row = Record<string, SQLOutputValue>;

export class AuditRemoval {
  readonly #database: Database;
  readonly #events: EventRows;
  readonly #transaction: (work: () => void) => void;
  #limit = 0;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(database: Database, events: EventRows, transaction: (work: () => void) => void) {
    this.#database = database;
    this.#events = events;
    this.#transaction = transaction;
  }

  /** Removes all requests up to a sequence, and their events, in the background. */
  upTo(seq: number): void {
    if (seq <= this.#limit) return;
    this.#limit = seq;
    void this.#enqueue(() =>
      this.#slices(() =>
        this.#database.statement('SELECT seq, events FROM request WHERE seq <= ? LIMIT ?').all(this.#limit, SLICE),
      ),
    );
  }

  /** Removes the requests and events of an account up to these sequences. */
  account(account: number, request: number, event: number): Promise<void> {
    return this.#enqueue(async () => {
      await this.#slices(() =>
        this.#database
          .statement('SELECT seq, events FROM request WHERE account = ? AND seq <= ? LIMIT ?')
          .all(account, request, SLICE),
      );
      await this.#looseEvents(account, event);
    });
  }

  /** Resolves when nothing is being removed; nothing will be from then on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#running.then(work);
    this.#running = done.catch(() => {});
    return done;
  }

  async #slices(next: () => Row[]): Promise<void> {
    while (!this.#stopped) {
      const rows = next();
      if (rows.length === 0) return;
      this.#transaction(() => {
        for (const row of rows) this.#removeRequest(row);
      });
      await nextTurn();
    }
  }

  #removeRequest(row: Row): void {
    for (const [seq] of parseStored<unknown[][]>(row['events'])) {
      if (typeof seq === 'number') this.#removeEvent(seq);
    }
    this.#database.statement('DELETE FROM request WHERE seq = ?').run(row['seq'] ?? null);
  }

  #removeEvent(seq: number): void {
    const row = this.#database.statement('SELECT account, time, region, body FROM event WHERE seq = ?').get(seq);
    if (row === undefined) return;
    const event = this.#events.decode(parseStored<EventRow>(row['body']));
    const accountId = String(row['account']).padStart(12, '0');
    for (const term of termsOf(accountId, String(row['region']), event)) {
      this.#database
        .statement('DELETE FROM term WHERE term = ? AND time = ? AND seq = ?')
        .run(term, row['time'] ?? null, seq);
    }
    this.#database.statement('DELETE FROM event WHERE seq = ?').run(seq);
  }

  /** Events of the account that hang on no request, or on one of another account: found by looking at all, in slices. */
  async #looseEvents(account: number, to: number): Promise<void> {
    for (let from = 0; from < to && !this.#stopped; from += 1000) {
      const rows = this.#database
        .statement('SELECT seq FROM event WHERE seq > ? AND seq <= ? AND account = ?')
        .all(from, Math.min(to, from + 1000), account);
      for (let index = 0; index < rows.length; index += SLICE) {
        this.#transaction(() => {
          for (const row of rows.slice(index, index + SLICE)) this.#removeEvent(Number(row['seq']));
        });
        await nextTurn();
      }
      await nextTurn();
    }
  }
}
