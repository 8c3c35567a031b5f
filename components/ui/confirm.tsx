'use client';

import { type ReactNode, useState } from 'react';
import { Alert } from './alert';
import { Button } from './button';
import { Dialog } from './dialog';
import { ActionForm, TextField } from './form';
import type { FormAction } from './outcome';

/**
 * Confirmation by typing: first what is lost, then the word. Cancel has the focus; the red button stays grey until
 * the word is right.
 */
export function ConfirmByTyping({
  open,
  onClose,
  title,
  consequence,
  children,
  word,
  action,
  input,
  submit,
  target,
  onDone,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What becomes unreadable or is gone. */
  consequence: { readonly title: string; readonly detail: ReactNode };
  /** More fields, such as a waiting period. */
  children?: ReactNode;
  word: string;
  action: FormAction;
  input: Readonly<Record<string, string>>;
  submit: string;
  target?: string | undefined;
  onDone?: (() => void) | undefined;
}) {
  const [typed, setTyped] = useState('');
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <div className="dialog-body">
        <ActionForm
          action={action}
          submit={submit}
          target={target}
          danger
          ready={typed === word}
          onDone={() => {
            setTyped('');
            onClose();
            onDone?.();
          }}
          cancel={
            <Button onClick={onClose} data-autofocus>
              Cancel
            </Button>
          }
        >
          <Alert tone="bad" title={consequence.title}>
            {consequence.detail}
          </Alert>
          {Object.entries(input).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          {children}
          <TextField name="typed" label={`Type ${word} to confirm`} mono onValue={setTyped} />
        </ActionForm>
      </div>
    </Dialog>
  );
}

/** A button that opens such a confirmation. */
export function ConfirmButton({
  label,
  kind = 'normal',
  size = 'normal',
  unavailable,
  ...confirm
}: Omit<Parameters<typeof ConfirmByTyping>[0], 'open' | 'onClose'> & {
  label: ReactNode;
  kind?: 'normal' | 'danger' | 'ghost';
  size?: 'normal' | 'small';
  unavailable?: string | undefined;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button kind={kind} size={size} unavailable={unavailable} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <ConfirmByTyping open={open} onClose={() => setOpen(false)} {...confirm} />
    </>
  );
}

/** A button that opens a dialog with a form. */
export function FormDialogButton({
  label,
  title,
  kind = 'normal',
  size = 'normal',
  unavailable,
  width = 'normal',
  action,
  submit,
  target,
  children,
}: {
  label: ReactNode;
  title: string;
  kind?: 'normal' | 'primary' | 'ghost';
  size?: 'normal' | 'small';
  unavailable?: string | undefined;
  width?: 'normal' | 'wide';
  action: FormAction;
  submit: string;
  target?: string | undefined;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button kind={kind} size={size} unavailable={unavailable} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={title} width={width}>
        <div className="dialog-body">
          <ActionForm
            action={action}
            submit={submit}
            target={target}
            onDone={() => setOpen(false)}
            cancel={<Button onClick={() => setOpen(false)}>Cancel</Button>}
          >
            {children}
          </ActionForm>
        </div>
      </Dialog>
    </>
  );
}
