/** Reading the audit trail: pages of the ledger, events and decisions of a request, events by attribute. */

import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { LedgerPage, LedgerRecord } from '../../contract/ledger.ts';
import type { RecordedDecision } from '../context.ts';
import type { DataEventPage, DataEventQuery, EventQuery, LedgerQuery, RequestOrigin, StoredEvent } from './audit.ts';
import type { DecisionRows } from './audit-decisions.ts';
import type { EventRow, EventRows } from './audit-events.ts';
import { attributesOf, termOf } from './audit-events.ts';
import type { LedgerRows } from './audit-ledger.ts';
import type { AuditParts } from './audit-parts.ts';
import { accountNumber, idNumber, nameHash } from './audit-schema.ts';
import type { Database } from './database.ts';
import { parseStored } from './stored-json.ts';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 200;
/** Rows looked at for one page where several filters are combined; a page may then hold fewer than asked, and go on. */
const LOOKS = 5000;
/** Later than any time, below 2^53. */
const END_OF_TIME = 8.64e15;

type Row = Record<string, SQLOutputValue>;

/** An event of a request: a data event whole, a management event by its place in the table of events. */
type EventReference = [seq: number, eventId: string];
type EventEntry = EventRow | EventReference;

function isReference(entry: EventEntry): entry is EventReference {
  return typeof entry[0] === 'number';
}

interface Floor {
  readonly request: number;
  readonly event: number;
}

const NO_FLOOR: Floor = { request: 0, event: 0 };

/** Position in the order newest first: time, then sequence. */
interface Cursor {
  readonly time: number;
  readonly seq: number;
}

export class AuditQueries {
  readonly #database: Database;
  readonly #parts: AuditParts;
  readonly #ledger: LedgerRows;
  readonly #events: EventRows;
  readonly #decisions: DecisionRows;
  readonly #floors = new Map<number, Floor>();

  constructor(database: Database, parts: AuditParts, ledger: LedgerRows, events: EventRows, decisions: DecisionRows) {
    this.#database = database;
    this.#parts = parts;
    this.#ledger = ledger;
    this.#events = events;
    this.#decisions = decisions;
    for (const row of database.db.prepare('SELECT account, request, event FROM floor').all()) {
      this.#floors.set(Number(row['account']), { request: Number(row['request']), event: Number(row['event']) });
    }
  }

  /** Hides everything of an account up to these sequences. Inside a transaction. */
  raiseFloor(account: number, request: number, event: number): void {
    this.#database
      .statement(
        `INSERT INTO floor (account, request, event) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET request = excluded.request, event = excluded.event`,
      )
      .run(account, request, event);
    this.#floors.set(account, { request, event });
  }

  ledger(query: LedgerQuery): LedgerPage {
    const limit = query.limit ?? DEFAULT_PAGE;
    if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
      throw new RangeError(`limit must be a whole number from 1 to ${LARGEST_PAGE}`);
    }
    const account = accountNumber(query.accountId);
    if (query.requestId !== undefined) {
      const row = this.#request(account, query.requestId);
      return { records: row === undefined ? [] : [this.#record(row)] };
    }
    const records: LedgerRecord[] = [];
    const floor = this.#floor(account).request;
    let looks = 0;
    let last: Cursor | undefined;
    for (const row of this.#walk(account, query)) {
      looks++;
      last = { time: Number(row['time']), seq: Number(row['seq']) };
      if (last.time < (query.from ?? 0)) return { records };
      if (Number(row['account']) === account && last.seq > floor) {
        const record = this.#matching(row, query);
        if (record !== undefined) records.push(record);
      }
      if (records.length === limit || looks === LOOKS) return { records, next: `${last.time}.${last.seq}` };
    }
    return { records };
  }

  eventsOf(accountId: string, requestId: string): StoredEvent[] {
    const row = this.#request(accountNumber(accountId), requestId);
    if (row === undefined) return [];
    const request = this.#ledger.decode(row['ledger']);
    const { region } = request;
    const common = { time: Number(row['time']), region, requestId, origin: this.#origin(row) };
    return parseStored<EventEntry[]>(row['events']).flatMap((entry): StoredEvent[] => {
      if (!isReference(entry))
        return [{ sequence: 0, accountId, ...common, event: this.#events.decode(entry, request) }];
      const [first] = entry;
      const found = this.#database.statement('SELECT body FROM event WHERE seq = ?').get(first);
      if (found === undefined) return [];
      const event = this.#events.decode(parseStored<EventRow>(found['body']));
      return [{ sequence: first, accountId: event.recipientAccountId ?? accountId, ...common, event }];
    });
  }

  decisionsOf(accountId: string, requestId: string): RecordedDecision[] {
    const row = this.#request(accountNumber(accountId), requestId);
    return row === undefined
      ? []
      : this.#decisions.decode(row['decisions'], this.#ledger.decode(row['ledger']).resource);
  }

  lookup(query: EventQuery): StoredEvent[] {
    const { accountId, region, attribute } = query;
    const floor = this.#floor(accountNumber(accountId)).event;
    const after = query.before;
    const rows = this.#database
      .statement(
        `SELECT e.seq, e.time, e.body, r.origin, r.ledger FROM term t JOIN event e ON e.seq = t.seq
         LEFT JOIN request r ON r.seq = e.request
         WHERE t.term = ?1 AND t.time >= ?2 AND (t.time, t.seq) < (?3, ?4) AND t.seq > ?5
           AND e.account = ?7 AND e.region = ?8
         ORDER BY t.time DESC, t.seq DESC LIMIT ?6`,
      )
      .all(
        termOf(accountId, region, attribute),
        query.from,
        after === undefined ? query.to + 1 : Math.min(query.to + 1, after.time),
        after === undefined || query.to < after.time ? 0 : after.sequence,
        floor,
        query.limit,
        accountNumber(accountId),
        region,
      );
    return rows.flatMap((row): StoredEvent[] => {
      const event = this.#events.decode(parseStored<EventRow>(row['body']));
      const caused = row['ledger'] === null ? undefined : this.#ledger.decode(row['ledger']);
      // Another name with the same hash.
      if (
        attribute &&
        !attributesOf(event).some(([key, value]) => key === attribute.key && value === attribute.value)
      ) {
        return [];
      }
      return [
        {
          sequence: Number(row['seq']),
          time: Number(row['time']),
          region,
          accountId,
          ...(caused === undefined ? {} : { requestId: caused.requestId, origin: this.#origin(row) }),
          event,
        },
      ];
    });
  }

  dataEvents({ accountId, region, to, after, limit }: DataEventQuery): DataEventPage {
    const account = accountNumber(accountId);
    const rows = this.#database
      .statement(
        `SELECT * FROM request WHERE account = ?1 AND (time, seq) > (?2, ?3) AND time <= ?4 AND seq > ?5
         ORDER BY time, seq LIMIT ?6`,
      )
      .all(account, after.time, after.sequence, to, this.#floor(account).request, limit);
    const events = rows.flatMap((row): StoredEvent[] => {
      const request = this.#ledger.decode(row['ledger']);
      if (request.region !== region) return [];
      const whole = parseStored<EventEntry[]>(row['events']).filter((entry) => !isReference(entry));
      return whole.map((entry) => ({
        sequence: Number(row['seq']),
        time: Number(row['time']),
        region,
        accountId,
        requestId: request.requestId,
        origin: this.#origin(row),
        event: this.#events.decode(entry, request),
      }));
    });
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return { events };
    return { events, next: { time: Number(last['time']), sequence: Number(last['seq']) } };
  }

  hasEvents(accountId: string, region: string): boolean {
    const found = this.#database
      .statement('SELECT 1 FROM term WHERE term = ? AND seq > ? LIMIT 1')
      .get(termOf(accountId, region, undefined), this.#floor(accountNumber(accountId)).event);
    return found !== undefined;
  }

  nextTime(accountId: string, from: number): number | undefined {
    const account = accountNumber(accountId);
    const found = this.#database
      .statement('SELECT time FROM request WHERE account = ? AND time >= ? AND seq > ? ORDER BY time LIMIT 1')
      .get(account, from, this.#floor(account).request);
    return found === undefined ? undefined : Number(found['time']);
  }

  #floor(account: number): Floor {
    return this.#floors.get(account) ?? NO_FLOOR;
  }

  #request(account: number, requestId: string): Row | undefined {
    const floor = this.#floor(account).request;
    for (const row of this.#database
      .statement('SELECT * FROM request WHERE request = ? AND account = ? AND seq > ?')
      .iterate(idNumber(requestId), account, floor)) {
      if (this.#ledger.decode(row['ledger']).requestId === requestId) return row;
    }
    return undefined;
  }

  /** Rows of the index that narrows most, newest first. */
  #walk(account: number, query: LedgerQuery): Iterable<Row> {
    const after = query.after === undefined ? undefined : parseCursor(query.after);
    const to = query.to ?? END_OF_TIME;
    const from: readonly [SQLInputValue, SQLInputValue] =
      after !== undefined && after.time < to ? [after.time, after.seq] : [to, 0];
    const [column, value]: [string, number] =
      query.resource !== undefined
        ? ['resource', nameHash(query.resource)]
        : query.principalArn !== undefined && query.parent === undefined
          ? ['principal', nameHash(query.principalArn)]
          : query.parent !== undefined
            ? ['parent', nameHash(query.parent)]
            : ['account', account];
    return this.#database
      .statement(`SELECT * FROM request WHERE ${column} = ? AND (time, seq) < (?, ?) ORDER BY time DESC, seq DESC`)
      .iterate(value, ...from);
  }

  #matching(row: Row, query: LedgerQuery): LedgerRecord | undefined {
    const { principalArn, parent, resource } = query;
    if (principalArn !== undefined && Number(row['principal']) !== nameHash(principalArn)) return undefined;
    if (parent !== undefined && Number(row['parent']) !== nameHash(parent)) return undefined;
    const record = this.#record(row);
    const same =
      (principalArn === undefined || record.principalArn === principalArn) &&
      (parent === undefined || record.parent === parent) &&
      (resource === undefined || record.resource === resource);
    return same ? record : undefined;
  }

  #record(row: Row): LedgerRecord {
    const entries = parseStored<EventEntry[]>(row['events']);
    const ledger = this.#ledger.decode(row['ledger']);
    return {
      ...ledger,
      time: new Date(Number(row['time'])).toISOString(),
      decisions: this.#decisions.summaries(row['decisions'], ledger.resource),
      eventIds: entries.map((entry) => (isReference(entry) ? entry[1] : entry[0])),
    };
  }

  #origin(row: Row): RequestOrigin {
    const [sourceIp, userAgent, secureTransport, host] = parseStored<[string, string, boolean, string]>(
      this.#parts.text(Number(row['origin'])),
    );
    return { sourceIp, userAgent, secureTransport, host };
  }
}

function parseCursor(text: string): Cursor {
  const match = /^(\d{1,16})\.(\d{1,15})$/.exec(text);
  if (match === null) throw new RangeError('after must be the `next` of a page before');
  return { time: Number(match[1]), seq: Number(match[2]) };
}
