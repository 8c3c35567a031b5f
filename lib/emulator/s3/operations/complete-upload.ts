/** CompleteMultipartUpload: parts become an object where they lie; nothing is copied. */

import { hash } from 'node:crypto';
import type { CompletedPart, CompleteMultipartUploadOutput, CompleteMultipartUploadRequest } from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import { errors } from '../errors.ts';
import {
  checksumMembers,
  composeChecksum,
  declaredChecksum,
  formatChecksum,
  parseChecksum,
  type StoredChecksum,
} from '../objects/checksums.ts';
import { checkWrite, checkWriteHeaders, unquote } from '../objects/conditions.ts';
import { combineCrcs } from '../objects/crc-combine.ts';
import type { ObjectColumns } from '../objects/rows.ts';
import type { PartRow, UploadRow } from '../objects/uploads.ts';
import type { S3Parts } from '../parts.ts';
import { encryptionAnswer, newVersion, quoted } from './answers.ts';
import { openUpload } from './multipart.ts';
import { storeObject } from './store-object.ts';

/** Smallest part but the last: 5 MiB. */
const MINIMUM_PART = 5 * 1024 * 1024;

export function completeMultipartUpload(
  s3: S3Parts,
  input: Checked<CompleteMultipartUploadRequest>,
  context: RequestContext,
): CompleteMultipartUploadOutput {
  const { Bucket: name, Key: key, UploadId: id } = input;
  checkWriteHeaders(input.IfMatch, input.IfNoneMatch);
  const { bucket, upload } = openUpload(s3, input, context);
  const listed = input.MultipartUpload?.Parts ?? [];
  if (listed.length === 0) throw errors.invalidRequest('You must specify at least one part');
  const existing = new Map(s3.uploads.parts(id).map((part) => [part.number, part]));
  const parts = chooseParts(id, listed, existing);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== size) {
    throw errors.invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${size}`,
    );
  }
  const checksum = wholeChecksum(input, upload, parts);
  const row: ObjectColumns = {
    ...upload,
    size,
    etag: `${hash('md5', Buffer.from(parts.map((part) => part.etag).join(''), 'hex'), 'hex')}-${parts.length}`,
    modified: context.now,
    checksum: checksum === undefined ? null : formatChecksum(checksum),
    sealed: null,
    file: null,
    upload: id,
    replication: null,
  };
  context.trail.bytes = size;
  const current = () => s3.objects.findHead(bucket.id, key);
  const version = s3.surroundings.state.write(() => {
    const before = current();
    checkWrite(input.IfMatch, input.IfNoneMatch, key, () => before);
    refuseConflict(input, upload, before);
    if (parts.length < existing.size) s3.objects.dropParts(id, new Set(parts.map((part) => part.number)));
    s3.uploads.forget(id);
    const made = storeObject(s3, bucket, key, row);
    s3.journal.created(context, bucket, key, row, made);
    return made;
  });
  return {
    Location: `${context.secureTransport ? 'https' : 'http'}://${context.host}/${name}/${encodePath(key)}`,
    Bucket: name,
    Key: key,
    ETag: quoted(row.etag),
    ...encryptionAnswer(bucket, upload),
    ...checksumMembers(row.checksum),
    ...newVersion(version),
  };
}

/** The parts that the client lists, in its order, each found, matching and large enough. */
function chooseParts(id: string, listed: readonly CompletedPart[], existing: ReadonlyMap<number, PartRow>): PartRow[] {
  let last = 0;
  const chosen = listed.map((part) => {
    const { PartNumber: number = 0, ETag: etag = '' } = part;
    if (number <= last) throw errors.invalidPartOrder(id);
    last = number;
    const found = existing.get(number);
    if (found === undefined || found.etag !== unquote(etag) || !sameChecksum(part, found)) {
      throw errors.invalidPart(id, number, unquote(etag));
    }
    return found;
  });
  for (const part of chosen.slice(0, -1)) {
    if (part.size < MINIMUM_PART) throw errors.entityTooSmall(part.size, part.number, part.etag);
  }
  return chosen;
}

function sameChecksum(listed: CompletedPart, found: PartRow): boolean {
  const declared = declaredChecksum(listed, undefined);
  if (declared === undefined) return true;
  if (found.checksum === null) return false;
  const kept = parseChecksum(found.checksum);
  return kept.algorithm === declared.algorithm && kept.value === declared.value;
}

/** The object's checksum from those of its parts; a declared one must agree. */
function wholeChecksum(
  input: Checked<CompleteMultipartUploadRequest>,
  upload: UploadRow,
  parts: readonly PartRow[],
): StoredChecksum | undefined {
  if (input.ChecksumType !== undefined && input.ChecksumType !== upload.checksum_type) {
    const mode = upload.checksum_type ?? 'null';
    throw errors.invalidRequest(
      `The upload was created using the ${mode} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const algorithm = upload.checksum_algorithm ?? 'CRC64NVME';
  const values = parts.map((part) => (upload.checksum_algorithm === null ? part.crc : valueOf(part, algorithm)));
  if (!values.every((value) => value !== null)) return undefined;
  const composite = upload.checksum_type === 'COMPOSITE';
  const value = composite
    ? composeChecksum(algorithm, values)
    : combineCrcs(
        algorithm,
        parts.map((part, index) => ({ value: values[index] ?? '', length: part.size })),
      );
  if (value === undefined) return undefined;
  const declared = declaredChecksum(input, undefined);
  if (declared !== undefined && declared.algorithm === algorithm && bare(declared.value) !== bare(value)) {
    throw errors.badDigest(algorithm);
  }
  return { algorithm, type: composite ? 'COMPOSITE' : 'FULL_OBJECT', value };
}

function valueOf(part: PartRow, algorithm: string): string | null {
  const kept = part.checksum === null ? undefined : parseChecksum(part.checksum);
  return kept?.algorithm === algorithm ? kept.value : null;
}

function bare(value: string): string {
  return value.replace(/-\d+$/, '');
}

/** A conditional completion fails when somebody wrote or deleted the object since the upload began (S3UG conditional-writes). */
function refuseConflict(
  input: Checked<CompleteMultipartUploadRequest>,
  upload: UploadRow,
  before: { readonly modified: number } | undefined,
): void {
  if (input.IfNoneMatch !== undefined && upload.disturbed === 1) throw errors.conditionalConflict('If-None-Match');
  if (input.IfMatch === undefined) return;
  const changed = upload.disturbed === 1 || (before !== undefined && before.modified > upload.initiated);
  if (changed) throw errors.conditionalConflict('If-Match');
}

function encodePath(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}
