/** Appends to objects of directory buckets: what was there and what comes become parts of one object, where they lie. */

import { randomUUID } from 'node:crypto';
import type { StateStore } from '../../storage/store.ts';
import { firstRow } from '../stored.ts';
import type { ObjectRow, Objects } from './rows.ts';

/** S3 takes so many writes of one object together (S3UG directory-buckets-objects-append). */
export const MAXIMUM_APPENDS = 10_000;

export interface Appended {
  readonly size: number;
  readonly sealed: Uint8Array | null;
  readonly file: string | null;
  readonly etag: string;
  /** World time, milliseconds. */
  readonly modified: number;
  /** Of the whole object, as it is kept. */
  readonly checksum: string | null;
}

/** How many pieces an object has. */
export function piecesOf(state: StateStore, row: ObjectRow): number {
  if (row.upload === null) return 1;
  const count = state.statement('SELECT count(*) AS n FROM s3_part WHERE upload = ?');
  return firstRow<{ n: number }>(count, row.upload)?.n ?? 0;
}

/** Puts a piece behind an object that exists. Call within `state.write`. */
export function appendPiece(
  state: StateStore,
  objects: Objects,
  bucket: number,
  row: ObjectRow,
  piece: Appended,
): void {
  const upload = row.upload ?? makeParts(state, objects, bucket, row);
  const last = state.statement('SELECT max(number) AS number FROM s3_part WHERE upload = ?');
  const number = (firstRow<{ number: number | null }>(last, upload)?.number ?? 0) + 1;
  insertPart(state, bucket, upload, number, piece);
  state
    .statement(
      `UPDATE s3_object SET size = ?, etag = ?, modified = ?, checksum = ?, body = NULL, file = NULL, upload = ?
         WHERE bucket = ? AND key = ?`,
    )
    .run(row.size + piece.size, piece.etag, piece.modified, piece.checksum, upload, bucket, row.key);
}

/** Makes the bytes of an object its first part; gives the name under which the parts stand together. */
function makeParts(state: StateStore, objects: Objects, bucket: number, row: ObjectRow): string {
  const upload = `append-${randomUUID()}`;
  const { sealed } = objects.find(bucket, row.key) ?? { sealed: null };
  insertPart(state, bucket, upload, 1, { ...row, sealed });
  objects.dropInlineBody(bucket, row.key);
  return upload;
}

function insertPart(
  state: StateStore,
  bucket: number,
  upload: string,
  number: number,
  part: Pick<Appended, 'size' | 'etag' | 'modified' | 'sealed' | 'file'>,
): void {
  state
    .statement(
      `INSERT INTO s3_part (upload, number, bucket, size, etag, modified, sealed, file) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(upload, number, bucket, part.size, part.etag, part.modified, part.sealed, part.file);
}
