'use client';

import { useEffect, useSyncExternalStore } from 'react';

/** What a page is called in the breadcrumbs where its address holds only an id. */
let named: { readonly id: string; readonly name: string } | undefined;
const listeners = new Set<() => void>();

function tell(next: typeof named): void {
  named = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Placed on a page: the part `id` of its address is shown as `name`. */
export function CrumbName({ id, name }: { id: string; name: string }) {
  useEffect(() => {
    tell({ id, name });
    return () => tell(undefined);
  }, [id, name]);
  return null;
}

/** The name of a part of the address, or the part itself. */
export function useCrumbName(): (part: string) => string {
  const current = useSyncExternalStore(
    subscribe,
    () => named,
    () => undefined,
  );
  return (part) => (current?.id === part ? current.name : part);
}
