'use client';

import type { Route } from 'next';
import { useRouter } from 'next/navigation';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Alert } from '../ui/alert';
import { Button, ButtonLink } from '../ui/button';
import { ActionForm } from '../ui/form';
import type { ActionAnswer, FormAction } from '../ui/outcome';
import { CHANGED_ELSEWHERE } from './changed-elsewhere';

/** What keeping the input answers: the new revision, or that another tab was there. */
export interface KeepAnswer {
  readonly data?: { readonly revision: number } | { readonly changedElsewhere: true } | undefined;
  readonly serverError?: string | undefined;
}

/** After this long without a key the input is kept. */
const KEEP_AFTER_MS = 350;

/**
 * One step of a set-up. Input is kept while it is typed, so that a reload loses nothing; what another tab has changed is
 * never written over.
 */
export function StepForm({
  draft,
  wizard,
  step,
  revision,
  save,
  keep,
  copy,
  back,
  submit,
  live,
  children,
}: {
  draft: string;
  wizard: string;
  step: string;
  revision: number;
  save: FormAction;
  keep: (input: unknown) => Promise<KeepAnswer | undefined>;
  copy: FormAction;
  back?: Route | undefined;
  submit: string;
  /** Whether something on the page depends on the input and is read again when it was kept. */
  live: boolean;
  children: ReactNode;
}) {
  const router = useRouter();
  const holder = useRef<HTMLDivElement>(null);
  const known = useRef(revision);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const keeping = useRef<Promise<void>>(Promise.resolve());
  const [elsewhere, setElsewhere] = useState(false);

  useEffect(() => {
    known.current = Math.max(known.current, revision);
  }, [revision]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const input = (data: FormData): FormData => {
    for (const [name, value] of Object.entries({ draft, wizard, step, revision: String(known.current) }))
      data.set(name, value);
    return data;
  };
  const read = () => {
    const form = holder.current?.querySelector('form');
    return form ? new FormData(form) : undefined;
  };
  const keepNow = () => {
    keeping.current = keeping.current.then(async () => {
      const data = read();
      if (!data) return;
      const answer = await keep(input(data)).catch(() => undefined);
      if (answer?.data && 'revision' in answer.data) {
        known.current = answer.data.revision;
        if (live) router.refresh();
      } else if (answer?.data) setElsewhere(true);
    });
  };
  const saveStep: FormAction = async (data): Promise<ActionAnswer> => {
    clearTimeout(timer.current);
    await keeping.current;
    const answer = await save(input(data as FormData));
    if (answer.data?.code === CHANGED_ELSEWHERE) setElsewhere(true);
    return answer;
  };
  return (
    <div
      ref={holder}
      onChange={() => {
        clearTimeout(timer.current);
        timer.current = setTimeout(keepNow, KEEP_AFTER_MS);
      }}
      className="setup-step"
    >
      {elsewhere && (
        <Alert tone="warn" role="alert" title="Another tab changed this draft">
          <p>What you see here is yours and was not written over it.</p>
          <div className="mt-2 flex flex-wrap gap-2">
            <Button size="small" onClick={() => window.location.reload()}>
              Show the other
            </Button>
            <CopyButtonOfDraft copy={copy} read={() => input(read() ?? new FormData())} />
          </div>
        </Alert>
      )}
      <ActionForm
        action={saveStep}
        submit={submit}
        cancel={back ? <ButtonLink href={back}>Back</ButtonLink> : undefined}
      >
        {children}
      </ActionForm>
    </div>
  );
}

function CopyButtonOfDraft({ copy, read }: { copy: FormAction; read: () => FormData }) {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  return (
    <Button
      size="small"
      onClick={() => {
        if (busy) return;
        setBusy(true);
        void copy(read()).then(({ data }) => {
          if (data?.goTo) router.push(data.goTo);
          setBusy(false);
        });
      }}
    >
      {busy ? 'Working…' : 'Go on with a copy of mine'}
    </Button>
  );
}
