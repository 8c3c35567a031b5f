'use client';

import { FastForward, Lock, LockOpen, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { lockWriting, moveClock, resetWorld, unlockWriting } from '@/app/_actions/environment';
import { Button } from '../ui/button';
import { ConfirmByTyping } from '../ui/confirm';
import { Dialog } from '../ui/dialog';
import { ActionForm, TextField } from '../ui/form';
import { useAction } from '../ui/use-action';

const STEPS = [
  { seconds: 60, label: '1 minute' },
  { seconds: 300, label: '5 minutes' },
  { seconds: 3600, label: '1 hour' },
  { seconds: 86_400, label: '1 day' },
  { seconds: 604_800, label: '7 days' },
  { seconds: 2_592_000, label: '30 days' },
] as const;

/** Move clock and Reset. */
export function EmulatorActions({ accountId }: { accountId: string }) {
  const [open, setOpen] = useState<'clock' | 'reset'>();
  const close = () => setOpen(undefined);
  return (
    <>
      <button type="button" className="band-button" onClick={() => setOpen('clock')}>
        <FastForward size={14} aria-hidden />
        Move clock
      </button>
      <button type="button" className="band-button" onClick={() => setOpen('reset')}>
        <RotateCcw size={14} aria-hidden />
        Reset
      </button>
      <MoveClock open={open === 'clock'} onClose={close} />
      <ConfirmByTyping
        open={open === 'reset'}
        onClose={close}
        title="Reset this world"
        consequence={{
          title: `Everything in account ${accountId} is removed`,
          detail:
            'Buckets, tables, objects, keys, principals, the audit trail and the ledger. Other accounts of the emulator stay as they are.',
        }}
        word="reset"
        action={resetWorld}
        input={{}}
        submit="Reset the world"
      />
    </>
  );
}

/** Moves the world's clock forward, by a step or by a number of seconds. */
export function MoveClock({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { run, pending } = useAction(moveClock, { onDone: onClose, flashFailures: true });
  return (
    <Dialog open={open} onClose={onClose} title="Move the world clock">
      <div className="dialog-body">
        <p className="mb-3 text-ink-2">
          Bucket keys, table keys, sessions, grants and waiting periods follow this clock. It only goes forward.
        </p>
        <div className="mb-4 flex flex-wrap gap-2">
          {STEPS.map((step) => (
            <Button
              key={step.seconds}
              size="small"
              aria-disabled={pending}
              onClick={() => run({ seconds: String(step.seconds) })}
            >
              + {step.label}
            </Button>
          ))}
        </div>
        <ActionForm
          action={moveClock}
          submit="Move the clock"
          onDone={onClose}
          cancel={<Button onClick={onClose}>Cancel</Button>}
        >
          <TextField name="seconds" label="Forward by" type="number" unit="seconds" defaultValue={301} focusFirst />
        </ActionForm>
      </div>
    </Dialog>
  );
}

/** Opens a real connection for writing, for a quarter of an hour. */
export function UnlockWriting({ accountId, what }: { accountId: string; what: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="band-button solid" onClick={() => setOpen(true)}>
        <LockOpen size={14} aria-hidden />
        Unlock writing
      </button>
      <ConfirmByTyping
        open={open}
        onClose={() => setOpen(false)}
        title={what === 'Real AWS' ? 'Unlock writing in real AWS' : 'Unlock writing at a real endpoint'}
        consequence={{
          title: `Changes go to account ${accountId}`,
          detail: 'For 15 minutes every button that writes changes real buckets, keys and policies. Costs may arise.',
        }}
        word={accountId}
        action={unlockWriting}
        input={{}}
        submit="Unlock writing"
      />
    </>
  );
}

export function LockWriting() {
  const { run } = useAction(lockWriting, { flashFailures: true });
  return (
    <button type="button" className="band-button solid" onClick={() => run({})}>
      <Lock size={14} aria-hidden />
      Lock
    </button>
  );
}
