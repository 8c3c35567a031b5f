/**
 * Vocabulary of `lib/access`: who asks, for what, under which policies, and what was decided.
 * Pure data; everything here survives `structuredClone` except compiled policies.
 */

import type { Policy } from './policy.ts';

/** Who asks. `arn` is the ARN that AWS prints in a denial. */
export interface Principal {
  readonly kind: 'AccountRoot' | 'IAMUser' | 'AssumedRole' | 'FederatedUser' | 'AWSService' | 'Anonymous';
  /** `arn:aws:iam::ACCT:root`, `…:user/NAME`, `arn:aws:sts::ACCT:assumed-role/ROLE/SESSION`; the service's DNS name for AWSService. */
  readonly arn: string;
  /** Empty for AWSService and Anonymous. */
  readonly accountId: string;
  /** `AIDA…`, `AROA…:SESSION`, the account id for root. */
  readonly userId: string;
  /** AssumedRole only: `arn:aws:iam::ACCT:role/PATH/NAME`. */
  readonly roleArn?: string;
  /** AWSService only, `maintenance.s3tables.amazonaws.com`. */
  readonly serviceName?: string;
}

/** Condition context: keys in lower case, values as they came (single-valued keys hold one element). */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

/** One question to the evaluator. */
export interface AccessRequest {
  readonly principal: Principal;
  /** `kms:Decrypt`, `s3:PutObject`, … in AWS's own casing. */
  readonly action: string;
  readonly resource: string;
  /** Account that owns the resource. */
  readonly resourceAccountId: string;
  readonly context: ConditionContext;
  /** KMS only: what grants are asked about. Absent where grants play no part. */
  readonly grant?: GrantQuestion;
}

/** What a grant is matched against (KMS-41, KMS-42, KMS-44). */
export interface GrantQuestion {
  /** `Decrypt`, `ReEncryptFrom`, … as in Grant.Operations. */
  readonly operation: string;
  readonly encryptionContext: Readonly<Record<string, string>>;
  /** Grant ids proven by grant tokens sent with the request. */
  readonly tokenGrantIds: ReadonlySet<string>;
  /** World time, milliseconds; a grant whose `effectiveAt` lies later counts only with its token. */
  readonly now: number;
  readonly sourceArn?: string;
}

/** A KMS grant as the evaluator sees it. */
export interface Grant {
  readonly grantId: string;
  readonly name?: string;
  readonly granteePrincipal?: string;
  readonly granteeServicePrincipal?: string;
  readonly retiringPrincipal?: string;
  readonly operations: readonly string[];
  readonly constraints?: {
    readonly encryptionContextEquals?: Readonly<Record<string, string>>;
    readonly encryptionContextSubset?: Readonly<Record<string, string>>;
    readonly sourceArn?: string;
  };
  /** World time in milliseconds from which it counts without a token. */
  readonly effectiveAt: number;
}

/** Where a policy stands in the order of evaluation. */
export type Layer =
  | 'service-control-policy'
  | 'resource-control-policy'
  | 'permissions-boundary'
  | 'session-policy'
  | 'identity-policy'
  | 'resource-policy'
  | 'grant'
  | 'vpc-endpoint-policy';

/** A policy with the name under which a person knows it (`inline WriteRaw`, `arn:aws:iam::…:policy/X`, `key policy`). */
export interface SourcedPolicy {
  readonly source: string;
  readonly policy: Policy;
}

/** Everything that may speak on a request. Absent layers do not exist for this principal; an empty list allows nothing. */
export interface PolicySet {
  /** One inner list per level of the organisation; every level must allow. */
  readonly serviceControl?: readonly (readonly SourcedPolicy[])[];
  readonly resourceControl?: readonly (readonly SourcedPolicy[])[];
  readonly boundary?: SourcedPolicy;
  /** Present (even empty) when the session was made with session policies. */
  readonly session?: readonly SourcedPolicy[];
  readonly identity: readonly SourcedPolicy[];
  readonly resource?: SourcedPolicy;
  readonly endpoint?: SourcedPolicy;
  /** Grants on the key. With many of them give a list of `grantList` (frozen, so it is indexed once) and keep it. */
  readonly grants?: readonly Grant[];
}

export type Outcome = 'allow' | 'explicit-deny' | 'implicit-deny';

/** The answer. `trace` is present when it was asked for, and made when it is first read. */
export interface Decision {
  readonly outcome: Outcome;
  /** The layer that decided; for an implicit deny the layer whose silence AWS names (ERR-05). */
  readonly decidedBy: Layer;
  /** Source of the deciding policy, or grant id. */
  readonly source?: string;
  /** Sid of the deciding statement, else `statement N` counted from 1. */
  readonly statement?: string;
  readonly trace?: Trace;
}

/** What each layer said, in order of evaluation. Statements and grants are told when they are first read. */
export interface Trace {
  readonly request: {
    readonly principal: Principal;
    readonly action: string;
    readonly resource: string;
    readonly context: Readonly<Record<string, readonly string[]>>;
  };
  readonly layers: readonly LayerTrace[];
  readonly outcome: Outcome;
  /** One sentence a person could repeat. */
  readonly summary: string;
  /** For an implicit deny: the statement or grant that came closest to allowing. */
  readonly nearest?: NearMiss;
}

/** What would have allowed if one thing were different. */
export interface NearMiss {
  readonly layer: Layer;
  /** Source of the policy, or grant id. */
  readonly source: string;
  /** Absent for a grant. */
  readonly statement?: string;
  /** The parts that don't match; empty for a grant. */
  readonly missing: readonly PartTrace[];
  /** Why it doesn't apply, in plain words. */
  readonly finding: string;
}

export interface LayerTrace {
  readonly layer: Layer;
  readonly verdict: 'allow' | 'deny' | 'silent' | 'absent';
  readonly decides: boolean;
  /** Why the layer said so, in plain words. */
  readonly finding: string;
  readonly policies: readonly { readonly source: string; readonly statements: readonly StatementTrace[] }[];
  readonly grants?: readonly GrantTrace[];
  /** Grants that are for somebody else and not listed, when there are many. */
  readonly grantsOmitted?: number;
}

export interface StatementTrace {
  /** Sid, else `statement N` counted from 1. */
  readonly statement: string;
  /** First and last line in the document, from 1. */
  readonly lines: readonly [first: number, last: number];
  readonly effect: 'Allow' | 'Deny';
  readonly matched: boolean;
  readonly decides: boolean;
  readonly parts: readonly PartTrace[];
}

/** One element of a statement: what it expects over what was sent. */
export interface PartTrace {
  readonly part: 'Principal' | 'Action' | 'Resource' | 'Condition';
  /** Condition operator and key, `StringLike kms:EncryptionContext:aws:s3:arn`; `NotAction` and the like where the element is negated. */
  readonly name?: string;
  readonly matched: boolean;
  readonly expects: readonly string[];
  readonly sent: readonly string[];
}

/** Why a grant does not apply. */
export type GrantMismatch =
  | 'other-grantee'
  | 'operation'
  | 'not-yet'
  | 'context-equals'
  | 'context-subset'
  | 'source-arn';

export interface GrantTrace {
  readonly grantId: string;
  readonly name?: string;
  readonly matched: boolean;
  readonly decides: boolean;
  /** Absent where it applies. */
  readonly mismatch?: GrantMismatch;
  /** Why it does or does not apply. */
  readonly finding: string;
}
