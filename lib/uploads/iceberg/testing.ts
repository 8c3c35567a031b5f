/** For tests of this folder: an S3 and an S3 Tables of one table, in memory, behind the official clients. */

import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import { S3TablesClient } from '@aws-sdk/client-s3tables';
import { parquetReadObjects } from 'hyparquet';
import { readContainer } from '../../iceberg/avro.ts';
import { readMetadata, type TableMetadata } from '../../iceberg/metadata.ts';

export const ALIAS = '63a8e430-6e0b-46f5-k833abtwr6s8tmtsycedn8s4yc3xhuse1b--table-s3';
export const LOCATION = `s3://${ALIAS}`;
export const NAMES = {
  tableBucketARN: 'arn:aws:s3tables:us-east-1:111122223333:bucket/lake',
  namespace: 'sales',
  name: 'orders',
};
export const TABLE_ARN = `${NAMES.tableBucketARN}/table/63a8e430-6e0b-46f5-8000-000000000000`;

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Uint8Array;
}

interface Answer {
  readonly status: number;
  readonly body?: string | Uint8Array;
  readonly error?: string;
}

/** `before` is called with every request: what it answers goes back to the client in place of the answer. */
export function startFakeTable(before: (request: Request) => Answer | undefined = () => undefined) {
  const objects = new Map<string, Buffer>();
  const table = { versionToken: 'v0', metadataLocation: undefined as string | undefined };

  const answer = (request: Request): Answer => {
    const early = before(request);
    if (early) return early;
    const { method, path, body = '' } = request;
    if (path.startsWith(`/${ALIAS}/`)) {
      const key = decodeURIComponent(path.slice(ALIAS.length + 2));
      if (method === 'PUT') {
        objects.set(key, Buffer.from(body));
        return { status: 200 };
      }
      const found = objects.get(key);
      return found ? { status: 200, body: found } : { status: 404 };
    }
    if (path.startsWith('/get-table')) {
      return { status: 200, body: JSON.stringify({ name: NAMES.name, namespace: [NAMES.namespace] }) };
    }
    if (method === 'PUT') {
      const { versionToken, metadataLocation }: Record<string, string> = JSON.parse(Buffer.from(body).toString());
      if (versionToken !== table.versionToken) {
        return { status: 409, error: 'ConflictException', body: '{"message":"stale"}' };
      }
      table.versionToken = `v${Number(table.versionToken.slice(1)) + 1}`;
      table.metadataLocation = metadataLocation;
      return { status: 200, body: JSON.stringify(table) };
    }
    return { status: 200, body: JSON.stringify({ ...table, warehouseLocation: LOCATION }) };
  };

  const requestHandler = {
    async handle(request: Request) {
      await Promise.resolve();
      const { status, body = '', error } = answer(request);
      const headers: Record<string, string> = { 'x-amz-request-id': 'id', 'x-amzn-requestid': 'id' };
      if (error) headers['x-amzn-errortype'] = error;
      return { response: { statusCode: status, headers, body: Readable.from([Buffer.from(body)]) } };
    },
  };
  const settings = {
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler,
  };
  return {
    objects,
    table,
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    s3tables: new S3TablesClient(settings),
    /** The bytes at an `s3://` location. */
    file(location: string): Buffer {
      const found = objects.get(location.slice(LOCATION.length + 1));
      if (!found) throw new Error(`nothing at ${location}`);
      return found;
    },
  };
}

export type FakeTable = ReturnType<typeof startFakeTable>;

/** An entry of a manifest, as far as tests look at it. */
export interface Entry {
  readonly status: number;
  readonly snapshot_id: bigint;
  readonly sequence_number: bigint | null;
  readonly data_file: {
    readonly upper_bounds: readonly { readonly key: number; readonly value: Buffer }[];
    readonly file_path: string;
    readonly record_count: bigint;
    readonly file_size_in_bytes: bigint;
    readonly lower_bounds: readonly { readonly key: number; readonly value: Buffer }[];
    readonly null_value_counts: readonly { readonly key: number; readonly value: bigint }[];
  };
}

export const metadataOf = (table: FakeTable): TableMetadata =>
  readMetadata(table.file(table.table.metadataLocation ?? '').toString());

function requireLength(file: Buffer, length: bigint): void {
  if (file.length !== Number(length)) throw new Error(`a file has ${file.length} bytes, its entry says ${length}`);
}

// What is read has the shape that the writer's schemas give it, or the tests fail.
/* oxlint-disable typescript/no-unsafe-type-assertion */

/** Reads a table as an engine does: metadata, manifest list, manifests, data files. */
export async function scan(table: FakeTable): Promise<{ entries: Entry[]; rows: Record<string, unknown>[] }> {
  const metadata = metadataOf(table);
  const snapshot = metadata.snapshots?.find((each) => each['snapshot-id'] === metadata['current-snapshot-id']);
  const manifests = readContainer(table.file(snapshot?.['manifest-list'] ?? '')).records as {
    manifest_path: string;
    manifest_length: bigint;
  }[];
  const entries = manifests.flatMap(({ manifest_path: path, manifest_length: length }) => {
    requireLength(table.file(path), length);
    return readContainer(table.file(path)).records as Entry[];
  });
  const rows: Record<string, unknown>[] = [];
  for (const { data_file: file } of entries) {
    const body = table.file(file.file_path);
    requireLength(body, file.file_size_in_bytes);
    rows.push(...(await parquetReadObjects({ file: new Uint8Array(body).buffer })));
  }
  return { entries, rows };
}
