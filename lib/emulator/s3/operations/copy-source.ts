/** The source of CopyObject and UploadPartCopy. */

import type { RequestContext } from '../../context.ts';
import type { Bucket } from '../buckets/store.ts';
import { type CustomerScheme, readCustomerKey } from '../encryption/scheme.ts';
import { errors } from '../errors.ts';
import { checkCopySource } from '../objects/conditions.ts';
import type { ObjectRow } from '../objects/rows.ts';
import type { S3Parts } from '../parts.ts';
import { versionAnswer } from './answers.ts';
import { findVersion } from './find-version.ts';

export interface CopySource {
  readonly bucket: Bucket;
  readonly key: string;
  /** The version id that the request named. */
  readonly version: string | undefined;
  readonly row: ObjectRow;
  readonly customer: CustomerScheme | undefined;
}

export interface CopySourceInput {
  readonly CopySource: string;
  readonly CopySourceIfMatch?: string | undefined;
  readonly CopySourceIfNoneMatch?: string | undefined;
  readonly CopySourceIfModifiedSince?: Date | undefined;
  readonly CopySourceIfUnmodifiedSince?: Date | undefined;
  readonly CopySourceSSECustomerAlgorithm?: string | undefined;
  readonly CopySourceSSECustomerKey?: string | undefined;
  readonly CopySourceSSECustomerKeyMD5?: string | undefined;
  readonly ExpectedSourceBucketOwner?: string | undefined;
}

/** Finds the source, checks that the caller may read it and that the conditions hold. The trail keeps naming the destination. */
export function findCopySource(s3: S3Parts, input: CopySourceInput, context: RequestContext): CopySource {
  const { name, key, version } = parseCopySource(input.CopySource);
  const { resource, parent } = context.trail;
  const bucket = s3.access.bucket(context, name, input.ExpectedSourceBucketOwner, true);
  const arn = `${bucket.arn}/${key}`;
  const action = version === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  const conditions = version === undefined ? {} : { versionid: version };
  s3.gate.pass(context, bucket, { action, mode: 'ReadOnly', key, copy: true, conditions }, arn);
  if (resource !== undefined) context.trail.resource = resource;
  if (parent !== undefined) context.trail.parent = parent;
  const row = findSource(s3, context, bucket, key, version);
  checkCopySource(
    {
      IfMatch: input.CopySourceIfMatch,
      IfNoneMatch: input.CopySourceIfNoneMatch,
      IfModifiedSince: input.CopySourceIfModifiedSince,
      IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
    },
    row,
  );
  const customer = readCustomerKey({
    SSECustomerAlgorithm: input.CopySourceSSECustomerAlgorithm,
    SSECustomerKey: input.CopySourceSSECustomerKey,
    SSECustomerKeyMD5: input.CopySourceSSECustomerKeyMD5,
  });
  return { bucket, key, version, row, customer };
}

function findSource(
  s3: S3Parts,
  context: RequestContext,
  bucket: Bucket,
  key: string,
  version: string | undefined,
): ObjectRow {
  const found = version === undefined ? undefined : s3.versions.find(bucket.id, key, version, false);
  if (found?.kind === 'marker') {
    throw errors.invalidRequest(
      'The source of a copy request may not specifically refer to a delete marker by version id.',
    );
  }
  return findVersion(s3, context, bucket, { key, version, body: true });
}

/** What answers to copies say of the version that was copied. */
export function sourceVersion({ bucket, row }: CopySource): { CopySourceVersionId?: string } {
  const { VersionId: version } = versionAnswer(bucket, row);
  return version === undefined ? {} : { CopySourceVersionId: version };
}

/** `[/]BUCKET/KEY[?versionId=ID]`, percent-encoded. Throws InvalidArgument. */
export function parseCopySource(header: string): { name: string; key: string; version: string | undefined } {
  const [path = '', query] = header.split('?', 2);
  const version = query === undefined ? undefined : (new URLSearchParams(query).get('versionId') ?? undefined);
  const bare = decode(path).replace(/^\//, '');
  const slash = bare.indexOf('/');
  if (slash <= 0 || slash === bare.length - 1) {
    throw errors.invalidArgument('Invalid copy source object key', 'x-amz-copy-source', 'x-amz-copy-source');
  }
  return { name: bare.slice(0, slash), key: bare.slice(slash + 1), version };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw errors.invalidArgument('Invalid copy source encoding.', 'x-amz-copy-source', path);
  }
}
