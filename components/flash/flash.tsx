'use client';

import { CircleCheck, CircleX, X } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { createContext, Fragment, type ReactNode, use, useCallback, useMemo, useState } from 'react';
import { ShowApiCalls } from '../ui/api-calls';
import { CopyButton } from '../ui/copy-button';
import type { Outcome } from '../ui/outcome';

type Tell = (outcome: Outcome) => void;

const FlashContext = createContext<Tell>(() => undefined);

/** Tells the person what came of what they did. */
export function useFlash(): Tell {
  return use(FlashContext);
}

interface Shown {
  readonly id: number;
  readonly outcome: Outcome;
  /** The page that the message is about. */
  readonly path: string;
}

interface Board {
  readonly shown: readonly Shown[];
  readonly dismiss: (id: number) => void;
}

const BoardContext = createContext<Board>({ shown: [], dismiss: () => undefined });

/** Most messages that are shown at once; older ones leave. */
const LIMIT = 4;

/**
 * Keeps the messages. A success follows to the page that it leads to and leaves with it; a failure, and what is shown
 * only once, stay until they are dismissed.
 */
export function FlashProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const path = usePathname();
  const tell = useCallback<Tell>((outcome) => {
    const about = new URL(outcome.goTo ?? window.location.href, window.location.href).pathname;
    setShown((before) => [...before, { id: (before.at(-1)?.id ?? 0) + 1, outcome, path: about }].slice(-LIMIT));
  }, []);
  const dismiss = useCallback((id: number) => setShown((all) => all.filter((one) => one.id !== id)), []);
  const [at, setAt] = useState(path);
  if (at !== path) {
    setAt(path);
    setShown(shown.filter((one) => !one.outcome.ok || one.outcome.once || one.path === path));
  }
  const board = useMemo(() => ({ shown, dismiss }), [shown, dismiss]);
  return (
    <FlashContext value={tell}>
      <BoardContext value={board}>{children}</BoardContext>
    </FlashContext>
  );
}

/** The messages, above the page that they are about: they take room, so that they never lie over a button. */
export function Flashes() {
  const { shown, dismiss } = use(BoardContext);
  return (
    <section className="flashes" aria-label="Messages">
      {shown.map(({ id, outcome }) => (
        <Flash key={id} outcome={outcome} onDismiss={() => dismiss(id)} />
      ))}
    </section>
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
