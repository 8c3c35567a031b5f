import 'server-only';
import { z } from 'zod';
import { ownAccount, worldNow } from '@/app/(console)/reads';
import type { Outcome } from '@/components/ui/outcome';
import type { Workplace } from '@/lib/aws/session';
import { applyChange } from '@/lib/plan/apply';
import type { Change } from '@/lib/plan/change';
import { makePlan } from '@/lib/plan/make';
import { failureOutcome, outcomeOf } from './outcome';

/** Fields of every form whose change is reviewed: the plan that was seen, and the word that was typed. */
export const reviewFields = { plan: z.string().max(64).optional(), typed: z.string().max(300).optional() };

interface Asked {
  readonly plan?: string | undefined;
  readonly typed?: string | undefined;
}

/**
 * First gives the plan of a change; called again with the plan's fingerprint, applies it. Refuses where what is changed
 * has changed since, and where a risky plan was not confirmed.
 * @param said what to say when it was done, and the title where it was not
 */
export async function reviewed(
  { aws }: Workplace,
  change: Change,
  { plan: seen, typed }: Asked,
  said: { readonly done: string; readonly detail?: string; readonly failed: string; readonly undo?: string },
): Promise<Outcome> {
  const [account, now] = await Promise.all([ownAccount(), worldNow()]);
  const made = await makePlan(aws, change, { account, now });
  if (!made.ok) return failureOutcome(made.error, said.failed);
  const { plan, state } = made.data;
  if (seen === undefined) return { ok: true, title: plan.title, review: plan };
  if (seen !== plan.fingerprint) {
    return {
      ok: false,
      stale: true,
      title: 'This changed while you were looking',
      detail: 'Somebody changed it after the plan was made. Nothing was written, and your input is kept.',
    };
  }
  if (plan.word !== undefined && typed !== plan.word) {
    return { ok: false, title: 'This was not confirmed', detail: `Type ${plan.word} to apply it.` };
  }
  const { results, undo } = await applyChange(aws, change, state);
  const outcome = outcomeOf(
    results,
    { title: said.done, ...(said.detail ? { detail: said.detail } : {}) },
    said.failed,
  );
  if (!outcome.ok || !undo) return outcome;
  const last = results.at(-1);
  const { GrantToken: token } = (last?.ok ? (last.data as { GrantToken?: string }) : {}) ?? {};
  return {
    ...outcome,
    ...(token ? { once: { label: 'Grant token', value: token } } : {}),
    undo: { label: said.undo ?? 'Undo', change: JSON.stringify(undo.change), plan: undo.plan },
  };
}
