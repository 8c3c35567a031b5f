'use client';

import { Undo2 } from 'lucide-react';
import { undoChange } from '@/app/_actions/undo';
import { Button } from '../ui/button';
import type { Undo } from '../ui/outcome';
import { useAction } from '../ui/use-action';

/** Takes back what a message tells of. */
export function UndoButton({ undo, onDone }: { undo: Undo; onDone: () => void }) {
  const { run, showPending } = useAction(undoChange, { flashFailures: true, onDone });
  return (
    <Button size="small" className="self-start" onClick={() => run({ change: undo.change, plan: undo.plan })}>
      <Undo2 size={14} aria-hidden />
      {showPending ? 'Working…' : undo.label}
    </Button>
  );
}
