/** What every call to AWS comes back as: never an exception, never a stack trace. */

/** The HTTP request that an SDK client really sent, without credentials. */
export interface SentRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One API call as it was made: enough to say it again in the AWS CLI, in TypeScript and in HTTP. */
export interface CallRecord {
  readonly service: 'kms' | 's3' | 's3tables' | 'iam' | 'sts' | 'cloudtrail';
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly endpoint?: string;
  readonly region: string;
  readonly request?: SentRequest;
}

/** Why a call failed, in AWS's words. */
export interface AwsFailure {
  /** AWS's error code, or `Unreachable`, `TimedOut`, `TlsFailed`, `NoCredentials`, `ReadOnly`. */
  readonly code: string;
  readonly message: string;
  readonly status?: number;
  readonly requestId?: string;
  /** `kms:ListKeys`: what was being done. */
  readonly action: string;
}

export type Result<T> =
  | { readonly ok: true; readonly data: T; readonly requestId?: string; readonly call?: CallRecord }
  | { readonly ok: false; readonly error: AwsFailure; readonly call?: CallRecord };

/** The same result with its data changed; a failure passes through. */
export function mapResult<T, U>(result: Result<T>, change: (data: T) => U): Result<U> {
  return result.ok ? { ...result, data: change(result.data) } : result;
}

/** The data, or what stands for it when the call failed. */
export function dataOr<T>(result: Result<T>, otherwise: T): T {
  return result.ok ? result.data : otherwise;
}

/** Whether a call failed only because the thing does not exist, which many reads take as an answer. */
export function isAbsent(result: Result<unknown>, ...codes: readonly string[]): boolean {
  return !result.ok && codes.includes(result.error.code);
}

/** Runs `work` over all items, at most `limit` at a time, and keeps their order. */
export async function mapLimited<T, U>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<U>,
): Promise<U[]> {
  const results = Array.from<U>({ length: items.length });
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
