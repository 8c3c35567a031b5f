/** PutObject. */

import type { PutObjectOutput } from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Conditions } from '../access.ts';
import { checkKey } from '../names.ts';
import { receive } from '../objects/body.ts';
import { checksumMembers, declaredChecksum, formatChecksum, promisesChecksum } from '../objects/checksums.ts';
import { checkWrite, checkWriteHeaders } from '../objects/conditions.ts';
import { readHead } from '../objects/head.ts';
import type { ObjectColumns } from '../objects/rows.ts';
import type { S3Parts } from '../parts.ts';
import { encryptionAnswer, etagIsMd5, newVersion, quoted } from './answers.ts';
import { appendObject } from './append-object.ts';
import { type PutInput, requireSameBucket, storeObject } from './store-object.ts';
import { admitExtras } from './write-extras.ts';

export async function putObject(s3: S3Parts, input: PutInput, context: RequestContext): Promise<PutObjectOutput> {
  const { Bucket: name, Key: key } = input;
  checkKey(key);
  const passed = s3.gate.enter(
    context,
    name,
    { action: 's3:PutObject', mode: 'ReadWrite', key, conditions: writeConditions(input) },
    input.ExpectedBucketOwner,
  );
  const { bucket } = passed;
  checkWriteHeaders(input.IfMatch, input.IfNoneMatch);
  if (input.WriteOffsetBytes !== undefined) {
    const appended = await appendObject(s3, input, context, passed);
    if (appended !== undefined) return appended;
  }
  const head = readHead(input, bucket.kind === 'directory');
  const lock = admitExtras(s3, context, bucket, key, input);
  const scheme = s3.gate.scheme(passed, input);
  const current = () => s3.objects.findHead(bucket.id, key);
  // Once before the body is read, and again when the row is written: another write may come between.
  checkWrite(input.IfMatch, input.IfNoneMatch, key, current);
  const { dataKey, columns } = s3.keys.create({ context, bucket, key }, scheme);
  const { state, bodies } = s3.surroundings;
  const body = await receive(bodies, dataKey, input.Body, {
    md5: etagIsMd5(bucket, columns),
    crc: !promisesChecksum(input, context.headers),
  });
  context.trail.bytes = body.size;
  const declared = declaredChecksum(input, input.Body);
  const checksum =
    declared ?? (body.crc === undefined ? undefined : { algorithm: 'CRC64NVME' as const, value: body.crc });
  const row: ObjectColumns = {
    ...columns,
    ...head,
    size: body.size,
    etag: body.etag,
    modified: context.now,
    checksum: checksum === undefined ? null : formatChecksum({ ...checksum, type: 'FULL_OBJECT' }),
    sealed: body.sealed,
    file: body.file,
    upload: null,
    lock,
    replication: null,
  };
  let version: string | undefined;
  try {
    version = state.write(() => {
      const now = requireSameBucket(s3, name, bucket.id);
      checkWrite(input.IfMatch, input.IfNoneMatch, key, current);
      const made = storeObject(s3, now, key, row);
      s3.journal.created(context, now, key, row, made);
      return made;
    });
  } catch (error) {
    if (body.file !== null) bodies.drop(body.file);
    throw error;
  }
  return {
    ETag: quoted(row.etag),
    ...encryptionAnswer(bucket, columns),
    ...checksumMembers(row.checksum),
    ...newVersion(version),
  };
}

/** Condition keys of s3:PutObject that quote headers (GP-21; service authorization reference). */
export function writeConditions(input: {
  readonly ServerSideEncryption?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
  readonly ACL?: string | undefined;
  readonly StorageClass?: string | undefined;
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly CopySource?: string | undefined;
  readonly MetadataDirective?: string | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
}): Conditions {
  return {
    'x-amz-server-side-encryption': input.ServerSideEncryption,
    'x-amz-server-side-encryption-aws-kms-key-id': input.SSEKMSKeyId,
    'x-amz-server-side-encryption-customer-algorithm': input.SSECustomerAlgorithm,
    'x-amz-acl': input.ACL,
    'x-amz-storage-class': input.StorageClass,
    'x-amz-copy-source': input.CopySource,
    'x-amz-metadata-directive': input.MetadataDirective,
    'x-amz-website-redirect-location': input.WebsiteRedirectLocation,
    'if-match': input.IfMatch,
    'if-none-match': input.IfNoneMatch,
  };
}
