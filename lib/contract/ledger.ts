/**
 * What the emulator records of one request, as the console reads it from `GET /_emulator/ledger`.
 * CloudTrail events are the part of this that AWS would show; the ledger is the whole.
 */

/** A KMS operation that serving a request needs. */
export type KeyOperationName =
  | 'GenerateDataKey'
  | 'GenerateDataKeyWithoutPlaintext'
  | 'Decrypt'
  | 'Encrypt'
  | 'ReEncrypt'
  | 'DescribeKey'
  | 'CreateGrant';

/**
 * One key operation of one request: `made` reached KMS, `spared` was answered by a key that S3 still held
 * (BK-04, BK-08, TB-12, DB-25).
 */
export interface KeyOperation {
  readonly kind: 'made' | 'spared';
  readonly operation: KeyOperationName;
  /** Full ARN where the key was found, otherwise the identifier as it was sent. */
  readonly keyArn: string;
  /** ARN of the principal that KMS sees. */
  readonly principalArn: string;
  readonly encryptionContext: Readonly<Record<string, string>>;
  /** `s3.us-east-1.amazonaws.com` and the like; absent on a direct call. */
  readonly viaService?: string;
  readonly answeredBy: 'kms' | 'bucket-key' | 'table-key' | 'session';
  /** Id of the bucket key or table key that answered, or that this call gave birth to. */
  readonly cachedKeyId?: string;
  /** Age in seconds of world time of the key that answered. */
  readonly cachedKeyAge?: number;
  /** Index into `LedgerRecord.decisions`: why KMS allowed or refused. Absent on spared operations (BK-08). */
  readonly decision?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** The verdict on one action; the whole trace is at `GET /_emulator/decisions/REQUESTID`. */
export interface DecisionSummary {
  readonly action: string;
  readonly resource: string;
  readonly principalArn: string;
  readonly outcome: 'allow' | 'explicit-deny' | 'implicit-deny';
  /** The layer that decided, as in `lib/access`. */
  readonly decidedBy: string;
  /** Sid or position of the deciding statement, or a grant id. */
  readonly statement?: string;
}

/** One request that reached the emulator and was authenticated, whatever came of it. */
export interface LedgerRecord {
  readonly requestId: string;
  /** World time, ISO 8601. */
  readonly time: string;
  readonly accountId: string;
  readonly region: string;
  /** `kms`, `s3`, `s3tables`, … */
  readonly service: string;
  readonly operation: string;
  readonly principalArn: string;
  readonly accessKeyId: string;
  /** ARN of what the request was about: bucket, object, key, table. */
  readonly resource?: string;
  /** ARN of the bucket, table or key to which `resource` belongs; equal to it where there is no parent. */
  readonly parent?: string;
  readonly bytes?: number;
  readonly status: number;
  readonly error?: { readonly code: string; readonly message: string };
  /** Machine time from first byte to answer, in milliseconds. */
  readonly durationMs: number;
  readonly keyOperations: readonly KeyOperation[];
  readonly decisions: readonly DecisionSummary[];
  /** CloudTrail event ids that belong to this request. */
  readonly eventIds: readonly string[];
}

/** Answer of `GET /_emulator/ledger`. */
export interface LedgerPage {
  readonly records: readonly LedgerRecord[];
  /** Pass as `after` to read on; absent on the last page. */
  readonly next?: string;
}

/** Sums over a time span, answer of `GET /_emulator/ledger/totals`. */
export interface LedgerTotals {
  readonly requests: number;
  readonly made: number;
  readonly spared: number;
  readonly refused: number;
  /** One entry per interval of the span, oldest first. */
  readonly series: readonly {
    readonly time: string;
    readonly requests: number;
    readonly made: number;
    readonly spared: number;
    readonly refused: number;
  }[];
}
