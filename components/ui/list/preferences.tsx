'use client';

import { createContext, type ReactNode, use, useMemo, useState } from 'react';
import { type ListPreferences, type ListsPreferences, writeLists } from '../../shell/preferences';

interface Kept {
  readonly lists: ListsPreferences;
  readonly change: (change: (before: ListsPreferences) => ListsPreferences) => void;
}

const Context = createContext<Kept>({ lists: { lists: {} }, change: () => undefined });

/** Holds what a person set for lists. It comes from a cookie, so that the server already draws the chosen columns. */
export function ListPreferencesProvider({ initial, children }: { initial: ListsPreferences; children: ReactNode }) {
  const [lists, setLists] = useState(initial);
  const kept = useMemo<Kept>(
    () => ({
      lists,
      change: (change) =>
        setLists((before) => {
          const after = change(before);
          writeLists(after);
          return after;
        }),
    }),
    [lists],
  );
  return <Context value={kept}>{children}</Context>;
}

/** Hidden columns and page size of one list. */
export function useListPreferences(label: string): readonly [ListPreferences, (next: ListPreferences) => void] {
  const { lists, change } = use(Context);
  return [
    lists.lists[label] ?? {},
    (next) => change((before) => ({ ...before, lists: { ...before.lists, [label]: next } })),
  ];
}

/** Width of the split panel in pixels: one for all lists. */
export function usePanelWidth(): readonly [number, (width: number) => void] {
  const { lists, change } = use(Context);
  return [lists.panel ?? 356, (panel) => change((before) => ({ ...before, panel }))];
}
