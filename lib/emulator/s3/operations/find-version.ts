/** The object that a request names: the current one, or a version by its id. What is hidden or gone answers as S3 does. */

import type { RequestContext } from '../../context.ts';
import type { Bucket } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import type { ObjectRow } from '../objects/rows.ts';
import { NULL_VERSION, readVersionId } from '../objects/version-ids.ts';
import type { Marker } from '../objects/versions.ts';
import type { S3Parts } from '../parts.ts';

interface Wanted {
  readonly key: string;
  readonly version: string | undefined;
  /** Whether the inline body is read too. */
  readonly body?: boolean;
  /** What a current delete marker answers: as if nothing were there (the default), or MethodNotAllowed. */
  readonly hidden?: 'missing' | 'refused';
}

/** Throws NoSuchKey, NoSuchVersion, InvalidArgument for what is no version id, MethodNotAllowed for a delete marker. */
export function findVersion(s3: S3Parts, context: RequestContext, bucket: Bucket, wanted: Wanted): ObjectRow {
  const { key, version, body = false } = wanted;
  if (version === undefined) {
    const row = body ? s3.objects.find(bucket.id, key) : s3.objects.findHead(bucket.id, key);
    if (row !== undefined) return row;
    const marker = bucket.config.versioning === undefined ? undefined : s3.versions.currentMarker(bucket.id, key);
    if (marker === undefined) throw missing(s3, context, bucket, key);
    if (wanted.hidden === 'refused') throw refusedMarker(context, marker);
    throw errors.noSuchKey(key, { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.version });
  }
  requireVersionId(bucket, version);
  const found = s3.versions.find(bucket.id, key, version, body);
  if (found?.kind === 'object') return found.row;
  if (found?.kind === 'marker') throw refusedMarker(context, found.marker);
  if (bucket.config.versioning === undefined) throw missing(s3, context, bucket, key);
  throw errors.noSuchVersion(key, version);
}

/** Throws InvalidArgument for what cannot be the id of a version in this bucket. */
export function requireVersionId(bucket: Bucket, version: string): void {
  if (version === NULL_VERSION) return;
  if (bucket.config.versioning !== undefined && readVersionId(version) !== undefined) return;
  throw errors.invalidVersionId(version);
}

function refusedMarker(context: RequestContext, marker: Marker): Error {
  return errors.methodNotAllowed(methodOf(context), 'DeleteMarker', {
    allow: 'DELETE',
    'x-amz-delete-marker': 'true',
    'x-amz-version-id': marker.version,
    'last-modified': new Date(marker.modified).toUTCString(),
  });
}

function methodOf({ operation }: RequestContext): string {
  return operation.startsWith('Put') ? 'PUT' : operation.startsWith('Delete') ? 'DELETE' : 'GET';
}

/** NoSuchKey, or AccessDenied for a caller without s3:ListBucket (S3 API GetObject, permissions). */
export function missing(s3: S3Parts, context: RequestContext, bucket: Bucket, key: string): Error {
  if (bucket.kind !== 'general') return errors.noSuchKey(key);
  const decision = s3.access.ask(context, bucket, 's3:ListBucket', bucket.arn);
  if (decision.outcome === 'allow') return errors.noSuchKey(key);
  return s3.access.refusal(context, bucket, 's3:ListBucket', bucket.arn, decision);
}
