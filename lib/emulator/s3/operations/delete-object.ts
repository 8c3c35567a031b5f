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
import type { Deleted } from '../objects/versions.ts';
import type { S3Parts } from '../parts.ts';
import { requireVersionId } from './find-version.ts';
import { refuseLocked } from './object-lock.ts';
import { storeDeletion } from './store-object.ts';

/** Most keys of one DeleteObjects. */
const MAXIMUM_KEYS = 1000;

/** What is to go, and what must be true of it. */
interface Deletion {
  readonly key: string;
  readonly version: string | undefined;
  /** Whether governance retention is to be passed over. */
  readonly bypass: boolean;
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
  const version = input.VersionId;
  const { bucket } = s3.gate.enter(
    context,
    name,
    {
      action: actionOf(version),
      mode: 'ReadWrite',
      key,
      conditions: { 'if-match': input.IfMatch, versionid: version },
    },
    input.ExpectedBucketOwner,
  );
  refuseBypass(bucket, input.BypassGovernanceRetention);
  const deleted = remove(s3, context, bucket, {
    key,
    version,
    bypass: input.BypassGovernanceRetention === true,
    etag: input.IfMatch,
    modified: input.IfMatchLastModifiedTime,
    size: input.IfMatchSize,
  });
  return {
    ...(deleted.version !== undefined && { VersionId: deleted.version }),
    ...(deleted.marker !== undefined && { DeleteMarker: deleted.marker }),
  };
}

function actionOf(version: string | undefined): string {
  return version === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
}

export function deleteObjects(
  s3: S3Parts,
  input: Checked<DeleteObjectsRequest>,
  context: RequestContext,
): DeleteObjectsOutput {
  const bucket = s3.access.bucket(context, input.Bucket, input.ExpectedBucketOwner);
  const objects = input.Delete?.Objects ?? [];
  if (objects.length === 0 || objects.length > MAXIMUM_KEYS) throw errors.malformedXml();
  refuseBypass(bucket, input.BypassGovernanceRetention);
  if (bucket.kind === 'table') throw errors.methodNotAllowed('DELETE', 'TABLE');
  // A session is asked once for all keys; policies decide key by key.
  if (bucket.kind === 'directory') s3.zonal.enter(context, bucket, 'ReadWrite');
  const deleted: DeletedObject[] = [];
  const failed: { Key: string; Code: string; Message: string; VersionId?: string }[] = [];
  for (const entry of objects) {
    const { Key: key = '', VersionId: version } = entry;
    const named = { Key: key, ...(version !== undefined && { VersionId: version }) };
    try {
      if (key === '') throw errors.malformedXml();
      if (bucket.kind === 'general') {
        s3.access.require(context, bucket, actionOf(version), `${bucket.arn}/${key}`, { versionid: version });
      }
      const bypass = input.BypassGovernanceRetention === true;
      const conditions = { bypass, etag: entry.ETag, modified: entry.LastModifiedTime, size: entry.Size };
      deleted.push({ ...named, ...markerOf(remove(s3, context, bucket, { key, version, ...conditions })) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ ...named, Code: error.code, Message: error.message });
    }
  }
  return { ...(input.Delete?.Quiet === true ? {} : { Deleted: deleted }), Errors: failed };
}

function markerOf({ version, marker }: Deleted): Pick<DeletedObject, 'DeleteMarker' | 'DeleteMarkerVersionId'> {
  return marker === undefined || version === undefined ? {} : { DeleteMarker: true, DeleteMarkerVersionId: version };
}

/** Deletes what is there; a key or version that does not exist is deleted just as well. */
function remove(s3: S3Parts, context: RequestContext, bucket: Bucket, deletion: Deletion): Deleted {
  const { key, version } = deletion;
  const conditional = deletion.etag !== undefined || deletion.modified !== undefined || deletion.size !== undefined;
  if (conditional && bucket.kind === 'general' && deletion.etag === '*') {
    throw errors.notImplementedHeader('If-Match');
  }
  if (version !== undefined) requireVersionId(bucket, version);
  return s3.surroundings.state.write(() => {
    const before = s3.objects.findHead(bucket.id, key);
    if (conditional) {
      if (before === undefined) throw errors.noSuchKey(key);
      requireConditions(before, deletion);
    }
    if (before !== undefined) s3.uploads.disturb(bucket.id, key);
    if (version === undefined) {
      const deleted = storeDeletion(s3, bucket, key, context.now);
      if (before !== undefined || deleted.marker === true) s3.journal.deleted(context, bucket, key, deleted);
      return deleted;
    }
    if (bucket.config.objectLock !== undefined) {
      const found = s3.versions.find(bucket.id, key, version, false);
      if (found?.kind === 'object') refuseLocked(s3, context, bucket, found.row, deletion.bypass);
    }
    const gone = s3.versions.deleteVersion(bucket.id, key, version);
    s3.journal.deleted(context, bucket, key, { version });
    return bucket.config.versioning === undefined ? {} : gone;
  });
}

function requireConditions(row: ObjectRow, { etag, modified, size }: Deletion): void {
  if (etag !== undefined && !matches(etag, row.etag)) throw errors.preconditionFailed('If-Match');
  if (modified !== undefined && wholeSeconds(row.modified) !== wholeSeconds(modified.getTime())) {
    throw errors.preconditionFailed('x-amz-if-match-last-modified-time');
  }
  if (size !== undefined && row.size !== size) throw errors.preconditionFailed('x-amz-if-match-size');
}

function refuseBypass(bucket: Bucket, bypass: boolean | undefined): void {
  if (bypass === undefined || bucket.config.objectLock !== undefined) return;
  throw errors.invalidArgument(
    'x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.',
    'x-amz-bypass-governance-retention',
  );
}
