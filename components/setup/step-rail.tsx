import { Check, CircleX } from 'lucide-react';
import type { Route } from 'next';
import Link from 'next/link';
import type { StepId } from '@/lib/setup/choices';
import type { StepState } from '@/lib/setup/draft';

export interface RailStep {
  readonly id: StepId;
  readonly label: string;
  /** What was chosen, in a few words. */
  readonly chosen: string;
  readonly state: StepState;
  /** Absent while something before it is missing. */
  readonly href?: Route;
}

const SAID: Readonly<Record<StepState, string>> = {
  complete: 'Complete',
  current: 'Current step',
  error: 'Needs a change',
  open: 'Next',
  closed: 'Not yet',
};

/** The numbered steps with their state; a step is a link once everything before it is complete. */
export function StepRail({ title, steps }: { title: string; steps: readonly RailStep[] }) {
  return (
    <nav aria-label="Steps" className="setup-rail">
      <div className="text-ink-2">{title}</div>
      <ol>
        {steps.map(({ id, label, chosen, state, href }, index) => (
          <li key={id} data-state={state}>
            <span className="mark" aria-hidden>
              {state === 'complete' ? <Check size={12} /> : state === 'error' ? <CircleX size={12} /> : index + 1}
            </span>
            <span className="min-w-0">
              {href ? (
                <Link href={href} aria-current={state === 'current' ? 'step' : undefined} className="name">
                  <span className="sr-only">{index + 1}. </span>
                  {label}
                </Link>
              ) : (
                <span className="name">
                  <span className="sr-only">{index + 1}. </span>
                  {label}
                </span>
              )}
              <span className="sr-only">, {SAID[state]}</span>
              {chosen && <span className="chosen">{chosen}</span>}
            </span>
          </li>
        ))}
      </ol>
    </nav>
  );
}
