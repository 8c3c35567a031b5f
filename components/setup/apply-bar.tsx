'use client';

import type { Route } from 'next';
import { useState } from 'react';
import { Button, ButtonLink } from '../ui/button';
import { ActionForm } from '../ui/form';
import type { FormAction } from '../ui/outcome';

/** Applies the plan that was shown; what can't be taken back, and who loses, must be known first. */
export function ApplyBar({
  action,
  draft,
  fingerprint,
  calls,
  target,
  know,
  back,
  unavailable,
}: {
  action: FormAction;
  draft: string;
  fingerprint: string;
  calls: number;
  target: string;
  /** What must be known: "AdhocAnalyst loses Decrypt". */
  know: string | undefined;
  back: Route;
  unavailable: string | undefined;
}) {
  const [known, setKnown] = useState(know === undefined);
  return (
    <div className="setup-bar">
      {know !== undefined && (
        <label className="check">
          <input type="checkbox" checked={known} onChange={(event) => setKnown(event.target.checked)} />
          <span>I know that {know}</span>
        </label>
      )}
      {unavailable ? (
        <Button kind="primary" unavailable={unavailable}>
          Apply {calls} calls
        </Button>
      ) : (
        <ActionForm
          action={action}
          submit={`Apply ${calls} ${calls === 1 ? 'call' : 'calls'}`}
          target={target}
          ready={known}
          cancel={<ButtonLink href={back}>Back</ButtonLink>}
        >
          <input type="hidden" name="draft" value={draft} />
          <input type="hidden" name="plan" value={fingerprint} />
        </ActionForm>
      )}
    </div>
  );
}
