'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import {
  applyDensity,
  applyTheme,
  DENSITIES,
  type Density,
  known,
  remember,
  THEMES,
  type Theme,
} from '../shell/preferences';

const LABELS: Readonly<Record<Theme | Density, string>> = {
  system: 'As the system',
  light: 'Light',
  dark: 'Dark',
  compact: 'Compact, 30 px rows',
  default: 'Default, 36 px rows',
  comfortable: 'Comfortable, 44 px rows',
};

/** Theme, density and single-key shortcuts; applied as they are chosen. */
export function AppearanceForm({
  theme: initialTheme,
  density: initialDensity,
  shortcuts: initialShortcuts,
}: {
  theme: Theme;
  density: Density;
  shortcuts: boolean;
}) {
  const router = useRouter();
  const [theme, setTheme] = useState(initialTheme);
  const [density, setDensity] = useState(initialDensity);
  const [shortcuts, setShortcuts] = useState(initialShortcuts);
  return (
    <div className="form">
      <label className="form-field">
        <span className="group-label">Theme</span>
        <span className="select-box">
          <select
            value={theme}
            onChange={(event) => {
              const chosen = known(event.target.value, THEMES, 'system');
              setTheme(chosen);
              applyTheme(chosen);
            }}
          >
            {THEMES.map((name) => (
              <option key={name} value={name}>
                {LABELS[name]}
              </option>
            ))}
          </select>
        </span>
      </label>
      <label className="form-field">
        <span className="group-label">Density</span>
        <span className="select-box">
          <select
            value={density}
            onChange={(event) => {
              const chosen = known(event.target.value, DENSITIES, 'default');
              setDensity(chosen);
              applyDensity(chosen);
            }}
          >
            {DENSITIES.map((name) => (
              <option key={name} value={name}>
                {LABELS[name]}
              </option>
            ))}
          </select>
        </span>
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={shortcuts}
          onChange={(event) => {
            setShortcuts(event.target.checked);
            remember('shortcuts', event.target.checked ? 'on' : 'off');
            router.refresh();
          }}
        />
        <span>
          Single-key shortcuts
          <span className="block text-ink-2">Ctrl+K always works.</span>
        </span>
      </label>
    </div>
  );
}
