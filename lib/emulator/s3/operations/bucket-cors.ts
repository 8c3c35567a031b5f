/** PutBucketCors, GetBucketCors, DeleteBucketCors. */

import type {
  CORSRule,
  DeleteBucketCorsRequest,
  GetBucketCorsOutput,
  GetBucketCorsRequest,
  PutBucketCorsRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import { parseStored } from '../../storage/stored-json.ts';
import type { Checked } from '../../wire/operation.ts';
import { checkCorsRules } from '../cors/rules.ts';
import { errors } from '../errors.ts';
import type { S3Parts } from '../parts.ts';
import { enterSettings } from './bucket-settings.ts';

export function putBucketCors(s3: S3Parts, input: Checked<PutBucketCorsRequest>, context: RequestContext): object {
  const bucket = enterSettings(s3, input, context, 's3:PutBucketCORS');
  const rules = input.CORSConfiguration.CORSRules;
  checkCorsRules(rules);
  s3.buckets.update(bucket, { cors: JSON.stringify(rules) });
  return {};
}

export function getBucketCors(
  s3: S3Parts,
  input: Checked<GetBucketCorsRequest>,
  context: RequestContext,
): GetBucketCorsOutput {
  const bucket = enterSettings(s3, input, context, 's3:GetBucketCORS');
  const rules = corsOf(s3, bucket.name);
  if (rules === undefined) throw errors.noSuchCors(bucket.name);
  return { CORSRules: rules };
}

export function deleteBucketCors(
  s3: S3Parts,
  input: Checked<DeleteBucketCorsRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:PutBucketCORS');
  s3.buckets.update(bucket, { cors: undefined });
  return {};
}

/** Rules of a bucket, whoever asks: browsers do before they have signed anything. */
export function corsOf(s3: S3Parts, name: string): CORSRule[] | undefined {
  const cors = s3.buckets.find(name)?.config.cors;
  return cors === undefined ? undefined : parseStored<CORSRule[]>(cors);
}
