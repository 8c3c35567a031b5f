/** Tags of buckets and objects, block public access, ownership: settings that are kept and answered. */

import type {
  DeleteBucketTaggingRequest,
  DeleteObjectTaggingRequest,
  DeletePublicAccessBlockRequest,
  GetBucketOwnershipControlsOutput,
  GetBucketOwnershipControlsRequest,
  GetBucketTaggingOutput,
  GetBucketTaggingRequest,
  GetBucketVersioningOutput,
  GetBucketVersioningRequest,
  GetObjectTaggingOutput,
  GetObjectTaggingRequest,
  GetPublicAccessBlockOutput,
  GetPublicAccessBlockRequest,
  PutBucketTaggingRequest,
  PutObjectTaggingRequest,
  PutPublicAccessBlockRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import { parseStored } from '../../storage/stored-json.ts';
import type { Checked } from '../../wire/operation.ts';
import type { Bucket } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import { checkTags, formatTags } from '../objects/head.ts';
import type { ObjectRow } from '../objects/rows.ts';
import type { S3Parts } from '../parts.ts';
import type { Answer } from '../stored.ts';
import { isNullVersion } from './answers.ts';
import { missing } from './get-object.ts';

interface OnBucket {
  readonly Bucket: string;
  readonly ExpectedBucketOwner?: string | undefined;
}

export function putBucketTagging(
  s3: S3Parts,
  input: Checked<PutBucketTaggingRequest>,
  context: RequestContext,
): object {
  const bucket = enter(s3, input, context, 's3:PutBucketTagging');
  const pairs = (input.Tagging.TagSet ?? []).map((tag) => [tag.Key, tag.Value] as const);
  s3.buckets.update(bucket, { tags: checkTags(pairs, 50) });
  return {};
}

export function getBucketTagging(
  s3: S3Parts,
  input: Checked<GetBucketTaggingRequest>,
  context: RequestContext,
): GetBucketTaggingOutput {
  const bucket = enter(s3, input, context, 's3:GetBucketTagging');
  const tags = Object.entries(bucket.config.tags ?? {});
  if (tags.length === 0) throw errors.noSuchTagSet(bucket.name);
  return { TagSet: tags.map(([Key, Value]) => ({ Key, Value })) };
}

export function deleteBucketTagging(
  s3: S3Parts,
  input: Checked<DeleteBucketTaggingRequest>,
  context: RequestContext,
): object {
  const bucket = enter(s3, input, context, 's3:PutBucketTagging');
  s3.buckets.update(bucket, { tags: undefined });
  return {};
}

export function putPublicAccessBlock(
  s3: S3Parts,
  input: Checked<PutPublicAccessBlockRequest>,
  context: RequestContext,
): object {
  const bucket = enter(s3, input, context, 's3:PutBucketPublicAccessBlock');
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
  const bucket = enter(s3, input, context, 's3:GetBucketPublicAccessBlock');
  const { publicAccessBlock } = bucket.config;
  if (publicAccessBlock === undefined) throw errors.noSuchPublicAccessBlock(bucket.name);
  return { PublicAccessBlockConfiguration: publicAccessBlock };
}

export function deletePublicAccessBlock(
  s3: S3Parts,
  input: Checked<DeletePublicAccessBlockRequest>,
  context: RequestContext,
): object {
  const bucket = enter(s3, input, context, 's3:PutBucketPublicAccessBlock');
  s3.buckets.update(bucket, { publicAccessBlock: undefined });
  return {};
}

export function getBucketOwnershipControls(
  s3: S3Parts,
  input: Checked<GetBucketOwnershipControlsRequest>,
  context: RequestContext,
): Answer<GetBucketOwnershipControlsOutput> {
  const bucket = enter(s3, input, context, 's3:GetBucketOwnershipControls');
  const ownership = bucket.config.ownership ?? 'BucketOwnerEnforced';
  return { OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] } };
}

/** A bucket whose versioning was never set answers nothing. */
export function getBucketVersioning(
  s3: S3Parts,
  input: Checked<GetBucketVersioningRequest>,
  context: RequestContext,
): GetBucketVersioningOutput {
  enter(s3, input, context, 's3:GetBucketVersioning');
  return {};
}

/** Settings of general purpose buckets; directory buckets have their own, fixed (DB-03). */
function enter(s3: S3Parts, input: OnBucket, context: RequestContext, action: string): Bucket {
  const bucket = s3.access.bucket(context, input.Bucket, input.ExpectedBucketOwner);
  if (bucket.kind !== 'general') throw errors.methodNotAllowed(context.operation, 'BUCKET');
  s3.access.require(context, bucket, action, bucket.arn);
  return bucket;
}

export function putObjectTagging(
  s3: S3Parts,
  input: Checked<PutObjectTaggingRequest>,
  context: RequestContext,
): object {
  const { bucket } = enterObject(s3, input, context, 's3:PutObjectTagging', 'ReadWrite');
  const pairs = (input.Tagging.TagSet ?? []).map((tag) => [tag.Key, tag.Value] as const);
  const tags = formatTags(checkTags(pairs));
  s3.surroundings.state.write(() => s3.objects.setTags(bucket.id, input.Key, tags));
  return {};
}

export function getObjectTagging(
  s3: S3Parts,
  input: Checked<GetObjectTaggingRequest>,
  context: RequestContext,
): GetObjectTaggingOutput {
  const { tags } = enterObject(s3, input, context, 's3:GetObjectTagging', 'ReadOnly').row;
  const pairs = tags === null ? [] : Object.entries(parseStored<Record<string, string>>(tags));
  return { TagSet: pairs.map(([Key, Value]) => ({ Key, Value })) };
}

export function deleteObjectTagging(
  s3: S3Parts,
  input: Checked<DeleteObjectTaggingRequest>,
  context: RequestContext,
): object {
  const { bucket } = enterObject(s3, input, context, 's3:DeleteObjectTagging', 'ReadWrite');
  s3.surroundings.state.write(() => s3.objects.setTags(bucket.id, input.Key, null));
  return {};
}

function enterObject(
  s3: S3Parts,
  input: OnBucket & { readonly Key: string; readonly VersionId?: string | undefined },
  context: RequestContext,
  action: string,
  mode: 'ReadOnly' | 'ReadWrite',
): { readonly bucket: Bucket; readonly row: ObjectRow } {
  const { bucket } = s3.gate.enter(context, input.Bucket, { action, mode, key: input.Key }, input.ExpectedBucketOwner);
  if (!isNullVersion(input.VersionId)) throw errors.invalidVersionId(input.VersionId ?? '');
  const row = s3.objects.findHead(bucket.id, input.Key);
  if (row === undefined) throw missing(s3, context, bucket, input.Key);
  return { bucket, row };
}
