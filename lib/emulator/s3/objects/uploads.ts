/** Rows of multipart uploads and their parts. Parts stay where they are when the upload becomes an object. */

import type { BodyStore, StateStore } from '../../storage/store.ts';
import type { KeyColumns } from '../encryption/data-keys.ts';
import { allRows, firstRow } from '../stored.ts';
import type { Algorithm, ChecksumType } from './checksums.ts';
import type { HeadColumns } from './rows.ts';

export interface UploadRow extends HeadColumns, KeyColumns {
  readonly id: string;
  readonly bucket: number;
  readonly key: string;
  /** World time, milliseconds. */
  readonly initiated: number;
  /** ARN of the principal that began it. */
  readonly initiator: string;
  /** 1 when the object under its key was deleted since it began. */
  readonly disturbed?: number;
  readonly checksum_algorithm: Algorithm | null;
  readonly checksum_type: ChecksumType | null;
  /** JSON of ObjectLock: how the object will be locked. */
  readonly lock: string | null;
}

export interface PartRow {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly modified: number;
  /** As the client declared it. */
  readonly checksum: string | null;
  /** Base64 CRC-64/NVME, which S3 computes where the upload named no checksum algorithm. */
  readonly crc: string | null;
}

export interface NewPart extends PartRow {
  readonly sealed: Uint8Array | null;
  readonly file: string | null;
}

export class Uploads {
  readonly #state: StateStore;
  readonly #bodies: BodyStore;

  constructor(state: StateStore, bodies: BodyStore) {
    this.#state = state;
    this.#bodies = bodies;
  }

  find(id: string, bucket: number, key: string): UploadRow | undefined {
    const statement = this.#state.statement('SELECT * FROM s3_upload WHERE id = ? AND bucket = ? AND key = ?');
    return firstRow<UploadRow>(statement, id, bucket, key);
  }

  create(row: UploadRow): void {
    this.#state.write(() =>
      this.#state
        .statement(
          `INSERT INTO s3_upload (id, bucket, key, initiated, initiator, storage_class, content_type, head, tags,
           checksum_algorithm, checksum_type, scheme, key_arn, cached_key, key_blob, wrapped_key, context, lock)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          row.id,
          row.bucket,
          row.key,
          row.initiated,
          row.initiator,
          row.storage_class,
          row.content_type,
          row.head,
          row.tags,
          row.checksum_algorithm,
          row.checksum_type,
          row.scheme,
          row.key_arn,
          row.cached_key,
          row.key_blob,
          row.wrapped_key,
          row.context,
          row.lock,
        ),
    );
  }

  /** Notes that the object under a key was deleted: conditional completions must know. Call within `state.write`. */
  disturb(bucket: number, key: string): void {
    this.#state.statement('UPDATE s3_upload SET disturbed = 1 WHERE bucket = ? AND key = ?').run(bucket, key);
  }

  /** Removes the upload's own row; its parts stay. Call within `state.write`. */
  forget(id: string): void {
    this.#state.statement('DELETE FROM s3_upload WHERE id = ?').run(id);
  }

  /** Puts a part in the place of the one of its number. Call within `state.write`. */
  putPart(upload: UploadRow, part: NewPart): void {
    const select = this.#state.statement('SELECT id, file FROM s3_part WHERE upload = ? AND number = ?');
    const old = firstRow<{ id: number; file: string | null }>(select, upload.id, part.number);
    if (old !== undefined) {
      this.#state.statement('DELETE FROM s3_part WHERE id = ?').run(old.id);
      if (old.file !== null) this.#bodies.drop(old.file);
    }
    this.#state
      .statement(
        `INSERT INTO s3_part (upload, number, bucket, size, etag, modified, checksum, crc, sealed, file)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        upload.id,
        part.number,
        upload.bucket,
        part.size,
        part.etag,
        part.modified,
        part.checksum,
        part.crc,
        part.sealed,
        part.file,
      );
  }

  /** Parts above a number, in order, at most `limit`. */
  parts(upload: string, after = 0, limit = 10_000): PartRow[] {
    const statement = this.#state.statement(
      `SELECT number, size, etag, modified, checksum, crc FROM s3_part WHERE upload = ? AND number > ?
         ORDER BY number LIMIT ?`,
    );
    return allRows<PartRow>(statement, upload, after, limit);
  }
}
