import { type Finding, lintPolicy } from '@/lib/access/index';
import { FUTURE_KEY, type PlannedDocument } from '@/lib/setup/build';
import type { Choices } from '@/lib/setup/choices';
import { arnOf, type Facts } from '@/lib/setup/facts';
import { clientsOf, keyArnOf } from '@/lib/setup/statements';

/** Findings of the linter on documents as they will be. A key that does not exist yet gets an ARN that could be its own. */
export function lintDocuments(
  documents: readonly PlannedDocument[],
  choices: Choices,
  facts: Facts,
): readonly Finding[] {
  const keyArn = facts.key?.arn ?? `arn:aws:kms:${facts.region}:${facts.account}:${FUTURE_KEY}`;
  const principals = new Set([...facts.principals, ...clientsOf(choices, facts)]);
  return documents.flatMap(({ kind, after }) =>
    lintPolicy(after.replaceAll(keyArnOf(choices), keyArn), kind, {
      account: facts.account,
      region: facts.region,
      keyArn,
      ...(facts.principals.size > 0 ? { principals } : {}),
      tableBuckets: choices.goal
        .filter((target) => target.kind === 'table')
        .map((target) => ({ arn: arnOf(target, facts), metadata: choices.principals.metadata })),
      buckets: choices.goal
        .filter((target) => target.kind === 'general')
        .map(({ name }) => ({ name, bucketKey: choices.policies.bucketKey })),
    }),
  );
}
