'use client';

import { CircleHelp, KeyRound, Menu, Monitor, Moon, Search, Sun, SunMoon } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { DropdownMenu } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { Dialog } from '../ui/dialog';
import { Breadcrumbs } from './breadcrumbs';
import type { Counted } from './navigation';
import { applyTheme, known, THEMES, type Theme } from './preferences';
import { NavLinks } from './side-nav';
import { ShortcutHelp, useShortcuts } from './shortcuts';

// The palette is loaded when it is first opened: it is not part of any page's first load.
const Palette = dynamic(() => import('./palette').then((module) => module.Palette), { ssr: false });

const THEME_LABELS: Readonly<Record<Theme, { label: string; icon: typeof Sun }>> = {
  system: { label: 'As the system', icon: Monitor },
  light: { label: 'Light', icon: Sun },
  dark: { label: 'Dark', icon: Moon },
};

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
  const [theme, setTheme] = useState(initial);
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
        <DropdownMenu.Root modal={false}>
          <DropdownMenu.Trigger className="icon-button only-wide" aria-label="Theme">
            <SunMoon size={16} aria-hidden />
          </DropdownMenu.Trigger>
          {/* Not in a portal: the menu stays inside the banner. */}
          <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
            <DropdownMenu.RadioGroup
              value={theme}
              onValueChange={(value) => {
                const chosen = known(value, THEMES, 'system');
                setTheme(chosen);
                applyTheme(chosen);
              }}
            >
              {THEMES.map((name) => {
                const { label, icon: Icon } = THEME_LABELS[name];
                return (
                  <DropdownMenu.RadioItem key={name} value={name} className="menu-item">
                    <Icon size={14} aria-hidden />
                    {label}
                  </DropdownMenu.RadioItem>
                );
              })}
            </DropdownMenu.RadioGroup>
          </DropdownMenu.Content>
        </DropdownMenu.Root>
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
