/** Calls as they came out, and as the ledger has them. */

import type { LedgerRecord } from '../contract/ledger.ts';
import type { Amount } from './story.ts';

/** How one call ended, refused or not. */
export interface Attempt {
  readonly ok: boolean;
  readonly requestId: string;
  readonly error?: { readonly code: string; readonly message: string };
}

interface Answered {
  readonly $metadata: { readonly requestId?: string };
}

/** Waits for a call of an SDK client. A refusal is an answer; what never reached the emulator is thrown. */
export async function attempt(call: Promise<Answered>): Promise<Attempt> {
  try {
    return { ok: true, requestId: (await call).$metadata.requestId ?? '' };
  } catch (thrown) {
    // What the SDK throws for an answer of the service carries its metadata.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const error = thrown as Partial<Answered> & { name: string; message: string };
    const requestId = error.$metadata?.requestId;
    if (requestId === undefined) throw thrown;
    return { ok: false, requestId, error: { code: error.name, message: error.message } };
  }
}

/** Makes calls one after another, so that a world with a seed gives them the same ids each time. */
export async function inTurn<T>(count: number, call: (index: number) => Promise<T>): Promise<readonly T[]> {
  const answers: T[] = [];
  for (let index = 0; index < count; index += 1) answers.push(await call(index));
  return answers;
}

/** One call for people: who, what, on what, and what KMS had to do with it. */
export interface CallRow {
  readonly requestId: string;
  readonly by: string;
  /** `s3:PutObject` */
  readonly call: string;
  readonly on: string;
  readonly ok: boolean;
  /** Code and sentence of the refusal. */
  readonly error?: { readonly code: string; readonly message: string };
  /** `made GenerateDataKey` and the like, equal ones together. */
  readonly keys: readonly { readonly kind: 'made' | 'spared'; readonly operation: string; readonly count: number }[];
}

export function callRow(record: LedgerRecord, on = lastPart(record.resource ?? '')): CallRow {
  const keys = new Map<string, CallRow['keys'][number]>();
  for (const { kind, operation } of record.keyOperations) {
    const name = `${kind} ${operation}`;
    keys.set(name, { kind, operation, count: (keys.get(name)?.count ?? 0) + 1 });
  }
  return {
    requestId: record.requestId,
    by: record.principalArn,
    call: `${record.service}:${record.operation}`,
    on,
    ok: record.status < 400,
    ...(record.error !== undefined && { error: record.error }),
    keys: [...keys.values()],
  };
}

/** Requests to KMS that were made and spared in these records; refused counts records. */
export function amountOf(label: string, about: string, records: readonly LedgerRecord[]): Amount {
  const operations = records.flatMap((record) => record.keyOperations);
  return {
    label,
    about,
    made: operations.filter(({ kind }) => kind === 'made').length,
    spared: operations.filter(({ kind }) => kind === 'spared').length,
    refused: records.filter(({ status }) => status >= 400).length,
  };
}

export const only = (records: readonly LedgerRecord[], attempts: readonly Attempt[]): readonly LedgerRecord[] => {
  const ids = new Set(attempts.map(({ requestId }) => requestId));
  return records.filter(({ requestId }) => ids.has(requestId));
};

/** `key/…` and bucket ARNs by what a person knows them by. */
function lastPart(arn: string): string {
  const [, , , , , ...rest] = arn.split(':');
  return rest.join(':') || arn;
}
