/** PutBucketLogging, GetBucketLogging: server access logs are not delivered, so only switching them off succeeds. */

import type {
  GetBucketLoggingOutput,
  GetBucketLoggingRequest,
  LoggingEnabled,
  PutBucketLoggingRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import type { Bucket } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import type { S3Parts } from '../parts.ts';
import { enterSettings } from './bucket-settings.ts';

export function putBucketLogging(
  s3: S3Parts,
  input: Checked<PutBucketLoggingRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:PutBucketLogging');
  const wanted = input.BucketLoggingStatus.LoggingEnabled;
  if (wanted === undefined) return {};
  requireTarget(s3, bucket, wanted);
  throw errors.notImplementedHeader('LoggingEnabled');
}

/** What S3 demands of a bucket that logs are to be written into. */
function requireTarget(s3: S3Parts, bucket: Bucket, wanted: LoggingEnabled): void {
  if (wanted.TargetBucket === undefined || wanted.TargetPrefix === undefined) throw errors.malformedXml();
  const target = s3.buckets.find(wanted.TargetBucket);
  if (target?.kind !== 'general') {
    throw errors.invalidLogTarget('The target bucket for logging does not exist', wanted.TargetBucket);
  }
  if (target.account !== bucket.account) {
    throw errors.invalidLogTarget(
      'The owner for the bucket to be logged and the target bucket must be the same.',
      target.name,
    );
  }
  if (target.region !== bucket.region) throw errors.crossLocationLogging();
  const { encryption } = target.config;
  if (encryption !== undefined && encryption.algorithm !== 'AES256') {
    // GP-28. AWS publishes no sentence for it.
    throw errors.invalidLogTarget(
      'The default encryption of the target bucket for logging must be SSE-S3; SSE-KMS is not supported.',
      target.name,
    );
  }
}

export function getBucketLogging(
  s3: S3Parts,
  input: Checked<GetBucketLoggingRequest>,
  context: RequestContext,
): GetBucketLoggingOutput {
  enterSettings(s3, input, context, 's3:GetBucketLogging');
  return {};
}
