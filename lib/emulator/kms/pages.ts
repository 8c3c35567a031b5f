/** Pages of list operations. A marker is the last item of the page before, in base64. */

import { kmsError } from './errors.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: { readonly Truncated: boolean; readonly NextMarker?: string };
}

/** What a marker points at, or `first` when there is none. Throws InvalidMarkerException. */
export function readMarker(marker: string | undefined, pattern: RegExp, first: string): string {
  if (marker === undefined) return first;
  const position = Buffer.from(marker, 'base64').toString('latin1');
  if (!pattern.test(position) || Buffer.from(position, 'latin1').toString('base64') !== marker) {
    throw kmsError('InvalidMarkerException', 'Could not deserialize marker');
  }
  return position;
}

/** Cuts a page out of `limit + 1` items. */
export function cutPage<Item>(items: readonly Item[], limit: number, positionOf: (item: Item) => string): Page<Item> {
  const last = items[limit - 1];
  if (items.length <= limit || last === undefined) return { items, next: { Truncated: false } };
  const NextMarker = Buffer.from(positionOf(last), 'latin1').toString('base64');
  return { items: items.slice(0, limit), next: { Truncated: true, NextMarker } };
}
