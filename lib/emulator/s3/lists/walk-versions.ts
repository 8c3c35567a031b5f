/**
 * Pages of versions: by key in UTF-8 order, newest first within a key. Two runs are merged, the current objects and the
 * versions before them; common prefixes are passed by seeking, as in `walk.ts`.
 */

import type { StateStore } from '../../storage/store.ts';
import { upperBound } from '../names.ts';
import { NULL_VERSION } from '../objects/version-ids.ts';
import type { Place } from '../objects/versions.ts';
import { allRows, eachRow } from '../stored.ts';
import { commonPrefix, type ListedObject, startOf } from './walk.ts';

export interface ListedVersion extends ListedObject {
  readonly version: string;
  readonly marker: boolean;
  readonly latest: boolean;
}

export interface VersionWalk {
  readonly bucket: number;
  readonly prefix: string;
  /** Empty: none. */
  readonly delimiter: string;
  /** Keys above this one; empty: from the beginning. */
  readonly after: string;
  /** Begins inside the versions of `after`, behind this place, and not above the key. */
  readonly behind: Place | undefined;
  readonly limit: number;
}

export interface VersionPage {
  readonly versions: ListedVersion[];
  readonly prefixes: string[];
  readonly truncated: boolean;
  /** The key or common prefix with which the page ends, and the version where it ends with one. */
  readonly last: { readonly key: string; readonly version?: string } | undefined;
}

interface Row extends ListedObject {
  readonly version: string | null;
  readonly marker: number;
}

const COLUMNS = 'key, size, etag, modified, storage_class, checksum, version';
const CURRENT = `SELECT ${COLUMNS}, 0 AS marker FROM s3_object WHERE bucket = ? AND key >= ? ORDER BY key`;
const OLDER = `SELECT ${COLUMNS}, marker FROM s3_version WHERE bucket = ? AND key >= ? ORDER BY key, ord`;
const CURRENT_OF_KEY = `SELECT ${COLUMNS}, 0 AS marker FROM s3_object WHERE bucket = ? AND key = ?`;
const REST = `SELECT ${COLUMNS}, marker FROM s3_version WHERE bucket = ? AND key = ? AND ord > ? ORDER BY ord`;

export function walkVersions(state: StateStore, walk: VersionWalk): VersionPage {
  const versions: ListedVersion[] = [];
  const prefixes: string[] = [];
  let last: VersionPage['last'];
  const full = () => versions.length + prefixes.length >= walk.limit;
  if (walk.behind !== undefined) {
    for (const row of rest(state, walk.bucket, walk.after, walk.behind)) {
      if (full()) return { versions, prefixes, truncated: true, last };
      versions.push(listed(row, versions.length === 0 && walk.behind.withCurrent));
      last = lastOf(row);
    }
  }
  let from: string | undefined = startOf(walk);
  while (from !== undefined) {
    let next: string | undefined;
    let before: string | undefined;
    for (const row of merged(state, walk.bucket, from)) {
      if (!row.key.startsWith(walk.prefix)) break;
      if (full()) return { versions, prefixes, truncated: true, last };
      const common = commonPrefix(row.key, walk);
      if (common === undefined) {
        versions.push(listed(row, row.key !== before));
        before = row.key;
        last = lastOf(row);
        continue;
      }
      prefixes.push(common);
      last = { key: common };
      next = upperBound(common);
      break;
    }
    from = next;
  }
  return { versions, prefixes, truncated: false, last };
}

/** What stands behind a place among the versions of one key. */
function* rest(state: StateStore, bucket: number, key: string, { ord, withCurrent }: Place): Generator<Row> {
  if (withCurrent) yield* allRows<Row>(state.statement(CURRENT_OF_KEY), bucket, key);
  yield* eachRow<Row>(state.statement(REST), bucket, key, ord);
}

/** The current object of a key, then its older versions, then the next key. */
function* merged(state: StateStore, bucket: number, from: string): Generator<Row> {
  const current = eachRow<Row>(state.statement(CURRENT), bucket, from)[Symbol.iterator]();
  const older = eachRow<Row>(state.statement(OLDER), bucket, from)[Symbol.iterator]();
  try {
    let left = current.next();
    let right = older.next();
    while (left.done !== true || right.done !== true) {
      const first = right.done === true || (left.done !== true && compare(left.value.key, right.value.key) <= 0);
      if (first && left.done !== true) {
        yield left.value;
        left = current.next();
      } else if (right.done !== true) {
        yield right.value;
        right = older.next();
      }
    }
  } finally {
    current.return?.();
    older.return?.();
  }
}

function listed(row: Row, latest: boolean): ListedVersion {
  return { ...row, version: row.version ?? NULL_VERSION, marker: row.marker === 1, latest };
}

function lastOf(row: Row): { key: string; version: string } {
  return { key: row.key, version: row.version ?? NULL_VERSION };
}

function compare(left: string, right: string): number {
  return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
}
