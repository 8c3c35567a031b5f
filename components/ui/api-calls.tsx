'use client';

import { Terminal } from 'lucide-react';
import { useState } from 'react';
import type { ApiCallText } from '@/lib/aws/api-call';
import { Button } from './button';
import { CopyButton } from './copy-button';
import { Dialog } from './dialog';

const FORMS = [
  { id: 'cli', label: 'AWS CLI' },
  { id: 'typescript', label: 'TypeScript' },
  { id: 'http', label: 'HTTP' },
] as const;

/** The calls in the three languages; one choice of language for all of them. */
export function ApiCallList({ calls }: { calls: readonly ApiCallText[] }) {
  const [shown, setShown] = useState<(typeof FORMS)[number]['id']>('cli');
  return (
    <div className="stack">
      <div className="segments" role="group" aria-label="Language">
        {FORMS.map((form) => (
          <button key={form.id} type="button" aria-pressed={shown === form.id} onClick={() => setShown(form.id)}>
            {form.label}
          </button>
        ))}
      </div>
      {calls.map((call, index) => (
        <div key={`${index}:${call.title}`}>
          <div className="mb-1 flex items-center justify-between">
            <h3 className="mono font-medium">{call.title}</h3>
            <CopyButton text={call[shown]} label={`Copy ${call.title}`} />
          </div>
          {/* It scrolls, so a keyboard must reach it. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre className="code call" tabIndex={0} aria-label={`${call.title} as ${shown}`}>
            {call[shown]}
          </pre>
        </div>
      ))}
    </div>
  );
}

/** Opens the calls that a page or an action made. */
export function ShowApiCalls({
  calls,
  label = calls.length === 1 ? 'Show API call' : 'Show API calls',
  asLink = false,
}: {
  calls: readonly ApiCallText[];
  label?: string;
  asLink?: boolean;
}) {
  const [open, setOpen] = useState(false);
  if (calls.length === 0) return null;
  return (
    <>
      {asLink ? (
        <button type="button" className="link" onClick={() => setOpen(true)}>
          {label}
        </button>
      ) : (
        <Button onClick={() => setOpen(true)}>
          <Terminal size={14} aria-hidden />
          {label}
        </Button>
      )}
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={calls.length === 1 ? 'API call' : 'API calls'}
        width="wide"
      >
        <div className="dialog-body">
          <ApiCallList calls={calls} />
        </div>
      </Dialog>
    </>
  );
}
