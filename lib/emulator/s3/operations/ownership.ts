/** PutBucketOwnershipControls, GetBucketOwnershipControls, DeleteBucketOwnershipControls. */

import type {
  DeleteBucketOwnershipControlsRequest,
  GetBucketOwnershipControlsOutput,
  GetBucketOwnershipControlsRequest,
  PutBucketOwnershipControlsRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import { errors } from '../errors.ts';
import type { S3Parts } from '../parts.ts';
import type { Answer } from '../stored.ts';
import { enterSettings } from './bucket-settings.ts';

const OWNERSHIPS = new Set(['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter']);

export function isOwnership(value: string): boolean {
  return OWNERSHIPS.has(value);
}

export function putBucketOwnershipControls(
  s3: S3Parts,
  input: Checked<PutBucketOwnershipControlsRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:PutBucketOwnershipControls');
  const rules = input.OwnershipControls.Rules ?? [];
  const ownership: string | undefined = rules[0]?.ObjectOwnership;
  if (rules.length !== 1 || ownership === undefined || !isOwnership(ownership)) throw errors.malformedXml();
  s3.buckets.update(bucket, { ownership });
  return {};
}

export function getBucketOwnershipControls(
  s3: S3Parts,
  input: Checked<GetBucketOwnershipControlsRequest>,
  context: RequestContext,
): Answer<GetBucketOwnershipControlsOutput> {
  const bucket = enterSettings(s3, input, context, 's3:GetBucketOwnershipControls');
  const { ownership } = bucket.config;
  if (ownership === undefined) throw errors.noSuchOwnershipControls(bucket.name);
  return { OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] } };
}

export function deleteBucketOwnershipControls(
  s3: S3Parts,
  input: Checked<DeleteBucketOwnershipControlsRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:PutBucketOwnershipControls');
  s3.buckets.update(bucket, { ownership: undefined });
  return {};
}
