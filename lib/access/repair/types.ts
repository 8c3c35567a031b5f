/** The smallest changes that would turn a refusal into an allow. */

import type { Principal } from '../types.ts';

/** Where a change is made. */
export type RepairTarget = 'resource-policy' | 'identity-policy' | 'permissions-boundary' | 'grant';

/** A grant that would be made. */
export interface NewGrant {
  readonly grantee: string;
  readonly operations: readonly string[];
}

export interface Repair {
  /** As on a button: `Accept arn:aws:s3:::logs too, in AllowIngest`. */
  readonly title: string;
  readonly target: RepairTarget;
  /** How much it changes, from a value of a statement (0) to IAM for the whole account (4). */
  readonly weight: number;
  /** Name of the policy that changes; empty for a grant and for a policy that is made. */
  readonly source: string;
  /** The document as it is, empty where it is made; absent for a grant. */
  readonly before?: string;
  readonly after?: string;
  readonly grant?: NewGrant;
  /** Everybody else who gains something by it; empty where it concerns only the one who asks. */
  readonly alsoGain: readonly Principal[];
  /** Whether everybody who could gain was asked. */
  readonly complete: boolean;
}
