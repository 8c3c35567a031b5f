/** Whether a key policy leaves somebody who can change it (KMS-21, KMS-24). */

import { conditionContext } from '../../context.ts';
import { evaluate } from '../../evaluate.ts';
import { namedPrincipal } from '../../named-principal.ts';
import type { Policy } from '../../policy.ts';
import type { Principal } from '../../types.ts';
import { type Around, addStatement, type Check, type Draft, meansAction } from '../check.ts';
import type { LintDocument } from '../tree.ts';
import type { Fix } from '../types.ts';

const ACTION = 'kms:PutKeyPolicy';

/** KMS-24: who puts this policy can't put the next one. KMS-21: IAM policies count for nothing. */
export const lockOut: Check = function* (document, around) {
  const { policy } = document;
  if (around.kind !== 'key' || policy === undefined) return;
  const root = rootOf(around);
  if (around.editor !== undefined && !keeps(policy, around, around.editor) && !keeps(policy, around, root)) {
    const denied = ask(policy, around, around.editor) === 'explicit-deny';
    yield locked(
      document,
      denied
        ? 'A deny keeps you from changing this key policy again, so KMS refuses it unless the lock-out check is bypassed.'
        : 'Nothing lets you change this key policy again, so KMS refuses it unless the lock-out check is bypassed.',
      denied ? undefined : delegate(document, around),
    );
    return;
  }
  if (keeps(policy, around, root)) return;
  if (around.editor === undefined && !somebodyKeeps(document, policy, around)) {
    const reason = 'Nobody can change this key policy again. Only AWS Support can open such a key.';
    yield locked(document, reason, delegate(document, around));
    return;
  }
  yield {
    check: 'no-account-statement',
    rules: ['KMS-21'],
    severity: 'warning',
    reason: `No statement gives account ${around.account} the key, so IAM policies allow nothing here. If the principals named are deleted, nobody can manage the key.`,
    at: document.spot,
    fix: delegate(document, around),
  };
};

function locked(document: LintDocument, reason: string, fix: Fix | undefined): Draft {
  return { check: 'lock-out', rules: ['KMS-24'], severity: 'error', reason, at: document.spot, fix };
}

function delegate(document: LintDocument, around: Around): Fix {
  return {
    title: `Let account ${around.account} manage the key`,
    edits: addStatement(document, {
      Sid: 'Enable IAM User Permissions',
      Effect: 'Allow',
      Principal: { AWS: rootOf(around).arn },
      Action: 'kms:*',
      Resource: '*',
    }),
  };
}

function rootOf({ account, partition = 'aws' }: Around): Principal {
  return { kind: 'AccountRoot', arn: `arn:${partition}:iam::${account}:root`, accountId: account, userId: account };
}

function ask(policy: Policy, { account, region, partition = 'aws', keyArn }: Around, principal: Principal) {
  const request = {
    principal,
    action: ACTION,
    resource: keyArn ?? `arn:${partition}:kms:${region}:${account}:key/00000000-0000-0000-0000-000000000000`,
    resourceAccountId: account,
    context: conditionContext([
      ['kms:CallerAccount', principal.accountId],
      ['aws:PrincipalAccount', principal.accountId],
      ['aws:PrincipalArn', principal.roleArn ?? principal.arn],
    ]),
  };
  return evaluate(request, { identity: [], resource: { source: 'key policy', policy } }).outcome;
}

function keeps(policy: Policy, around: Around, principal: Principal): boolean {
  return ask(policy, around, principal) === 'allow';
}

/** Whether a user, role or account that a statement names can put the policy. */
function somebodyKeeps(document: LintDocument, policy: Policy, around: Around): boolean {
  for (const statement of document.statements) {
    if (statement.effect !== 'Allow' || statement.notPrincipal || !meansAction(statement, ACTION)) continue;
    for (const { text } of statement.principals) {
      const named = namedPrincipal(text);
      if (named !== undefined && keeps(policy, around, named)) return true;
    }
  }
  return false;
}
