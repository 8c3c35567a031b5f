import 'server-only';
import * as sdk from '@aws-sdk/client-s3';
import type { Aws } from './connection.ts';
import { type Encryption, toEncryption } from './encryption.ts';
import { mapResult, type Result } from './result.ts';
import { send } from './send.ts';

/** Objects of general purpose and directory buckets. */
export interface ObjectSummary {
  readonly key: string;
  readonly size: number;
  readonly modifiedAt?: string;
  readonly etag?: string;
}

export interface ObjectPage {
  readonly objects: readonly ObjectSummary[];
  readonly folders: readonly string[];
  readonly next?: string;
}

/** One page of objects, at most `limit`. */
export async function listObjects(
  aws: Aws,
  bucket: string,
  options: { prefix?: string; token?: string; limit?: number; folders?: boolean } = {},
): Promise<Result<ObjectPage>> {
  const command = new sdk.ListObjectsV2Command({
    Bucket: bucket,
    MaxKeys: options.limit ?? 200,
    ...(options.prefix ? { Prefix: options.prefix } : {}),
    ...(options.token ? { ContinuationToken: options.token } : {}),
    ...(options.folders ? { Delimiter: '/' } : {}),
  });
  return mapResult(await send(aws, 's3', command), (output) => ({
    objects: (output.Contents ?? []).map((object) => ({
      key: object.Key ?? '',
      size: object.Size ?? 0,
      ...(object.LastModified ? { modifiedAt: object.LastModified.toISOString() } : {}),
      ...(object.ETag ? { etag: object.ETag } : {}),
    })),
    folders: (output.CommonPrefixes ?? []).map((prefix) => prefix.Prefix ?? ''),
    ...(output.NextContinuationToken ? { next: output.NextContinuationToken } : {}),
  }));
}

export interface ObjectDetail extends ObjectSummary {
  readonly contentType?: string;
  readonly encryption: Encryption;
}

/** What HeadObject says, with the encryption that the object really has. */
export async function headObject(aws: Aws, bucket: string, key: string): Promise<Result<ObjectDetail>> {
  const answer = await send(aws, 's3', new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }));
  return mapResult(answer, (output) => ({
    key,
    size: output.ContentLength ?? 0,
    encryption: output.SSECustomerAlgorithm
      ? { kind: 'SSE-C' as const }
      : toEncryption(output.ServerSideEncryption, output.SSEKMSKeyId, output.BucketKeyEnabled),
    ...(output.LastModified ? { modifiedAt: output.LastModified.toISOString() } : {}),
    ...(output.ETag ? { etag: output.ETag } : {}),
    ...(output.ContentType ? { contentType: output.ContentType } : {}),
  }));
}

/** Writes a small text object. */
export function putObject(aws: Aws, bucket: string, key: string, text: string): Promise<Result<unknown>> {
  const command = new sdk.PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: Buffer.from(text, 'utf8'),
    ContentType: 'text/plain; charset=utf-8',
  });
  return send(aws, 's3', command);
}

export function deleteObject(aws: Aws, bucket: string, key: string): Promise<Result<unknown>> {
  return send(aws, 's3', new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }));
}
