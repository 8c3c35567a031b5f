import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3TablesClient } from '@aws-sdk/client-s3tables';
import { bodyMaker } from './body.ts';
import { openTable, type TableWriter } from './iceberg/append.ts';
import type { UploadPlan } from './plan.ts';
import type { UploadedObject } from './record.ts';
import { DEFAULT_COLUMNS, makeRows } from './table-rows.ts';

/** One request that a run made, as far as the client knows it. */
export interface WrittenRequest extends Omit<UploadedObject, 'index' | 'keyOperations'> {
  /** Whether it counts as one of the planned objects: the request of a commit does not. */
  readonly isObject: boolean;
}

/** Writes object `index` of a run and tells of each request; resolves also when one was refused, rejects only on abort. */
export type Writer = (index: number, signal: AbortSignal, tell: (request: WrittenRequest) => void) => Promise<void>;

/** The writer for a plan's target. */
export function createWriter(
  plan: UploadPlan,
  clients: { readonly s3: S3Client; readonly s3tables: S3TablesClient },
  runId: string,
): Writer {
  if (plan.target.kind === 'table') return tableWriter(plan.target, plan.size, clients);
  return objectWriter(plan.target.bucket, plan.size, clients.s3, runId);
}

type TableTarget = Extract<UploadPlan['target'], { kind: 'table' }>;

/**
 * Appends to a table: each object is a data file with a snapshot of its own. The requests of the commits are told too;
 * only the data file counts as one of the planned objects.
 */
function tableWriter(
  { tableBucketArn, namespace, name }: TableTarget,
  size: number,
  clients: { readonly s3: S3Client; readonly s3tables: S3TablesClient },
): Writer {
  let listener: ((request: WrittenRequest) => void) | undefined;
  let opened: Promise<TableWriter> | undefined;
  const open = (signal: AbortSignal) =>
    openTable({
      ...clients,
      table: { tableBucketARN: tableBucketArn, namespace, name },
      columns: DEFAULT_COLUMNS,
      signal,
      onObject: ({ operation, kind, key, bytes, latencyMs, requestId = '', error }) =>
        listener?.({
          operation,
          key,
          bytes: operation === 'PutObject' ? bytes : 0,
          latencyMs,
          requestId,
          status: error === undefined ? 200 : 0,
          isObject: kind === 'data',
          ...(error && { error }),
        }),
    });
  return async (index, signal, tell) => {
    listener = tell;
    opened ??= open(signal);
    // A table that can't be opened fails the run: every append would fail the same way.
    const table = await opened;
    try {
      const rows = makeRows(table.columns() ?? DEFAULT_COLUMNS, size, index * 100_000);
      await table.commit([await table.writeDataFile(rows)]);
    } catch (error) {
      // Refused requests have been told one by one; anything else is no answer of AWS and ends the run.
      if (signal.aborted || !isRefusal(error)) throw error;
    }
  };
}

const isRefusal = (error: unknown): boolean =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== undefined;

function objectWriter(bucket: string, size: number, s3: S3Client, runId: string): Writer {
  const makeBody = bodyMaker(size);
  return async (index, signal, tell) => {
    const key = `uploads/${runId}/${String(index).padStart(6, '0')}`;
    const put = new PutObjectCommand({ Bucket: bucket, Key: key, Body: makeBody(index), ContentLength: size });
    tell({
      ...(await timed('PutObject', () => s3.send(put, { abortSignal: signal }), signal)),
      key,
      bytes: size,
      isObject: true,
    });
  };
}

type Timed = Pick<UploadedObject, 'operation' | 'latencyMs' | 'requestId' | 'status' | 'error'>;

/** Sends one request and says how it went; only an abort rejects. */
export async function timed(
  operation: string,
  send: () => Promise<{ $metadata: { requestId?: string | undefined; httpStatusCode?: number | undefined } }>,
  signal: AbortSignal,
): Promise<Timed> {
  const begun = performance.now();
  try {
    const { $metadata } = await send();
    return {
      operation,
      latencyMs: performance.now() - begun,
      requestId: $metadata.requestId ?? '',
      status: $metadata.httpStatusCode ?? 0,
    };
  } catch (error) {
    if (signal.aborted) throw error;
    const it = error as {
      name?: string;
      message?: string;
      $metadata?: { requestId?: string; httpStatusCode?: number };
    };
    return {
      operation,
      latencyMs: performance.now() - begun,
      requestId: it.$metadata?.requestId ?? '',
      status: it.$metadata?.httpStatusCode ?? 0,
      error: { code: it.name ?? 'Error', message: it.message ?? String(error) },
    };
  }
}
