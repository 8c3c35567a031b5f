/** GetObject, HeadObject, GetObjectAttributes. */

import type {
  GetObjectAttributesOutput,
  GetObjectAttributesRequest,
  GetObjectOutput,
  GetObjectRequest,
  HeadObjectOutput,
  HeadObjectRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { BodyAnswer, Checked } from '../../wire/operation.ts';
import type { Bucket } from '../buckets/store.ts';
import { readCustomerKeyToOpen, refuseEncryptionHeaders, SCHEME } from '../encryption/scheme.ts';
import { errors } from '../errors.ts';
import { checksumMembers, parseChecksum } from '../objects/checksums.ts';
import { checkRead } from '../objects/conditions.ts';
import { describeHead } from '../objects/head.ts';
import { describeLock } from '../objects/lock.ts';
import { type ByteRange, contentRange, readRange } from '../objects/range.ts';
import type { ObjectRow } from '../objects/rows.ts';
import type { S3Parts } from '../parts.ts';
import type { Answer } from '../stored.ts';
import { encryptionAnswer, lastModified, quoted, versionAnswer } from './answers.ts';
import { findVersion } from './find-version.ts';

type GetOutput = Answer<Omit<GetObjectOutput, 'Body'>> & { readonly Body: BodyAnswer };

export async function getObject(
  s3: S3Parts,
  input: Checked<GetObjectRequest>,
  context: RequestContext,
): Promise<GetOutput> {
  const { bucket, row } = find(s3, input, context, true);
  checkRead(input, row);
  if (row.storage_class !== null && ARCHIVED.has(row.storage_class)) throw errors.invalidObjectState(row.storage_class);
  const dataKey = s3.keys.open({ context, bucket, key: input.Key }, row, readCustomerKeyToOpen(input));
  const piece = pieceOf(s3, input, row);
  const body = await s3.reader.read(row, dataKey, piece.range?.start, piece.range?.end);
  context.trail.bytes = body.length;
  return { ...describe(input, bucket, row, piece), ContentLength: body.length, Body: body };
}

/** Objects of these classes must be restored before they can be read, and RestoreObject is not built. */
const ARCHIVED: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** HeadObject tells of the object without its key; only a checksum is as secret as the bytes (S3 API HeadObject, ChecksumMode). */
export function headObject(
  s3: S3Parts,
  input: Checked<HeadObjectRequest>,
  context: RequestContext,
): Answer<HeadObjectOutput> {
  const { bucket, row } = find(s3, input, context, false);
  checkRead(input, row);
  const customer = readCustomerKeyToOpen(input);
  if (row.scheme === SCHEME.CUSTOMER || customer !== undefined || input.ChecksumMode === 'ENABLED') {
    s3.keys.open({ context, bucket, key: input.Key }, row, customer);
  }
  const piece = pieceOf(s3, input, row);
  const length = piece.range === undefined ? row.size : piece.range.end - piece.range.start;
  return { ...describe(input, bucket, row, piece), ContentLength: length };
}

export function getObjectAttributes(
  s3: S3Parts,
  input: Checked<GetObjectAttributesRequest>,
  context: RequestContext,
): Answer<GetObjectAttributesOutput> {
  const { bucket, row } = find(s3, input, context, false);
  const wanted = new Set<string>(input.ObjectAttributes);
  const customer = readCustomerKeyToOpen(input);
  const secret = wanted.has('Checksum') || wanted.has('ObjectParts');
  if (row.scheme === SCHEME.CUSTOMER || customer !== undefined || secret) {
    s3.keys.open({ context, bucket, key: input.Key }, row, customer);
  }
  const { ChecksumType, ...values } = checksumMembers(row.checksum);
  return {
    LastModified: lastModified(row.modified),
    ...versionAnswer(bucket, row),
    ...(wanted.has('ETag') && { ETag: row.etag }),
    ...(wanted.has('Checksum') && ChecksumType !== undefined && { Checksum: { ...values, ChecksumType } }),
    ...(wanted.has('ObjectParts') && isMultipart(row) && { ObjectParts: attributeParts(s3, input, row) }),
    ...(wanted.has('StorageClass') && {
      StorageClass: bucket.kind === 'directory' ? 'EXPRESS_ONEZONE' : (row.storage_class ?? 'STANDARD'),
    }),
    ...(wanted.has('ObjectSize') && { ObjectSize: row.size }),
  };
}

/** The parts are listed only where the object's checksum is made of theirs (S3 API GetObjectAttributes). */
function attributeParts(s3: S3Parts, input: Checked<GetObjectAttributesRequest>, row: ObjectRow) {
  const parts = s3.reader.parts(row.upload ?? '');
  if (row.checksum === null || parseChecksum(row.checksum).type !== 'COMPOSITE') {
    return { TotalPartsCount: parts.length };
  }
  const maximum = Math.min(input.MaxParts ?? 1000, 1000);
  const marker = Number(input.PartNumberMarker ?? 0);
  // Parts of an object are numbered as they stand, whatever numbers they were uploaded under.
  const page = parts.slice(marker, marker + maximum);
  return {
    TotalPartsCount: parts.length,
    PartNumberMarker: String(marker),
    NextPartNumberMarker: String(marker + page.length),
    MaxParts: maximum,
    IsTruncated: marker + page.length < parts.length,
    Parts: page.map((part, index) => {
      const { ChecksumType: _, ...values } = checksumMembers(part.checksum);
      return { PartNumber: marker + index + 1, Size: part.size, ...values };
    }),
  };
}

/** Appends are kept as parts too, but make no multipart object: only uploads have the number of parts in their ETag. */
function isMultipart(row: ObjectRow): boolean {
  return row.upload !== null && row.etag.includes('-');
}

interface Reading {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

/** Lets a read pass and finds the object; who may not list the bucket does not learn that a key is missing. */
function find(s3: S3Parts, input: Reading, context: RequestContext, body: boolean): { bucket: Bucket; row: ObjectRow } {
  refuseEncryptionHeaders(context.headers);
  const { Bucket: name, Key: key, VersionId: version } = input;
  const attributes = context.operation === 'GetObjectAttributes';
  const of = version === undefined ? '' : 'Version';
  const conditions = version === undefined ? undefined : { versionid: version };
  const { bucket } = s3.gate.enter(
    context,
    name,
    {
      action: attributes ? `s3:GetObject${of}Attributes` : `s3:GetObject${of}`,
      mode: 'ReadOnly',
      key,
      ...(conditions && { conditions }),
    },
    input.ExpectedBucketOwner,
  );
  if (attributes && bucket.kind === 'general') {
    s3.access.require(context, bucket, `s3:GetObject${of}`, `${bucket.arn}/${key}`, conditions);
  }
  return { bucket, row: findVersion(s3, context, bucket, { key, version, body }) };
}

interface Piece {
  readonly range: ByteRange | undefined;
  readonly partsCount: number | undefined;
}

function pieceOf(
  s3: S3Parts,
  input: { readonly Range?: string | undefined; readonly PartNumber?: number | undefined },
  row: ObjectRow,
): Piece {
  if (input.PartNumber === undefined) return { range: readRange(input.Range, row.size), partsCount: undefined };
  if (input.Range !== undefined) {
    throw errors.invalidRequest('Cannot specify both Range header and partNumber query parameter');
  }
  const parts = row.upload === null || !isMultipart(row) ? [] : s3.reader.parts(row.upload);
  const count = Math.max(parts.length, 1);
  if (input.PartNumber < 1 || input.PartNumber > count) throw errors.invalidPartNumber(input.PartNumber, count);
  if (parts.length === 0) return { range: undefined, partsCount: undefined };
  let start = 0;
  for (const part of parts.slice(0, input.PartNumber - 1)) start += part.size;
  const size = parts[input.PartNumber - 1]?.size ?? 0;
  return { range: { start, end: start + size }, partsCount: count };
}

function describe(
  input: Checked<GetObjectRequest> | Checked<HeadObjectRequest>,
  bucket: Bucket,
  row: ObjectRow,
  piece: Piece,
): Answer<Omit<GetObjectOutput, 'Body'>> {
  const whole = piece.range === undefined || (piece.range.start === 0 && piece.range.end === row.size);
  return {
    AcceptRanges: 'bytes',
    LastModified: lastModified(row.modified),
    ETag: quoted(row.etag),
    ...versionAnswer(bucket, row),
    ...describeLock(row),
    ...(row.replication !== null && { ReplicationStatus: row.replication }),
    ...describeHead(row, bucket.kind === 'directory'),
    ...(piece.range !== undefined && { ContentRange: contentRange(piece.range, row.size) }),
    ...(piece.partsCount !== undefined && { PartsCount: piece.partsCount }),
    ...encryptionAnswer(bucket, row),
    // A checksum speaks of the whole object: a part of it is answered without.
    ...(input.ChecksumMode === 'ENABLED' && whole && checksumMembers(row.checksum)),
    ...overrides(input),
  };
}

/** `response-*` parameters (S3 API GetObject). */
function overrides(input: Checked<GetObjectRequest> | Checked<HeadObjectRequest>): Partial<GetObjectOutput> {
  const out: Partial<GetObjectOutput> = {};
  if (input.ResponseCacheControl !== undefined) out.CacheControl = input.ResponseCacheControl;
  if (input.ResponseContentDisposition !== undefined) out.ContentDisposition = input.ResponseContentDisposition;
  if (input.ResponseContentEncoding !== undefined) out.ContentEncoding = input.ResponseContentEncoding;
  if (input.ResponseContentLanguage !== undefined) out.ContentLanguage = input.ResponseContentLanguage;
  if (input.ResponseContentType !== undefined) out.ContentType = input.ResponseContentType;
  if (input.ResponseExpires !== undefined) out.Expires = input.ResponseExpires;
  return out;
}
