/** Copies as jobs: the objects of a directory bucket, or the rows of a table, into a new one with another key. */

export interface CopyJob {
  readonly id: string;
  /** The connection to which it belongs. */
  readonly scope: string;
  readonly kind: 'objects' | 'table';
  /** ARN of the bucket or table that is copied. */
  readonly source: string;
  /** What people call the new one, and its name parts. */
  readonly target: { readonly bucket: string; readonly namespace?: string; readonly table?: string };
  readonly status: 'running' | 'done' | 'cancelled' | 'failed' | 'interrupted';
  /** Machine time, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Objects or data files; the total is known once all are listed. */
  readonly done: number;
  readonly total?: number;
  readonly bytes: number;
  readonly rows: number;
  /** Objects that could not be copied; the first ones by name. */
  readonly failed: number;
  readonly failures: readonly { readonly name: string; readonly code: string; readonly message: string }[];
  readonly problem?: string;
}

/** What a job tells while it goes. */
export type CopyProgress = Partial<Pick<CopyJob, 'done' | 'total' | 'bytes' | 'rows' | 'failed' | 'failures'>>;
