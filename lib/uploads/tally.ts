/** Counts the requests of a run, and joins each with its ledger record when that has been read. */

import type { LedgerRecord } from '../contract/ledger.ts';
import { createLatencies } from './latencies.ts';
import { EMPTY_COUNTERS, type RunSeries, type UploadCounters, type UploadedObject, type UploadRun } from './record.ts';
import { createSeries } from './series.ts';
import type { WrittenRequest } from './writer.ts';

export interface Tally {
  /** One request that came to an end. */
  add(request: WrittenRequest): void;
  /** One planned operation that came to an end. */
  finish(): void;
  /** Reads what is new in the ledger and writes down everything that is known. */
  catchUp(): Promise<void>;
  counters(): UploadCounters;
  series(): RunSeries;
  /** Requests of the run whose ledger record has not been read yet. */
  waiting(): number;
}

interface Options {
  readonly save: (objects: readonly UploadedObject[]) => void;
  /** Absent where there is no ledger. */
  readonly follower: { poll(): Promise<readonly LedgerRecord[]> } | undefined;
  /** Seconds since the run began, pauses left out. */
  readonly elapsed: () => number;
  /** What the run has already, when it goes on. */
  readonly before?: { readonly run: UploadRun; readonly objects: Iterable<UploadedObject>; readonly finished: number };
}

const THROTTLED = /^(SlowDown|Throttl|TooManyRequests)/;
/** Cost as GET does; what costs nothing is in neither. */
const READS = new Set(['GetObject', 'HeadObject']);
const FREE = new Set(['CreateSession', 'UpdateTableMetadataLocation']);

export function createTally({ save, follower, elapsed, before }: Options): Tally {
  const latencies = createLatencies();
  const series = createSeries(before?.run.series);
  const waiting = new Map<string, { object: UploadedObject; second: number }>();
  const early = new Map<string, LedgerRecord>();
  let unsaved: UploadedObject[] = [];
  let counters: UploadCounters = { ...EMPTY_COUNTERS, finished: before?.finished ?? 0 };
  let position = 0;

  function countRequest(object: Omit<UploadedObject, 'index'>): void {
    const { error, operation, bytes, latencyMs } = object;
    latencies.add(latencyMs);
    counters = {
      ...counters,
      failed: counters.failed + (error === undefined ? 0 : 1),
      throttled: counters.throttled + (error !== undefined && THROTTLED.test(error.code) ? 1 : 0),
      bytes: counters.bytes + (error === undefined ? bytes : 0),
      puts: counters.puts + (READS.has(operation) || FREE.has(operation) ? 0 : 1),
      gets: counters.gets + (READS.has(operation) ? 1 : 0),
    };
  }

  function countKeys({ keyOperations }: Pick<UploadedObject, 'keyOperations'>): { made: number; spared: number } {
    const made = keyOperations.filter(({ kind }) => kind === 'made').length;
    const spared = keyOperations.length - made;
    counters = { ...counters, made: counters.made + made, spared: counters.spared + spared };
    return { made, spared };
  }

  function join(object: UploadedObject, record: LedgerRecord, second: number): void {
    const { made, spared } = countKeys(record);
    series.add(second, 'made', made);
    series.add(second, 'spared', spared);
    const decidedBy = record.decisions.find(({ outcome }) => outcome !== 'allow')?.decidedBy;
    unsaved.push({
      ...object,
      time: Date.parse(record.time),
      keyOperations: record.keyOperations,
      ...(object.error && { error: { ...object.error, ...(decidedBy !== undefined && { decidedBy }) } }),
    });
  }

  for (const object of before?.objects ?? []) {
    position = Math.max(position, object.index + 1);
    countRequest(object);
    countKeys(object);
    if (object.time === undefined && follower !== undefined) waiting.set(object.requestId, { object, second: 0 });
  }

  return {
    add(request) {
      const object: UploadedObject = { ...request, index: position, keyOperations: [] };
      position += 1;
      countRequest(object);
      const second = elapsed();
      series.add(second, 'requests', 1);
      if (object.error !== undefined) series.add(second, 'refused', 1);
      const record = early.get(request.requestId);
      if (record !== undefined) {
        early.delete(request.requestId);
        join(object, record, second);
      } else {
        unsaved.push(object);
        if (follower !== undefined) waiting.set(request.requestId, { object, second });
      }
    },
    finish() {
      counters = { ...counters, finished: counters.finished + 1 };
    },
    async catchUp() {
      for (const record of (await follower?.poll()) ?? []) {
        const known = waiting.get(record.requestId);
        if (known !== undefined) {
          waiting.delete(record.requestId);
          join(known.object, record, known.second);
        } else {
          // Its answer may be on its way still; what is nobody's of this run stays here unused.
          early.set(record.requestId, record);
        }
      }
      save(unsaved);
      unsaved = [];
    },
    counters: () => ({
      ...counters,
      latencyP50: latencies.percentile(0.5),
      latencyP99: latencies.percentile(0.99),
    }),
    series: () => series.value(),
    waiting: () => waiting.size,
  };
}
