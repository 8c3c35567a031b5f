'use client';

import { X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { CopyButton } from '../copy-button';
import { usePanelWidth } from './preferences';

const [NARROWEST, WIDEST, STEP] = [280, 720, 24];

function within(width: number): number {
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
}

/**
 * Details beside a list. Its edge is moved with the pointer or with the arrow keys; Escape closes it from anywhere on
 * the page; its link reproduces list and panel.
 */
export function SplitPanel({
  title,
  onClose,
  takeFocus,
  children,
}: {
  title: string;
  onClose: () => void;
  /** It was opened by keyboard, which goes on inside. */
  takeFocus: boolean;
  children: ReactNode;
}) {
  const [kept, keep] = usePanelWidth();
  const [width, setWidth] = useState(kept);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (takeFocus) panel.current?.focus();
  }, [takeFocus]);
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      if (document.querySelector('dialog[open], :popover-open')) return;
      onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onClose]);
  const reaching = (x: number) => within((panel.current?.getBoundingClientRect().right ?? x + width) - x);
  const resize = (next: number) => {
    setWidth(within(next));
    keep(within(next));
  };
  const onKey = (event: KeyboardEvent) => {
    const next = { ArrowLeft: width + STEP, ArrowRight: width - STEP, Home: WIDEST, End: NARROWEST }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    resize(next);
  };
  return (
    <aside className="split-panel" aria-label={title} ref={panel} tabIndex={-1} style={{ width }}>
      {/* A separator that can be moved is a control, and takes the focus as one. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        className="split-edge"
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the panel"
        aria-valuenow={width}
        aria-valuemin={NARROWEST}
        aria-valuemax={WIDEST}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onKeyDown={onKey}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) setWidth(reaching(event.clientX));
        }}
        onPointerUp={(event) => keep(reaching(event.clientX))}
      />
      <div className="split-panel-head">
        <h2>{title}</h2>
        <CopyButton text={() => window.location.href} label="Copy link" />
        <button type="button" className="icon-button small" aria-label="Close" onClick={onClose}>
          <X size={14} aria-hidden />
        </button>
      </div>
      {children}
    </aside>
  );
}
