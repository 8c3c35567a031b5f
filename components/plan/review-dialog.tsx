'use client';

import { useState } from 'react';
import type { Plan } from '@/lib/plan/types';
import { OutcomeDetail } from '../flash/outcome-detail';
import { Alert } from '../ui/alert';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { plural } from '../ui/format';
import type { Outcome } from '../ui/outcome';
import { PlanReview } from './plan-review';

/**
 * The step between a form and its change: the plan, a word to type where it is risky, and the button that applies it.
 * What was typed in the form stays there.
 */
export function ReviewDialog({
  plan,
  target = 'in the emulator',
  failure,
  pending,
  onBack,
  onApply,
  onReload,
}: {
  plan: Plan;
  target?: string | undefined;
  /** What came of the last attempt to apply. */
  failure: Outcome | undefined;
  pending: boolean;
  onBack: () => void;
  onApply: (typed: string) => void;
  /** Makes the plan anew with the same input. */
  onReload: () => void;
}) {
  const [typed, setTyped] = useState('');
  const ready = plan.word === undefined || typed === plan.word;
  const apply = () => {
    if (ready && !pending && !failure?.stale) onApply(typed);
  };
  return (
    <Dialog open onClose={onBack} title={plan.title} width="plan">
      <div className="dialog-body">
        <PlanReview plan={plan} />
      </div>
      <div className="plan-actions">
        {failure && (
          <Alert tone="bad" role="alert" title={failure.title}>
            <OutcomeDetail outcome={failure} />
          </Alert>
        )}
        <div className="flex flex-wrap items-end gap-2">
          {plan.word !== undefined && !failure?.stale && (
            <label className="plan-word">
              <span>
                Type <span className="mono">{plan.word}</span> to confirm
              </span>
              <span className="field-box">
                <input
                  className="mono"
                  autoComplete="off"
                  spellCheck={false}
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                  onKeyDown={(event) => {
                    if (event.key === 'Enter') {
                      event.preventDefault();
                      apply();
                    }
                  }}
                />
              </span>
            </label>
          )}
          <span className="ml-auto flex flex-wrap gap-2">
            <Button onClick={onBack} data-autofocus>
              Back
            </Button>
            {failure?.stale ? (
              <Button kind="primary" onClick={onReload}>
                Reload the plan
              </Button>
            ) : (
              <button
                type="button"
                className={`button ${plan.word === undefined ? 'primary' : 'danger'}`}
                aria-disabled={!ready || pending}
                onClick={apply}
              >
                {pending ? 'Working…' : `Apply ${plural(plan.calls.length, 'call')} ${target}`}
              </button>
            )}
          </span>
        </div>
      </div>
    </Dialog>
  );
}
