'use client';

import { type ReactNode, useId } from 'react';
import { cx } from './cx';

/** A button with something that opens under it, on the browser's own popover: Escape and a click elsewhere close it. */
export function Popover({
  label,
  button,
  className,
  children,
}: {
  label: string;
  button: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  const anchor = `--${id.replaceAll(/[^\w-]/g, '')}`;
  return (
    <>
      <button
        type="button"
        className={className}
        popoverTarget={id}
        aria-label={label}
        title={label}
        style={{ anchorName: anchor }}
      >
        {button}
      </button>
      {/* `positionAnchor` is what ties it to its own button: several of these can be on a page. */}
      <fieldset
        id={id}
        popover="auto"
        className={cx('menu', 'anchored')}
        aria-label={label}
        style={{ positionAnchor: anchor }}
      >
        {children}
      </fieldset>
    </>
  );
}
