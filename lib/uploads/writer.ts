import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3TablesClient } from '@aws-sdk/client-s3tables';
import { bodyMaker } from './body.ts';
import type { UploadPlan } from './plan.ts';
import type { UploadedObject } from './record.ts';

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
  if (plan.target.kind === 'table') throw new Error('The writer for tables follows.');
  return objectWriter(plan.target.bucket, plan.size, clients.s3, runId);
}

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
