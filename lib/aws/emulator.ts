import 'server-only';
import type { Trace } from '../access/types.ts';
import type { LedgerPage, LedgerRecord, LedgerTotals } from '../contract/ledger.ts';
import type { EmulatorHealth, WorldClock, WorldSetting } from '../contract/world.ts';
import type { AskEmulator } from '../scenarios/open-stage.ts';
import type { Aws } from './connection.ts';
import { adminToken, emulatorUrl } from './env.ts';
import { type AwsFailure, mapResult, type Result } from './result.ts';

/** The emulator's own interface, `/_emulator/*`. It is there on an emulator connection only. */

/** What the emulator answers instead: one sentence that names what was wrong. */
interface Refusal {
  readonly error?: string;
}

async function ask<T>(
  aws: Pick<Aws, 'connection'>,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  options: { query?: Readonly<Record<string, string | undefined>>; body?: unknown } = {},
): Promise<Result<T>> {
  const action = `emulator ${method} ${path}`;
  const { connection } = aws;
  if (connection.kind !== 'emulator') {
    return { ok: false, error: { code: 'NotAnEmulator', message: 'Only the embedded emulator records this.', action } };
  }
  const url = new URL(`/_emulator${path}`, emulatorUrl());
  for (const [name, value] of Object.entries({ account: connection.accountId, ...options.query })) {
    if (value !== undefined && value !== '') url.searchParams.set(name, value);
  }
  const token = adminToken();
  try {
    const response = await fetch(url, {
      method,
      cache: 'no-store',
      signal: AbortSignal.timeout(20_000),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    const body = (text === '' ? {} : JSON.parse(text)) as T & Refusal;
    if (response.ok) return { ok: true, data: body };
    return {
      ok: false,
      error: {
        code:
          response.status === 401 ? 'NoAdminToken' : response.status === 404 ? 'NotFound' : `Status${response.status}`,
        message: body.error ?? `The emulator answered ${response.status}.`,
        status: response.status,
        action,
      },
    };
  } catch (thrown) {
    const timedOut = thrown instanceof Error && thrown.name === 'TimeoutError';
    return {
      ok: false,
      error: timedOut
        ? { code: 'TimedOut', message: 'The emulator did not answer in time.', action }
        : { code: 'Unreachable', message: `The emulator at ${emulatorUrl()} does not answer.`, action },
    };
  }
}

/** Asks for an account that need not be the connection's: the accounts of a demonstration. Rejects with the sentence. */
export const askAccount: AskEmulator = async (accountId, method, path, options = {}) => {
  const answer = await ask<never>({ connection: { kind: 'emulator', accountId, region: '' } }, method, path, options);
  if (!answer.ok) throw new EmulatorError(answer.error);
  return answer.data;
};

/** What the emulator refused, or that it does not answer. */
export class EmulatorError extends Error {
  readonly code: string;
  constructor({ code, message }: AwsFailure) {
    super(message);
    this.code = code;
  }
}

export function readHealth(aws: Aws): Promise<Result<EmulatorHealth>> {
  return ask(aws, 'GET', '/health');
}

/** World time of the connection's account. */
export function readClock(aws: Aws): Promise<Result<WorldClock>> {
  return ask(aws, 'GET', '/clock');
}

/** Moves the world's clock forward. It never goes back. */
export function advanceClock(aws: Aws, seconds: number): Promise<Result<WorldClock>> {
  return ask(aws, 'POST', '/clock', { body: { advanceSeconds: seconds } });
}

export function readSettings(aws: Aws): Promise<Result<readonly WorldSetting[]>> {
  return ask(aws, 'GET', '/settings');
}

/** Sets some settings; the rest stay as they are. */
export function changeSettings(
  aws: Aws,
  values: Readonly<Partial<Record<string, number | boolean | string>>>,
): Promise<Result<unknown>> {
  return ask(aws, 'PUT', '/settings', { body: values });
}

/** Empties the connection's account. */
export function resetAccount(aws: Aws): Promise<Result<unknown>> {
  return ask(aws, 'POST', '/reset', { body: {} });
}

export interface LedgerQuery {
  readonly requestId?: string;
  /** ARN of what the request was about. */
  readonly resource?: string;
  /** ARN of the bucket, table or key to which the resource belongs. */
  readonly parent?: string;
  readonly principalArn?: string;
  /** World time, ISO 8601. */
  readonly from?: string;
  readonly to?: string;
  /** `next` of the page before. */
  readonly after?: string;
  readonly limit?: number;
}

/** Requests with the key operations that they made and spared, newest first. */
export function readLedger(aws: Aws, query: LedgerQuery): Promise<Result<LedgerPage>> {
  const { limit, ...text } = query;
  return ask(aws, 'GET', '/ledger', { query: { ...text, ...(limit === undefined ? {} : { limit: String(limit) }) } });
}

/** How far a search goes at once: this many pages of 200 requests. */
const SEARCHED_PAGES = 10;

/** Requests that `keep` takes, newest first; `next` leads on where the search stopped. */
export async function searchLedger(
  aws: Aws,
  keep: (record: LedgerRecord) => boolean,
  limit: number,
  query: LedgerQuery = {},
): Promise<Result<LedgerPage>> {
  const records: LedgerRecord[] = [];
  let { after } = query;
  for (let page = 0; page < SEARCHED_PAGES && records.length < limit; page++) {
    const answer: Result<LedgerPage> = await readLedger(aws, { ...query, limit: 200, ...(after ? { after } : {}) });
    if (!answer.ok) return answer;
    for (const record of answer.data.records) if (keep(record)) records.push(record);
    after = answer.data.next;
    if (!after) break;
  }
  return { ok: true, data: { records, ...(after ? { next: after } : {}) } };
}

/** Sums over a span, in equal intervals. Times are world time; `parent` narrows to one bucket, table or key. */
export function readTotals(
  aws: Aws,
  span: { from: string; to: string; intervals: number; parent?: string },
): Promise<Result<LedgerTotals>> {
  const { intervals, ...query } = span;
  return ask(aws, 'GET', '/ledger/totals', { query: { ...query, intervals: String(intervals) } });
}

/** In how many pieces a span is looked at for refusals, and how many of them are read. */
const REFUSAL_INTERVALS = 480;
const REFUSAL_READS = 40;

/**
 * The newest requests of a span that a decision refused. The ledger has no such filter, but its sums tell in which
 * pieces of the span something was refused: only these are read.
 */
export async function readRefusals(
  aws: Aws,
  span: { from: string; to: string },
  limit: number,
): Promise<Result<readonly LedgerRecord[]>> {
  const totals = await readTotals(aws, { ...span, intervals: REFUSAL_INTERVALS });
  if (!totals.ok) return totals;
  const pieces = totals.data.series.map(({ time, refused }, index, all) => ({
    from: time,
    to: all[index + 1]?.time ?? span.to,
    refused,
  }));
  const found: LedgerRecord[] = [];
  for (const { from, to } of pieces
    .filter((piece) => piece.refused > 0)
    .toReversed()
    .slice(0, REFUSAL_READS)) {
    const part = await searchLedger(aws, isRefused, limit, { from, to });
    if (!part.ok) return part;
    found.push(...part.data.records);
    if (found.length >= limit) break;
  }
  return { ok: true, data: found.slice(0, limit) };
}

/** Whether a policy or the lack of one refused a request. */
export function isRefused(record: LedgerRecord): boolean {
  return record.decisions.some((decision) => decision.outcome !== 'allow');
}

/** The traces of a request's decisions, in the order in which they were made. */
export async function readDecisions(aws: Aws, requestId: string): Promise<Result<readonly Trace[]>> {
  const path = `/decisions/${encodeURIComponent(requestId)}`;
  const answer = await ask<{ decisions: readonly { trace?: Trace }[] }>(aws, 'GET', path);
  return mapResult(answer, ({ decisions }) => decisions.flatMap(({ trace }) => (trace ? [trace] : [])));
}

/** What came of a run, for each job that is switched on. */
export interface MaintenanceRun {
  readonly requestId: string;
  readonly jobs: Readonly<Record<string, { readonly status: string; readonly failureMessage?: string }>>;
}

/** All CloudTrail records of a request, data events too, its own first. */
export async function readTrailRecords(
  aws: Aws,
  requestId: string,
): Promise<Result<readonly Readonly<Record<string, unknown>>[]>> {
  const path = `/events/${encodeURIComponent(requestId)}`;
  const answer = await ask<{ events: readonly Readonly<Record<string, unknown>>[] }>(aws, 'GET', path);
  return mapResult(answer, ({ events }) => events);
}

/** Runs a table's maintenance now. */
export function runMaintenance(
  aws: Aws,
  table: { tableBucketARN: string; namespace: string; name: string },
): Promise<Result<MaintenanceRun>> {
  return ask(aws, 'POST', '/maintenance', { body: table });
}
