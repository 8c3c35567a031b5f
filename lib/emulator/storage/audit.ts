/**
 * The audit trail: what every request did, which CloudTrail events belong to it, and what its decisions were taken on.
 * Append-only; a row is in the write-ahead log before the request is answered (`StateStore.settled()` waits for it).
 */

import type { LedgerPage, LedgerRecord, LedgerTotals } from '../../contract/ledger.ts';
import type { RecordedDecision, TrailEvent } from '../context.ts';

/** Where a request came from, as CloudTrail prints it; a `RequestContext` is one. */
export interface RequestOrigin {
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly secureTransport: boolean;
  readonly host: string;
}

/** One answered request. The record's `decisions` and `eventIds` are derived from the other two members. */
export interface RequestRecord {
  readonly ledger: Omit<LedgerRecord, 'decisions' | 'eventIds' | 'time'>;
  /** World time, milliseconds. */
  readonly time: number;
  readonly origin: RequestOrigin;
  /** The request's own event first. */
  readonly events: readonly TrailEvent[];
  readonly decisions: readonly RecordedDecision[];
}

/** Filters are combined; times in milliseconds of world time, `from` inclusive, `to` exclusive. */
export interface LedgerQuery {
  readonly accountId: string;
  readonly requestId?: string;
  readonly resource?: string;
  readonly parent?: string;
  readonly principalArn?: string;
  readonly from?: number;
  readonly to?: number;
  /** `next` of the page before. Throws RangeError when it is not one. */
  readonly after?: string;
  /** 1 to 200; default 50. */
  readonly limit?: number;
}

export interface TotalsQuery {
  readonly accountId: string;
  /** A bucket, table or key; all of the account without it. */
  readonly parent?: string;
  readonly from: number;
  readonly to: number;
  /** How many intervals the series has, 1 to 500; default 60. They are whole multiples of 10 s. */
  readonly intervals?: number;
}

/** An event with all that its record is built from (`cloudtrail/record.ts`). */
export interface StoredEvent {
  /** Position in the trail. */
  readonly sequence: number;
  /** World time, milliseconds. */
  readonly time: number;
  readonly region: string;
  /** Account in whose trail it appears. */
  readonly accountId: string;
  /** Absent where no request of a client caused it. */
  readonly requestId?: string;
  readonly origin?: RequestOrigin;
  readonly event: TrailEvent;
}

/** Lookup attributes of CloudTrail (CT-09). */
export type EventAttribute =
  | 'EventId'
  | 'EventName'
  | 'ReadOnly'
  | 'Username'
  | 'ResourceType'
  | 'ResourceName'
  | 'EventSource'
  | 'AccessKeyId';

/** Newest first, management events only. */
export interface EventQuery {
  readonly accountId: string;
  readonly region: string;
  readonly attribute?: { readonly key: EventAttribute; readonly value: string };
  /** World time in milliseconds, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** Last event of the page before. */
  readonly before?: { readonly time: number; readonly sequence: number };
  readonly limit: number;
}

/** Data events of an account in a Region, oldest first. */
export interface DataEventQuery {
  readonly accountId: string;
  readonly region: string;
  /** World time in milliseconds, inclusive. */
  readonly to: number;
  /** Where the page before ended; `sequence` 0 begins at a time. */
  readonly after: { readonly time: number; readonly sequence: number };
  /** Requests looked at. */
  readonly limit: number;
}

export interface DataEventPage {
  readonly events: readonly StoredEvent[];
  /** Absent at the end. */
  readonly next?: { readonly time: number; readonly sequence: number };
}

export interface AuditStore {
  /** Takes a record; costs microseconds. Call it before `state.settled()`. */
  append(record: RequestRecord): void;
  /** An event that belongs to no request of a client. */
  appendEvent(accountId: string, region: string, time: number, event: TrailEvent): void;
  /** Newest first. */
  ledger(query: LedgerQuery): LedgerPage;
  totals(query: TotalsQuery): LedgerTotals;
  /** All events of a request, data events included, its own first. */
  eventsOf(accountId: string, requestId: string): readonly StoredEvent[];
  /** What the decisions of a request were taken on, revived: hand them to `evaluate(…, { trace: true })`. */
  decisionsOf(accountId: string, requestId: string): readonly RecordedDecision[];
  lookup(query: EventQuery): readonly StoredEvent[];
  /** What LookupEvents never shows (CT-06), of the account's own requests. */
  dataEvents(query: DataEventQuery): DataEventPage;
  /** Whether an account has management events in a Region. */
  hasEvents(accountId: string, region: string): boolean;
  /** World time of the account's first request at or after `from`; undefined when there is none. */
  nextTime(accountId: string, from: number): number | undefined;
  /** Forgets an account. Off the request path, in slices; resolves when done. */
  forget(accountId: string): Promise<void>;
}
