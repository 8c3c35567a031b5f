/**
 * Versions of objects (S3UG Versioning). The current object of a key stands in `s3_object`, where reads and listings of
 * buckets without versioning find it; everything older stands in `s3_version`, newest first, and so do delete markers,
 * the current one too: a key whose newest version is a marker has no current object.
 */

import type { StateStore } from '../../storage/store.ts';
import type { Bucket } from '../buckets/store.ts';
import { firstRow, firstTuple } from '../stored.ts';
import {
  COLUMNS,
  type ObjectColumns,
  type ObjectRow,
  type Objects,
  type OldBody,
  READ,
  type ReadColumns,
  rowOf,
} from './rows.ts';
import { NULL_VERSION, readVersionId, writeVersionId } from './version-ids.ts';

/** A delete marker. */
export interface Marker {
  readonly version: string;
  /** World time, milliseconds. */
  readonly modified: number;
}

export type Version =
  | { readonly kind: 'object'; readonly row: ObjectRow; readonly current: boolean }
  | { readonly kind: 'marker'; readonly marker: Marker };

/** What a deletion did. */
export interface Deleted {
  /** Version id of the marker that was made, or of the version that was removed. */
  readonly version?: string;
  /** Whether a marker was made or removed. */
  readonly marker?: true;
}

const LIST = COLUMNS.join(', ');
const OF_KEY = 'bucket = ? AND key = ?';
const ARCHIVE = `INSERT INTO s3_version (${LIST}, version, bucket, key, ord)
  SELECT ${LIST}, coalesce(version, '${NULL_VERSION}'), bucket, key, ? FROM s3_object WHERE ${OF_KEY}`;
const PROMOTE = `INSERT INTO s3_object (${LIST}, version, bucket, key)
  SELECT ${LIST}, nullif(version, '${NULL_VERSION}'), bucket, key FROM s3_version WHERE ${OF_KEY} AND ord = ?`;
const MARK = `INSERT INTO s3_version (bucket, key, ord, marker, version, size, etag, modified, scheme)
  VALUES (?, ?, ?, 1, ?, 0, '', ?, 0)`;
const SELECT = `SELECT ${READ}, sealed, marker FROM s3_version LEFT JOIN s3_body ON s3_body.id = s3_version.body
  WHERE ${OF_KEY} AND version = ?`;
const SELECT_BODY = `SELECT body, file, upload, ord, marker FROM s3_version WHERE ${OF_KEY} AND version = ?`;
const NEWEST = `SELECT ord, marker, version, modified FROM s3_version WHERE ${OF_KEY} ORDER BY ord LIMIT 1`;

/** A place among the versions of a key. */
export interface Place {
  /** Older versions have a greater `ord`. */
  readonly ord: number;
  /** Whether the current object is older too. */
  readonly withCurrent: boolean;
}

const BEHIND_CURRENT: Place = { ord: Number.MIN_SAFE_INTEGER, withCurrent: false };

interface Newest extends Marker {
  readonly ord: number;
  readonly marker: number;
}

/** Positions of one millisecond: two versions made in it still have an order. */
const PER_MILLISECOND = 1024;

export class Versions {
  readonly #state: StateStore;
  readonly #objects: Objects;
  #last = 0;

  constructor(state: StateStore, objects: Objects) {
    this.#state = state;
    this.#objects = objects;
  }

  /**
   * Puts an object where the bucket's versioning wants it, beside what was there or in its place. Call within
   * `state.write`. Gives the version id, undefined where versioning is not enabled.
   */
  put(bucket: Bucket, key: string, row: ObjectColumns): string | undefined {
    const { versioning } = bucket.config;
    if (versioning === undefined) {
      this.#objects.put(bucket.id, key, row);
      return undefined;
    }
    if (versioning === 'Enabled') {
      this.#archive(bucket.id, key);
      const version = writeVersionId(this.#position(bucket.id, key));
      this.#objects.put(bucket.id, key, row, version);
      return version;
    }
    this.#makeWayForNull(bucket.id, key);
    this.#objects.put(bucket.id, key, row);
    return undefined;
  }

  /**
   * Puts a replica under the version id of its source, where that stands in time. Call within `state.write`. Says whether
   * the row was taken: a version that is there already stays as it is.
   */
  putReplica(bucket: number, key: string, row: ObjectColumns, id: string | null): boolean {
    const version = id ?? NULL_VERSION;
    if (this.find(bucket, key, version, false) !== undefined) return false;
    this.#archive(bucket, key);
    const newest = this.#newest(bucket, key);
    const position = readVersionId(version);
    this.#objects.put(bucket, key, row, id);
    if (newest !== undefined && position !== undefined && newest.ord < -position) {
      this.#archive(bucket, key);
      this.#promote(bucket, key);
    }
    return true;
  }

  /** The same for a delete marker. */
  putReplicaMarker(bucket: number, key: string, { version, modified }: Marker): void {
    if (this.find(bucket, key, version, false) !== undefined) return;
    this.#archive(bucket, key);
    const position = readVersionId(version) ?? this.#position(bucket, key);
    this.#state.statement(MARK).run(bucket, key, -position, version, modified);
    this.#promote(bucket, key);
  }

  /** The version of this id, or undefined. The row comes without its body unless that is asked for. */
  find(bucket: number, key: string, version: string, body: boolean): Version | undefined {
    const current = this.#objects.findHead(bucket, key);
    if (current !== undefined && (current.version ?? NULL_VERSION) === version) {
      const row = body ? this.#objects.find(bucket, key) : current;
      return row === undefined ? undefined : { kind: 'object', row, current: true };
    }
    const columns = firstTuple<[...ReadColumns, marker: number]>(this.#state.statement(SELECT), bucket, key, version);
    if (columns === undefined) return undefined;
    const row = rowOf(key, columns);
    if (columns.at(-1) === 1) return { kind: 'marker', marker: { version, modified: row.modified } };
    return { kind: 'object', row: version === NULL_VERSION ? { ...row, version: null } : row, current: false };
  }

  /** The delete marker that hides the key, or undefined where there is none or an object is current. */
  currentMarker(bucket: number, key: string): Marker | undefined {
    if (this.#objects.findHead(bucket, key) !== undefined) return undefined;
    const newest = this.#newest(bucket, key);
    return newest?.marker === 1 ? { version: newest.version, modified: newest.modified } : undefined;
  }

  /** Removes the current object, or hides it behind a marker where the bucket keeps versions. Call within `state.write`. */
  delete(bucket: Bucket, key: string, now: number): Deleted {
    const { versioning } = bucket.config;
    if (versioning === undefined) {
      this.#objects.remove(bucket.id, key);
      return {};
    }
    if (versioning === 'Enabled') this.#archive(bucket.id, key);
    else this.#makeWayForNull(bucket.id, key);
    const position = this.#position(bucket.id, key);
    const version = versioning === 'Enabled' ? writeVersionId(position) : NULL_VERSION;
    this.#state.statement(MARK).run(bucket.id, key, -position, version, now);
    return { version, marker: true };
  }

  /** Removes one version for good; what is then the newest becomes current. Call within `state.write`. */
  deleteVersion(bucket: number, key: string, version: string): Deleted {
    const current = this.#objects.findHead(bucket, key);
    if (current !== undefined && (current.version ?? NULL_VERSION) === version) {
      this.#objects.remove(bucket, key);
      this.#promote(bucket, key);
      return { version };
    }
    const marker = this.#remove(bucket, key, version);
    if (current === undefined) this.#promote(bucket, key);
    return { version, ...(marker && { marker }) };
  }

  /** Changes columns of one version that leave its bytes where they are. Call within `state.write`. */
  change(
    bucket: number,
    key: string,
    version: string | null,
    change: Readonly<Partial<Record<Changeable, Value>>>,
  ): void {
    const names = Object.keys(change);
    const set = names.map((name) => `${name} = ?`).join(', ');
    const values = Object.values(change);
    const current = this.#state.statement(`UPDATE s3_object SET ${set} WHERE ${OF_KEY} AND version IS ?`);
    if (current.run(...values, bucket, key, version).changes === 1) return;
    this.#state
      .statement(`UPDATE s3_version SET ${set} WHERE ${OF_KEY} AND version = ?`)
      .run(...values, bucket, key, version ?? NULL_VERSION);
  }

  /** Where a listing goes on behind a version, also one that is gone; undefined for what is no version id. */
  placeBehind(bucket: number, key: string, version: string): Place | undefined {
    const current = this.#objects.findHead(bucket, key);
    if (current !== undefined && (current.version ?? NULL_VERSION) === version) return BEHIND_CURRENT;
    const statement = this.#state.statement(`SELECT ord FROM s3_version WHERE ${OF_KEY} AND version = ?`);
    const found = firstRow<{ ord: number }>(statement, bucket, key, version);
    if (found !== undefined) return { ord: found.ord, withCurrent: false };
    const position = readVersionId(version);
    if (position === undefined) return undefined;
    // What was newer than it may have gone as well: then what is current now stands behind it.
    const newer = current?.version == null ? undefined : readVersionId(current.version);
    return { ord: -position, withCurrent: current !== undefined && (newer === undefined || newer < position) };
  }

  #newest(bucket: number, key: string): Newest | undefined {
    return firstRow<Newest>(this.#state.statement(NEWEST), bucket, key);
  }

  /** A place in time behind all versions of the key and all that were made before. */
  #position(bucket: number, key: string): number {
    const newest = this.#newest(bucket, key);
    this.#last = Math.max(this.#last + 1, Date.now() * PER_MILLISECOND, newest === undefined ? 0 : 1 - newest.ord);
    return this.#last;
  }

  /** Moves the current object, if there is one, to the versions before it. */
  #archive(bucket: number, key: string): void {
    const current = this.#objects.findHead(bucket, key);
    if (current === undefined) return;
    const position = current.version === null ? undefined : readVersionId(current.version);
    // The null version has no place of its own: it stands just before what is older than it.
    const ord = position === undefined ? (this.#newest(bucket, key)?.ord ?? 0) - 1 : -position;
    this.#state.statement(ARCHIVE).run(ord, bucket, key);
    this.#state.statement(`DELETE FROM s3_object WHERE ${OF_KEY}`).run(bucket, key);
  }

  /** There is one null version at most: whatever takes its place, the old one goes. */
  #makeWayForNull(bucket: number, key: string): void {
    const current = this.#objects.findHead(bucket, key);
    if (current !== undefined && current.version === null) {
      this.#objects.remove(bucket, key);
      return;
    }
    this.#archive(bucket, key);
    this.#remove(bucket, key, NULL_VERSION);
  }

  /** Removes a version that is not current; says whether it was a marker. */
  #remove(bucket: number, key: string, version: string): true | undefined {
    const old = firstRow<OldBody & { ord: number; marker: number }>(
      this.#state.statement(SELECT_BODY),
      bucket,
      key,
      version,
    );
    if (old === undefined) return undefined;
    this.#state.statement(`DELETE FROM s3_version WHERE ${OF_KEY} AND ord = ?`).run(bucket, key, old.ord);
    this.#objects.dropBody(old);
    return old.marker === 1 ? true : undefined;
  }

  /** The newest version becomes the current object, unless it is a marker. */
  #promote(bucket: number, key: string): void {
    const newest = this.#newest(bucket, key);
    if (newest === undefined || newest.marker === 1) return;
    this.#state.statement(PROMOTE).run(bucket, key, newest.ord);
    this.#state.statement(`DELETE FROM s3_version WHERE ${OF_KEY} AND ord = ?`).run(bucket, key, newest.ord);
  }
}

type Changeable =
  | 'tags'
  | 'lock'
  | 'replication'
  | 'scheme'
  | 'key_arn'
  | 'cached_key'
  | 'key_blob'
  | 'wrapped_key'
  | 'context';
type Value = string | number | null | Uint8Array;
