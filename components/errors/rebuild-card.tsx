'use client';

import { CircleCheck, CircleX, FlaskConical } from 'lucide-react';
import { useState, useTransition } from 'react';
import type { Rebuild } from '@/lib/access/errors/index';
import type { Attempt, Rebuilt } from '@/lib/aws/rebuild';
import { Alert } from '../ui/alert';
import { Button } from '../ui/button';
import { Card } from '../ui/layout';

export type RebuildAction = (input: { text: string }) => Promise<{
  data?: { proof: Rebuilt } | { problem: string } | undefined;
  serverError?: string | undefined;
}>;

/** The situation rebuilt in an account of the emulator that is used for nothing else: refused, repaired, allowed. */
export function RebuildCard({
  text,
  plan,
  rebuild,
}: {
  text: string;
  plan: Rebuild | undefined;
  rebuild: RebuildAction;
}) {
  const [pending, start] = useTransition();
  const [answer, setAnswer] = useState<{ proof: Rebuilt } | { problem: string }>();
  if (plan === undefined) {
    return (
      <Card title="Proof in the emulator">
        <p className="text-ink-2">
          There is no situation to rebuild for this text: it names no refusal of a key that the emulator can stage.
        </p>
      </Card>
    );
  }
  const run = () =>
    start(async () => {
      const { data, serverError } = await rebuild({ text });
      setAnswer(data ?? { problem: serverError ?? 'The console did not answer.' });
    });
  return (
    <Card title="Proof in the emulator">
      <p className="text-ink-2">
        Makes a role {plan.role}, a key and a bucket in an account of its own, runs the call, repairs, and runs it
        again. Nothing of this connection is touched.
      </p>
      <div className="mt-2">
        <Button kind="primary" onClick={run} aria-busy={pending}>
          <FlaskConical size={14} aria-hidden />
          {pending ? 'Rebuilding' : 'Rebuild and prove the fix'}
        </Button>
      </div>
      <div aria-live="polite">
        {answer && 'problem' in answer && <p className="field-error">{answer.problem}</p>}
        {answer && 'proof' in answer && <Proof proof={answer.proof} />}
      </div>
    </Card>
  );
}

function Proof({ proof }: { proof: Rebuilt }) {
  const proven = !proof.before.allowed && proof.after.allowed;
  return (
    <>
      <ol className="proof">
        <li>
          <FlaskConical size={14} aria-hidden />
          <span>
            Account <span className="mono">{proof.account}</span>: {proof.made.join('; ')}
          </span>
        </li>
        <Step attempt={proof.before} />
        <li>
          <FlaskConical size={14} aria-hidden />
          <span>{proof.fix}</span>
        </li>
        <Step attempt={proof.after} />
      </ol>
      <Alert tone={proven ? 'good' : 'warn'} title={proven ? 'Proven: the repair changes the answer' : 'Not proven'}>
        {proven
          ? 'The same call was refused before it and allowed after it.'
          : 'The two calls did not go as expected: the cause may be another one.'}
      </Alert>
    </>
  );
}

function Step({ attempt: { allowed, call, code, message, requestId } }: { attempt: Attempt }) {
  const Icon = allowed ? CircleCheck : CircleX;
  return (
    <li>
      <span className={`status ${allowed ? 'good' : 'bad'}`}>
        <Icon size={14} aria-hidden />
      </span>
      <span className="wrap-anywhere">
        <span className="mono">{call}</span> {allowed ? 'is allowed' : `is refused: ${code ?? ''}`}
        {message && <span className="mono block text-ink-2">{message}</span>}
        {requestId && <span className="mono block text-xs text-ink-3">request {requestId}</span>}
      </span>
    </li>
  );
}
