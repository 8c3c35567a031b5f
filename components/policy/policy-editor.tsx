'use client';

import dynamic from 'next/dynamic';
import { useState } from 'react';
import { Button } from '../ui/button';
import { CodeRows, prettyJson } from '../ui/code';
import { ConfirmButton } from '../ui/confirm';
import { Dialog } from '../ui/dialog';
import { diffLines } from '../ui/diff';
import { ActionForm } from '../ui/form';
import { formatCount } from '../ui/format';
import type { FormAction } from '../ui/outcome';

// CodeMirror is heavy; it comes when an editor is opened.
const CodeEditor = dynamic(() => import('./code-editor').then((module) => module.CodeEditor), {
  ssr: false,
  loading: () => <div className="code h-[420px]" role="status" aria-label="Loading the editor" />,
});

/**
 * A policy: shown as it is, edited on demand, and saved only after the change has been seen as a diff.
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
}: {
  label: string;
  policy: string | undefined;
  limit: number;
  action: FormAction;
  input: Readonly<Record<string, string>>;
  /** How the policy is deleted; absent where there must always be one. */
  removal?: { readonly action: FormAction; readonly word: string; readonly consequence: string };
  target: string;
  unavailable?: string | undefined;
  /** Where a new policy starts. */
  example: string;
}) {
  const stored = policy === undefined ? undefined : prettyJson(policy);
  const [draft, setDraft] = useState<string>();
  const [reviewing, setReviewing] = useState(false);
  const text = draft ?? stored ?? '';
  const bytes = new TextEncoder().encode(text).length;
  const broken = draft === undefined ? undefined : parseProblem(draft);
  const noun = label.toLowerCase();
  return (
    <div className="stack">
      {draft === undefined ? (
        stored === undefined ? null : (
          <CodeRows rows={stored.split('\n').map((line, index) => ({ text: line, number: index + 1 }))} label={label} />
        )
      ) : (
        <CodeEditor label={label} text={draft} onText={setDraft} />
      )}
      <div className="flex flex-wrap items-center gap-2">
        {draft === undefined ? (
          <>
            <Button unavailable={unavailable} onClick={() => setDraft(stored ?? example)}>
              {stored === undefined ? `Add ${noun}` : `Edit ${noun}`}
            </Button>
            {removal && stored !== undefined && (
              <ConfirmButton
                label={`Delete ${noun}`}
                kind="ghost"
                unavailable={unavailable}
                title={`Delete the ${noun}`}
                consequence={{ title: removal.consequence, detail: 'Identity policies stay as they are.' }}
                word={removal.word}
                action={removal.action}
                input={input}
                submit={`Delete ${noun}`}
                target={target}
              />
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
              onClick={() => setReviewing(true)}
            >
              Review change
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
      <Dialog open={reviewing} onClose={() => setReviewing(false)} title={`Change the ${noun}`} width="wide">
        <div className="dialog-body">
          <ActionForm
            action={action}
            submit={`Save ${noun}`}
            target={target}
            onDone={() => {
              setReviewing(false);
              setDraft(undefined);
            }}
            cancel={<Button onClick={() => setReviewing(false)}>Back</Button>}
          >
            {Object.entries(input).map(([name, value]) => (
              <input key={name} type="hidden" name={name} value={value} />
            ))}
            <input type="hidden" name="policy" value={text} />
            <CodeRows rows={diffLines(stored ?? '', text)} label="What changes" />
          </ActionForm>
        </div>
      </Dialog>
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
