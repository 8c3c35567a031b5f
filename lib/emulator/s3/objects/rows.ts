/** Rows of objects: one statement to write one, one to read one. */

import type { BodyStore, StateStore } from '../../storage/store.ts';
import type { KeyColumns } from '../encryption/data-keys.ts';
import { allRows, firstRow, firstTuple } from '../stored.ts';

/** Where the sealed bytes of an object are: in the database, in a file, or in the parts of an upload. */
export interface BodyColumns {
  readonly sealed: Uint8Array | null;
  readonly file: string | null;
  readonly upload: string | null;
}

/** What a client said of an object and gets back with it. */
export interface HeadColumns {
  readonly storage_class: string | null;
  readonly content_type: string | null;
  /** JSON of ObjectHead; null when there is nothing in it. */
  readonly head: string | null;
  /** JSON of tag names and values. */
  readonly tags: string | null;
}

export interface ObjectColumns extends BodyColumns, HeadColumns, KeyColumns {
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** World time, milliseconds. */
  readonly modified: number;
  /** `ALGORITHM:TYPE:VALUE`. */
  readonly checksum: string | null;
  /** JSON of ObjectLock; null where nothing locks the object. */
  readonly lock: string | null;
  /** `PENDING`, `COMPLETED`, `FAILED` or `REPLICA`; null where no rule of replication applies. */
  readonly replication: string | null;
}

export interface ObjectRow extends ObjectColumns {
  readonly key: string;
  /** Null: the null version, written while versioning was not enabled. */
  readonly version: string | null;
}

/** Columns that an object has whether it is current or not. */
export const COLUMNS = [
  'size',
  'etag',
  'modified',
  'storage_class',
  'content_type',
  'head',
  'tags',
  'checksum',
  'scheme',
  'key_arn',
  'cached_key',
  'key_blob',
  'wrapped_key',
  'context',
  'body',
  'file',
  'upload',
  'lock',
  'replication',
] as const satisfies readonly (keyof ObjectColumns | 'body')[];

const INSERT_BODY = 'INSERT INTO s3_body (sealed) VALUES (?)';
const DELETE_BODY = 'DELETE FROM s3_body WHERE id = ?';
const UPDATE_BODY = 'UPDATE s3_body SET sealed = ? WHERE id = ?';
const INSERT = `INSERT INTO s3_object (${COLUMNS.join(', ')}, version, bucket, key)
  VALUES (${COLUMNS.map(() => '?').join(', ')}, ?, ?, ?)`;
const UPDATE = `UPDATE s3_object SET ${COLUMNS.map((column) => `${column} = ?`).join(', ')}, version = ?
  WHERE bucket = ? AND key = ?`;
export const READ = `size, etag, modified, storage_class, content_type, head, tags, checksum, scheme, key_arn, cached_key,
  key_blob, wrapped_key, context, file, upload, lock, replication, version`;
const SELECT = `SELECT ${READ}, sealed FROM s3_object LEFT JOIN s3_body ON s3_body.id = s3_object.body
  WHERE bucket = ? AND key = ?`;
const SELECT_HEAD = `SELECT ${READ}, NULL FROM s3_object WHERE bucket = ? AND key = ?`;
const SELECT_BODY = 'SELECT body, file, upload FROM s3_object WHERE bucket = ? AND key = ?';

/** The columns of SELECT, in their order. */
export type ReadColumns = [
  size: ObjectColumns['size'],
  etag: ObjectColumns['etag'],
  modified: ObjectColumns['modified'],
  storage_class: ObjectColumns['storage_class'],
  content_type: ObjectColumns['content_type'],
  head: ObjectColumns['head'],
  tags: ObjectColumns['tags'],
  checksum: ObjectColumns['checksum'],
  scheme: ObjectColumns['scheme'],
  key_arn: ObjectColumns['key_arn'],
  cached_key: ObjectColumns['cached_key'],
  key_blob: ObjectColumns['key_blob'],
  wrapped_key: ObjectColumns['wrapped_key'],
  context: ObjectColumns['context'],
  file: ObjectColumns['file'],
  upload: ObjectColumns['upload'],
  lock: ObjectColumns['lock'],
  replication: ObjectColumns['replication'],
  version: ObjectRow['version'],
  sealed: ObjectColumns['sealed'],
];

export function rowOf(key: string, columns: readonly [...ReadColumns, ...unknown[]]): ObjectRow {
  // By index: an iterator over the columns would cost as much as the object that this avoids.
  return {
    key,
    size: columns[0],
    etag: columns[1],
    modified: columns[2],
    storage_class: columns[3],
    content_type: columns[4],
    head: columns[5],
    tags: columns[6],
    checksum: columns[7],
    scheme: columns[8],
    key_arn: columns[9],
    cached_key: columns[10],
    key_blob: columns[11],
    wrapped_key: columns[12],
    context: columns[13],
    file: columns[14],
    upload: columns[15],
    lock: columns[16],
    replication: columns[17],
    version: columns[18],
    sealed: columns[19],
  };
}

/** What goes when a row goes. */
export interface OldBody {
  readonly body: number | null;
  readonly file: string | null;
  readonly upload: string | null;
}

interface OldPart {
  readonly id: number;
  readonly number: number;
  readonly file: string | null;
}

export class Objects {
  readonly #state: StateStore;
  readonly #bodies: BodyStore;

  constructor(state: StateStore, bodies: BodyStore) {
    this.#state = state;
    this.#bodies = bodies;
  }

  /** The whole row with its body where that is inline, or undefined. */
  find(bucket: number, key: string): ObjectRow | undefined {
    const columns = firstTuple<ReadColumns>(this.#state.statement(SELECT), bucket, key);
    return columns === undefined ? undefined : rowOf(key, columns);
  }

  /** The row without the body. */
  findHead(bucket: number, key: string): ObjectRow | undefined {
    const columns = firstTuple<ReadColumns>(this.#state.statement(SELECT_HEAD), bucket, key);
    return columns === undefined ? undefined : rowOf(key, columns);
  }

  /** Puts an object in the place of what was there. Call within `state.write`; the old body goes once this is durable. */
  put(bucket: number, key: string, row: ObjectColumns, version: string | null = null): void {
    const old = this.#bodyOf(bucket, key);
    const body = this.#placeBody(row.sealed, old?.body ?? null);
    const values = [
      row.size,
      row.etag,
      row.modified,
      row.storage_class,
      row.content_type,
      row.head,
      row.tags,
      row.checksum,
      row.scheme,
      row.key_arn,
      row.cached_key,
      row.key_blob,
      row.wrapped_key,
      row.context,
      body,
      row.file,
      row.upload,
      row.lock,
      row.replication,
      version,
      bucket,
      key,
    ];
    this.#state.statement(old === undefined ? INSERT : UPDATE).run(...values);
    if (old !== undefined) this.dropBody(body === old.body ? { ...old, body: null } : old, row.upload);
  }

  /** The row of an inline body; that of the body before it, where there was one. */
  #placeBody(sealed: Uint8Array | null, before: number | null): number | bigint | null {
    if (sealed === null) return null;
    if (before === null) return this.#state.statement(INSERT_BODY).run(sealed).lastInsertRowid;
    this.#state.statement(UPDATE_BODY).run(sealed, before);
    return before;
  }

  /** Forgets the inline body of an object whose bytes went elsewhere. Call within `state.write`. */
  dropInlineBody(bucket: number, key: string): void {
    const body = this.#bodyOf(bucket, key)?.body ?? null;
    if (body !== null) this.#state.statement(DELETE_BODY).run(body);
  }

  /** Removes an object; says whether there was one. Call within `state.write`. */
  remove(bucket: number, key: string): boolean {
    const old = this.#bodyOf(bucket, key);
    if (old === undefined) return false;
    this.#state.statement('DELETE FROM s3_object WHERE bucket = ? AND key = ?').run(bucket, key);
    this.dropBody(old);
    return true;
  }

  /** Gives an object another key; what was there goes. Call within `state.write` (RenameObject). */
  rename(bucket: number, from: string, to: string): boolean {
    if (this.#bodyOf(bucket, from) === undefined) return false;
    this.remove(bucket, to);
    this.#state.statement('UPDATE s3_object SET key = ? WHERE bucket = ? AND key = ?').run(to, bucket, from);
    return true;
  }

  isEmpty(bucket: number): boolean {
    return ['s3_object', 's3_version'].every(
      (table) => this.#state.statement(`SELECT 1 FROM ${table} WHERE bucket = ? LIMIT 1`).get(bucket) === undefined,
    );
  }

  /** Removes all objects, uploads and parts of a bucket. Call within `state.write`. */
  removeAll(bucket: number): void {
    for (const table of ['s3_object', 's3_version']) {
      this.#state.statement(`DELETE FROM s3_body WHERE id IN (SELECT body FROM ${table} WHERE bucket = ?)`).run(bucket);
    }
    for (const table of ['s3_object', 's3_version', 's3_part']) {
      const files = this.#state.statement(`SELECT file FROM ${table} WHERE bucket = ? AND file IS NOT NULL`);
      for (const { file } of allRows<{ file: string }>(files, bucket)) this.#bodies.drop(file);
      this.#state.statement(`DELETE FROM ${table} WHERE bucket = ?`).run(bucket);
    }
    this.#state.statement('DELETE FROM s3_upload WHERE bucket = ?').run(bucket);
  }

  /** Whether any row refers to a body file. */
  isKnownFile(file: string): boolean {
    return ['s3_object', 's3_version', 's3_part'].some(
      (table) => this.#state.statement(`SELECT 1 FROM ${table} WHERE file = ?`).get(file) !== undefined,
    );
  }

  /** Removes the parts of an upload, except those numbered in `keep`. Call within `state.write`. */
  dropParts(upload: string, keep?: ReadonlySet<number>): void {
    const parts = this.#state.statement('SELECT id, number, file FROM s3_part WHERE upload = ?');
    for (const { id, number, file } of allRows<OldPart>(parts, upload)) {
      if (keep?.has(number) === true) continue;
      this.#state.statement('DELETE FROM s3_part WHERE id = ?').run(id);
      if (file !== null) this.#bodies.drop(file);
    }
  }

  #bodyOf(bucket: number, key: string): OldBody | undefined {
    return firstRow<OldBody>(this.#state.statement(SELECT_BODY), bucket, key);
  }

  /** Removes the bytes of a row that goes; parts stay where the next row keeps them. Call within `state.write`. */
  dropBody(old: OldBody, keptUpload: string | null = null): void {
    if (old.body !== null) this.#state.statement(DELETE_BODY).run(old.body);
    if (old.file !== null) this.#bodies.drop(old.file);
    if (old.upload !== null && old.upload !== keptUpload) this.dropParts(old.upload);
  }
}
