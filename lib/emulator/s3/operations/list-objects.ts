/** ListObjects, ListObjectsV2. */

import { crc32 } from 'node:zlib';
import type {
  ListObjectsOutput,
  ListObjectsRequest,
  ListObjectsV2Output,
  ListObjectsV2Request,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import type { Bucket } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import { encoder, pageSize } from '../lists/page-input.ts';
import { readToken, writeToken } from '../lists/tokens.ts';
import { type Page, walkObjects } from '../lists/walk.ts';
import type { S3Parts } from '../parts.ts';
import type { Answer } from '../stored.ts';
import { canonicalId, lastModified, listedChecksum, quoted } from './answers.ts';

export function listObjectsV2(
  s3: S3Parts,
  input: Checked<ListObjectsV2Request>,
  context: RequestContext,
): Answer<ListObjectsV2Output> {
  const bucket = enter(s3, input, context);
  const { Prefix: prefix = '', Delimiter: delimiter = '', ContinuationToken: token } = input;
  const limit = pageSize(input.MaxKeys, 'maxKeys');
  const encode = encoder(input.EncodingType);
  if (token === '') {
    throw errors.invalidArgument('The continuation token provided is incorrect', 'continuation-token', '');
  }
  refuseForDirectory(bucket, prefix, delimiter, input.StartAfter);
  const after = token === undefined ? (input.StartAfter ?? '') : readToken(token);
  const page = listPage(s3, bucket, { prefix, delimiter, after, limit });
  const owner = input.FetchOwner === true ? bucket : undefined;
  return {
    Name: input.Bucket,
    Prefix: encode(prefix),
    MaxKeys: limit,
    KeyCount: page.objects.length + page.prefixes.length,
    IsTruncated: page.truncated,
    ...(input.EncodingType !== undefined && { EncodingType: input.EncodingType }),
    ...(delimiter !== '' && { Delimiter: encode(delimiter) }),
    ...(token !== undefined && { ContinuationToken: token }),
    ...(input.StartAfter !== undefined && { StartAfter: encode(input.StartAfter) }),
    ...(page.truncated && page.last !== undefined && { NextContinuationToken: writeToken(page.last) }),
    ...contents(page, encode, bucket, owner),
  };
}

export function listObjects(
  s3: S3Parts,
  input: Checked<ListObjectsRequest>,
  context: RequestContext,
): Answer<ListObjectsOutput> {
  const bucket = enter(s3, input, context);
  const { Prefix: prefix = '', Delimiter: delimiter = '', Marker: marker = '' } = input;
  const limit = pageSize(input.MaxKeys, 'maxKeys');
  const encode = encoder(input.EncodingType);
  const page = listPage(s3, bucket, { prefix, delimiter, after: marker, limit });
  return {
    Name: input.Bucket,
    Prefix: encode(prefix),
    Marker: encode(marker),
    MaxKeys: limit,
    IsTruncated: page.truncated,
    ...(input.EncodingType !== undefined && { EncodingType: input.EncodingType }),
    ...(delimiter !== '' && { Delimiter: encode(delimiter) }),
    // Only with a delimiter: otherwise the last key is the marker (S3 API ListObjects).
    ...(page.truncated && delimiter !== '' && page.last !== undefined && { NextMarker: encode(page.last) }),
    ...contents(page, encode, bucket, bucket),
  };
}

interface Listing {
  readonly Bucket: string;
  readonly Prefix?: string | undefined;
  readonly Delimiter?: string | undefined;
  readonly MaxKeys?: number | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

function enter(s3: S3Parts, input: Listing, context: RequestContext): Bucket {
  const conditions = {
    prefix: input.Prefix ?? '',
    delimiter: input.Delimiter,
    'max-keys': input.MaxKeys === undefined ? undefined : String(input.MaxKeys),
  };
  const passage = { action: 's3:ListBucket', mode: 'ReadOnly', conditions } as const;
  return s3.gate.enter(context, input.Bucket, passage, input.ExpectedBucketOwner).bucket;
}

/** S3 API ListObjectsV2, directory buckets: the delimiter is `/`, prefixes end with it, and there is no start-after. */
function refuseForDirectory(bucket: Bucket, prefix: string, delimiter: string, startAfter: string | undefined): void {
  if (bucket.kind !== 'directory') return;
  if (delimiter !== '' && delimiter !== '/') {
    throw errors.invalidArgument('Directory buckets support only / as the delimiter.', 'delimiter', delimiter);
  }
  if (prefix !== '' && !prefix.endsWith('/')) {
    throw errors.invalidArgument('Directory buckets support only prefixes that end with /.', 'prefix', prefix);
  }
  if (startAfter !== undefined) {
    throw errors.invalidArgument('Directory buckets do not support start-after.', 'start-after', startAfter);
  }
}

const NOTHING: Page = { objects: [], prefixes: [], truncated: false, last: undefined };

function listPage(
  s3: S3Parts,
  bucket: Bucket,
  walk: { prefix: string; delimiter: string; after: string; limit: number },
): Page {
  if (walk.limit === 0) return NOTHING;
  const page = walkObjects(s3.surroundings.state, { bucket: bucket.id, ...walk });
  return bucket.kind === 'directory' ? unordered(page) : page;
}

/**
 * Directory buckets list in no order (S3 API ListObjectsV2). What relies on one must fail here as it does on AWS, and the
 * same way each time.
 */
function unordered(page: Page): Page {
  const byHash = (left: string, right: string): number => crc32(left) - crc32(right);
  return {
    ...page,
    objects: page.objects.toSorted((left, right) => byHash(left.key, right.key)),
    prefixes: page.prefixes.toSorted(byHash),
  };
}

function contents(page: Page, encode: (text: string) => string, bucket: Bucket, owner: Bucket | undefined) {
  const express = bucket.kind === 'directory';
  return {
    ...(page.objects.length > 0 && {
      Contents: page.objects.map((object) => ({
        Key: encode(object.key),
        LastModified: lastModified(object.modified),
        ETag: quoted(object.etag),
        Size: object.size,
        StorageClass: express ? 'EXPRESS_ONEZONE' : (object.storage_class ?? 'STANDARD'),
        ...listedChecksum(object.checksum),
        ...(owner !== undefined && { Owner: { ID: canonicalId(owner.account) } }),
      })),
    }),
    ...(page.prefixes.length > 0 && { CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })) }),
  };
}
