'use client';

import dynamic from 'next/dynamic';
import { useState } from 'react';
import { OutcomeDetail } from '../flash/outcome-detail';
import { ReviewStep, useReview } from '../plan/review-step';
import { Alert } from '../ui/alert';
import { Button } from '../ui/button';
import { prettyJson } from '../ui/code';
import { ActionButton } from '../ui/form';
import { formatCount } from '../ui/format';
import type { FormAction } from '../ui/outcome';
import type { LintContext } from './lint-context';

// CodeMirror is heavy; it comes when an editor is opened.
const LintedEditor = dynamic(() => import('./linted-document').then((module) => module.LintedEditor), {
  ssr: false,
  loading: () => <div className="code h-[420px]" role="status" aria-label="Loading the editor" />,
});
const LintedDocument = dynamic(() => import('./linted-document').then((module) => module.LintedDocument));

/**
 * A policy: shown as it is, edited on demand, and saved only after the plan of the change has been seen.
 * @param limit bytes that the service accepts
 */
export function PolicyEditor({
  label,
  policy,
  limit,
  action,
  input,
  removal,
  target,
  unavailable,
  example,
  lint,
}: {
  label: string;
  policy: string | undefined;
  limit: number;
  action: FormAction;
  input: Readonly<Record<string, string>>;
  /** How the policy is deleted; absent where there must always be one. */
  removal?: { readonly action: FormAction };
  target: string;
  unavailable?: string | undefined;
  /** Where a new policy starts. */
  example: string;
  lint: LintContext;
}) {
  const stored = policy === undefined ? undefined : prettyJson(policy);
  const [draft, setDraft] = useState<string>();
  const review = useReview(action, { onDone: () => setDraft(undefined) });
  const text = draft ?? stored ?? '';
  const bytes = new TextEncoder().encode(text).length;
  const broken = draft === undefined ? undefined : parseProblem(draft);
  const noun = label.toLowerCase();
  const { answer } = review;
  const wrong = Object.values(answer.validationErrors?.fieldErrors ?? {}).flatMap((messages) => messages ?? []);
  const problem =
    answer.data && !answer.data.ok
      ? answer.data
      : (answer.serverError ?? wrong[0])
        ? { ok: false, title: 'This was not done', detail: answer.serverError ?? wrong[0] ?? '' }
        : undefined;
  return (
    <div className="stack">
      {draft === undefined ? (
        stored === undefined ? null : (
          <LintedDocument label={label} text={stored} lint={lint} onFix={unavailable ? undefined : setDraft} />
        )
      ) : (
        <LintedEditor label={label} text={draft} onText={setDraft} lint={lint} />
      )}
      <div className="flex flex-wrap items-center gap-2">
        {draft === undefined ? (
          <>
            <Button unavailable={unavailable} onClick={() => setDraft(stored ?? example)}>
              {stored === undefined ? `Add ${noun}` : `Edit ${noun}`}
            </Button>
            {removal && stored !== undefined && (
              <ActionButton
                action={removal.action}
                input={input}
                kind="ghost"
                unavailable={unavailable}
                target={target}
              >
                {`Delete ${noun}`}
              </ActionButton>
            )}
          </>
        ) : (
          <>
            <Button
              kind="primary"
              unavailable={
                broken ??
                (bytes > limit
                  ? `At most ${formatCount(limit)} bytes`
                  : text === stored
                    ? 'Nothing was changed'
                    : undefined)
              }
              onClick={() => review.run({ ...input, policy: text })}
            >
              {review.showPending && !review.plan ? 'Working…' : 'Review change'}
            </Button>
            <Button unavailable={broken} onClick={() => setDraft(prettyJson(draft))}>
              Format
            </Button>
            <Button kind="ghost" onClick={() => setDraft(undefined)}>
              Discard
            </Button>
          </>
        )}
        {(draft ?? stored) !== undefined && (
          <span className="ml-auto text-xs text-ink-2">
            {formatCount(bytes)} of {formatCount(limit)} bytes
          </span>
        )}
      </div>
      {problem && !review.plan && (
        <Alert tone="bad" role="alert" title={problem.title}>
          <OutcomeDetail outcome={problem} />
        </Alert>
      )}
      <ReviewStep review={review} target={target} />
    </div>
  );
}

function parseProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return 'The policy is not valid JSON yet';
  }
}
