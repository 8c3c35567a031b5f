/** Statements and grants that speak of an encryption context which S3 sends differently after a change (GP-17, BK-05). */
import { conditionContext, type SourcedPolicy } from '../access/index.ts';
import type { KeyGrant } from '../aws/grants.ts';
import type { ContextChange } from './types.ts';

const KEY = 'kms:encryptioncontext:aws:s3:arn';

/**
 * What matches the one context or the other, but not both.
 * @param before value of `aws:s3:arn` that S3 sends now, for an example object
 * @param after the value afterwards
 */
export function contextChanges(
  policies: readonly SourcedPolicy[],
  grants: readonly KeyGrant[],
  before: string,
  after: string,
): readonly ContextChange[] {
  const found: ContextChange[] = [];
  const [then, now] = [before, after].map((value) => conditionContext([[KEY, value]]));
  if (then === undefined || now === undefined) return [];
  for (const { source, policy } of policies) {
    for (const statement of policy.statements) {
      for (const condition of statement.conditions) {
        if (condition.key !== KEY) continue;
        const [matchedBefore, matchesAfter] = [condition.holds(then), condition.holds(now)];
        if (matchedBefore === matchesAfter) continue;
        found.push({
          where: `${source}, ${statement.label}`,
          expects: condition.expects.join(', '),
          before,
          after,
          matchedBefore,
          matchesAfter,
        });
      }
    }
  }
  for (const grant of grants) {
    const expects = (grant.contextEquals ?? grant.contextSubset)?.['aws:s3:arn'];
    if (expects === undefined || (expects === before) === (expects === after)) continue;
    found.push({
      where: `Grant ${grant.name ?? grant.id.slice(0, 8)}`,
      expects,
      before,
      after,
      matchedBefore: expects === before,
      matchesAfter: expects === after,
    });
  }
  return found;
}
