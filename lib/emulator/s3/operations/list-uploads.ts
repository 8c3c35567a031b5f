/** ListMultipartUploads, ListParts. */

import type {
  ListMultipartUploadsOutput,
  ListMultipartUploadsRequest,
  ListPartsOutput,
  ListPartsRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import type { Bucket } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import { encoder, pageSize } from '../lists/page-input.ts';
import { upperBound } from '../names.ts';
import { checksumMembers } from '../objects/checksums.ts';
import type { UploadRow } from '../objects/uploads.ts';
import type { S3Parts } from '../parts.ts';
import { type Answer, eachRow } from '../stored.ts';
import { canonicalId, lastModified, quoted } from './answers.ts';

type ListedUpload = Pick<
  UploadRow,
  'id' | 'key' | 'initiated' | 'initiator' | 'storage_class' | 'checksum_algorithm' | 'checksum_type'
>;

const COLUMNS = 'id, key, initiated, initiator, storage_class, checksum_algorithm, checksum_type';
const FROM = `SELECT ${COLUMNS} FROM s3_upload WHERE bucket = ?1`;
const ORDER = 'ORDER BY key, initiated, id';
/** From a key on. */
const FROM_KEY = `${FROM} AND key >= ?2 ${ORDER}`;
/** Behind an upload: the rest of its key, then the keys after it. */
const FROM_UPLOAD = `${FROM} AND (key, initiated, id) > (?2, ?3, ?4) ${ORDER}`;

export function listMultipartUploads(
  s3: S3Parts,
  input: Checked<ListMultipartUploadsRequest>,
  context: RequestContext,
): Answer<ListMultipartUploadsOutput> {
  const passage = {
    action: 's3:ListBucketMultipartUploads',
    mode: 'ReadOnly',
    conditions: { prefix: input.Prefix, delimiter: input.Delimiter },
  } as const;
  const { bucket } = s3.gate.enter(context, input.Bucket, passage, input.ExpectedBucketOwner);
  const { Prefix: prefix = '', Delimiter: delimiter = '', KeyMarker: marker = '' } = input;
  const limit = pageSize(input.MaxUploads, 'max-uploads');
  const encode = encoder(input.EncodingType);
  const { uploads, prefixes, truncated } = walkUploads(s3, bucket, input, limit);
  const last = uploads.at(-1);
  const owner = { ID: canonicalId(bucket.account) };
  const lastPrefix = prefixes.at(-1);
  // The page ends with whichever came last: compared as the listing is ordered.
  const endsWithPrefix = lastPrefix !== undefined && (last === undefined || compare(last.key, lastPrefix) < 0);
  return {
    Bucket: input.Bucket,
    KeyMarker: encode(marker),
    UploadIdMarker: input.UploadIdMarker ?? '',
    Prefix: encode(prefix),
    MaxUploads: limit,
    IsTruncated: truncated,
    ...(delimiter !== '' && { Delimiter: encode(delimiter) }),
    ...(input.EncodingType !== undefined && { EncodingType: input.EncodingType }),
    ...(truncated && {
      NextKeyMarker: encode(endsWithPrefix ? lastPrefix : (last?.key ?? '')),
      ...(!endsWithPrefix && { NextUploadIdMarker: last?.id ?? '' }),
    }),
    ...(uploads.length > 0 && {
      Uploads: uploads.map((upload) => ({
        UploadId: upload.id,
        Key: encode(upload.key),
        Initiated: new Date(upload.initiated),
        StorageClass: storageClass(bucket, upload.storage_class),
        Owner: owner,
        Initiator: { ID: upload.initiator },
        ...(upload.checksum_algorithm !== null && {
          ChecksumAlgorithm: upload.checksum_algorithm,
          ChecksumType: upload.checksum_type ?? undefined,
        }),
      })),
    }),
    ...(prefixes.length > 0 && { CommonPrefixes: prefixes.map((common) => ({ Prefix: encode(common) })) }),
  };
}

function walkUploads(
  s3: S3Parts,
  bucket: Bucket,
  input: Checked<ListMultipartUploadsRequest>,
  limit: number,
): { uploads: ListedUpload[]; prefixes: string[]; truncated: boolean } {
  const { Prefix: prefix = '', Delimiter: delimiter = '' } = input;
  const uploads: ListedUpload[] = [];
  const prefixes: string[] = [];
  if (limit === 0) return { uploads, prefixes, truncated: false };
  let rows: Iterable<ListedUpload> | undefined = begin(s3, bucket, input);
  while (rows !== undefined) {
    let next: string | undefined;
    for (const row of rows) {
      if (!row.key.startsWith(prefix)) break;
      if (uploads.length + prefixes.length >= limit) return { uploads, prefixes, truncated: true };
      const at = delimiter === '' ? -1 : row.key.indexOf(delimiter, prefix.length);
      if (at < 0) {
        uploads.push(row);
        continue;
      }
      const common = row.key.slice(0, at + delimiter.length);
      prefixes.push(common);
      next = upperBound(common);
      break;
    }
    rows =
      next === undefined
        ? undefined
        : eachRow<ListedUpload>(s3.surroundings.state.statement(FROM_KEY), bucket.id, next);
  }
  return { uploads, prefixes, truncated: false };
}

/** Where the page begins: behind the marker's upload, behind all uploads of the marker's key, or at the prefix. */
function begin(s3: S3Parts, bucket: Bucket, input: Checked<ListMultipartUploadsRequest>): Iterable<ListedUpload> {
  const { state } = s3.surroundings;
  const { Prefix: prefix = '', Delimiter: delimiter = '', KeyMarker: marker = '', UploadIdMarker: id } = input;
  if (marker === '' || compare(marker, prefix) < 0)
    return eachRow<ListedUpload>(state.statement(FROM_KEY), bucket.id, prefix);
  const upload = id === undefined || id === '' ? undefined : s3.uploads.find(id, bucket.id, marker);
  if (upload !== undefined)
    return eachRow<ListedUpload>(state.statement(FROM_UPLOAD), bucket.id, marker, upload.initiated, upload.id);
  const isCommon = delimiter !== '' && marker.endsWith(delimiter) && marker.length > prefix.length;
  const from = isCommon ? upperBound(marker) : `${marker}\0`;
  return from === undefined ? [] : eachRow<ListedUpload>(state.statement(FROM_KEY), bucket.id, from);
}

export function listParts(
  s3: S3Parts,
  input: Checked<ListPartsRequest>,
  context: RequestContext,
): Answer<ListPartsOutput> {
  const { Bucket: name, Key: key, UploadId: id } = input;
  const passage = { action: 's3:ListMultipartUploadParts', mode: 'ReadOnly', key } as const;
  const { bucket } = s3.gate.enter(context, name, passage, input.ExpectedBucketOwner);
  const upload = s3.uploads.find(id, bucket.id, key);
  if (upload === undefined) throw errors.noSuchUpload(id);
  const limit = pageSize(input.MaxParts, 'max-parts');
  const marker = Number(input.PartNumberMarker ?? 0);
  if (!Number.isInteger(marker) || marker < 0) {
    throw errors.invalidArgument(
      'Argument part-number-marker must be an integer between 0 and 2147483647',
      'part-number-marker',
      input.PartNumberMarker,
    );
  }
  const found = s3.uploads.parts(id, marker, limit + 1);
  const page = found.slice(0, limit);
  return {
    Bucket: name,
    Key: key,
    UploadId: id,
    PartNumberMarker: String(marker),
    NextPartNumberMarker: String(page.at(-1)?.number ?? 0),
    MaxParts: limit,
    IsTruncated: limit > 0 && found.length > limit,
    StorageClass: storageClass(bucket, upload.storage_class),
    Owner: { ID: canonicalId(bucket.account) },
    Initiator: { ID: upload.initiator },
    ...(upload.checksum_algorithm !== null && {
      ChecksumAlgorithm: upload.checksum_algorithm,
      ChecksumType: upload.checksum_type ?? undefined,
    }),
    ...(page.length > 0 && {
      Parts: page.map((part) => {
        const { ChecksumType: _, ...values } = checksumMembers(part.checksum);
        return {
          PartNumber: part.number,
          LastModified: lastModified(part.modified),
          ETag: quoted(part.etag),
          Size: part.size,
          ...values,
        };
      }),
    }),
  };
}

function storageClass(bucket: Bucket, stored: string | null): string {
  return bucket.kind === 'directory' ? 'EXPRESS_ONEZONE' : (stored ?? 'STANDARD');
}

function compare(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
