/** The audit database (contract: `audit.ts`, tables: `audit-schema.ts`). */

import type { LedgerPage, LedgerTotals } from '../../contract/ledger.ts';
import type { RecordedDecision, TrailEvent } from '../context.ts';
import type {
  AuditStore,
  DataEventPage,
  DataEventQuery,
  EventQuery,
  LedgerQuery,
  RequestOrigin,
  RequestRecord,
  StoredEvent,
  TotalsQuery,
} from './audit.ts';
import { DecisionRows } from './audit-decisions.ts';
import { EventRows, termsOf } from './audit-events.ts';
import { LedgerRows } from './audit-ledger.ts';
import { AuditParts } from './audit-parts.ts';
import { AuditQueries } from './audit-query.ts';
import { AuditRemoval } from './audit-removal.ts';
import { AUDIT_SCRIPTS, accountNumber, idNumber, nameHash } from './audit-schema.ts';
import { RequestTotals } from './audit-totals.ts';
import type { Database } from './database.ts';

/** The group commit of the state database, as far as the audit trail takes part in it. */
export interface TurnEnd {
  announce(): void;
  accompany(flush: () => void): void;
}

interface LooseEvent {
  readonly accountId: string;
  readonly region: string;
  readonly time: number;
  readonly event: TrailEvent;
}

/** What is written for events that no client's request caused. */
const NO_REQUEST = null;
/** Appends between two looks at the limit of rows. */
const TRIM_EVERY = 1000;

/**
 * Records wait in memory until the turn's group commit and are then inserted in one transaction. The database syncs to
 * the disk at checkpoints only: a row survives the death of the process from its turn on.
 */
export class Audit implements AuditStore {
  readonly #database: Database;
  readonly #turn: TurnEnd;
  readonly #parts: AuditParts;
  readonly #ledger: LedgerRows;
  readonly #events: EventRows;
  readonly #decisions: DecisionRows;
  readonly #totals: RequestTotals;
  readonly #queries: AuditQueries;
  readonly #removal: AuditRemoval;
  readonly #maximum: number | undefined;
  #requests: RequestRecord[] = [];
  #loose: LooseEvent[] = [];
  /** Terms of the batch that is being written: hash, time, sequence of the event. */
  #terms: (readonly [term: number, time: number, seq: number])[] = [];
  #nextRequest: number;
  #nextEvent: number;
  #sinceTrim = 0;

  /** `maximum`: requests kept; the oldest go first, all are kept without it. Throws StartError for a newer database. */
  constructor(database: Database, turn: TurnEnd, maximum: number | undefined) {
    this.#database = database;
    this.#turn = turn;
    this.#maximum = maximum;
    database.refuseNewer('audit', AUDIT_SCRIPTS.length);
    this.#transaction(() => database.runScripts('audit', AUDIT_SCRIPTS));
    this.#parts = new AuditParts(database);
    this.#ledger = new LedgerRows(this.#parts);
    this.#events = new EventRows(this.#parts);
    this.#decisions = new DecisionRows(this.#parts);
    this.#totals = new RequestTotals(database);
    this.#queries = new AuditQueries(database, this.#parts, this.#ledger, this.#events, this.#decisions);
    this.#removal = new AuditRemoval(database, this.#events, (work) => this.#transaction(work));
    this.#nextRequest = this.#highest('request') + 1;
    this.#nextEvent = this.#highest('event') + 1;
    turn.accompany(() => this.#flush());
  }

  append(record: RequestRecord): void {
    this.#requests.push(record);
    this.#turn.announce();
  }

  appendEvent(accountId: string, region: string, time: number, event: TrailEvent): void {
    this.#loose.push({ accountId, region, time, event });
    this.#turn.announce();
  }

  ledger(query: LedgerQuery): LedgerPage {
    this.#flush();
    return this.#queries.ledger(query);
  }

  totals(query: TotalsQuery): LedgerTotals {
    this.#flush();
    return this.#totals.read(query);
  }

  eventsOf(accountId: string, requestId: string): readonly StoredEvent[] {
    this.#flush();
    return this.#queries.eventsOf(accountId, requestId);
  }

  decisionsOf(accountId: string, requestId: string): readonly RecordedDecision[] {
    this.#flush();
    return this.#queries.decisionsOf(accountId, requestId);
  }

  lookup(query: EventQuery): readonly StoredEvent[] {
    this.#flush();
    return this.#queries.lookup(query);
  }

  dataEvents(query: DataEventQuery): DataEventPage {
    this.#flush();
    return this.#queries.dataEvents(query);
  }

  hasEvents(accountId: string, region: string): boolean {
    this.#flush();
    return this.#queries.hasEvents(accountId, region);
  }

  nextTime(accountId: string, from: number): number | undefined {
    this.#flush();
    return this.#queries.nextTime(accountId, from);
  }

  async forget(accountId: string): Promise<void> {
    this.#flush();
    const account = accountNumber(accountId);
    this.#transaction(() => {
      this.#totals.forget(account);
      this.#queries.raiseFloor(account, this.#nextRequest - 1, this.#nextEvent - 1);
    });
    await this.#removal.account(account, this.#nextRequest - 1, this.#nextEvent - 1);
  }

  /** Stops removals, writes what waits and closes nothing: the database belongs to the caller. */
  async close(): Promise<void> {
    this.#flush();
    await this.#removal.stop();
  }

  #flush(): void {
    if (this.#requests.length === 0 && this.#loose.length === 0) return;
    const requests = this.#requests;
    const loose = this.#loose;
    this.#requests = [];
    this.#loose = [];
    try {
      this.#write(requests, loose);
    } catch (error) {
      if (requests.length + loose.length === 1) throw error;
      this.#writeOneByOne(requests, loose, error);
    }
    this.#trim(requests.length);
  }

  /** One transaction for all, or nothing. */
  #write(requests: readonly RequestRecord[], loose: readonly LooseEvent[]): void {
    const before = [this.#nextRequest, this.#nextEvent] as const;
    try {
      this.#transaction(() => {
        for (const record of requests) this.#insert(record);
        for (const { accountId, region, time, event } of loose) {
          this.#insertEvent(accountId, region, time, event, NO_REQUEST);
        }
        this.#writeTerms();
        this.#totals.write();
      });
    } catch (error) {
      this.#terms = [];
      [this.#nextRequest, this.#nextEvent] = before;
      this.#totals.rolledBack();
      throw error;
    }
  }

  /** A record that can't be written must not take those of other requests with it. Throws when none can be written. */
  #writeOneByOne(requests: readonly RequestRecord[], loose: readonly LooseEvent[], first: unknown): void {
    let written = 0;
    const attempt = (what: string, work: () => void): void => {
      try {
        work();
        written += 1;
      } catch (error) {
        console.error(`The audit record of ${what} could not be written.`, error);
      }
    };
    for (const record of requests) attempt(`request ${record.ledger.requestId}`, () => this.#write([record], []));
    for (const one of loose) attempt(`event ${one.event.eventId}`, () => this.#write([], [one]));
    if (written === 0) throw first;
  }

  #insert(record: RequestRecord): void {
    const { ledger, time } = record;
    const seq = this.#nextRequest++;
    const account = accountNumber(ledger.accountId);
    let events = '[';
    for (const event of record.events) {
      if (events.length > 1) events += ',';
      if (event.category === 'Data') events += this.#events.encode(event, ledger);
      else {
        const accountId = event.recipientAccountId ?? ledger.accountId;
        events += `[${this.#insertEvent(accountId, ledger.region, time, event, seq)},"${event.eventId}"]`;
      }
    }
    const parent = ledger.parent === undefined ? null : nameHash(ledger.parent);
    this.#database
      .statement(
        `INSERT INTO request (seq, account, time, request, resource, parent, principal, origin, ledger, events, decisions)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        seq,
        account,
        time,
        idNumber(ledger.requestId),
        ledger.resource === undefined ? null : nameHash(ledger.resource),
        parent,
        nameHash(ledger.principalArn),
        this.#origin(record.origin),
        this.#ledger.encode(ledger),
        `${events}]`,
        this.#decisions.encode(record.decisions, ledger.resource),
      );
    this.#totals.count(account, parent, record);
  }

  #insertEvent(accountId: string, region: string, time: number, event: TrailEvent, request: number | null): number {
    const seq = this.#nextEvent++;
    this.#database
      .statement('INSERT INTO event (seq, account, time, region, request, body) VALUES (?, ?, ?, ?, ?, ?)')
      .run(seq, accountNumber(accountId), time, region, request, this.#events.encode(event));
    if (event.category === 'Data') return seq;
    for (const term of termsOf(accountId, region, event)) this.#terms.push([term, time, seq]);
    return seq;
  }

  /** The terms of all events of a batch, in the order of their index: neighbours share its pages and its statements. */
  #writeTerms(): void {
    const terms = this.#terms.sort(([a], [b]) => a - b);
    this.#terms = [];
    for (let from = 0; from < terms.length; from += TERMS_AT_ONCE) {
      const some = terms.slice(from, from + TERMS_AT_ONCE);
      this.#database.statement(insertTerms(some.length)).run(...some.flat());
    }
  }

  #origin(origin: RequestOrigin): number {
    const { sourceIp, userAgent, secureTransport, host } = origin;
    return this.#parts.ofText(JSON.stringify([sourceIp, userAgent, secureTransport, host]));
  }

  #trim(added: number): void {
    if (this.#maximum === undefined) return;
    this.#sinceTrim += added;
    if (this.#sinceTrim < TRIM_EVERY) return;
    this.#sinceTrim = 0;
    this.#removal.upTo(this.#nextRequest - 1 - this.#maximum);
  }

  #highest(table: 'request' | 'event'): number {
    return Number(this.#database.db.prepare(`SELECT max(seq) AS seq FROM ${table}`).get()?.['seq'] ?? 0);
  }

  #transaction(work: () => void): void {
    this.#database.statement('BEGIN IMMEDIATE').run();
    try {
      work();
      this.#database.statement('COMMIT').run();
    } catch (error) {
      if (this.#database.db.isTransaction) this.#database.db.exec('ROLLBACK');
      this.#parts?.rolledBack();
      this.#events?.rolledBack();
      this.#decisions?.rolledBack();
      throw error;
    }
  }
}

/** Three values each, well below what SQLite takes in one statement. */
const TERMS_AT_ONCE = 64;
const TERM_STATEMENTS: string[] = [];

/** A statement for so many terms. */
function insertTerms(count: number): string {
  return (TERM_STATEMENTS[count] ??=
    `INSERT OR IGNORE INTO term (term, time, seq) VALUES ${Array.from({ length: count }, () => '(?, ?, ?)').join()}`);
}
