/** CreateMultipartUpload, UploadPart, UploadPartCopy, AbortMultipartUpload. */

import type {
  AbortMultipartUploadOutput,
  AbortMultipartUploadRequest,
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
  UploadPartCopyOutput,
  UploadPartCopyRequest,
  UploadPartOutput,
  UploadPartRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { BodySource, Checked } from '../../wire/operation.ts';
import { idBytes } from '../../world/id-source.ts';
import type { Bucket } from '../buckets/store.ts';
import { readCustomerKey } from '../encryption/scheme.ts';
import { errors } from '../errors.ts';
import { checkKey } from '../names.ts';
import { type ReceivedBody, receive } from '../objects/body.ts';
import {
  ALGORITHMS,
  type Algorithm,
  type ChecksumType,
  checksumMembers,
  declaredChecksum,
  formatChecksum,
} from '../objects/checksums.ts';
import { isCombinable } from '../objects/crc-combine.ts';
import { readHead } from '../objects/head.ts';
import { contentRange, readRange } from '../objects/range.ts';
import type { UploadRow } from '../objects/uploads.ts';
import type { S3Parts } from '../parts.ts';
import { encryptionAnswer, etagIsMd5, lastModified, quoted } from './answers.ts';
import { asSource } from './copy-object.ts';
import { findCopySource, sourceVersion } from './copy-source.ts';
import { writeConditions } from './put-object.ts';
import { admitExtras } from './write-extras.ts';

const MAXIMUM_PART_NUMBER = 10_000;

type PartInput = Omit<Checked<UploadPartRequest>, 'Body'> & { readonly Body?: BodySource };

/** GP-20: the data key of the whole upload is made here; its parts are encrypted with it. */
export function createMultipartUpload(
  s3: S3Parts,
  input: Checked<CreateMultipartUploadRequest>,
  context: RequestContext,
): CreateMultipartUploadOutput {
  const { Bucket: name, Key: key } = input;
  checkKey(key);
  const passed = s3.gate.enter(
    context,
    name,
    { action: 's3:PutObject', mode: 'ReadWrite', key, conditions: writeConditions(input) },
    input.ExpectedBucketOwner,
  );
  const { bucket } = passed;
  const head = readHead(input, bucket.kind === 'directory');
  const lock = admitExtras(s3, context, bucket, key, input);
  const checksum = readChecksumWish(input.ChecksumAlgorithm, input.ChecksumType);
  const scheme = s3.gate.scheme(passed, input);
  const { columns } = s3.keys.create({ context, bucket, key }, scheme);
  const upload: UploadRow = {
    ...columns,
    ...head,
    id: idBytes(48).toString('base64url'),
    bucket: bucket.id,
    key,
    initiated: context.now,
    initiator: context.caller.principal.arn,
    checksum_algorithm: checksum?.algorithm ?? null,
    checksum_type: checksum?.type ?? null,
    lock,
  };
  s3.uploads.create(upload);
  return {
    Bucket: name,
    Key: key,
    UploadId: upload.id,
    ...encryptionAnswer(bucket, columns),
    ...(checksum !== undefined && { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
  };
}

function readChecksumWish(
  algorithm: string | undefined,
  type: string | undefined,
): { algorithm: Algorithm; type: ChecksumType } | undefined {
  if (algorithm === undefined) {
    if (type === undefined) return undefined;
    throw errors.invalidRequest(
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  }
  const known = ALGORITHMS.find((name) => name === algorithm);
  if (known === undefined) {
    throw errors.invalidRequest(
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    );
  }
  if (type !== undefined && type !== 'COMPOSITE' && type !== 'FULL_OBJECT') {
    throw errors.invalidRequest('Value for x-amz-checksum-type header is invalid.');
  }
  const chosen = type ?? (known === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const possible = chosen === 'FULL_OBJECT' ? isCombinable(known) : known !== 'CRC64NVME';
  if (!possible) {
    throw errors.invalidRequest(
      `The ${chosen} checksum type cannot be used with the ${known.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm: known, type: chosen };
}

export async function uploadPart(s3: S3Parts, input: PartInput, context: RequestContext): Promise<UploadPartOutput> {
  const { bucket, upload, dataKey } = openUpload(s3, input, context);
  requirePartNumber(input.PartNumber);
  const wanted = upload.checksum_algorithm;
  const body = await receive(s3.surroundings.bodies, dataKey, input.Body, {
    md5: etagIsMd5(bucket, upload),
    crc: wanted === null,
  });
  const declared = declaredChecksum(input, input.Body);
  if (wanted !== null && declared !== undefined && declared.algorithm !== wanted) {
    if (body.file !== null) s3.surroundings.bodies.drop(body.file);
    throw errors.invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${wanted.toLowerCase()}, actual checksum Type: ${declared.algorithm.toLowerCase()}`,
    );
  }
  const checksum = savePart(s3, context, upload, input.PartNumber, body, declared);
  return {
    ETag: quoted(body.etag),
    ...encryptionAnswer(bucket, upload),
    ...withoutType(checksum),
  };
}

export async function uploadPartCopy(
  s3: S3Parts,
  input: Checked<UploadPartCopyRequest>,
  context: RequestContext,
): Promise<UploadPartCopyOutput> {
  const { bucket, upload, dataKey, fresh } = openUpload(s3, input, context, true);
  requirePartNumber(input.PartNumber);
  const source = findCopySource(s3, input, context);
  const range = readRange(input.CopySourceRange, source.row.size);
  if (input.CopySourceRange !== undefined && range === undefined) {
    throw errors.invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
      input.CopySourceRange,
    );
  }
  const from = { context, bucket: source.bucket, key: source.key, fresh: fresh || source.bucket.kind === 'directory' };
  const sourceKey = s3.keys.open(from, source.row, source.customer);
  const answer = await s3.reader.read(source.row, sourceKey, range?.start, range?.end);
  const body = await receive(s3.surroundings.bodies, dataKey, asSource(answer), {
    md5: etagIsMd5(bucket, upload),
    crc: upload.checksum_algorithm === null,
  });
  const checksum = savePart(s3, context, upload, input.PartNumber, body, undefined);
  return {
    CopyPartResult: { ETag: quoted(body.etag), LastModified: lastModified(context.now), ...withoutType(checksum) },
    ...encryptionAnswer(bucket, upload),
    ...sourceVersion(source),
    ...(range !== undefined && { ContentRange: contentRange(range, source.row.size) }),
  };
}

export function abortMultipartUpload(
  s3: S3Parts,
  input: Checked<AbortMultipartUploadRequest>,
  context: RequestContext,
): AbortMultipartUploadOutput {
  const { Bucket: name, Key: key, UploadId: id } = input;
  const passage = { action: 's3:AbortMultipartUpload', mode: 'ReadWrite', key } as const;
  const { bucket } = s3.gate.enter(context, name, passage, input.ExpectedBucketOwner);
  if (s3.uploads.find(id, bucket.id, key) === undefined) throw errors.noSuchUpload(id);
  s3.surroundings.state.write(() => {
    s3.uploads.forget(id);
    s3.objects.dropParts(id);
  });
  return {};
}

interface UploadReference {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
  readonly ExpectedBucketOwner?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
  readonly SSECustomerKey?: string | undefined;
  readonly SSECustomerKeyMD5?: string | undefined;
}

interface OpenUpload {
  readonly bucket: Bucket;
  readonly upload: UploadRow;
  readonly dataKey: Uint8Array;
  readonly fresh: boolean;
}

/** GP-20: parts and completion need kms:Decrypt, because S3 must open the upload's data key. */
export function openUpload(s3: S3Parts, input: UploadReference, context: RequestContext, copy = false): OpenUpload {
  const { Bucket: name, Key: key, UploadId: id } = input;
  const passage = { action: 's3:PutObject', mode: 'ReadWrite', key, copy } as const;
  const { bucket } = s3.gate.enter(context, name, passage, input.ExpectedBucketOwner);
  const upload = s3.uploads.find(id, bucket.id, key);
  if (upload === undefined) throw errors.noSuchUpload(id);
  const fresh = copy && bucket.kind === 'directory';
  const dataKey = s3.keys.open({ context, bucket, key, fresh }, upload, readCustomerKey(input));
  return { bucket, upload, dataKey, fresh };
}

function savePart(
  s3: S3Parts,
  context: RequestContext,
  upload: UploadRow,
  number: number,
  body: ReceivedBody,
  declared: { algorithm: Algorithm; value: string } | undefined,
): string | null {
  context.trail.bytes = body.size;
  const checksum =
    declared ?? (body.crc === undefined ? undefined : { algorithm: 'CRC64NVME' as const, value: body.crc });
  const text = checksum === undefined ? null : formatChecksum({ ...checksum, type: 'FULL_OBJECT' });
  const { state, bodies } = s3.surroundings;
  const { size, etag, sealed, file, crc = null } = body;
  try {
    state.write(() => {
      // The upload may have ended while the part arrived.
      if (s3.uploads.find(upload.id, upload.bucket, upload.key) === undefined) throw errors.noSuchUpload(upload.id);
      s3.uploads.putPart(upload, { number, size, etag, modified: context.now, checksum: text, crc, sealed, file });
    });
  } catch (error) {
    if (file !== null) bodies.drop(file);
    throw error;
  }
  return text;
}

function withoutType(checksum: string | null) {
  const { ChecksumType: _, ...values } = checksumMembers(checksum);
  return values;
}

function requirePartNumber(number: number): void {
  if (Number.isInteger(number) && number >= 1 && number <= MAXIMUM_PART_NUMBER) return;
  throw errors.invalidArgument(
    'Part number must be an integer between 1 and 10000, inclusive',
    'partNumber',
    String(number),
  );
}
