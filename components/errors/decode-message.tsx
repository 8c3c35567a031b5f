'use client';

import { useState, useTransition } from 'react';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { Card } from '../ui/layout';

export type DecodeMessageAction = (input: {
  encoded: string;
}) => Promise<{ data?: { decoded: string } | { problem: string } | undefined; serverError?: string | undefined }>;

/** An encoded message can be read only by the account that was refused. */
export function DecodeMessage({
  encoded,
  decode,
  onDecoded,
}: {
  encoded: string;
  decode: DecodeMessageAction;
  onDecoded: (text: string) => void;
}) {
  const [pending, start] = useTransition();
  const [problem, setProblem] = useState<string>();
  const command = `aws sts decode-authorization-message --encoded-message ${encoded}`;
  const run = () =>
    start(async () => {
      const { data, serverError } = await decode({ encoded });
      if (data !== undefined && 'decoded' in data) onDecoded(data.decoded);
      else setProblem(data?.problem ?? serverError ?? 'The console did not answer.');
    });
  return (
    <Card title="An encoded message" end={<CopyButton text={command} label="Copy the command" />}>
      <p className="text-ink-2">
        Only sts:DecodeAuthorizationMessage in the account that was refused can read it. Decode it here with this
        connection’s credentials, or run the command there and paste what it answers.
      </p>
      <pre className="code call mt-2">{`${command.slice(0, 90)}…`}</pre>
      <div className="mt-2">
        <Button kind="primary" onClick={run} aria-busy={pending}>
          Decode
        </Button>
      </div>
      {problem && <p className="field-error">{problem}</p>}
    </Card>
  );
}
