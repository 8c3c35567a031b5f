import type { IAMClient } from '@aws-sdk/client-iam';
import type { S3Client } from '@aws-sdk/client-s3';
import type { S3TablesClient } from '@aws-sdk/client-s3tables';
import type { STSClient } from '@aws-sdk/client-sts';
import type { LedgerRecord } from '../contract/ledger.ts';
import { createLatencies } from './latencies.ts';
import { followLedger, type ReadLedger } from './ledger-follower.ts';
import { becomePrincipal, type UploadCredentials } from './principal.ts';
import { EMPTY_COUNTERS, type UploadCounters, type UploadedObject, type UploadRun } from './record.ts';
import { createWriter, type WrittenRequest } from './writer.ts';

/** What a run needs of a connection. */
export interface UploadConnection {
  readonly iam: IAMClient;
  readonly sts: STSClient;
  /** Clients that sign with the given credentials, or with the connection's own. The run destroys them. */
  clientsFor(credentials?: UploadCredentials): { readonly s3: S3Client; readonly s3tables: S3TablesClient };
  /** Absent where there is no ledger: on AWS. */
  readonly readLedger?: ReadLedger;
  /** World time, ISO 8601. */
  worldNow(): Promise<string>;
}

/** Where a run writes down what happens. */
export interface UploadSink {
  save(run: UploadRun): void;
  saveObjects(runId: string, objects: readonly UploadedObject[]): void;
}

const LEDGER_INTERVAL_MS = 400;

/**
 * Performs a simulated upload: becomes its principal, writes its objects through the official client with as many
 * requests at once as planned, and joins each with what the ledger says of it. Never rejects: what went wrong stands
 * in the run that it resolves with.
 */
export async function runUpload(
  start: UploadRun,
  connection: UploadConnection,
  sink: UploadSink,
  signal: AbortSignal,
): Promise<UploadRun> {
  let run = start;
  const update = (changes: Partial<UploadRun>): UploadRun => {
    run = { ...run, ...changes };
    sink.save(run);
    return run;
  };
  let giveBack: (() => Promise<void>) | undefined;
  try {
    const worldStartedAt = await connection.worldNow();
    const borrowed = await becomePrincipal(run.plan.principal, run.id, connection);
    giveBack = () => borrowed.giveBack();
    const { principalArn, credentials } = borrowed;
    update({ worldStartedAt, principalArn, ...(credentials && { accessKeyId: credentials.accessKeyId }) });
    const clients = connection.clientsFor(credentials);
    try {
      const follower = connection.readLedger && followLedger(connection.readLedger, principalArn, worldStartedAt);
      const tally = createTally(run.id, sink, follower);
      await perform(run, createWriter(run.plan, clients, run.id), tally, signal, (counters) => update({ counters }));
      await tally.catchUp();
      update({ counters: tally.counters() });
    } finally {
      clients.s3.destroy();
      clients.s3tables.destroy();
    }
    return update({ status: signal.aborted ? 'cancelled' : 'done', endedAt: new Date().toISOString() });
  } catch (error) {
    if (signal.aborted) return update({ status: 'cancelled', endedAt: new Date().toISOString() });
    return update({ status: 'failed', endedAt: new Date().toISOString(), problem: problemOf(error) });
  } finally {
    await giveBack?.().catch(() => undefined);
  }
}

type Tally = ReturnType<typeof createTally>;

async function perform(
  run: UploadRun,
  writer: ReturnType<typeof createWriter>,
  tally: Tally,
  signal: AbortSignal,
  report: (counters: UploadCounters) => void,
): Promise<void> {
  let next = 0;
  async function worker(): Promise<void> {
    while (next < run.plan.objects && !signal.aborted) {
      const index = next;
      next += 1;
      await writer(index, signal, (request) => tally.add(request));
    }
  }
  const ended = new AbortController();
  const following = (async () => {
    while (!ended.signal.aborted) {
      await new Promise((resolve) => void setTimeout(resolve, LEDGER_INTERVAL_MS));
      await tally.catchUp();
      report(tally.counters());
    }
  })();
  try {
    await Promise.all(Array.from({ length: Math.min(run.plan.concurrency, run.plan.objects) }, worker));
  } finally {
    ended.abort();
    await following;
  }
}

/** Counts requests, and joins each with its ledger record when that has been read. */
function createTally(
  runId: string,
  sink: UploadSink,
  follower: { poll(): Promise<readonly LedgerRecord[]> } | undefined,
) {
  const latencies = createLatencies();
  const waiting = new Map<string, UploadedObject>();
  const early = new Map<string, LedgerRecord>();
  let unsaved: UploadedObject[] = [];
  let counters = EMPTY_COUNTERS;
  let position = 0;

  function join(object: UploadedObject, record: LedgerRecord): void {
    const made = record.keyOperations.filter(({ kind }) => kind === 'made').length;
    counters = {
      ...counters,
      made: counters.made + made,
      spared: counters.spared + record.keyOperations.length - made,
    };
    const decidedBy = record.decisions.find(({ outcome }) => outcome !== 'allow')?.decidedBy;
    unsaved.push({
      ...object,
      keyOperations: record.keyOperations,
      ...(object.error && { error: { ...object.error, ...(decidedBy !== undefined && { decidedBy }) } }),
    });
  }

  return {
    counters: (): UploadCounters => ({
      ...counters,
      latencyP50: latencies.percentile(0.5),
      latencyP99: latencies.percentile(0.99),
    }),
    add(request: WrittenRequest) {
      const object: UploadedObject = { ...request, index: position, keyOperations: [] };
      position += 1;
      latencies.add(request.latencyMs);
      counters = {
        ...counters,
        finished: counters.finished + (request.isObject ? 1 : 0),
        failed: counters.failed + (request.error === undefined ? 0 : 1),
        bytes: counters.bytes + (request.error === undefined ? request.bytes : 0),
      };
      const record = early.get(request.requestId);
      if (record !== undefined) {
        early.delete(request.requestId);
        join(object, record);
      } else {
        unsaved.push(object);
        if (follower !== undefined) waiting.set(request.requestId, object);
      }
    },
    /** Reads what is new in the ledger and writes down everything that is known. */
    async catchUp() {
      for (const record of (await follower?.poll()) ?? []) {
        const object = waiting.get(record.requestId);
        if (object !== undefined) {
          waiting.delete(record.requestId);
          join(object, record);
        } else if (record.operation === 'CreateSession') {
          // The SDK opens sessions by itself: they are nobody's request, yet KMS is asked there (DB-40).
          join(sessionRequest(record, position), record);
          position += 1;
        } else early.set(record.requestId, record);
      }
      sink.saveObjects(runId, unsaved);
      unsaved = [];
    },
  };
}

function sessionRequest(record: LedgerRecord, index: number): UploadedObject {
  return {
    index,
    operation: record.operation,
    key: '',
    bytes: 0,
    latencyMs: record.durationMs,
    requestId: record.requestId,
    status: record.status,
    keyOperations: [],
    ...(record.error && { error: record.error }),
  };
}

/** What an SDK error tells a person: code, sentence, request id. */
export function problemOf(error: unknown): { code: string; message: string; requestId?: string } {
  const it = error as { name?: string; message?: string; $metadata?: { requestId?: string } };
  return {
    code: it.name ?? 'Error',
    message: it.message ?? String(error),
    ...(it.$metadata?.requestId !== undefined && { requestId: it.$metadata.requestId }),
  };
}
