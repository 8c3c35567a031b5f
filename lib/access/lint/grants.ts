/** Findings on the grants of a key. */

import { parseArn } from '../arn.ts';
import { lastName } from '../names.ts';
import type { Grant } from '../types.ts';
import { list, tablesArn } from './check.ts';
import type { KnownBucket, Severity } from './types.ts';

export interface GrantSurroundings {
  readonly account: string;
  /** World time in milliseconds. */
  readonly now: number;
  /** ARNs and unique ids of the users and roles of the account. */
  readonly principals?: ReadonlySet<string>;
  /** When each grant last allowed something, in milliseconds; a grant that is not in it never did. */
  readonly lastUsed?: ReadonlyMap<string, number>;
  /** Since when uses were recorded, in milliseconds: before it nothing can be said. Default: always. */
  readonly recordedSince?: number;
  /** After how many days a grant counts as unused. Default 90. */
  readonly unusedDays?: number;
  /** General purpose buckets that use the key. */
  readonly buckets?: readonly KnownBucket[];
}

export interface GrantRepair {
  readonly title: string;
  /** The call that repairs it, once for each grant id. */
  readonly call: 'RevokeGrant';
  readonly grantIds: readonly string[];
}

export interface GrantLintFinding {
  readonly check: string;
  readonly rules: readonly string[];
  readonly severity: Severity;
  readonly reason: string;
  readonly grantId: string;
  readonly repair?: GrantRepair;
}

type Found = Omit<GrantLintFinding, 'grantId' | 'repair'> & { readonly revoke?: string };
type GrantCheck = (grant: Grant, around: GrantSurroundings) => Found | undefined;

const DAY = 86_400_000;
const CHECKS: readonly GrantCheck[] = [deletedGrantee, patternConstraint, objectContext, passesOn, unused];

/**
 * Looks at all grants of a key. Pure, linear in their number; findings in the order of the grants. What the surroundings
 * don't tell is not guessed.
 */
export function lintGrants(grants: readonly Grant[], around: GrantSurroundings): readonly GrantLintFinding[] {
  const first = new Map<string, Grant>();
  const findings: GrantLintFinding[] = [];
  for (const grant of grants) {
    for (const check of CHECKS) {
      const found = check(grant, around);
      if (found !== undefined) findings.push(finding(grant, found));
    }
    const same = sameness(grant);
    const earlier = first.get(same);
    if (earlier === undefined) first.set(same, grant);
    else findings.push(finding(grant, duplicate(earlier)));
  }
  return findings;
}

function finding({ grantId }: Grant, { revoke, ...found }: Found): GrantLintFinding {
  const repair =
    revoke === undefined ? undefined : ({ title: revoke, call: 'RevokeGrant', grantIds: [grantId] } as const);
  return { ...found, grantId, ...(repair === undefined ? {} : { repair }) };
}

/** KMS-43: without a name each CreateGrant makes a new grant. */
function duplicate(earlier: Grant): Found {
  return {
    check: 'duplicate-grant',
    rules: ['KMS-43', 'LIM-05'],
    severity: 'warning',
    reason: `It allows the same to the same principal as ${earlier.name ?? earlier.grantId}. Without a name each CreateGrant makes one more, and a key takes 50,000.`,
    revoke: 'Revoke the later one',
  };
}

/** What a grant allows, whatever its id, name and age. */
function sameness({
  granteePrincipal,
  granteeServicePrincipal,
  retiringPrincipal,
  operations,
  constraints,
}: Grant): string {
  const pairs = (context: Readonly<Record<string, string>> | undefined) =>
    Object.entries(context ?? {})
      .map(([key, value]) => [key.toLowerCase(), value])
      .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return JSON.stringify([
    granteePrincipal,
    granteeServicePrincipal,
    retiringPrincipal,
    [...operations].sort(),
    pairs(constraints?.encryptionContextEquals),
    pairs(constraints?.encryptionContextSubset),
    constraints?.sourceArn,
  ]);
}

/** KMS-40: nobody can use it any more, and it never expires (KMS-46). */
function deletedGrantee(grant: Grant, { account, principals }: GrantSurroundings): Found | undefined {
  const grantee = grant.granteePrincipal;
  if (grantee === undefined || principals?.has(grantee) === true) return undefined;
  const isId = /^A[A-Z0-9]{15,}$/.test(grantee);
  const isMissing = principals !== undefined && isOfAccount(grantee, account);
  if (!isId && !isMissing) return undefined;
  return {
    check: 'grantee-deleted',
    rules: ['KMS-40', 'KMS-46'],
    severity: 'warning',
    reason: `Its grantee ${lastName(grantee)} was deleted. Grants don’t expire, so it stays until somebody revokes it.`,
    revoke: 'Revoke it',
  };
}

/** Whether it names a user or role of an account. */
function isOfAccount(name: string, account: string): boolean {
  const arn = parseArn(name);
  return arn?.service === 'iam' && arn.accountId === account && /^(?:user|role)\//.test(arn.resource);
}

/** KMS-41: constraints are compared as they stand. */
function patternConstraint({ constraints }: Grant): Found | undefined {
  const values = contextValues(constraints);
  const pattern = values.find((value) => value.includes('*'));
  const bare = values.find((value) => tablesArn(value)?.rest === '');
  if (pattern === undefined && bare === undefined) return undefined;
  const reason =
    pattern === undefined
      ? `Its constraint expects exactly ${bare}. S3 Tables sends more after the ARN of a table, so it never matches; a key policy can match by pattern.`
      : `Its constraint expects ${pattern} letter by letter: a grant knows no wildcards. A key policy does.`;
  return {
    check: 'constraint-never-matches',
    rules: ['KMS-41', 'TB-62'],
    severity: 'error',
    reason,
    revoke: 'Revoke it',
  };
}

/** BK-16: with bucket keys on S3 sends the bucket's ARN. */
function objectContext({ constraints }: Grant, { buckets = [] }: GrantSurroundings): Found | undefined {
  for (const value of contextValues(constraints)) {
    const match = /^arn:[^:]+:s3:::([^/]+)\//.exec(value);
    const bucket = match === null ? undefined : buckets.find(({ name }) => name === match[1]);
    if (bucket?.bucketKey !== true) continue;
    return {
      check: 'object-context-with-bucket-key',
      rules: ['BK-16', 'KMS-41'],
      severity: 'error',
      reason: `${bucket.name} has bucket keys on, so S3 sends the bucket’s ARN as context. The constraint on ${value} does not match it.`,
    };
  }
  return undefined;
}

function contextValues(constraints: Grant['constraints']): string[] {
  return [
    ...Object.values(constraints?.encryptionContextEquals ?? {}),
    ...Object.values(constraints?.encryptionContextSubset ?? {}),
  ];
}

/** KMS-47: the grantee can give on what it has. */
function passesOn({ operations, granteePrincipal, granteeServicePrincipal }: Grant): Found | undefined {
  if (!operations.includes('CreateGrant')) return undefined;
  const others = operations.filter((operation) => operation !== 'CreateGrant');
  const who = lastName(granteePrincipal ?? granteeServicePrincipal ?? 'the grantee');
  return {
    check: 'grant-can-be-passed-on',
    rules: ['KMS-47'],
    severity: 'info',
    reason:
      others.length === 0
        ? `${who} may create grants, but has nothing else that it could pass on.`
        : `${who} may pass ${list(others)} on to anybody, under the same constraints or stricter ones.`,
  };
}

/** KMS-46: a grant stays until it is retired or revoked. */
function unused({ grantId, effectiveAt }: Grant, around: GrantSurroundings): Found | undefined {
  const { lastUsed, now, unusedDays = 90, recordedSince = 0 } = around;
  if (lastUsed === undefined) return undefined;
  const since = lastUsed.get(grantId) ?? Math.max(effectiveAt, recordedSince);
  const days = Math.floor((now - since) / DAY);
  if (days < unusedDays) return undefined;
  return {
    check: 'unused-grant',
    rules: ['KMS-46', 'KMS-45'],
    severity: 'warning',
    reason: lastUsed.has(grantId)
      ? `Nothing used it for ${days} days. Grants don’t expire, so it stays until somebody revokes it.`
      : `Nothing used it in the ${days} days that are known. Grants don’t expire, so it stays until somebody revokes it.`,
    revoke: 'Revoke it',
  };
}
