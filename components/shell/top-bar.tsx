'use client';

import { CircleHelp, KeyRound, Menu, Presentation, Search } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import { Dialog } from '../ui/dialog';
import { Breadcrumbs } from './breadcrumbs';
import type { Counted } from './navigation';
import type { Theme } from './preferences';
import { ShortcutHelp, useShortcuts } from './shortcuts';
import { NavLinks } from './side-nav';
import { ThemeMenu } from './theme-menu';

// The palette is loaded when it is first opened: it is not part of any page's first load.
const Palette = dynamic(() => import('./palette').then((module) => module.Palette), { ssr: false });

/** Brand, breadcrumbs, command search, theme and help. */
export function TopBar({
  counts,
  theme: initial,
  shortcuts,
}: {
  counts: Readonly<Record<Counted, ReactNode>>;
  theme: Theme;
  shortcuts: boolean;
}) {
  const [open, setOpen] = useState<'palette' | 'help' | 'nav'>();
  const [paletteUsed, setPaletteUsed] = useState(false);
  const close = () => setOpen(undefined);
  const openPalette = () => {
    setPaletteUsed(true);
    setOpen('palette');
  };
  useShortcuts({ enabled: shortcuts, onPalette: openPalette, onHelp: () => setOpen('help') });
  return (
    <div className="topbar">
      <Link className="brand" href="/" aria-label="SSE-KMS Console, overview">
        <span className="mark">
          <KeyRound size={14} aria-hidden />
        </span>
        <span className="name">SSE-KMS Console</span>
      </Link>
      <Breadcrumbs />
      <div className="tools">
        <button type="button" className="command-search" onClick={openPalette} aria-keyshortcuts="Control+K Meta+K">
          <Search size={14} aria-hidden />
          <span>Search or run a command</span>
          <kbd aria-hidden>Ctrl K</kbd>
        </button>
        <Link className="icon-button only-wide" href="/demos" aria-label="Present a demo scenario">
          <Presentation size={16} aria-hidden />
        </Link>
        <ThemeMenu initial={initial} />
        <button
          type="button"
          className="icon-button only-wide"
          aria-label="Help and shortcuts"
          onClick={() => setOpen('help')}
        >
          <CircleHelp size={16} aria-hidden />
        </button>
        <button
          type="button"
          className="icon-button only-narrow"
          aria-label="Open navigation"
          onClick={() => setOpen('nav')}
        >
          <Menu size={16} aria-hidden />
        </button>
      </div>
      {paletteUsed && <Palette open={open === 'palette'} onClose={close} onHelp={() => setOpen('help')} />}
      <ShortcutHelp open={open === 'help'} onClose={close} enabled={shortcuts} />
      <Dialog open={open === 'nav'} onClose={close} title="Navigation" width="drawer">
        <nav className="side-nav drawer-nav" aria-label="Main">
          <NavLinks counts={counts} onGo={close} />
        </nav>
      </Dialog>
    </div>
  );
}
