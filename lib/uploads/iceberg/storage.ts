/** Files of a table in its warehouse: written and read through the S3 client, each call reported. */

import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { IcebergError } from '../../iceberg/metadata.ts';

export type FileKind = 'data' | 'manifest' | 'manifest-list' | 'metadata';

/** One call for one object of a table, or the commit that made a metadata file the current one. */
export interface ObjectEvent {
  readonly operation: 'PutObject' | 'GetObject' | 'UpdateTableMetadataLocation';
  readonly kind: FileKind;
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
  /** Machine time in milliseconds, as the client saw it. */
  readonly latencyMs: number;
  readonly requestId?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface TableFiles {
  /** `s3://warehouse`, without a slash at its end. */
  readonly location: string;
  readonly bucket: string;
  /** Writes a file and answers its location. */
  put(kind: FileKind, key: string, body: Uint8Array): Promise<string>;
  /** Reads a file by its location; `.gz` is unpacked. */
  get(kind: FileKind, location: string): Promise<Buffer>;
  /** Reports a call that is not one for an object. */
  report<T>(event: Pick<ObjectEvent, 'operation' | 'kind' | 'key' | 'bytes'>, call: () => Promise<T>): Promise<T>;
}

const CONTENT_TYPES: Readonly<Record<FileKind, string>> = {
  data: 'application/vnd.apache.parquet',
  manifest: 'application/vnd.apache.avro',
  'manifest-list': 'application/vnd.apache.avro',
  metadata: 'application/json',
};

export function openFiles(
  s3: S3Client,
  warehouseLocation: string,
  onObject: ((event: ObjectEvent) => void) | undefined,
  signal: AbortSignal | undefined,
): TableFiles {
  const location = warehouseLocation.replace(/\/$/, '');
  const { bucket, key: prefix } = splitLocation(`${location}/`);
  const options = signal ? { abortSignal: signal } : {};

  async function report<T>(
    event: Pick<ObjectEvent, 'operation' | 'kind' | 'key' | 'bytes'>,
    call: () => Promise<T>,
    sizeOf?: (answer: T) => number,
  ): Promise<T> {
    signal?.throwIfAborted();
    const start = performance.now();
    const tell = (rest: Partial<ObjectEvent>): void =>
      onObject?.({ ...event, bucket, latencyMs: performance.now() - start, ...rest });
    try {
      const answer = await call();
      const requestId = requestIdOf(answer);
      tell({ ...(requestId && { requestId }), ...(sizeOf && { bytes: sizeOf(answer) }) });
      return answer;
    } catch (error) {
      const requestId = requestIdOf(error);
      const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
      tell({ ...(requestId && { requestId }), error: { code: name, message } });
      throw error;
    }
  }

  return {
    location,
    bucket,
    async put(kind, key, body) {
      await report({ operation: 'PutObject', kind, key: prefix + key, bytes: body.length }, () =>
        s3.send(
          new PutObjectCommand({ Bucket: bucket, Key: prefix + key, Body: body, ContentType: CONTENT_TYPES[kind] }),
          options,
        ),
      );
      return `${location}/${key}`;
    },
    async get(kind, fileLocation) {
      const file = splitLocation(fileLocation);
      const answer = await report(
        { operation: 'GetObject', kind, key: file.key, bytes: 0 },
        async () => {
          const output = await s3.send(new GetObjectCommand({ Bucket: file.bucket, Key: file.key }), options);
          return { $metadata: output.$metadata, body: Buffer.from((await output.Body?.transformToByteArray()) ?? []) };
        },
        ({ body }) => body.length,
      );
      return fileLocation.endsWith('.gz') ? gunzipSync(answer.body) : answer.body;
    },
    report,
  };
}

/** Bucket and key of `s3://bucket/key`. Throws IcebergError for any other location. */
function splitLocation(location: string): { bucket: string; key: string } {
  const match = /^s3[an]?:\/\/([^/]+)\/(.*)$/s.exec(location);
  if (!match) throw new IcebergError(`${location} is not a location in S3.`);
  return { bucket: match[1] ?? '', key: match[2] ?? '' };
}

/** The id that AWS gave the request, in an answer as in an error. */
function requestIdOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('$metadata' in answer)) return undefined;
  const { $metadata: metadata } = answer;
  if (typeof metadata !== 'object' || metadata === null || !('requestId' in metadata)) return undefined;
  return typeof metadata.requestId === 'string' ? metadata.requestId : undefined;
}
