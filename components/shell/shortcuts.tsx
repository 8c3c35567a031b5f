'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { Dialog } from '../ui/dialog';
import { FOOT, NAVIGATION } from './navigation';

const PLACES = [...NAVIGATION.flatMap((group) => group.items), ...FOOT].filter((item) => item.shortcut !== undefined);

/** A pair like `g k` must follow within this time. */
const PAIR_MILLISECONDS = 1200;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Ctrl+K always; single keys only where they are switched on and nobody is typing. */
export function useShortcuts({
  enabled,
  onPalette,
  onHelp,
}: {
  enabled: boolean;
  onPalette: () => void;
  onHelp: () => void;
}) {
  const router = useRouter();
  useEffect(() => {
    let waitingSince = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        onPalette();
        return;
      }
      if (!enabled || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]')) return;
      const now = Date.now();
      if (event.key === '?') onHelp();
      else if (event.key === '/') {
        const filter = document.querySelector<HTMLInputElement>('main input[type="search"]');
        if (filter) {
          event.preventDefault();
          filter.focus();
        }
      } else if (event.key === 'g') {
        waitingSince = now;
        return;
      } else if (now - waitingSince < PAIR_MILLISECONDS) {
        const place = PLACES.find((item) => item.shortcut === event.key);
        if (place) router.push(place.href);
      }
      waitingSince = 0;
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [enabled, onPalette, onHelp, router]);
}

/** The list of keys. */
export function ShortcutHelp({ open, onClose, enabled }: { open: boolean; onClose: () => void; enabled: boolean }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts">
      <div className="dialog-body">
        {!enabled && <p className="mb-3 text-ink-2">Single-key shortcuts are off. Switch them on under Settings.</p>}
        <dl className="keys">
          <dt>
            <kbd>Ctrl</kbd> <kbd>K</kbd>
          </dt>
          <dd>Search or run a command</dd>
          <dt>
            <kbd>?</kbd>
          </dt>
          <dd>This list</dd>
          <dt>
            <kbd>/</kbd>
          </dt>
          <dd>Filter the list on this page</dd>
          {PLACES.map((item) => (
            <div key={item.href} className="contents">
              <dt>
                <kbd>g</kbd> <kbd>{item.shortcut}</kbd>
              </dt>
              <dd>{item.label}</dd>
            </div>
          ))}
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>Close what floats above the page</dd>
        </dl>
      </div>
    </Dialog>
  );
}
