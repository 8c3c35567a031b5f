/** DeleteObject, DeleteObjects. */

import type {
  DeletedObject,
  DeleteObjectOutput,
  DeleteObjectRequest,
  DeleteObjectsOutput,
  DeleteObjectsRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import { AwsError } from '../../wire/error.ts';
import type { Checked } from '../../wire/operation.ts';
import type { Bucket } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import { matches, wholeSeconds } from '../objects/conditions.ts';
import type { ObjectRow } from '../objects/rows.ts';
import type { S3Parts } from '../parts.ts';
import { isNullVersion } from './answers.ts';

/** Most keys of one DeleteObjects. */
const MAXIMUM_KEYS = 1000;

interface Conditions {
  readonly etag: string | undefined;
  readonly modified: Date | undefined;
  readonly size: number | undefined;
}

export function deleteObject(
  s3: S3Parts,
  input: Checked<DeleteObjectRequest>,
  context: RequestContext,
): DeleteObjectOutput {
  const { Bucket: name, Key: key } = input;
  const action = isNullVersion(input.VersionId) ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
  const { bucket } = s3.gate.enter(
    context,
    name,
    { action, mode: 'ReadWrite', key, conditions: { 'if-match': input.IfMatch } },
    input.ExpectedBucketOwner,
  );
  if (!isNullVersion(input.VersionId)) throw errors.invalidVersionId(input.VersionId ?? '');
  refuseBypass(input.BypassGovernanceRetention);
  remove(s3, bucket, key, {
    etag: input.IfMatch,
    modified: input.IfMatchLastModifiedTime,
    size: input.IfMatchSize,
  });
  return {};
}

export function deleteObjects(
  s3: S3Parts,
  input: Checked<DeleteObjectsRequest>,
  context: RequestContext,
): DeleteObjectsOutput {
  const bucket = s3.access.bucket(context, input.Bucket, input.ExpectedBucketOwner);
  const objects = input.Delete?.Objects ?? [];
  if (objects.length === 0 || objects.length > MAXIMUM_KEYS) throw errors.malformedXml();
  refuseBypass(input.BypassGovernanceRetention);
  if (bucket.kind === 'table') throw errors.methodNotAllowed('DELETE', 'TABLE');
  // A session is asked once for all keys; policies decide key by key.
  if (bucket.kind === 'directory') s3.zonal.enter(context, bucket, 'ReadWrite');
  const deleted: DeletedObject[] = [];
  const failed: { Key: string; Code: string; Message: string; VersionId?: string }[] = [];
  for (const entry of objects) {
    const key = entry.Key ?? '';
    try {
      if (key === '') throw errors.malformedXml();
      if (bucket.kind === 'general') {
        s3.access.require(context, bucket, 's3:DeleteObject', `${bucket.arn}/${key}`);
      }
      if (!isNullVersion(entry.VersionId)) throw errors.invalidVersionId(entry.VersionId ?? '');
      remove(s3, bucket, key, { etag: entry.ETag, modified: entry.LastModifiedTime, size: entry.Size });
      deleted.push({ Key: key, ...(entry.VersionId === undefined ? {} : { VersionId: entry.VersionId }) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({
        Key: key,
        Code: error.code,
        Message: error.message,
        ...(entry.VersionId === undefined ? {} : { VersionId: entry.VersionId }),
      });
    }
  }
  return { ...(input.Delete?.Quiet === true ? {} : { Deleted: deleted }), Errors: failed };
}

/** Deletes what is there; a key that does not exist is deleted just as well. */
function remove(s3: S3Parts, bucket: Bucket, key: string, conditions: Conditions): void {
  const conditional =
    conditions.etag !== undefined || conditions.modified !== undefined || conditions.size !== undefined;
  if (conditional && bucket.kind === 'general' && conditions.etag === '*') {
    throw errors.notImplementedHeader('If-Match');
  }
  s3.surroundings.state.write(() => {
    if (conditional) {
      const row = s3.objects.findHead(bucket.id, key);
      if (row === undefined) throw errors.noSuchKey(key);
      requireConditions(row, conditions);
    }
    if (s3.objects.remove(bucket.id, key)) s3.uploads.disturb(bucket.id, key);
  });
}

function requireConditions(row: ObjectRow, { etag, modified, size }: Conditions): void {
  if (etag !== undefined && !matches(etag, row.etag)) throw errors.preconditionFailed('If-Match');
  if (modified !== undefined && wholeSeconds(row.modified) !== wholeSeconds(modified.getTime())) {
    throw errors.preconditionFailed('x-amz-if-match-last-modified-time');
  }
  if (size !== undefined && row.size !== size) throw errors.preconditionFailed('x-amz-if-match-size');
}

function refuseBypass(bypass: boolean | undefined): void {
  if (bypass === undefined) return;
  throw errors.invalidArgument(
    'x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.',
    'x-amz-bypass-governance-retention',
  );
}
