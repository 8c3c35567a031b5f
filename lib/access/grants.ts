/** KMS grants: whom they are for, what they allow, and under which constraints (KMS-40…KMS-47, KMSDG grants). */

import { type Identity, identitiesOf, type PrincipalMatch, principalName } from './principal.ts';
import type { Grant, GrantMismatch, GrantQuestion, Principal } from './types.ts';

export type GrantFinding =
  | { readonly matched: true; readonly match: PrincipalMatch }
  | { readonly matched: false; readonly reason: GrantMismatch };

/** Cryptographic operations that take an encryption context: only these meet its constraints (KMS-41, SDK GrantConstraints). */
const WITH_CONTEXT: ReadonlySet<string> = new Set([
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
]);

type GranteeIndex = ReadonlyMap<string, readonly Grant[]>;

/** Indexes of frozen lists: what can't change can be indexed once. */
const indexes = new WeakMap<readonly Grant[], GranteeIndex>();

/**
 * A frozen copy of a key's grants. Evaluations over the same frozen list find a principal's grants by an index; give
 * the evaluator one of these, kept until the key's grants change, and 50,000 grants cost as much as one.
 */
export function grantList(grants: Iterable<Grant>): readonly Grant[] {
  return Object.freeze([...grants]);
}

/** The grants whose grantee can be this principal: itself, its role, its account or its service. */
export function grantsFor(principal: Principal, grants: readonly Grant[]): readonly Grant[] {
  return candidates(identitiesOf(principal), grants).map(([grant]) => grant);
}

/** Grants by grantee, each with the strength with which it names the principal, strongest first where indexed. */
export function candidates(
  identities: readonly Identity[],
  grants: readonly Grant[],
): readonly (readonly [Grant, PrincipalMatch])[] {
  const found: (readonly [Grant, PrincipalMatch])[] = [];
  if (grants.length > 8 && Object.isFrozen(grants)) {
    const index = indexOf(grants);
    for (const { name, match } of identities) {
      const list = index.get(name);
      if (list !== undefined) for (const grant of list) found.push([grant, match]);
    }
    return found;
  }
  for (const grant of grants) {
    const match = granteeMatch(grant, identities);
    if (match !== undefined) found.push([grant, match]);
  }
  return found;
}

function indexOf(grants: readonly Grant[]): GranteeIndex {
  const kept = indexes.get(grants);
  if (kept !== undefined) return kept;
  const index = new Map<string, Grant[]>();
  for (const grant of grants) {
    const name = granteeName(grant);
    const list = index.get(name);
    if (list === undefined) index.set(name, [grant]);
    else list.push(grant);
  }
  indexes.set(grants, index);
  return index;
}

function granteeName(grant: Grant): string {
  return grant.granteeServicePrincipal === undefined
    ? principalName('AWS', grant.granteePrincipal ?? '')
    : principalName('Service', grant.granteeServicePrincipal);
}

function granteeMatch(grant: Grant, identities: readonly Identity[]): PrincipalMatch | undefined {
  const { granteePrincipal } = grant;
  for (const { name, match } of identities) {
    // Most grants are for others: compare the ARN as it stands before normalising it.
    if (name === granteePrincipal) return match;
  }
  if (granteePrincipal !== undefined && !granteePrincipal.endsWith(':root') && granteePrincipal.startsWith('arn:')) {
    return undefined;
  }
  const normal = granteeName(grant);
  return identities.find(({ name }) => name === normal)?.match;
}

/** Whether a grant lets a principal do what is asked, else the first reason why not. */
export function grantFinding(grant: Grant, question: GrantQuestion, principal: Principal): GrantFinding {
  const match = granteeMatch(grant, identitiesOf(principal));
  if (match === undefined) return { matched: false, reason: 'other-grantee' };
  const reason = grantMismatch(grant, question);
  return reason === undefined ? { matched: true, match } : { matched: false, reason };
}

/** What keeps a grant for this principal from applying; undefined if nothing does. */
export function grantMismatch(grant: Grant, question: GrantQuestion): GrantMismatch | undefined {
  const { operation } = question;
  if (!grant.operations.includes(operation)) return 'operation';
  // A new grant counts everywhere only after a while; its token proves it at once (KMS-44).
  if (grant.effectiveAt > question.now && !question.tokenGrantIds.has(grant.grantId)) return 'not-yet';
  const { constraints } = grant;
  if (constraints === undefined) return undefined;
  if (!sourceFits(constraints.sourceArn, operation, question.sourceArn)) return 'source-arn';
  if (!WITH_CONTEXT.has(operation)) return undefined;
  const { encryptionContextEquals: exact, encryptionContextSubset: subset } = constraints;
  if (exact !== undefined && !(sameSize(exact, question) && includes(exact, question.encryptionContext))) {
    return 'context-equals';
  }
  return subset !== undefined && !includes(subset, question.encryptionContext) ? 'context-subset' : undefined;
}

/** RetireGrant never meets the constraint, DescribeKey only where the request names a source (SDK GrantConstraints). */
function sourceFits(expected: string | undefined, operation: string, sent: string | undefined): boolean {
  if (expected === undefined || operation === 'RetireGrant') return true;
  if (operation === 'DescribeKey' && sent === undefined) return true;
  return sent === expected;
}

function sameSize(expected: Readonly<Record<string, string>>, question: GrantQuestion): boolean {
  return Object.keys(expected).length === Object.keys(question.encryptionContext).length;
}

/** In a constraint the name of a pair is not case-sensitive, its value is (SDK GrantConstraints). */
function includes(expected: Readonly<Record<string, string>>, sent: Readonly<Record<string, string>>): boolean {
  for (const name of Object.keys(expected)) {
    const value = expected[name];
    if (!(Object.hasOwn(sent, name) && sent[name] === value) && !hasFolded(sent, name.toLowerCase(), value))
      return false;
  }
  return true;
}

function hasFolded(sent: Readonly<Record<string, string>>, folded: string, value: string | undefined): boolean {
  for (const name of Object.keys(sent)) if (sent[name] === value && name.toLowerCase() === folded) return true;
  return false;
}

/**
 * Whether a grant made through another grant's CreateGrant stays within it: operations that the parent has, and
 * constraints at least as strict (KMS-47). The pairs of a parent's subset must all be in the child; a parent's exact
 * context must be the child's.
 */
export function grantIsWithin(
  child: Pick<Grant, 'operations' | 'constraints'>,
  parent: Pick<Grant, 'operations' | 'constraints'>,
): boolean {
  if (!child.operations.every((operation) => parent.operations.includes(operation))) return false;
  const { encryptionContextEquals, encryptionContextSubset, sourceArn } = parent.constraints ?? {};
  if (sourceArn !== undefined && child.constraints?.sourceArn !== sourceArn) return false;
  const childEquals = child.constraints?.encryptionContextEquals;
  if (encryptionContextEquals !== undefined) {
    return (
      childEquals !== undefined &&
      Object.keys(childEquals).length === Object.keys(encryptionContextEquals).length &&
      includes(encryptionContextEquals, childEquals)
    );
  }
  if (encryptionContextSubset === undefined) return true;
  const demanded = childEquals ?? child.constraints?.encryptionContextSubset;
  return demanded !== undefined && includes(encryptionContextSubset, demanded);
}
