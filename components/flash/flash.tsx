'use client';

import { CircleCheck, CircleX, X } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from 'react';
import { UndoButton } from '../plan/undo-button';
import type { Outcome } from '../ui/outcome';
import { FlashContext, type Tell } from './flash-context';
import { OutcomeDetail } from './outcome-detail';

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
      {outcome.undo && <UndoButton undo={outcome.undo} onDone={onDismiss} />}
      <button type="button" className="icon-button small" aria-label="Dismiss" onClick={onDismiss}>
        <X size={14} aria-hidden />
      </button>
    </div>
  );
}
