/** PutBucketVersioning, GetBucketVersioning, ListObjectVersions. */

import type {
  GetBucketVersioningOutput,
  GetBucketVersioningRequest,
  ListObjectVersionsOutput,
  ListObjectVersionsRequest,
  PutBucketVersioningRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import type { Bucket } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import { encoder, pageSize } from '../lists/page-input.ts';
import { type ListedVersion, type VersionPage, walkVersions } from '../lists/walk-versions.ts';
import type { S3Parts } from '../parts.ts';
import type { Answer } from '../stored.ts';
import { canonicalId, lastModified, listedChecksum, quoted } from './answers.ts';
import { enterSettings } from './bucket-settings.ts';

export function putBucketVersioning(
  s3: S3Parts,
  input: Checked<PutBucketVersioningRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:PutBucketVersioning');
  const status: string | undefined = input.VersioningConfiguration.Status;
  if (status === undefined) throw errors.illegalVersioning();
  if (status !== 'Enabled' && status !== 'Suspended') throw errors.malformedXml();
  if (status === 'Suspended') {
    if (bucket.config.objectLock !== undefined) {
      throw errors.invalidBucketState(
        'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
      );
    }
    if (bucket.config.replication !== undefined) {
      throw errors.invalidBucketState(
        'A replication configuration is present on this bucket, so you cannot change the versioning state. To change the versioning state, first delete the replication configuration.',
      );
    }
  }
  s3.buckets.update(bucket, { versioning: status });
  return {};
}

/** A bucket whose versioning was never set answers nothing. */
export function getBucketVersioning(
  s3: S3Parts,
  input: Checked<GetBucketVersioningRequest>,
  context: RequestContext,
): GetBucketVersioningOutput {
  const { versioning } = enterSettings(s3, input, context, 's3:GetBucketVersioning').config;
  return versioning === undefined ? {} : { Status: versioning };
}

export function listObjectVersions(
  s3: S3Parts,
  input: Checked<ListObjectVersionsRequest>,
  context: RequestContext,
): Answer<ListObjectVersionsOutput> {
  const { Prefix: prefix = '', Delimiter: delimiter = '', KeyMarker: after = '', VersionIdMarker: marker } = input;
  const conditions = {
    prefix,
    delimiter: input.Delimiter,
    'max-keys': input.MaxKeys === undefined ? undefined : String(input.MaxKeys),
  };
  const passage = { action: 's3:ListBucketVersions', mode: 'ReadOnly', conditions } as const;
  const { bucket } = s3.gate.enter(context, input.Bucket, passage, input.ExpectedBucketOwner);
  const limit = pageSize(input.MaxKeys, 'max-keys');
  const encode = encoder(input.EncodingType);
  const page = limit === 0 ? NOTHING : walk(s3, bucket, { prefix, delimiter, after, marker, limit });
  return {
    Name: input.Bucket,
    Prefix: encode(prefix),
    KeyMarker: encode(after),
    VersionIdMarker: marker ?? '',
    MaxKeys: limit,
    IsTruncated: page.truncated,
    ...(delimiter !== '' && { Delimiter: encode(delimiter) }),
    ...(input.EncodingType !== undefined && { EncodingType: input.EncodingType }),
    ...(page.truncated &&
      page.last !== undefined && {
        NextKeyMarker: encode(page.last.key),
        ...(page.last.version !== undefined && { NextVersionIdMarker: page.last.version }),
      }),
    ...contents(page, encode, bucket),
  };
}

const NOTHING: VersionPage = { versions: [], prefixes: [], truncated: false, last: undefined };

interface Start {
  readonly prefix: string;
  readonly delimiter: string;
  readonly after: string;
  readonly marker: string | undefined;
  readonly limit: number;
}

function walk(s3: S3Parts, bucket: Bucket, { marker, ...start }: Start): VersionPage {
  if (marker !== undefined && start.after === '') {
    throw errors.invalidArgument(
      'A version-id marker cannot be specified without a key marker.',
      'version-id-marker',
      marker,
    );
  }
  const within = marker !== undefined && marker !== '' && start.after.startsWith(start.prefix);
  const behind = within ? s3.versions.placeBehind(bucket.id, start.after, marker) : undefined;
  if (within && behind === undefined) throw errors.invalidVersionId(marker);
  return walkVersions(s3.surroundings.state, { bucket: bucket.id, ...start, behind });
}

function contents(page: VersionPage, encode: (text: string) => string, bucket: Bucket) {
  const owner = { ID: canonicalId(bucket.account) };
  const common = ({ key, version, latest, modified }: ListedVersion) => ({
    Key: encode(key),
    VersionId: version,
    IsLatest: latest,
    LastModified: lastModified(modified),
    Owner: owner,
  });
  const versions = page.versions.filter(({ marker }) => !marker);
  const markers = page.versions.filter(({ marker }) => marker);
  return {
    ...(versions.length > 0 && {
      Versions: versions.map((version) => ({
        ...common(version),
        ETag: quoted(version.etag),
        Size: version.size,
        StorageClass: version.storage_class ?? 'STANDARD',
        ...listedChecksum(version.checksum),
      })),
    }),
    ...(markers.length > 0 && { DeleteMarkers: markers.map(common) }),
    ...(page.prefixes.length > 0 && { CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })) }),
  };
}
