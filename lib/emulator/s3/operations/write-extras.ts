/** What a write may bring beside the object, and the permission that each needs of its own (S3 API PutObject, permissions). */

import type { RequestContext } from '../../context.ts';
import type { Bucket } from '../buckets/store.ts';
import { type LockHeaders, lockOfNew } from '../objects/lock.ts';
import type { S3Parts } from '../parts.ts';
import { type AclHeaders, checkAclHeaders } from './acl.ts';

interface Extras extends AclHeaders, LockHeaders {
  readonly Tagging?: string | undefined;
}

/** Checks tags, access control list and lock of a new object. Gives how it is locked. */
export function admitExtras(
  s3: S3Parts,
  context: RequestContext,
  bucket: Bucket,
  key: string,
  input: Extras,
): string | null {
  if (bucket.kind !== 'general') return null;
  checkAclHeaders(bucket, input);
  const demand = (action: string) => s3.access.require(context, bucket, action, `${bucket.arn}/${key}`);
  if (input.Tagging !== undefined) demand('s3:PutObjectTagging');
  const lock = lockOfNew(bucket, input, context.now);
  if (input.ObjectLockMode !== undefined) demand('s3:PutObjectRetention');
  if (input.ObjectLockLegalHoldStatus !== undefined) demand('s3:PutObjectLegalHold');
  return lock;
}
