'use client';

import { Command } from 'cmdk';
import {
  Cylinder,
  FastForward,
  FolderTree,
  KeyRound,
  type LucideIcon,
  Plus,
  Search,
  SunMoon,
  Table2,
} from 'lucide-react';
import type { Route } from 'next';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { Dialog } from '../ui/dialog';
import { FOOT, NAVIGATION } from './navigation';
import { applyTheme } from './preferences';

/** A resource as `/api/palette` lists it. */
export interface PaletteEntry {
  readonly kind: 'table bucket' | 'directory bucket' | 'general purpose bucket' | 'KMS key';
  readonly name: string;
  readonly href: Route;
}

const ICONS: Readonly<Record<PaletteEntry['kind'], LucideIcon>> = {
  'table bucket': Table2,
  'directory bucket': FolderTree,
  'general purpose bucket': Cylinder,
  'KMS key': KeyRound,
};

const CREATE: readonly { label: string; href: Route }[] = [
  { label: 'Create table bucket', href: '/table-buckets/new' },
  { label: 'Create directory bucket', href: '/directory-buckets/new' },
  { label: 'Create general purpose bucket', href: '/buckets/new' },
  { label: 'Create KMS key', href: '/keys/new' },
];

/** More hits than this are not looked through; typing on narrows them. */
const SHOWN = 40;

/** Pages, resources and actions, by typing. */
export function Palette({ open, onClose, onHelp }: { open: boolean; onClose: () => void; onHelp: () => void }) {
  const router = useRouter();
  const [entries, setEntries] = useState<readonly PaletteEntry[]>([]);
  const [typed, setTyped] = useState('');
  useEffect(() => {
    if (!open) return;
    const stop = new AbortController();
    fetch('/api/palette', { signal: stop.signal })
      .then((response) => (response.ok ? response.json() : []))
      .then((list: readonly PaletteEntry[]) => setEntries(list))
      .catch(() => undefined);
    return () => stop.abort();
  }, [open]);
  const go = (href: Route) => {
    onClose();
    setTyped('');
    router.push(href);
  };
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const resources = entries.filter((entry) => words.length > 0 && fits(`${entry.name} ${entry.kind}`)).slice(0, SHOWN);
  const pages = [...NAVIGATION.flatMap((group) => group.items), ...FOOT].filter((item) => fits(item.label));
  const create = CREATE.filter((item) => fits(item.label));
  const others = [
    { label: 'Keyboard shortcuts', icon: Search, run: onHelp },
    { label: 'Theme: light', icon: SunMoon, run: () => applyTheme('light') },
    { label: 'Theme: dark', icon: SunMoon, run: () => applyTheme('dark') },
    { label: 'Theme: as the system', icon: SunMoon, run: () => applyTheme('system') },
    { label: 'World clock and assumptions', icon: FastForward, run: () => router.push('/world') },
  ].filter((item) => fits(item.label));
  return (
    <Dialog open={open} onClose={onClose} title="Search or run a command" hideTitle width="palette">
      <Command label="Search or run a command" shouldFilter={false} loop>
        <div className="palette-input">
          <Search size={16} aria-hidden />
          <Command.Input value={typed} onValueChange={setTyped} placeholder="Search or run a command" data-autofocus />
          <kbd aria-hidden>Esc</kbd>
        </div>
        <Command.List className="palette-list">
          <Command.Empty className="palette-empty">Nothing is called that.</Command.Empty>
          {resources.length > 0 && (
            <Command.Group heading="Resources">
              {resources.map((entry) => {
                const Icon = ICONS[entry.kind];
                return (
                  <Command.Item key={entry.href} value={entry.href} onSelect={() => go(entry.href)}>
                    <Icon size={14} aria-hidden />
                    <span className="mono truncate">{entry.name}</span>
                    <span className="end">{entry.kind}</span>
                  </Command.Item>
                );
              })}
            </Command.Group>
          )}
          {pages.length > 0 && (
            <Command.Group heading="Pages">
              {pages.map(({ href, label, icon: Icon, shortcut }) => (
                <Command.Item key={href} value={`page ${href}`} onSelect={() => go(href)}>
                  <Icon size={14} aria-hidden />
                  {label}
                  {shortcut && (
                    <span className="end">
                      <kbd>g</kbd> <kbd>{shortcut}</kbd>
                    </span>
                  )}
                </Command.Item>
              ))}
            </Command.Group>
          )}
          {create.length > 0 && (
            <Command.Group heading="Create">
              {create.map((item) => (
                <Command.Item key={item.href} value={`create ${item.href}`} onSelect={() => go(item.href)}>
                  <Plus size={14} aria-hidden />
                  {item.label}
                </Command.Item>
              ))}
            </Command.Group>
          )}
          {others.length > 0 && (
            <Command.Group heading="Console">
              {others.map(({ label, icon: Icon, run }) => (
                <Command.Item
                  key={label}
                  value={label}
                  onSelect={() => {
                    onClose();
                    run();
                  }}
                >
                  <Icon size={14} aria-hidden />
                  {label}
                </Command.Item>
              ))}
            </Command.Group>
          )}
        </Command.List>
      </Command>
    </Dialog>
  );
}
