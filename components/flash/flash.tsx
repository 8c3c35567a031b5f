'use client';

import { CircleCheck, CircleX, X } from 'lucide-react';
import Link from 'next/link';
import { createContext, Fragment, type ReactNode, use, useCallback, useMemo, useState } from 'react';
import { ShowApiCalls } from '../ui/api-calls';
import { CopyButton } from '../ui/copy-button';
import type { Outcome } from '../ui/outcome';

type Tell = (outcome: Outcome) => void;

const FlashContext = createContext<Tell>(() => undefined);

/** Tells the person what came of what they did. The message stays across pages until it is dismissed. */
export function useFlash(): Tell {
  return use(FlashContext);
}

interface Shown {
  readonly id: number;
  readonly outcome: Outcome;
}

/** Most messages that are shown at once; older ones leave. */
const LIMIT = 4;

export function FlashProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const tell = useCallback<Tell>((outcome) => {
    setShown((before) => [...before, { id: (before.at(-1)?.id ?? 0) + 1, outcome }].slice(-LIMIT));
  }, []);
  const list = useMemo(
    () =>
      shown.map(({ id, outcome }) => ({
        id,
        outcome,
        dismiss: () => setShown((all) => all.filter((one) => one.id !== id)),
      })),
    [shown],
  );
  return (
    <FlashContext value={tell}>
      {children}
      <section className="flashes" aria-label="Messages">
        {list.map(({ id, outcome, dismiss }) => (
          <Flash key={id} outcome={outcome} onDismiss={dismiss} />
        ))}
      </section>
    </FlashContext>
  );
}

function Flash({ outcome, onDismiss }: { outcome: Outcome; onDismiss: () => void }) {
  const Icon = outcome.ok ? CircleCheck : CircleX;
  return (
    <div className={`flash ${outcome.ok ? 'good' : 'bad'}`} role={outcome.ok ? 'status' : 'alert'}>
      <Icon size={16} aria-hidden />
      <div className="min-w-0">
        <div className="font-semibold">{outcome.title}</div>
        <OutcomeDetail outcome={outcome} />
      </div>
      <button type="button" className="icon-button small" aria-label="Dismiss" onClick={onDismiss}>
        <X size={14} aria-hidden />
      </button>
    </div>
  );
}

/** The sentence, links, code and request id of an outcome; also used inside a form. */
export function OutcomeDetail({ outcome }: { outcome: Outcome }) {
  const links = outcome.links ?? [];
  const calls = outcome.calls ?? [];
  return (
    <div className="text-ink-2">
      {outcome.detail && <div className="wrap-anywhere">{outcome.detail}</div>}
      {outcome.next && <div>{outcome.next}</div>}
      {outcome.once && (
        <div className="mt-1 flex min-w-0 items-center gap-1">
          <span>{outcome.once.label}</span>
          <span className="mono min-w-0 truncate text-ink">{outcome.once.value}</span>
          <CopyButton text={outcome.once.value} label={`Copy ${outcome.once.label.toLowerCase()}`} />
        </div>
      )}
      {(links.length > 0 || calls.length > 0) && (
        <div className="mt-0.5 flex flex-wrap items-center gap-x-2">
          {links.map((link) => (
            <Fragment key={link.label}>
              <Link className="link" href={link.href}>
                {link.label}
              </Link>
              <span aria-hidden className="text-ink-3 last:hidden">
                ·
              </span>
            </Fragment>
          ))}
          <ShowApiCalls calls={calls} asLink />
        </div>
      )}
      {(outcome.code ?? outcome.requestId) && (
        <div className="mono text-ink-3">
          {[outcome.code, outcome.requestId ? `request ${outcome.requestId}` : ''].filter(Boolean).join(', ')}
        </div>
      )}
    </div>
  );
}
