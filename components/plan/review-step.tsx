'use client';

import dynamic from 'next/dynamic';
import { useRef, useState } from 'react';
import type { Plan } from '@/lib/plan/types';
import type { FormAction, Outcome } from '../ui/outcome';
import { useAction } from '../ui/use-action';

// Differences, tables and calls come when a plan is there to be shown.
const ReviewDialog = dynamic(() => import('./review-dialog').then((module) => module.ReviewDialog), { ssr: false });

/**
 * Runs an action that may answer with a plan first. The plan stands in `plan` until it is applied or left; `ReviewStep`
 * shows it. Actions that plan nothing run as with `useAction`.
 */
export function useReview(
  action: FormAction,
  options: { onDone?: (outcome: Outcome) => void; flashFailures?: boolean } = {},
) {
  const [plan, setPlan] = useState<Plan>();
  const asked = useRef<unknown>(undefined);
  const step = useAction(action, {
    ...options,
    // While a plan is shown, what failed is told there.
    flashFailures: options.flashFailures === true && plan === undefined,
    onDone: (outcome) => {
      setPlan(undefined);
      options.onDone?.(outcome);
    },
    onReview: setPlan,
  });
  const run = (input: unknown) => {
    asked.current = input;
    step.run(input);
  };
  return {
    ...step,
    run,
    plan,
    apply: (typed: string) => {
      if (plan) step.run(withReview(asked.current, { plan: plan.fingerprint, typed }));
    },
    reload: () => step.run(asked.current),
    leave: () => {
      setPlan(undefined);
      step.clear();
    },
  };
}

/** The plan of a form or button, while there is one. */
export function ReviewStep({ review, target }: { review: ReturnType<typeof useReview>; target?: string | undefined }) {
  const { plan, answer, pending, apply, reload, leave } = review;
  if (!plan) return null;
  const failure: Outcome | undefined =
    answer.data && !answer.data.ok
      ? answer.data
      : answer.serverError
        ? { ok: false, title: 'This was not done', detail: answer.serverError }
        : undefined;
  return (
    <ReviewDialog
      key={plan.fingerprint}
      plan={plan}
      target={target}
      failure={failure}
      pending={pending}
      onBack={leave}
      onApply={apply}
      onReload={reload}
    />
  );
}

function withReview(input: unknown, more: Readonly<Record<string, string>>): unknown {
  if (!(input instanceof FormData)) return { ...(input as object), ...more };
  const data = new FormData();
  for (const [name, value] of input) data.append(name, value);
  for (const [name, value] of Object.entries(more)) data.set(name, value);
  return data;
}
