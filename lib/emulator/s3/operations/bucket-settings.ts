/** Tags of buckets, block public access: settings that are kept and answered. */

import type {
  DeleteBucketTaggingRequest,
  DeletePublicAccessBlockRequest,
  GetBucketTaggingOutput,
  GetBucketTaggingRequest,
  GetPublicAccessBlockOutput,
  GetPublicAccessBlockRequest,
  PutBucketTaggingRequest,
  PutPublicAccessBlockRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import type { Bucket } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import { checkTags } from '../objects/head.ts';
import type { S3Parts } from '../parts.ts';

interface OnBucket {
  readonly Bucket: string;
  readonly ExpectedBucketOwner?: string | undefined;
}

export function putBucketTagging(
  s3: S3Parts,
  input: Checked<PutBucketTaggingRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:PutBucketTagging');
  const pairs = (input.Tagging.TagSet ?? []).map((tag) => [tag.Key, tag.Value] as const);
  s3.buckets.update(bucket, { tags: checkTags(pairs, 50) });
  return {};
}

export function getBucketTagging(
  s3: S3Parts,
  input: Checked<GetBucketTaggingRequest>,
  context: RequestContext,
): GetBucketTaggingOutput {
  const bucket = enterSettings(s3, input, context, 's3:GetBucketTagging');
  const tags = Object.entries(bucket.config.tags ?? {});
  if (tags.length === 0) throw errors.noSuchTagSet(bucket.name);
  return { TagSet: tags.map(([Key, Value]) => ({ Key, Value })) };
}

export function deleteBucketTagging(
  s3: S3Parts,
  input: Checked<DeleteBucketTaggingRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:PutBucketTagging');
  s3.buckets.update(bucket, { tags: undefined });
  return {};
}

export function putPublicAccessBlock(
  s3: S3Parts,
  input: Checked<PutPublicAccessBlockRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:PutBucketPublicAccessBlock');
  const wanted = input.PublicAccessBlockConfiguration;
  s3.buckets.update(bucket, {
    publicAccessBlock: {
      BlockPublicAcls: wanted.BlockPublicAcls ?? false,
      IgnorePublicAcls: wanted.IgnorePublicAcls ?? false,
      BlockPublicPolicy: wanted.BlockPublicPolicy ?? false,
      RestrictPublicBuckets: wanted.RestrictPublicBuckets ?? false,
    },
  });
  return {};
}

export function getPublicAccessBlock(
  s3: S3Parts,
  input: Checked<GetPublicAccessBlockRequest>,
  context: RequestContext,
): GetPublicAccessBlockOutput {
  const bucket = enterSettings(s3, input, context, 's3:GetBucketPublicAccessBlock');
  const { publicAccessBlock } = bucket.config;
  if (publicAccessBlock === undefined) throw errors.noSuchPublicAccessBlock(bucket.name);
  return { PublicAccessBlockConfiguration: publicAccessBlock };
}

export function deletePublicAccessBlock(
  s3: S3Parts,
  input: Checked<DeletePublicAccessBlockRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:PutBucketPublicAccessBlock');
  s3.buckets.update(bucket, { publicAccessBlock: undefined });
  return {};
}

/** Settings of general purpose buckets; directory buckets have their own, fixed (DB-03). */
export function enterSettings(s3: S3Parts, input: OnBucket, context: RequestContext, action: string): Bucket {
  const bucket = s3.access.bucket(context, input.Bucket, input.ExpectedBucketOwner);
  if (bucket.kind !== 'general') throw errors.methodNotAllowed(context.operation, 'BUCKET');
  s3.access.require(context, bucket, action, bucket.arn);
  return bucket;
}
