/** Condition keys that policies ask for: in Condition blocks, and as variables in their values. */

import type { Policy, Statement } from '../../../access/policy.ts';
import type { ConditionContext } from '../../../access/types.ts';

/** `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`; not the escapes `${*}`, `${?}`, `${$}`. */
const VARIABLE = /\$\{([^},*?$]+)[^}]*\}/g;

/** Keys as the statement writes them, in order, each once. */
export function keysOf(statement: Statement, variables: boolean): readonly string[] {
  const keys = new Set<string>();
  const read = (value: string) => {
    for (const [, key = ''] of value.matchAll(VARIABLE)) keys.add(key.trim());
  };
  for (const condition of statement.conditions) {
    keys.add(condition.keyText);
    if (variables) condition.expects.forEach(read);
  }
  if (variables) for (const pattern of statement.resource?.patterns ?? []) read(pattern.raw);
  return [...keys];
}

/** The keys of whole policies, each once, sorted (GetContextKeysForCustomPolicy). */
export function keysOfPolicies(policies: readonly Policy[]): string[] {
  const keys = new Map<string, string>();
  for (const policy of policies) {
    for (const statement of policy.statements) {
      for (const key of keysOf(statement, policy.version === '2012-10-17')) {
        if (!keys.has(key.toLowerCase())) keys.set(key.toLowerCase(), key);
      }
    }
  }
  return [...keys.values()].toSorted();
}

/** Keys of the statements that speak on an action and have no value in the context. */
export function missingKeys(policies: readonly Policy[], action: string, context: ConditionContext): string[] {
  const missing = new Map<string, string>();
  for (const policy of policies) {
    for (const statement of policy.statements) {
      const { not, globs } = statement.action;
      if (globs.some((glob) => glob.test(action)) === not) continue;
      for (const key of keysOf(statement, policy.version === '2012-10-17')) {
        if (!context.has(key.toLowerCase())) missing.set(key.toLowerCase(), key);
      }
    }
  }
  return [...missing.values()];
}
