/** Pages of IAM's lists: `Marker` in, `IsTruncated` and `Marker` out. */

import { validationError } from './errors.ts';

export interface PageInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** What IAM gives when MaxItems is left out. */
const DEFAULT_ITEMS = 100;

export interface PageAnswer {
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

/**
 * Reads one page. `read` gives items behind a name in order, at most as many as asked for.
 *
 * @param nameOf what the next page starts behind
 * @throws AwsError ValidationError for a marker that no list gave
 */
export function page<T>(
  input: PageInput,
  nameOf: (item: T) => string,
  read: (after: string, limit: number) => readonly T[],
): { readonly items: readonly T[]; readonly answer: PageAnswer } {
  const size = input.MaxItems ?? DEFAULT_ITEMS;
  const found = read(readMarker(input.Marker), size + 1);
  const items = found.slice(0, size);
  const last = items.at(-1);
  if (found.length <= size || last === undefined) return { items, answer: { IsTruncated: false } };
  return { items, answer: { IsTruncated: true, Marker: Buffer.from(`after ${nameOf(last)}`).toString('base64url') } };
}

/** The same over a list that is at hand and in order. */
export function pageOf<T>(
  input: PageInput,
  nameOf: (item: T) => string,
  items: readonly T[],
): { readonly items: readonly T[]; readonly answer: PageAnswer } {
  return page(input, nameOf, (after, limit) => items.filter((item) => nameOf(item) > after).slice(0, limit));
}

function readMarker(marker: string | undefined): string {
  if (marker === undefined) return '';
  const text = Buffer.from(marker, 'base64url').toString();
  if (!text.startsWith('after ')) throw validationError('Invalid Marker.');
  return text.slice('after '.length);
}
