'use client';

import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { cx } from './cx';

/**
 * A modal dialog on the native element: the browser keeps focus inside, Escape closes it, and focus goes back to
 * where it was. The element with `data-autofocus` gets the first focus.
 */
export function Dialog({
  open,
  onClose,
  title,
  hideTitle = false,
  width = 'normal',
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  hideTitle?: boolean;
  width?: 'normal' | 'wide' | 'plan' | 'palette' | 'drawer';
  children: ReactNode;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = element.current;
    if (!dialog) return;
    if (open && !dialog.open) {
      dialog.showModal();
      dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    } else if (!open && dialog.open) {
      dialog.close();
    }
  }, [open]);
  return (
    // Escape is the keyboard's way out (onCancel); the click on the backdrop is the pointer's.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={element}
      className={cx('dialog', width)}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      {open && (
        <div className="dialog-inside">
          <div className={hideTitle ? 'sr-only' : 'dialog-head'}>
            <h2 id={heading}>{title}</h2>
            {!hideTitle && (
              <button type="button" className="icon-button small" aria-label="Close" onClick={onClose}>
                <X size={14} aria-hidden />
              </button>
            )}
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}
