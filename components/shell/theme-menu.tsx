'use client';

import { Monitor, Moon, Sun, SunMoon } from 'lucide-react';
import { useState } from 'react';
import { applyTheme, THEMES, type Theme } from './preferences';

const LABELS: Readonly<Record<Theme, { label: string; icon: typeof Sun }>> = {
  system: { label: 'As the system', icon: Monitor },
  light: { label: 'Light', icon: Sun },
  dark: { label: 'Dark', icon: Moon },
};

/** Light, dark or as the system, in the browser's own popover: it closes on Escape and on a click elsewhere. */
export function ThemeMenu({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  return (
    <div className="only-wide">
      <button type="button" className="icon-button theme-button" aria-label="Theme" popoverTarget="theme-menu">
        <SunMoon size={16} aria-hidden />
      </button>
      <fieldset id="theme-menu" popover="auto" className="menu theme-menu" aria-label="Theme">
        {THEMES.map((name) => {
          const { label, icon: Icon } = LABELS[name];
          return (
            <label key={name} className="menu-item">
              <input
                type="radio"
                name="theme"
                className="sr-only"
                checked={theme === name}
                onChange={() => {
                  setTheme(name);
                  applyTheme(name);
                }}
              />
              <Icon size={14} aria-hidden />
              {label}
            </label>
          );
        })}
      </fieldset>
    </div>
  );
}
