/** Appending with PutObject in directory buckets: `x-amz-write-offset-bytes` (S3UG directory-buckets-objects-append). */

import type { PutObjectOutput } from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import { SCHEME } from '../encryption/scheme.ts';
import { errors } from '../errors.ts';
import type { Passed } from '../gate.ts';
import { appendPiece, MAXIMUM_APPENDS, piecesOf } from '../objects/append.ts';
import { receive } from '../objects/body.ts';
import {
  checksumMembers,
  declaredChecksum,
  formatChecksum,
  parseChecksum,
  promisesChecksum,
} from '../objects/checksums.ts';
import { checkWrite } from '../objects/conditions.ts';
import { combineCrcs, isCombinable } from '../objects/crc-combine.ts';
import type { ObjectRow } from '../objects/rows.ts';
import type { S3Parts } from '../parts.ts';
import { encryptionAnswer, quoted } from './answers.ts';
import { type PutInput, requireSameBucket } from './store-object.ts';

/**
 * Appends to the object under the key. Gives undefined where there is none and the offset is 0: then this is an
 * ordinary write. Throws InvalidWriteOffset, TooManyParts, EncryptionTypeMismatch, InvalidRequest.
 */
export async function appendObject(
  s3: S3Parts,
  input: PutInput,
  context: RequestContext,
  passed: Passed,
): Promise<PutObjectOutput | undefined> {
  const { bucket, session } = passed;
  const { Key: key, WriteOffsetBytes: offset } = input;
  if (offset === undefined) return undefined;
  if (bucket.kind !== 'directory') throw errors.notImplementedHeader('x-amz-write-offset-bytes');
  const before = s3.objects.findHead(bucket.id, key);
  if (before === undefined) {
    if (offset === 0) return undefined;
    throw errors.invalidWriteOffset();
  }
  if (offset !== before.size) throw errors.invalidWriteOffset();
  if (input.Metadata !== undefined && Object.keys(input.Metadata).length > 0) {
    throw errors.invalidRequest(
      'Cannot specify both a write offset value and user-defined object metadata for existing objects.',
    );
  }
  if (input.Body?.length === 0)
    throw errors.invalidRequest('Request body cannot be empty when write offset is specified.');
  checkWrite(input.IfMatch, input.IfNoneMatch, key, () => before);
  requireSameEncryption(before, session);
  if (piecesOf(s3.surroundings.state, before) >= MAXIMUM_APPENDS) throw errors.tooManyParts();
  const dataKey = s3.keys.open({ context, bucket, key }, before);
  const { state, bodies } = s3.surroundings;
  const body = await receive(bodies, dataKey, input.Body, {
    md5: false,
    crc: isOwn(before) || !promisesChecksum(input, context.headers),
  });
  context.trail.bytes = body.size;
  const piece = { ...body, modified: context.now };
  let checksum: string | null;
  try {
    checksum = wholeChecksum(input, before, body);
    state.write(() => {
      requireSameBucket(s3, input.Bucket, bucket.id);
      const current = s3.objects.findHead(bucket.id, key);
      // Of two that append at once the second finds the object grown.
      if (current === undefined || current.size !== offset || current.etag !== before.etag) {
        throw errors.invalidWriteOffset();
      }
      appendPiece(state, s3.objects, bucket.id, current, { ...piece, checksum });
    });
  } catch (error) {
    if (body.file !== null) bodies.drop(body.file);
    throw error;
  }
  return {
    ETag: quoted(body.etag),
    Size: before.size + body.size,
    ...encryptionAnswer(bucket, before),
    ...checksumMembers(checksum),
  };
}

function requireSameEncryption(row: ObjectRow, session: Passed['session']): void {
  if (session === undefined) return;
  const same =
    session.algorithm === 'AES256'
      ? row.scheme === SCHEME.AES256
      : row.scheme === SCHEME.KMS && row.key_arn === session.keyArn;
  if (!same) throw errors.encryptionTypeMismatch();
}

/** Whether the object's checksum is the kind that S3 computes by itself: then it goes on, whatever the client declares. */
function isOwn(row: ObjectRow): boolean {
  return row.checksum !== null && parseChecksum(row.checksum).algorithm === 'CRC64NVME';
}

/** The checksum of the object that grew, where those of its pieces can be put together. Throws InvalidRequest for another algorithm. */
function wholeChecksum(
  input: PutInput,
  before: ObjectRow,
  body: { readonly size: number; readonly crc: string | undefined },
): string | null {
  if (before.checksum === null) return null;
  const kept = parseChecksum(before.checksum);
  const own = { algorithm: 'CRC64NVME' as const, value: body.crc ?? '' };
  const added = isOwn(before) ? own : (declaredChecksum(input, input.Body) ?? own);
  if (added.algorithm !== kept.algorithm) {
    throw errors.invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${kept.algorithm.toLowerCase()}, actual checksum Type: ${added.algorithm.toLowerCase()}`,
    );
  }
  if (!isCombinable(kept.algorithm) || kept.type !== 'FULL_OBJECT') return null;
  const value = combineCrcs(kept.algorithm, [
    { value: kept.value, length: before.size },
    { value: added.value, length: body.size },
  ]);
  return value === undefined ? null : formatChecksum({ algorithm: kept.algorithm, type: 'FULL_OBJECT', value });
}
