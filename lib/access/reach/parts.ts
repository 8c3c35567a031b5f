/** Parts of compiled policies: what would be left if only some statements allowed. */

import type { Policy, Statement } from '../policy.ts';
import { StatementIndex } from '../statement-index.ts';
import type { SourcedPolicy } from '../types.ts';

/** The policy with those statements alone, in their order. `text` and `hash` stay those of the whole. */
export function partOf({ source, policy }: SourcedPolicy, keep: (statement: Statement) => boolean): SourcedPolicy {
  const statements = policy.statements.filter(keep);
  const part: Policy = { ...policy, statements, index: new StatementIndex(statements) };
  return { source, policy: part };
}

export const isDeny = ({ effect }: Statement): boolean => effect === 'Deny';
export const isAllow = ({ effect }: Statement): boolean => effect === 'Allow';

/** Several policies on one resource as one: any of them may allow, any may deny. */
export function joined(source: string, policies: readonly SourcedPolicy[]): SourcedPolicy | undefined {
  const [first] = policies;
  if (first === undefined || policies.length === 1) return first;
  const statements = policies
    .flatMap(({ policy }) => policy.statements)
    .map((statement, position) => ({ ...statement, position }));
  return { source, policy: { ...first.policy, statements, index: new StatementIndex(statements) } };
}
