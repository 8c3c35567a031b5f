/** Principals: how policies and grants name them, and how a name meets the one who asks. */

import { parseArn } from './arn.ts';
import type { Principal } from './types.ts';

/** A Principal or NotPrincipal element. */
export interface PrincipalSet {
  /** True for NotPrincipal. */
  readonly not: boolean;
  /** `*` stands in it. */
  readonly everyone: boolean;
  /** Names in the form that `identitiesOf` gives. */
  readonly names: ReadonlySet<string>;
  /** As the policy writes them, `AWS: arn:…`, for traces. */
  readonly raw: readonly string[];
}

/**
 * How strongly a name means the principal (IAMUG reference_policies_evaluation-logic_policy-eval-denyallow):
 * `itself`: the user, the session, the service, the root user, or everyone; an Allow is not limited by the silence of
 * boundary and session policy. `role`: the role behind a session; it is. `account`: its account, which may then decide
 * with IAM policies.
 */
export type PrincipalMatch = 'itself' | 'role' | 'account';

export interface Identity {
  readonly name: string;
  readonly match: PrincipalMatch;
}

const ACCOUNT_ARN = /^arn:[^:]+:iam::(\d{12}):root$/;

/** One spelling for what means the same: an account by its number or by its root ARN. */
export function principalName(type: 'AWS' | 'Service' | 'Federated' | 'CanonicalUser', value: string): string {
  if (type !== 'AWS') return `${type}:${value}`;
  if (/^\d{12}$/.test(value)) return `account:${value}`;
  const account = ACCOUNT_ARN.exec(value)?.[1];
  return account === undefined ? value : `account:${account}`;
}

/** Everything that a policy may call this principal, strongest first. An anonymous caller has no name. */
export function identitiesOf(principal: Principal): readonly Identity[] {
  const account = `account:${principal.accountId}`;
  switch (principal.kind) {
    case 'Anonymous':
      return [];
    case 'AWSService':
      return [{ name: `Service:${principal.serviceName ?? principal.arn}`, match: 'itself' }];
    case 'AccountRoot':
      return [{ name: account, match: 'itself' }];
    case 'AssumedRole': {
      // AROA…:SESSION; a policy shows the bare AROA… after its role was deleted.
      const roleId = principal.userId.slice(0, Math.max(0, principal.userId.indexOf(':')));
      return [
        { name: principal.arn, match: 'itself' },
        ...(principal.roleArn === undefined ? [] : [{ name: principal.roleArn, match: 'role' as const }]),
        ...(roleId === '' ? [] : [{ name: roleId, match: 'role' as const }]),
        { name: account, match: 'account' },
      ];
    }
    case 'IAMUser':
    case 'FederatedUser':
      return [
        { name: principal.arn, match: 'itself' },
        ...(principal.userId === '' ? [] : [{ name: principal.userId, match: 'itself' as const }]),
        { name: account, match: 'account' },
      ];
  }
}

/**
 * How an ARN or account number, as it stands in a grant or a policy, means a principal; undefined if it does not.
 * For grantees and retiring principals (KMS-40, KMS-45).
 */
export function namesPrincipal(value: string, principal: Principal): PrincipalMatch | undefined {
  const name = principalName('AWS', value);
  return identitiesOf(principal).find((identity) => identity.name === name)?.match;
}

/**
 * Whether a statement's NotPrincipal leaves it in force for a principal. A Deny spares only a principal whose every
 * identity is listed, its account too; an Allow speaks only for one with no identity listed
 * (IAMUG reference_policies_elements_notprincipal).
 */
export function notPrincipalApplies(
  set: PrincipalSet,
  effect: 'Allow' | 'Deny',
  identities: readonly Identity[],
): boolean {
  if (set.everyone) return false;
  // A user and a role are each known by ARN and by unique id: one of the two is enough.
  const listed = (match: PrincipalMatch) => identities.some((i) => i.match === match && set.names.has(i.name));
  const present = (['itself', 'role', 'account'] as const).filter((match) => identities.some((i) => i.match === match));
  return effect === 'Deny' ? present.length === 0 || !present.every(listed) : !present.some(listed);
}

/** What is wrong with a value of a Principal element; undefined if it is well formed. */
export function principalProblem(type: string, value: string): string | undefined {
  if (type === 'AWS') {
    if (value === '*' || /^\d{12}$/.test(value) || /^A[A-Z0-9]{15,}$/.test(value)) return undefined;
    const arn = parseArn(value);
    if (arn === undefined) return 'is not an ARN, an account number or *';
    if (arn.service !== 'iam' && arn.service !== 'sts') return 'does not name a principal';
    return /[*?]/.test(value) ? 'holds a wildcard, which a principal ARN can’t' : undefined;
  }
  if (type === 'Service') return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(value) ? undefined : 'is not a service principal';
  return value === '' ? 'is empty' : undefined;
}
