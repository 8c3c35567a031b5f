import 'server-only';
import * as sdk from '@aws-sdk/client-s3';
import type { Aws } from './connection.ts';
import { type Encryption, toAlgorithm, toEncryption } from './encryption.ts';
import { type Listing, readAll } from './paginate.ts';
import { isAbsent, mapResult, type Result } from './result.ts';
import { send } from './send.ts';

/** General purpose buckets and what they share with directory buckets: encryption, policy, deletion. */
export interface Bucket {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly createdAt?: string;
}

export function listBuckets(aws: Aws): Promise<Result<Listing<Bucket>>> {
  return readAll(
    (token) =>
      send(aws, 's3', new sdk.ListBucketsCommand({ MaxBuckets: 1000, ...(token ? { ContinuationToken: token } : {}) })),
    (page) => ({
      items: page.Buckets?.map((bucket) => ({
        name: bucket.Name ?? '',
        arn: bucket.BucketArn ?? `arn:aws:s3:::${bucket.Name ?? ''}`,
        region: bucket.BucketRegion ?? aws.region,
        ...(bucket.CreationDate ? { createdAt: bucket.CreationDate.toISOString() } : {}),
      })),
      next: page.ContinuationToken,
    }),
  );
}

/** Makes a general purpose bucket in the connection's Region. Encryption is set by a call of its own. */
export function createBucket(aws: Aws, bucket: string): Promise<Result<unknown>> {
  const elsewhere = aws.region !== 'us-east-1';
  const command = new sdk.CreateBucketCommand({
    Bucket: bucket,
    ...(elsewhere
      ? { CreateBucketConfiguration: { LocationConstraint: aws.region as sdk.BucketLocationConstraint } }
      : {}),
  });
  return send(aws, 's3', command);
}

export function deleteBucket(aws: Aws, bucket: string): Promise<Result<unknown>> {
  return send(aws, 's3', new sdk.DeleteBucketCommand({ Bucket: bucket }));
}

/** Default encryption, and whether uploads with customer keys (SSE-C) are blocked. */
export interface BucketEncryption extends Encryption {
  readonly blocksCustomerKeys: boolean;
}

export async function getBucketEncryption(aws: Aws, bucket: string): Promise<Result<BucketEncryption>> {
  const answer = await send(aws, 's3', new sdk.GetBucketEncryptionCommand({ Bucket: bucket }));
  if (isAbsent(answer, 'ServerSideEncryptionConfigurationNotFoundError')) {
    return {
      ok: true,
      data: { kind: 'SSE-S3', blocksCustomerKeys: false },
      ...(answer.call ? { call: answer.call } : {}),
    };
  }
  return mapResult(answer, (output) => {
    const rule = output.ServerSideEncryptionConfiguration?.Rules?.[0];
    const applied = rule?.ApplyServerSideEncryptionByDefault;
    return {
      ...toEncryption(applied?.SSEAlgorithm, applied?.KMSMasterKeyID, rule?.BucketKeyEnabled ?? false),
      blocksCustomerKeys: rule?.BlockedEncryptionTypes?.EncryptionType?.includes('SSE-C') ?? false,
    };
  });
}

/**
 * Sets the default encryption. A bucket key is sent only where it was chosen: directory buckets refuse `false` (DB-12).
 */
export function putBucketEncryption(
  aws: Aws,
  bucket: string,
  encryption: Encryption & { blocksCustomerKeys?: boolean },
): Promise<Result<unknown>> {
  const command = new sdk.PutBucketEncryptionCommand({
    Bucket: bucket,
    ServerSideEncryptionConfiguration: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: {
            SSEAlgorithm: toAlgorithm(encryption.kind),
            ...(encryption.keyId ? { KMSMasterKeyID: encryption.keyId } : {}),
          },
          ...(encryption.bucketKey === undefined ? {} : { BucketKeyEnabled: encryption.bucketKey }),
          ...(encryption.blocksCustomerKeys === undefined
            ? {}
            : { BlockedEncryptionTypes: { EncryptionType: [encryption.blocksCustomerKeys ? 'SSE-C' : 'NONE'] } }),
        },
      ],
    },
  });
  return send(aws, 's3', command);
}

/** The bucket policy; undefined where there is none. */
export async function getBucketPolicy(aws: Aws, bucket: string): Promise<Result<string | undefined>> {
  const answer = await send(aws, 's3', new sdk.GetBucketPolicyCommand({ Bucket: bucket }));
  if (isAbsent(answer, 'NoSuchBucketPolicy')) {
    return { ok: true, data: undefined, ...(answer.call ? { call: answer.call } : {}) };
  }
  return mapResult(answer, (output) => output.Policy);
}
