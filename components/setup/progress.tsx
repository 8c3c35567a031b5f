import { Ban, Check, CircleX, Hourglass, Minus, Undo2 } from 'lucide-react';
import type { Progress, StepState } from '@/lib/setup/apply';
import type { SetupCall } from '@/lib/setup/plan';

const SAID: Readonly<Record<StepState, { readonly word: string; readonly tone: string; readonly icon: typeof Check }>> =
  {
    waiting: { word: 'Waiting', tone: 'neutral', icon: Minus },
    running: { word: 'Being made', tone: 'info', icon: Hourglass },
    done: { word: 'Done', tone: 'good', icon: Check },
    failed: { word: 'Failed', tone: 'bad', icon: CircleX },
    undoing: { word: 'Being taken back', tone: 'info', icon: Undo2 },
    undone: { word: 'Taken back', tone: 'neutral', icon: Undo2 },
    kept: { word: 'Goes with what it belongs to', tone: 'neutral', icon: Minus },
    'undo-failed': { word: 'Could not be taken back', tone: 'bad', icon: Ban },
  };

/** The calls of a plan as they are made, and taken back. */
export function ProgressList({ calls, progress }: { calls: readonly SetupCall[]; progress: Progress }) {
  return (
    <ol className="setup-calls" aria-label="Calls of the plan">
      {calls.map((call, index) => {
        const step = progress.steps.find(({ id }) => id === call.id);
        const { word, tone, icon: Icon } = SAID[step?.state ?? 'waiting'];
        return (
          <li key={call.id}>
            <span className="number">{index + 1}</span>
            <span className="min-w-0">
              <span className="mono font-medium">
                {call.service}:{call.operation}
              </span>
              <span className="block text-ink-2">{call.says}</span>
              {step?.error && (
                <span className="block text-bad">
                  <span className="mono">{step.error.code}</span>: {step.error.message}
                  {step.error.requestId && (
                    <span className="mono block text-ink-3">Request {step.error.requestId}</span>
                  )}
                </span>
              )}
            </span>
            <span className={`status ${tone}`}>
              <Icon size={14} aria-hidden />
              <span>{word}</span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
