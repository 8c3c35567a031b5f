import 'server-only';
import { keyVersion, namedPrincipal, questionsRaised, type Version } from '@/lib/access/index';
import type { Aws } from '@/lib/aws/connection';
import { describePlannedCall } from '@/lib/aws/planned-call';
import type { AwsFailure } from '@/lib/aws/result';
import { planFingerprint } from '@/lib/aws/setup';
import { compared, limited } from '@/lib/plan/key-side';
import { shortName } from '@/lib/plan/risks';
import type { AccessChanges, Plan, Risk } from '@/lib/plan/types';
import { FUTURE_KEY, keyWorldAfter, keyWorldNow, type SetupPlan } from '@/lib/setup/build';
import type { Choices } from '@/lib/setup/choices';
import type { Facts } from '@/lib/setup/facts';
import { compiled, dataOf, type KeyWorld, needsOf } from '@/lib/setup/needs';

/** A set-up's plan in the shape in which every plan of the console is reviewed. */
export async function reviewOf(
  aws: Aws,
  { calls, documents, notes }: SetupPlan,
  choices: Choices,
  facts: Facts,
  { now, unseen }: { readonly now: number; readonly unseen: readonly AwsFailure[] },
): Promise<Plan> {
  const access = accessOf(choices, facts);
  const risks: Risk[] = [
    ...calls.flatMap(({ operation, irreversible }) =>
      irreversible === undefined
        ? []
        : [{ grave: false, title: `${operation} can't be changed later`, detail: irreversible }],
    ),
    ...notes.map((detail) => ({ grave: false, title: 'Not part of this plan', detail })),
  ];
  return {
    fingerprint: planFingerprint(calls),
    madeAt: new Date(now).toISOString(),
    title: 'Guided set-up',
    calls: await Promise.all(calls.map(async (call) => ({ ...call, text: await describePlannedCall(aws, call) }))),
    access,
    documents,
    contexts: [],
    touched: [],
    untouched: [],
    risks,
    unseen: unseen.map(({ action, code }) => `${action} answered ${code}.`),
    undoable: true,
  };
}

/** Who can use the key after the plan, and who could before. */
export function accessOf(choices: Choices, facts: Facts): AccessChanges {
  const before = keyWorldNow(choices, facts);
  const after = keyWorldAfter(choices, facts);
  const keyArn = after?.arn ?? before?.arn ?? `arn:aws:kms:${facts.region}:${facts.account}:${FUTURE_KEY}`;
  const policies = [before, after].flatMap((world) => {
    const policy = world && compiled(world.policy);
    return policy ? [policy.policy] : [];
  });
  const named = [...facts.principals, ...needsOf(choices, facts).map(({ principal }) => principal)];
  const questions = [
    ...limited(
      questionsRaised({
        policies,
        resources: [keyArn],
        principals: [...new Set(named)].flatMap((name) => namedPrincipal(name) ?? []),
        data: choices.goal.map((target) => dataOf(target, facts)),
      }),
    ),
  ];
  return compared(questions, [versionOf(before, choices), versionOf(after, choices)], new Map());
}

function versionOf(world: KeyWorld | undefined, { goal, policies }: Choices): Version {
  const policy = world && compiled(world.policy);
  if (!world || !policy) return () => ({ unavailable: 'The key does not exist yet.' });
  const bucketKeys = goal.filter(({ kind }) => kind === 'general' && policies.bucketKey).map(({ name }) => name);
  return keyVersion({
    keyArn: world.arn,
    policy,
    grants: world.grants,
    callerSide: world.callerSide,
    bucketKeys: new Set(bucketKeys),
  });
}

/** What must be known before applying: who loses, in a few words. Undefined where nobody does. */
export function mustBeKnown(plan: Plan): string | undefined {
  const losers = [
    ...new Set(
      plan.access?.rows.filter(({ direction }) => direction === 'loses').map(({ principal }) => shortName(principal)),
    ),
  ];
  const fixed = plan.calls.some(({ irreversible }) => irreversible !== undefined);
  const said = [
    ...(losers.length > 0 ? [`${losers.slice(0, 3).join(', ')} ${losers.length === 1 ? 'loses' : 'lose'} access`] : []),
    ...(fixed ? ['what is marked can never be changed'] : []),
  ];
  return said.length === 0 ? undefined : said.join(', and ');
}
