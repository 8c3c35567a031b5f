/** What a workload asks of S3, in numbers. All counts are for the whole period and for one Region. */

export type TargetKind = 'bucket' | 'directory-bucket' | 'table';

/** How new and existing objects are encrypted. */
export type Encryption = 'AES256' | 'aws:kms' | 'aws:kms:dsse';

export interface Requests {
  /** Objects written in one request. */
  readonly puts: number;
  readonly gets: number;
  /** Objects written in parts, `partsEach` of them. */
  readonly multiparts: number;
  readonly partsEach: number;
  /** CopyObject; both ends are encrypted alike. */
  readonly copies: number;
  readonly lists: number;
  /** Snapshots appended to an Iceberg table: data file, manifest, manifest list, metadata. */
  readonly appends: number;
  /** Queries of an Iceberg table: metadata, manifest list, a manifest, and `filesEach` data files. */
  readonly scans: number;
  readonly filesEach: number;
}

export const NO_REQUESTS: Requests = {
  puts: 0,
  gets: 0,
  multiparts: 0,
  partsEach: 2,
  copies: 0,
  lists: 0,
  appends: 0,
  scans: 0,
  filesEach: 1,
};

export interface Workload {
  readonly target: TargetKind;
  readonly encryption: Encryption;
  /** S3 Bucket Key; only general purpose buckets have the choice (BK-02, DB-25, TB-12). */
  readonly bucketKey: boolean;
  /** A customer managed key costs a dollar a month, the AWS managed one nothing (COST-04). */
  readonly customerKey: boolean;
  /** KMS keys that the objects are spread over evenly. */
  readonly keys: number;
  /** Principals that S3 tells apart: roles, users, accounts, sets of session policies (BK-06). They share the work evenly. */
  readonly requesters: number;
  readonly requests: Requests;
  /** Stretches in which the workload runs, a night each for instance; no key is still held from the one before. */
  readonly stretches: number;
  /** Seconds of each stretch; requests are spaced evenly in it. */
  readonly stretchSeconds: number;
  /** Seconds from begin to end, for prices by the month. */
  readonly periodSeconds: number;
  /** Highest request rate as a multiple of the average. */
  readonly peak: number;
  /** Bytes of an object, or of an append's data file. */
  readonly objectBytes: number;
  /** Bucket or table keys that wrapped the objects which are read: the more, the older and the more hands they are from (BK-07). */
  readonly wrappingKeys: number;
  /** Whether a reader goes through the objects as they were written, or all over them evenly. */
  readonly readOrder: 'as-written' | 'spread';
  readonly regions: readonly string[];
}

/** What AWS does not publish, and what a reader may know better. */
export interface Assumptions {
  /** Seconds for which S3 keeps a bucket key or table key (BK-05, TB-12). */
  readonly keyLifetime: number;
  /** Requests a second by Region where an account has a quota of its own. */
  readonly quotas?: Readonly<Record<string, number>>;
}

/** Whether keys that S3 keeps answer for KMS at all. */
export function keepsKeys(workload: Pick<Workload, 'target' | 'encryption' | 'bucketKey'>): boolean {
  if (workload.encryption !== 'aws:kms') return false;
  return workload.target !== 'bucket' || workload.bucketKey;
}
