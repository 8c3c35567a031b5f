/** Sums of requests and key operations, kept up as requests are written, so that a total never counts rows. */

import type { LedgerTotals } from '../../contract/ledger.ts';
import type { RequestRecord, TotalsQuery } from './audit.ts';
import { accountNumber, nameHash, SLOT_SECONDS } from './audit-schema.ts';
import type { Database } from './database.ts';

const SLOT_MS = SLOT_SECONDS * 1000;
const DEFAULT_INTERVALS = 60;
const MOST_INTERVALS = 500;

interface Sum {
  requests: number;
  made: number;
  spared: number;
  refused: number;
}

const emptySum = (): Sum => ({ requests: 0, made: 0, spared: 0, refused: 0 });

/** Sums of one flush for one account, by parent and slot. */
interface Pending extends Sum {
  readonly account: number;
  readonly parent: number;
  readonly slot: number;
}

export class RequestTotals {
  readonly #database: Database;
  #pending = new Map<string, Pending>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** A request is refused when a decision denied it and it failed. */
  count(account: number, parent: number | null, { ledger, time, decisions }: RequestRecord): void {
    const sum: Sum = { requests: 1, made: 0, spared: 0, refused: 0 };
    for (const operation of ledger.keyOperations) sum[operation.kind]++;
    if (ledger.error !== undefined && decisions.some(({ decision }) => decision.outcome !== 'allow')) sum.refused = 1;
    const slot = Math.floor(time / SLOT_MS);
    this.#add(account, 0, slot, sum);
    if (parent !== null) this.#add(account, parent, slot, sum);
  }

  /** Inside the transaction that inserts the rows. */
  write(): void {
    const statement = this.#database.statement(
      `INSERT INTO total (account, parent, slot, requests, made, spared, refused) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET requests = requests + excluded.requests, made = made + excluded.made,
         spared = spared + excluded.spared, refused = refused + excluded.refused`,
    );
    for (const { account, parent, slot, requests, made, spared, refused } of this.#pending.values()) {
      statement.run(account, parent, slot, requests, made, spared, refused);
    }
    this.#pending.clear();
  }

  rolledBack(): void {
    this.#pending = new Map();
  }

  forget(account: number): void {
    this.#database.statement('DELETE FROM total WHERE account = ?').run(account);
  }

  /** Throws RangeError when the query asks for an impossible span or series. */
  read(query: TotalsQuery): LedgerTotals {
    const intervals = query.intervals ?? DEFAULT_INTERVALS;
    if (!Number.isInteger(intervals) || intervals < 1 || intervals > MOST_INTERVALS) {
      throw new RangeError(`intervals must be a whole number from 1 to ${MOST_INTERVALS}`);
    }
    if (!(query.to > query.from)) throw new RangeError('to must lie after from');
    const first = Math.floor(query.from / SLOT_MS);
    const end = Math.ceil(query.to / SLOT_MS);
    const width = Math.ceil((end - first) / intervals);
    const count = Math.ceil((end - first) / width);
    const series = Array.from({ length: count }, (_, index) => ({
      time: new Date((first + index * width) * SLOT_MS).toISOString(),
      ...emptySum(),
    }));
    const rows = this.#database
      .statement(
        `SELECT (slot - ?1) / ?2 AS interval, sum(requests) AS requests, sum(made) AS made, sum(spared) AS spared,
           sum(refused) AS refused
         FROM total WHERE account = ?3 AND parent = ?4 AND slot >= ?1 AND slot < ?5 GROUP BY interval`,
      )
      .all(
        BigInt(first),
        BigInt(width),
        accountNumber(query.accountId),
        query.parent === undefined ? 0 : nameHash(query.parent),
        BigInt(end),
      );
    const whole = emptySum();
    for (const row of rows) {
      const interval = series[Number(row['interval'])];
      if (interval === undefined) continue;
      for (const name of ['requests', 'made', 'spared', 'refused'] as const) {
        interval[name] = Number(row[name]);
        whole[name] += interval[name];
      }
    }
    return { ...whole, series };
  }

  #add(account: number, parent: number, slot: number, sum: Sum): void {
    const key = `${account} ${parent} ${slot}`;
    let pending = this.#pending.get(key);
    if (pending === undefined) {
      pending = { account, parent, slot, ...emptySum() };
      this.#pending.set(key, pending);
    }
    pending.requests += sum.requests;
    pending.made += sum.made;
    pending.spared += sum.spared;
    pending.refused += sum.refused;
  }
}
