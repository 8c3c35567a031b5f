/** Pages of lists: tokens that carry the last key of a page, so that the next one is a seek and never a scan. */

import { badRequest } from './errors.ts';

/** AWS's largest page, and what it takes where none is asked for. */
export const LARGEST_PAGE = 1000;

/** An opaque token; `list` names what it continues, so that it fits no other list. */
export function writeToken(list: string, keys: readonly string[]): string {
  return Buffer.from(JSON.stringify([list, ...keys])).toString('base64url');
}

/** The keys of a token of this list; empty strings when there is no token. Throws BadRequestException for any other. */
export function readToken(list: string, token: string | undefined, keys: number): readonly string[] {
  if (token === undefined) return Array.from({ length: keys }, () => '');
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (Array.isArray(read) && read.length === keys + 1 && read[0] === list) {
      const rest: unknown[] = read.slice(1);
      if (rest.every((key) => typeof key === 'string')) return rest;
    }
  } catch {
    // Not of our making.
  }
  throw badRequest('The continuation token is not valid.');
}

/** Cuts rows, of which one more was read than asked for, to a page. */
export function page<Row>(
  rows: readonly Row[],
  size: number,
  list: string,
  keysOf: (row: Row) => readonly string[],
): { rows: readonly Row[]; continuationToken?: string } {
  const last = rows[size - 1];
  if (rows.length <= size || last === undefined) return { rows };
  return { rows: rows.slice(0, size), continuationToken: writeToken(list, keysOf(last)) };
}
