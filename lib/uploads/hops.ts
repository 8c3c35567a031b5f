/** One object's way through S3 and KMS, hop by hop, from what the emulator recorded of it. */

import type { KeyOperation, LedgerRecord } from '../contract/ledger.ts';
import type { UploadedObject } from './record.ts';

export interface Hop {
  readonly kind:
    | 'sign'
    | 'session'
    | 'authorise'
    | 'key-spared'
    | 'key-made'
    | 'encrypt'
    | 'answer'
    | 'event'
    | 'refused';
  readonly title: string;
  readonly detail: string;
  /** Pairs of the encryption context. */
  readonly context?: Readonly<Record<string, string>>;
  /** Milliseconds since the request was signed, where it was measured. */
  readonly at?: number;
  /** A document to look into: a CloudTrail event, the headers that S3 noted. */
  readonly document?: { readonly name: string; readonly json: string };
}

export interface ObjectStory {
  readonly index: number;
  readonly title: string;
  readonly status: number;
  readonly error?: string;
  readonly requestId: string;
  readonly hops: readonly Hop[];
}

type TrailRecord = Readonly<Record<string, unknown>>;

/**
 * The hops of one request. `record` and `events` are what the emulator keeps of it; without them only what the client
 * saw is told.
 */
export function hopsOf(
  object: UploadedObject,
  record: LedgerRecord | undefined,
  events: readonly TrailRecord[],
): ObjectStory {
  const { operation, key, bytes, keyOperations, error, latencyMs, status } = object;
  const hops: Hop[] = [];
  const own = events.find(({ eventName }) => eventName === baseName(operation)) ?? events[0];
  hops.push({
    kind: 'sign',
    title: operation,
    detail: key === '' ? 'Signed with Signature Version 4.' : key,
    at: 0,
    ...(own !== undefined && { document: { name: 'Headers as S3 noted them', json: headersOf(own) } }),
  });
  if (record !== undefined) {
    const session = /:assumed-role\/([^/]+)\/(.+)$/.exec(record.principalArn);
    hops.push({
      kind: 'session',
      title: session ? `Session ${session[2]} of role ${session[1]}` : `As ${tail(record.principalArn)}`,
      detail: `${record.principalArn}, access key ${record.accessKeyId}${record.accessKeyId.startsWith('ASIAS3X') ? ', a session of the directory bucket' : ''}`,
    });
    for (const decision of record.decisions.filter(({ action }) => !action.startsWith('kms:'))) {
      hops.push({
        kind: decision.outcome === 'allow' ? 'authorise' : 'refused',
        title: `${decision.action} ${decision.outcome === 'allow' ? 'allowed' : 'refused'}`,
        detail: `Decided by the ${words(decision.decidedBy)}${decision.statement === undefined ? '' : `, statement ${decision.statement}`}.`,
      });
    }
  }
  for (const it of keyOperations) hops.push(...keyHops(it, record));
  if (error === undefined && keyOperations.length > 0 && /^(Put|Copy|UploadPart|CreateMultipart)/.test(operation)) {
    hops.push({
      kind: 'encrypt',
      title: 'Encrypted with AES-256-GCM',
      detail: `${bytes.toLocaleString('en-US')} bytes under a data key of this object; its wrapped form is kept beside it.`,
    });
  }
  hops.push({
    kind: error === undefined ? 'answer' : 'refused',
    title: `S3 answers ${status || ''}${error === undefined ? '' : ` ${error.code}`}`.replace('  ', ' '),
    detail:
      error === undefined
        ? record === undefined
          ? 'Stored.'
          : `${record.durationMs.toFixed(1)} ms inside the emulator, ${latencyMs.toFixed(1)} ms as the client saw it.`
        : `“${error.message}”`,
    at: latencyMs,
  });
  events.forEach((event, index) => {
    hops.push({
      kind: 'event',
      title: `CloudTrail: ${text(event['eventName'])}`,
      detail: `${text(event['eventSource'])}, ${event['managementEvent'] === true ? 'a management event' : 'a data event'}${typeof event['errorCode'] === 'string' ? `, ${event['errorCode']}` : ''}`,
      document: { name: `Event ${index + 1}`, json: JSON.stringify(event, null, 2) },
    });
  });
  return {
    index: object.index,
    title:
      `Request ${(object.index + 1).toLocaleString('en-US')}, ${error === undefined ? 'stored' : 'refused'}`.replace(
        'stored',
        operation.startsWith('Put') || operation.startsWith('Copy') ? 'stored' : 'answered',
      ),
    status,
    requestId: object.requestId,
    ...(error && { error: error.code }),
    hops,
  };
}

function keyHops(it: KeyOperation, record: LedgerRecord | undefined): Hop[] {
  const context = { context: it.encryptionContext };
  const what = it.answeredBy === 'table-key' ? 'Table key' : 'Bucket key';
  if (it.kind === 'spared') {
    return [
      {
        kind: 'key-spared',
        title: `${what} is ${age(it.cachedKeyAge ?? 0)} old`,
        detail: `It answers for ${it.operation}: KMS is not asked, and no policy of the key either.`,
        ...context,
      },
    ];
  }
  const decision = it.decision === undefined ? undefined : record?.decisions[it.decision];
  const asked: Hop = {
    kind: 'key-made',
    title: `kms:${it.operation}`,
    detail: `S3 asks KMS as this requester${it.cachedKeyId === undefined ? '' : `; the answer is kept as a ${what.toLowerCase()}`}.`,
    ...context,
  };
  if (decision === undefined) return [asked];
  const allowed = decision.outcome === 'allow' && it.error === undefined;
  return [
    asked,
    {
      kind: allowed ? 'authorise' : 'refused',
      title: allowed ? 'Allowed by KMS' : 'Refused by KMS',
      detail: allowed
        ? `Decided by the ${words(decision.decidedBy)}${decision.statement === undefined ? '' : `, statement ${decision.statement}`}.`
        : decision.outcome === 'explicit-deny'
          ? `A statement of the ${words(decision.decidedBy)} denies it${decision.statement === undefined ? '' : `: ${decision.statement}`}.`
          : (it.error?.message ?? 'No statement of the key policy, no grant and no usable IAM policy allows it.'),
    },
  ];
}

function headersOf(event: TrailRecord): string {
  const { requestParameters, responseElements, additionalEventData, userAgent, sourceIPAddress } = event;
  return JSON.stringify(
    { userAgent, sourceIPAddress, requestParameters, responseElements, additionalEventData },
    null,
    2,
  );
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const words = (layer: string): string => layer.replaceAll('-', ' ');
const tail = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
const baseName = (operation: string): string => (operation === 'ListObjectsV2' ? 'ListObjects' : operation);

/** `0:07`, `4:59`. */
function age(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
