/** What is known of an account, and the ways to its keys that follow from it. */

import type { Grant, Layer, Principal, SourcedPolicy } from '../types.ts';

export type PrincipalKind = 'user' | 'role' | 'session' | 'service' | 'account' | 'external' | 'everyone';

/** Somebody who may want a key. */
export interface KnownPrincipal {
  /** ARN of the user, role, session or root user; a service's DNS name; `*` for everyone. */
  readonly name: string;
  readonly kind: PrincipalKind;
  readonly principal: Principal;
  readonly identity: readonly SourcedPolicy[];
  readonly boundary?: SourcedPolicy;
  /** Whether its IAM policies were read. Where not, they are taken to allow, and every way says that it depends on them. */
  readonly read: boolean;
}

export interface KnownKey {
  readonly arn: string;
  /** As in KMS: Enabled, Disabled, … */
  readonly state: string;
  /** Absent where it could not be read. */
  readonly policy?: SourcedPolicy;
  /** A list of `grantList`. */
  readonly grants: readonly Grant[];
}

/** Something whose data a key encrypts by default. */
export interface Thing {
  readonly arn: string;
  readonly kind: 'bucket' | 'directory-bucket' | 'table-bucket' | 'table';
  readonly name: string;
  readonly keyArn: string;
  /** General purpose buckets: whether S3 sends the bucket's ARN as context (GP-17). */
  readonly bucketKey?: boolean;
  /** The table bucket of a table. */
  readonly parent?: string;
  /** Bucket policy, or table policy and table bucket policy. */
  readonly policies?: readonly SourcedPolicy[];
}

/** Everything that was read. What was not read is not in it, and is not taken as empty: the page says what is missing. */
export interface Picture {
  readonly accountId: string;
  readonly principals: readonly KnownPrincipal[];
  readonly keys: readonly KnownKey[];
  readonly things: readonly Thing[];
  /** World time in milliseconds: grants made a moment ago don't count everywhere yet (KMS-44). */
  readonly now?: number;
}

/** Grants of one key for one grantee that allow the same under constraints of the same kind. */
export interface GrantGroup {
  readonly grantee: string;
  /** Sorted. */
  readonly operations: readonly string[];
  readonly constraint: 'none' | 'equals' | 'subset' | 'source' | 'several';
  /** In the order in which they were given; at least one. */
  readonly grants: readonly Grant[];
}

/** Why somebody can use a key, or can't. */
export type Reason =
  | {
      readonly kind: 'statement';
      readonly statement: string;
      readonly position: number;
    }
  | {
      /** An IAM policy, which counts because a statement of the key policy leaves it to IAM. */
      readonly kind: 'identity';
      readonly source: string;
      readonly hash: string;
      readonly statement: string;
      readonly position: number;
      /** The statement of the key policy that lets IAM decide. */
      readonly through: string;
    }
  | { readonly kind: 'grant'; readonly group: GrantGroup }
  | { readonly kind: 'deny'; readonly layer: Layer; readonly source: string; readonly statement: string };

/** One action that a way gives. */
export interface Given {
  readonly action: string;
  /** For a call of one's own, without a service and without encryption context. */
  readonly direct: boolean;
  /** ARNs of things for whose data S3, S3 Express or S3 Tables may ask it. */
  readonly things: readonly string[];
}

/** One way of one principal to one key. */
export interface Way {
  readonly principal: string;
  readonly key: string;
  readonly reason: Reason;
  /** `administers`: it gives no use of the key for data. `denied`: something gives it, and a Deny takes it away. */
  readonly verdict: 'uses' | 'administers' | 'denied';
  /** What it gives, or takes away, in AWS's casing with the prefix `kms:`; sorted. */
  readonly actions: readonly string[];
  /** The same in detail. An action with neither is given only to a request that meets the conditions. Empty where denied. */
  readonly gives: readonly Given[];
  /** ARNs of all things whose data it opens. */
  readonly things: readonly string[];
  /** What must hold, in words; empty where nothing must. */
  readonly onlyIf: readonly string[];
  /** Statements that take it away in some of the cases. */
  readonly except: readonly string[];
}
