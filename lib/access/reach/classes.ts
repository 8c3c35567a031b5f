/** Five thousand roles mostly have the same few sets of policies: those that can't be told apart are asked once. */

import { grantsFor } from '../grants.ts';
import { identitiesOf } from '../principal.ts';
import type { SourcedPolicy } from '../types.ts';
import { policyOf } from './situations.ts';
import type { KnownKey, KnownPrincipal } from './types.ts';

/** Principals that every policy and grant of a key treats alike; the first stands for all. */
export interface PrincipalClass {
  readonly first: KnownPrincipal;
  readonly members: readonly KnownPrincipal[];
}

/** What in a policy can tell two principals with the same policies apart. */
const PERSONAL = /\$\{|aws:(?:PrincipalArn|PrincipalTag|PrincipalOrg|PrincipalType|PrincipalAccount|username|userid)/i;
const personal = new WeakMap<object, boolean>();

function isPersonal({ policy }: SourcedPolicy): boolean {
  let known = personal.get(policy);
  if (known === undefined) {
    known = PERSONAL.test(policy.text);
    personal.set(policy, known);
  }
  return known;
}

/** Classes in the order of their first members. */
export function classesOf(key: KnownKey, principals: readonly KnownPrincipal[]): readonly PrincipalClass[] {
  const policy = policyOf(key);
  const named = new Set(
    policy.policy.statements.flatMap(({ principal }) => (principal === undefined ? [] : [...principal.names])),
  );
  // A statement for everyone but some, and conditions on who asks, may mean each of them differently.
  const allApart = isPersonal(policy) || policy.policy.statements.some(({ principal }) => principal?.not === true);
  const classes = new Map<string, { first: KnownPrincipal; members: KnownPrincipal[] }>();
  for (const one of principals) {
    const policies = one.boundary === undefined ? one.identity : [...one.identity, one.boundary];
    const apart =
      allApart ||
      policies.some(isPersonal) ||
      identitiesOf(one.principal).some(({ name, match }) => match !== 'account' && named.has(name)) ||
      grantsFor(one.principal, key.grants).length > 0;
    const kind = `${one.principal.kind} ${one.principal.accountId} ${one.read}`;
    const like = one.identity.map(({ source, policy: { hash } }) => `${source}=${hash}`).join(' ');
    const id = apart ? one.name : `${kind} ${like} boundary=${one.boundary?.policy.hash ?? ''}`;
    const known = classes.get(id);
    if (known === undefined) classes.set(id, { first: one, members: [one] });
    else known.members.push(one);
  }
  return [...classes.values()];
}
