import type { KeyOperation } from '../contract/ledger.ts';
import type { UploadPlan } from './plan.ts';

export type UploadStatus = 'running' | 'paused' | 'done' | 'cancelled' | 'failed' | 'interrupted';

/** Sums over a run. `made` and `spared` are the emulator's own numbers; zero where the connection has no ledger. */
export interface UploadCounters {
  /** Planned operations that came to an end, refused ones too. */
  readonly finished: number;
  /** Requests that were refused. */
  readonly failed: number;
  /** Of those, the ones that KMS or S3 had too many of. */
  readonly throttled: number;
  readonly bytes: number;
  readonly made: number;
  readonly spared: number;
  /** Requests that cost as PUT, COPY, POST and LIST do, and those that cost as GET does. */
  readonly puts: number;
  readonly gets: number;
  /** Median and 99th percentile of the request latency in milliseconds. */
  readonly latencyP50: number;
  readonly latencyP99: number;
}

/** Requests in equal intervals of machine time. */
export interface RunSeries {
  /** Seconds of each interval; doubles when there are too many. */
  readonly step: number;
  readonly requests: readonly number[];
  readonly made: readonly number[];
  readonly spared: readonly number[];
  readonly refused: readonly number[];
}

/** A permission that was taken in the middle of a run. */
export interface Revocation {
  readonly requester: number;
  /** World time, ISO 8601. */
  readonly at: string;
  /** What was called: "iam:PutRolePolicy IngestWriter". */
  readonly call: string;
  readonly what: 'kms' | 'everything';
}

/** A requester that could not go on. */
export interface Halt {
  readonly requester: number;
  readonly code: string;
  readonly message: string;
  /** Operations it had done. */
  readonly done: number;
}

/** A run, kept after it has ended. */
export interface UploadRun {
  readonly id: string;
  /** The connection and account it belongs to: runs of one world do not appear in another. */
  readonly scope: string;
  readonly region: string;
  readonly plan: UploadPlan;
  readonly status: UploadStatus;
  /** Machine time, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /** World time of the emulator at the start and at the end, ISO 8601. */
  readonly worldStartedAt?: string;
  readonly worldEndedAt?: string;
  /** Milliseconds that the requests took, pauses left out. */
  readonly busyMs?: number;
  readonly counters: UploadCounters;
  readonly series?: RunSeries;
  /** Who KMS saw, by requester. */
  readonly principals?: readonly string[];
  /** Access keys of the run's sessions: CloudTrail finds its events by the first. */
  readonly accessKeyIds?: readonly string[];
  readonly revoked?: Revocation;
  readonly halts?: readonly Halt[];
  /** The process that makes it, or made it last. */
  readonly pid?: number;
  /** How often the console was started anew while it went. */
  readonly continued?: number;
  /** Why a run failed as a whole, before or beside its objects. */
  readonly problem?: { readonly code: string; readonly message: string; readonly requestId?: string };
}

/** One request of a run and what it asked of KMS. */
export interface UploadedObject {
  /** Position in the run, from 0, in order of completion. */
  readonly index: number;
  /** Which requester of the plan made it, and which of its operations it belongs to; -1 for none (CreateSession). */
  readonly requester: number;
  readonly turn: number;
  /** `PutObject`; for a table also the requests of the commit; `CreateSession` of a directory bucket. */
  readonly operation: string;
  readonly key: string;
  readonly bytes: number;
  readonly latencyMs: number;
  readonly requestId: string;
  readonly status: number;
  /** World time in milliseconds, once the ledger has told. */
  readonly time?: number;
  /** Access key of the session that signed it. */
  readonly accessKeyId?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly decidedBy?: string };
  readonly keyOperations: readonly KeyOperation[];
}

export const EMPTY_COUNTERS: UploadCounters = {
  finished: 0,
  failed: 0,
  throttled: 0,
  bytes: 0,
  made: 0,
  spared: 0,
  puts: 0,
  gets: 0,
  latencyP50: 0,
  latencyP99: 0,
};

/** Whether a run may still go on. */
export const isOpen = ({ status }: Pick<UploadRun, 'status'>): boolean => status === 'running' || status === 'paused';
