import type { UploadedObject } from './record.ts';

export type Timed = Pick<UploadedObject, 'operation' | 'latencyMs' | 'requestId' | 'status' | 'error'>;

interface Answered {
  readonly $metadata: { requestId?: string | undefined; httpStatusCode?: number | undefined };
}

/** Sends one request and says how it went; never rejects. */
export async function timed(operation: string, send: () => Promise<Answered>): Promise<Timed> {
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
