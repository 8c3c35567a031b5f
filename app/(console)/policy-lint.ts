import 'server-only';
import { cache } from 'react';
import type { LintContext } from '@/components/policy/lint-context';
import type { LintKind } from '@/lib/access/index';
import { readIdentityPolicies } from '@/lib/aws/identity-policies';
import { readDependants } from '@/lib/aws/key-dependants';
import { describeKey } from '@/lib/aws/keys';
import { callerIdentity } from '@/lib/aws/principals';
import { workplace } from '@/lib/aws/session';
import { surroundings } from '@/lib/plan/surroundings';
import { ownAccount } from './reads';

/** Account, IAM policies and the connection's own identity, once for a page. */
export const lintAround = cache(async () => {
  const { aws } = await workplace();
  const [account, identities, caller] = await Promise.all([
    ownAccount(),
    readIdentityPolicies(aws),
    callerIdentity(aws),
  ]);
  return {
    account,
    identities: identities.ok ? identities.data : undefined,
    editor: caller.ok ? caller.data.arn : '',
  };
});

/** What lint is told beside the policy of a bucket or table. */
export async function lintContext(kind: LintKind): Promise<LintContext> {
  const { aws } = await workplace();
  return { kind, surroundings: surroundings(aws, await lintAround()) };
}

/** What lint is told beside a key policy: what the key protects, as far as it can be read. */
export async function keyLintContext(keyId: string): Promise<LintContext> {
  const { aws } = await workplace();
  const [known, key] = await Promise.all([lintAround(), describeKey(aws, keyId)]);
  if (!key.ok) return { kind: 'key', surroundings: surroundings(aws, known) };
  const dependants = await readDependants(aws, key.data);
  return { kind: 'key', surroundings: surroundings(aws, known, { key: key.data, dependants }) };
}
