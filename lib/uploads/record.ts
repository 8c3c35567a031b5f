import type { KeyOperation } from '../contract/ledger.ts';
import type { UploadPlan } from './plan.ts';

export type UploadStatus = 'running' | 'done' | 'cancelled' | 'failed' | 'interrupted';

/** Sums over a run. `made` and `spared` are the emulator's own numbers; zero where the connection has no ledger. */
export interface UploadCounters {
  readonly finished: number;
  readonly failed: number;
  readonly bytes: number;
  readonly made: number;
  readonly spared: number;
  /** Median and 99th percentile of the request latency in milliseconds. */
  readonly latencyP50: number;
  readonly latencyP99: number;
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
  /** World time of the emulator at the start, ISO 8601: the ledger is read from here. */
  readonly worldStartedAt?: string;
  readonly counters: UploadCounters;
  /** Who KMS saw. */
  readonly principalArn?: string;
  /** Access key of the run: CloudTrail finds its events by it. */
  readonly accessKeyId?: string;
  /** Why a run failed as a whole, before or beside its objects. */
  readonly problem?: { readonly code: string; readonly message: string; readonly requestId?: string };
}

/** One request of a run and what it asked of KMS. */
export interface UploadedObject {
  /** Position in the run, from 0, in order of completion. */
  readonly index: number;
  /** `PutObject`; for a table also the requests of the commit; `CreateSession` of a directory bucket. */
  readonly operation: string;
  readonly key: string;
  readonly bytes: number;
  readonly latencyMs: number;
  readonly requestId: string;
  readonly status: number;
  readonly error?: { readonly code: string; readonly message: string; readonly decidedBy?: string };
  readonly keyOperations: readonly KeyOperation[];
}

export const EMPTY_COUNTERS: UploadCounters = {
  finished: 0,
  failed: 0,
  bytes: 0,
  made: 0,
  spared: 0,
  latencyP50: 0,
  latencyP99: 0,
};
