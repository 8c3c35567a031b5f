'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState, useTransition } from 'react';
import type { Plan } from '@/lib/plan/types';
import { useFlash } from '../flash/flash-context';
import type { ActionAnswer, FormAction, Outcome } from './outcome';

/** After this long a person sees that something is being done; a fast action never flickers. */
const SHOW_PENDING_AFTER = 400;

/**
 * Runs a server action once at a time and tells its outcome: success as a flash, failure where the caller wants it.
 */
export function useAction(
  action: FormAction,
  options: { onDone?: (outcome: Outcome) => void; onReview?: (plan: Plan) => void; flashFailures?: boolean } = {},
) {
  const [pending, start] = useTransition();
  const [answer, setAnswer] = useState<ActionAnswer>({});
  const showPending = useDelayed(pending, SHOW_PENDING_AFTER);
  const busy = useRef(false);
  const tell = useFlash();
  const router = useRouter();

  const run = (input: unknown) => {
    if (busy.current) return;
    busy.current = true;
    start(async () => {
      try {
        const result: ActionAnswer = (await action(input)) ?? {};
        setAnswer(result);
        const outcome = outcomeIn(result, options.flashFailures === true);
        // A plan is no outcome yet: whoever asked shows it.
        if (outcome?.review) options.onReview?.(outcome.review);
        if (!outcome || outcome.review) return;
        if (outcome.ok ? !outcome.quiet : options.flashFailures) tell(outcome);
        if (outcome.ok) {
          options.onDone?.(outcome);
          if (outcome.goTo) router.push(outcome.goTo);
        }
      } catch {
        setAnswer({ serverError: 'The console did not answer. Check that it is running, then try again.' });
      } finally {
        busy.current = false;
      }
    });
  };
  return { run, pending, showPending, answer, clear: () => setAnswer({}) };
}

/** What to tell. A form shows wrong fields in place; where there is no form, they are told like any failure. */
function outcomeIn(result: ActionAnswer, tellFields: boolean): Outcome | undefined {
  if (result.data) return result.data;
  if (result.serverError) return { ok: false, title: 'This was not done', detail: result.serverError };
  const wrong = tellFields ? Object.values(result.validationErrors?.fieldErrors ?? {}).flat() : [];
  return wrong.length > 0 ? { ok: false, title: 'This was not done', detail: wrong.join(' ') } : undefined;
}

function useDelayed(value: boolean, milliseconds: number): boolean {
  const [delayed, setDelayed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), value ? milliseconds : 0);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return value && delayed;
}
