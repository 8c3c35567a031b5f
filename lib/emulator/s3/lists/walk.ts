/**
 * Pages of keys in UTF-8 order with delimiter: a common prefix is passed by seeking behind it, never by reading what it
 * holds, so a page costs its own entries whatever the bucket holds.
 */

import type { StateStore } from '../../storage/store.ts';
import { upperBound } from '../names.ts';
import { eachRow } from '../stored.ts';

export interface Walk {
  readonly bucket: number;
  readonly prefix: string;
  /** Empty: none. */
  readonly delimiter: string;
  /** Keys above this one; empty: from the beginning. */
  readonly after: string;
  readonly limit: number;
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly modified: number;
  readonly storage_class: string | null;
  readonly checksum: string | null;
}

export interface Page {
  readonly objects: ListedObject[];
  readonly prefixes: string[];
  readonly truncated: boolean;
  /** Key or common prefix with which the page ends. */
  readonly last: string | undefined;
}

const COLUMNS = 'key, size, etag, modified, storage_class, checksum';
const FROM = `SELECT ${COLUMNS} FROM s3_object WHERE bucket = ?`;
const OPEN = `${FROM} AND key >= ? ORDER BY key`;
const BOUNDED = `${FROM} AND key >= ? AND key < ? ORDER BY key`;

export function walkObjects(state: StateStore, walk: Walk): Page {
  const end = upperBound(walk.prefix);
  const objects: ListedObject[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  let from: string | undefined = startOf(walk);
  while (from !== undefined) {
    let next: string | undefined;
    const rows =
      end === undefined
        ? eachRow<ListedObject>(state.statement(OPEN), walk.bucket, from)
        : eachRow<ListedObject>(state.statement(BOUNDED), walk.bucket, from, end);
    for (const row of rows) {
      if (objects.length + prefixes.length >= walk.limit) return { objects, prefixes, truncated: true, last };
      const common = commonPrefix(row.key, walk);
      if (common === undefined) {
        objects.push(row);
        last = row.key;
        continue;
      }
      prefixes.push(common);
      last = common;
      next = upperBound(common);
      break;
    }
    from = next;
  }
  return { objects, prefixes, truncated: false, last };
}

/** Where to begin: behind the key or the whole common prefix with which the page before ended. */
export function startOf(walk: Pick<Walk, 'after' | 'prefix' | 'delimiter'>): string | undefined {
  const { after, prefix } = walk;
  if (after === '') return prefix;
  const common = commonPrefix(after, walk);
  const start = common === after ? upperBound(common) : `${after}\0`;
  // A marker below the prefix begins at the prefix: compared as SQLite compares, by bytes.
  if (start === undefined) return undefined;
  return Buffer.compare(Buffer.from(start), Buffer.from(prefix)) < 0 ? prefix : start;
}

export function commonPrefix(
  key: string,
  { prefix, delimiter }: Pick<Walk, 'prefix' | 'delimiter'>,
): string | undefined {
  if (delimiter === '' || !key.startsWith(prefix)) return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}
