/** What the world holds that a set-up builds on: read once for each step, never guessed. */

import type { Grant, PolicySet, Principal } from '../access/index.ts';
import type { BucketKind, Target } from './choices.ts';

/** A KMS key that exists. */
export interface KeyFacts {
  readonly arn: string;
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly state: string;
  readonly manager: 'CUSTOMER' | 'AWS';
  readonly spec: string;
  readonly usage: string;
  readonly origin: string;
  readonly multiRegion: boolean;
  /** First alias, where there is one. */
  readonly alias?: string;
  /** Absent where it could not be read: for a key of another account it never can. */
  readonly policy?: string;
  readonly grants: readonly Grant[];
}

/** A bucket that exists. */
export interface TargetFacts {
  readonly kind: BucketKind;
  readonly name: string;
  readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  readonly keyArn?: string;
  readonly bucketKey?: boolean;
  /** General purpose buckets: whether SSE-C uploads are blocked. */
  readonly blocksCustomerKeys?: boolean;
  /** Resource policy; absent where there is none. */
  readonly policy?: string;
  /** Tables, for a table bucket. */
  readonly tables?: number;
}

export interface Facts {
  readonly account: string;
  readonly region: string;
  /** The chosen key, where it exists. */
  readonly key?: KeyFacts;
  readonly targets: readonly TargetFacts[];
  /** ARNs of the users and roles of the account. */
  readonly principals: ReadonlySet<string>;
  /** Documents of inline policies, by `ARN POLICYNAME`. */
  readonly inline: ReadonlyMap<string, string>;
  /** Everything that stands on a caller's side. */
  readonly callerSide: (principal: Principal) => Omit<PolicySet, 'resource' | 'grants'>;
}

/** ARN of a bucket. */
export function arnOf(
  { kind, name }: Pick<Target, 'kind' | 'name'>,
  { account, region }: Pick<Facts, 'account' | 'region'>,
): string {
  switch (kind) {
    case 'table':
      return `arn:aws:s3tables:${region}:${account}:bucket/${name}`;
    case 'directory':
      return `arn:aws:s3express:${region}:${account}:bucket/${name}`;
    case 'general':
      return `arn:aws:s3:::${name}`;
  }
}

/** The service role of Lake Formation's integration with S3 Tables (PERM-05). */
export const lakeFormationRole = ({ account }: Pick<Facts, 'account'>): string =>
  `arn:aws:iam::${account}:role/service-role/S3TablesRoleForLakeFormation`;

/** What S3 Tables is called as where it maintains tables, and where it writes S3 Metadata (PERM-03, PERM-07). */
export const MAINTENANCE = 'maintenance.s3tables.amazonaws.com';
export const METADATA = 'metadata.s3.amazonaws.com';
