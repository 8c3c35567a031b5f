'use client';

import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import {
  applyDensity,
  DENSITIES,
  type Density,
  known,
  type ListPreferences,
  PAGE_SIZES,
} from '../../shell/preferences';
import { Popover } from '../popover';

const DENSITY_NAMES: Readonly<Record<Density, string>> = {
  compact: 'Compact',
  default: 'Default',
  comfortable: 'Comfortable',
};

/** Which columns, how dense, how many rows: kept for this person. */
export function OptionsMenu({
  columns,
  preferences,
  size,
  onPreferences,
}: {
  /** Those that may be hidden; the first column always stays. */
  columns: readonly { readonly id: string; readonly head: string }[];
  preferences: ListPreferences;
  /** Rows on a page; undefined is all. */
  size: number | undefined;
  onPreferences: (next: ListPreferences) => void;
}) {
  const hidden = preferences.hidden ?? [];
  const [density, setDensity] = useState<Density>();
  return (
    <Popover label="Columns and display" className="icon-button" button={<SlidersHorizontal size={16} aria-hidden />}>
      <div className="list-options">
        <fieldset>
          <legend>Columns</legend>
          {columns.map((column) => (
            <label className="check" key={column.id}>
              <input
                type="checkbox"
                checked={!hidden.includes(column.id)}
                onChange={(event) =>
                  onPreferences({
                    ...preferences,
                    hidden: event.target.checked ? hidden.filter((id) => id !== column.id) : [...hidden, column.id],
                  })
                }
              />
              <span>{column.head}</span>
            </label>
          ))}
        </fieldset>
        <label className="form-field">
          <span className="group-label">Rows</span>
          <span className="select-box">
            <select
              value={size ?? 'all'}
              onChange={(event) => {
                const { size: _before, ...rest } = preferences;
                const chosen = PAGE_SIZES.find((one) => String(one) === event.target.value);
                onPreferences(chosen === undefined ? rest : { ...rest, size: chosen });
              }}
            >
              <option value="all">All, scrolling</option>
              {PAGE_SIZES.map((one) => (
                <option key={one} value={one}>
                  {one} on a page
                </option>
              ))}
            </select>
          </span>
        </label>
        <label className="form-field">
          <span className="group-label">Density</span>
          <span className="select-box">
            <select
              value={density ?? ''}
              onFocus={() => setDensity(known(document.documentElement.dataset.density, DENSITIES, 'default'))}
              onChange={(event) => {
                const chosen = known(event.target.value, DENSITIES, 'default');
                setDensity(chosen);
                applyDensity(chosen);
              }}
            >
              {density === undefined && <option value="">As set</option>}
              {DENSITIES.map((one) => (
                <option key={one} value={one}>
                  {DENSITY_NAMES[one]}
                </option>
              ))}
            </select>
          </span>
        </label>
      </div>
    </Popover>
  );
}
