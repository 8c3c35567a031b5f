/** PutBucketPolicy, GetBucketPolicy, DeleteBucketPolicy, GetBucketPolicyStatus. */

import type {
  DeleteBucketPolicyRequest,
  GetBucketPolicyOutput,
  GetBucketPolicyRequest,
  GetBucketPolicyStatusOutput,
  GetBucketPolicyStatusRequest,
  PutBucketPolicyRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import { checkBucketPolicy } from '../buckets/policy.ts';
import type { Bucket } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import type { S3Parts } from '../parts.ts';
import { requireOwner } from './bucket-encryption.ts';
import { actionPrefix } from './buckets.ts';

export function putBucketPolicy(s3: S3Parts, input: Checked<PutBucketPolicyRequest>, context: RequestContext): object {
  const bucket = enter(s3, input, context, 'PutBucketPolicy');
  const text = input.Policy;
  const { identity } = s3.surroundings.ports;
  const policy = checkBucketPolicy(text, bucket, (arn) => identity.principalExists(arn));
  if (policy.isPublic && bucket.config.publicAccessBlock?.BlockPublicPolicy === true) {
    throw errors.accessDenied(
      `User: ${context.caller.principal.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "${bucket.arn}" because public policies are blocked by the BlockPublicPolicy block public access setting.`,
    );
  }
  s3.buckets.update(bucket, { policy: text });
  return {};
}

export function getBucketPolicy(
  s3: S3Parts,
  input: Checked<GetBucketPolicyRequest>,
  context: RequestContext,
): GetBucketPolicyOutput {
  const bucket = enter(s3, input, context, 'GetBucketPolicy');
  if (bucket.config.policy === undefined) throw errors.noSuchBucketPolicy(bucket.name);
  return { Policy: bucket.config.policy };
}

export function deleteBucketPolicy(
  s3: S3Parts,
  input: Checked<DeleteBucketPolicyRequest>,
  context: RequestContext,
): object {
  const bucket = enter(s3, input, context, 'DeleteBucketPolicy');
  s3.buckets.update(bucket, { policy: undefined });
  return {};
}

/** Whether S3 holds the policy to be public. */
export function getBucketPolicyStatus(
  s3: S3Parts,
  input: Checked<GetBucketPolicyStatusRequest>,
  context: RequestContext,
): GetBucketPolicyStatusOutput {
  const bucket = enter(s3, input, context, 'GetBucketPolicyStatus');
  if (bucket.kind === 'directory') throw errors.methodNotAllowed('GET', 'BUCKET');
  if (bucket.config.policy === undefined) throw errors.noSuchBucketPolicy(bucket.name);
  return { PolicyStatus: { IsPublic: bucket.isPublic === true } };
}

function enter(
  s3: S3Parts,
  input: { readonly Bucket: string; readonly ExpectedBucketOwner?: string | undefined },
  context: RequestContext,
  action: string,
): Bucket {
  const bucket = s3.access.bucket(context, input.Bucket, input.ExpectedBucketOwner);
  if (bucket.kind === 'table') throw errors.methodNotAllowed(context.operation, 'TABLE');
  if (bucket.kind === 'directory') requireOwner(s3, context, bucket);
  // The root user of the owner can always mend a policy that shuts everyone out (S3 API PutBucketPolicy).
  const { principal } = context.caller;
  const owner = principal.kind === 'AccountRoot' && principal.accountId === bucket.account;
  s3.access.require(context, bucket, `${actionPrefix(bucket)}:${action}`, bucket.arn, {}, owner);
  return bucket;
}
