'use client';

import type { ReactNode } from 'react';
import { countOf, formatCount } from '../format';

/** Which rows are ticked. Rows that a filter hides stay ticked, and the bar says how many there are. */
export interface Selection {
  readonly keys: ReadonlySet<string>;
  readonly toggle: (key: string, on: boolean) => void;
  readonly all: (keys: readonly string[], on: boolean) => void;
}

/** The box in the head: all of the rows shown, none, or some. */
export function SelectAll({
  shown,
  selection,
  noun,
}: {
  shown: readonly string[];
  selection: Selection;
  noun: string;
}) {
  const ticked = shown.reduce((count, key) => count + (selection.keys.has(key) ? 1 : 0), 0);
  const every = shown.length > 0 && ticked === shown.length;
  return (
    <input
      type="checkbox"
      aria-label={`Select all ${noun} shown`}
      checked={every}
      ref={(box) => {
        if (box) box.indeterminate = ticked > 0 && !every;
      }}
      onChange={() => selection.all(shown, !every)}
    />
  );
}

/** What can be done with the ticked rows, and how many there are. */
export function BulkBar({
  count,
  hidden,
  noun,
  onClear,
  children,
}: {
  count: number;
  /** Ticked rows that the filter hides. */
  hidden: number;
  noun: string;
  onClear: () => void;
  children: ReactNode;
}) {
  return (
    <div className="bulk-bar">
      <span role="status" aria-label="Selection">
        {count === 0 ? `No ${noun} selected` : `${countOf(count, noun)} selected`}
        {hidden > 0 && `, ${formatCount(hidden)} of them hidden by the filter`}
      </span>
      {children}
      {count > 0 && (
        <button type="button" className="button ghost small" onClick={onClear}>
          Clear selection
        </button>
      )}
    </div>
  );
}
