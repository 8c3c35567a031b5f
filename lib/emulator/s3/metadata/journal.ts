/**
 * The journal of S3 Metadata (S3UG metadata-tables-schema): every change of an object is written down in the commit that
 * makes it, and goes from there into the bucket's journal table, in order. When the table can't be written any more the
 * journal ends, as AWS documents it, and says why.
 */

import type { NewColumn } from '../../../iceberg/metadata.ts';
import type { Row } from '../../../iceberg/values.ts';
import type { RequestContext } from '../../context.ts';
import type { Surroundings } from '../../service.ts';
import { orderedId } from '../../storage/ordered-id.ts';
import { parseStored } from '../../storage/stored-json.ts';
import { AwsError } from '../../wire/error.ts';
import type { Bucket, Buckets } from '../buckets/store.ts';
import type { ObjectColumns } from '../objects/rows.ts';
import type { Deleted } from '../objects/versions.ts';
import { encryptionAnswer } from '../operations/answers.ts';
import { allRows } from '../stored.ts';
import { writingFailed } from './failures.ts';

/** Records that go into one data file at most. */
const BATCH = 10_000;

const required = (name: string, type: NewColumn['type']): NewColumn => ({ name, type, required: true });
const optional = (name: string, type: NewColumn['type']): NewColumn => ({ name, type });

/** `object_tags` and `user_metadata` are maps, which this emulator can't write: they are left out. */
export const JOURNAL_COLUMNS: readonly NewColumn[] = [
  required('bucket', 'string'),
  required('key', 'string'),
  required('sequence_number', 'string'),
  required('record_type', 'string'),
  required('record_timestamp', 'timestamp'),
  optional('version_id', 'string'),
  optional('is_delete_marker', 'boolean'),
  optional('size', 'long'),
  optional('last_modified_date', 'timestamp'),
  optional('e_tag', 'string'),
  optional('storage_class', 'string'),
  optional('is_multipart', 'boolean'),
  optional('encryption_status', 'string'),
  optional('is_bucket_key_enabled', 'boolean'),
  optional('kms_key_arn', 'string'),
  optional('checksum_algorithm', 'string'),
  optional('requester', 'string'),
  optional('source_ip_address', 'string'),
  optional('request_id', 'string'),
];

interface Pending {
  readonly id: number;
  readonly bucket: string;
  readonly record: string;
}

/** A record as it waits: times in milliseconds. */
type StoredRecord = Record<string, string | number | boolean | null>;

export class Journal {
  readonly #surroundings: Surroundings;
  readonly #buckets: Buckets;
  #working: Promise<void> | undefined;
  #stopped = false;

  constructor(surroundings: Surroundings, buckets: Buckets) {
    this.#surroundings = surroundings;
    this.#buckets = buckets;
  }

  /** An object, or a version of it, was written. Call within `state.write`. */
  created(context: RequestContext, bucket: Bucket, key: string, row: ObjectColumns, version: string | undefined): void {
    if (bucket.config.metadata?.status !== 'ACTIVE') return;
    const answer = encryptionAnswer(bucket, row);
    const kms = 'SSEKMSKeyId' in answer ? answer : undefined;
    this.#add(context, bucket, key, {
      record_type: 'CREATE',
      version_id: version ?? null,
      is_delete_marker: false,
      size: row.size,
      last_modified_date: row.modified,
      e_tag: row.etag,
      storage_class: row.storage_class ?? 'STANDARD',
      is_multipart: row.upload !== null,
      encryption_status: encryptionStatus(answer),
      is_bucket_key_enabled: kms === undefined ? null : kms.BucketKeyEnabled === true,
      kms_key_arn: kms?.SSEKMSKeyId ?? null,
      checksum_algorithm: row.checksum?.split(':')[0] ?? null,
      ...requesterOf(context),
    });
  }

  /** An object was deleted: hidden behind a marker, or a version of it for good. Call within `state.write`. */
  deleted(context: RequestContext, bucket: Bucket, key: string, { version, marker }: Deleted): void {
    if (bucket.config.metadata?.status !== 'ACTIVE') return;
    this.#add(context, bucket, key, {
      record_type: 'DELETE',
      version_id: version ?? null,
      // A permanent delete leaves everything else empty (schema of the journal table).
      ...(marker === true && { is_delete_marker: true, ...requesterOf(context) }),
    });
  }

  /** Goes on with what is written down, if anything is. */
  resume(): void {
    if (this.#stopped || this.#working !== undefined) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
    });
    // The next attempt begins with the next change, or at the next start.
    this.#working.catch(() => {});
  }

  /** Resolves when nothing is left to be written, or what is left can't be written now. */
  async settled(): Promise<void> {
    this.resume();
    await this.#working?.catch(() => {});
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#working?.catch(() => {});
  }

  #add(context: RequestContext, bucket: Bucket, key: string, members: StoredRecord): void {
    const record = {
      bucket: bucket.name,
      key,
      sequence_number: orderedId().replaceAll('-', ''),
      record_timestamp: context.now,
      ...members,
    };
    this.#surroundings.state
      .statement('INSERT INTO s3_journal (bucket, record) VALUES (?, ?)')
      .run(bucket.name, JSON.stringify(record));
    this.resume();
  }

  async #work(): Promise<void> {
    const { state } = this.#surroundings;
    while (!this.#stopped) {
      // Nothing is told that could still be lost.
      await state.settled();
      const [first] = allRows<Pending>(
        state.statement('SELECT id, bucket, record FROM s3_journal ORDER BY id LIMIT 1'),
      );
      if (first === undefined) return;
      const pending = allRows<Pending>(
        state.statement('SELECT id, bucket, record FROM s3_journal WHERE bucket = ? ORDER BY id LIMIT ?'),
        first.bucket,
        BATCH,
      );
      await this.#deliver(first.bucket, pending);
      const last = pending.at(-1)?.id ?? first.id;
      state.write(() => state.statement('DELETE FROM s3_journal WHERE bucket = ? AND id <= ?').run(first.bucket, last));
    }
    await state.settled();
  }

  async #deliver(name: string, pending: readonly Pending[]): Promise<void> {
    const metadata = this.#buckets.find(name)?.config.metadata;
    if (metadata?.status !== 'ACTIVE' || metadata.tableArn === undefined) return;
    try {
      const rows = pending.map(({ record }) => rowOf(parseStored<StoredRecord>(record)));
      await this.#surroundings.ports.metadataTables.append(metadata.tableArn, rows);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const bucket = this.#buckets.find(name);
      if (bucket)
        this.#buckets.update(bucket, { metadata: { ...metadata, status: 'FAILED', error: writingFailed(error) } });
    }
  }
}

function rowOf({ record_timestamp: at, last_modified_date: modified, ...rest }: StoredRecord): Row {
  return {
    ...rest,
    record_timestamp: new Date(Number(at)),
    last_modified_date: modified === undefined || modified === null ? null : new Date(Number(modified)),
  };
}

function requesterOf(context: RequestContext): StoredRecord {
  return {
    requester: context.accountId,
    source_ip_address: context.sourceIp,
    request_id: context.requestId,
  };
}

function encryptionStatus(answer: ReturnType<typeof encryptionAnswer>): string {
  if ('SSECustomerAlgorithm' in answer) return 'SSE-C';
  const algorithm = 'ServerSideEncryption' in answer ? answer.ServerSideEncryption : 'AES256';
  return { AES256: 'SSE-S3', 'aws:kms': 'SSE-KMS', 'aws:kms:dsse': 'DSSE-KMS' }[algorithm];
}
