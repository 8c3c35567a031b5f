/** CopyObject: reads with the source's key, writes with a key of its own (GP-18, GP-19, DB-26, DB-38). */

import type { CopyObjectOutput, CopyObjectRequest } from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { BodyAnswer, Checked } from '../../wire/operation.ts';
import type { Bucket } from '../buckets/store.ts';
import type { Scheme } from '../encryption/scheme.ts';
import { errors } from '../errors.ts';
import { checkKey } from '../names.ts';
import { MAXIMUM_BODY, receive } from '../objects/body.ts';
import { checksumMembers, formatChecksum, parseChecksum } from '../objects/checksums.ts';
import { checkWrite, checkWriteHeaders } from '../objects/conditions.ts';
import { readHead } from '../objects/head.ts';
import type { HeadColumns, ObjectColumns } from '../objects/rows.ts';
import type { S3Parts } from '../parts.ts';
import { chooseForDirectory, schemeOf } from '../sessions/rules.ts';
import { encryptionAnswer, etagIsMd5, lastModified, newVersion, quoted } from './answers.ts';
import { type CopySource, findCopySource, sourceVersion } from './copy-source.ts';
import { writeConditions } from './put-object.ts';
import { requireSameBucket, storeObject } from './store-object.ts';
import { admitExtras } from './write-extras.ts';

export async function copyObject(
  s3: S3Parts,
  input: Checked<CopyObjectRequest>,
  context: RequestContext,
): Promise<CopyObjectOutput> {
  const { Bucket: name, Key: key } = input;
  checkKey(key);
  const passed = s3.gate.enter(
    context,
    name,
    { action: 's3:PutObject', mode: 'ReadWrite', key, conditions: writeConditions(input), copy: true },
    input.ExpectedBucketOwner,
  );
  const { bucket } = passed;
  checkWriteHeaders(input.IfMatch, input.IfNoneMatch);
  const source = findCopySource(s3, input, context);
  refuseNoChange(input, source, bucket);
  if (source.row.size > MAXIMUM_BODY) {
    throw errors.invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${MAXIMUM_BODY}`,
    );
  }
  const scheme =
    bucket.kind === 'directory' ? schemeOf(chooseForDirectory(bucket, input, false)) : s3.gate.scheme(passed, input);
  const head = headOf(input, source, bucket);
  const lock = admitExtras(s3, context, bucket, key, input);
  const current = () => s3.objects.findHead(bucket.id, key);
  checkWrite(input.IfMatch, input.IfNoneMatch, key, current);
  // DB-26: bucket keys serve no copy into or out of a directory bucket.
  const fresh = bucket.kind === 'directory' || source.bucket.kind === 'directory';
  const from = { context, bucket: source.bucket, key: source.key, fresh };
  const sourceKey = s3.keys.open(from, source.row, source.customer);
  const row = await rewrite(s3, context, { bucket, key, fresh, scheme, head, lock, source, sourceKey, input });
  let version: string | undefined;
  try {
    version = s3.surroundings.state.write(() => {
      const now = requireSameBucket(s3, name, bucket.id);
      checkWrite(input.IfMatch, input.IfNoneMatch, key, current);
      const made = storeObject(s3, now, key, row);
      s3.journal.created(context, now, key, row, made);
      return made;
    });
  } catch (error) {
    if (row.file !== null) s3.surroundings.bodies.drop(row.file);
    throw error;
  }
  return {
    CopyObjectResult: {
      ETag: quoted(row.etag),
      LastModified: lastModified(row.modified),
      ...checksumMembers(row.checksum),
    },
    ...encryptionAnswer(bucket, row),
    ...newVersion(version),
    ...sourceVersion(source),
  };
}

interface Rewriting {
  readonly bucket: Bucket;
  readonly key: string;
  readonly fresh: boolean;
  readonly scheme: Scheme;
  readonly head: HeadColumns;
  readonly lock: string | null;
  readonly source: CopySource;
  readonly sourceKey: Uint8Array;
  readonly input: Checked<CopyObjectRequest>;
}

async function rewrite(s3: S3Parts, context: RequestContext, copy: Rewriting): Promise<ObjectColumns> {
  const { bucket, key, fresh, source, input } = copy;
  const { dataKey, columns } = s3.keys.create({ context, bucket, key, fresh }, copy.scheme);
  const kept = source.row.checksum === null ? undefined : parseChecksum(source.row.checksum);
  const sameChecksum =
    kept?.type === 'FULL_OBJECT' &&
    (input.ChecksumAlgorithm === undefined || input.ChecksumAlgorithm === kept.algorithm);
  const body = await s3.reader.read(source.row, copy.sourceKey);
  const received = await receive(s3.surroundings.bodies, dataKey, asSource(body), {
    md5: etagIsMd5(bucket, columns),
    crc: !sameChecksum,
  });
  context.trail.bytes = received.size;
  const crc = received.crc;
  const computed =
    crc === undefined ? null : formatChecksum({ algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value: crc });
  return {
    ...columns,
    ...copy.head,
    size: received.size,
    etag: received.etag,
    modified: context.now,
    checksum: sameChecksum ? source.row.checksum : computed,
    sealed: received.sealed,
    file: received.file,
    upload: null,
    lock: copy.lock,
    replication: null,
  };
}

const NO_TRAILERS: ReadonlyMap<string, string> = new Map();

/** A body that is read from one object to be written into another. */
export function asSource(body: BodyAnswer) {
  const { bytes, length } = body;
  if (bytes instanceof Uint8Array) {
    return {
      length,
      whole: bytes,
      trailers: NO_TRAILERS,
      async *[Symbol.asyncIterator]() {
        yield bytes;
      },
    };
  }
  return {
    length,
    whole: undefined,
    trailers: NO_TRAILERS,
    [Symbol.asyncIterator]: () => bytes[Symbol.asyncIterator](),
  };
}

/** x-amz-metadata-directive and x-amz-tagging-directive: COPY (the default) or REPLACE. */
function headOf(input: Checked<CopyObjectRequest>, source: CopySource, bucket: Bucket): HeadColumns {
  const metadata = directive(input.MetadataDirective, 'x-amz-metadata-directive');
  const tagging = directive(input.TaggingDirective, 'x-amz-tagging-directive');
  const express = bucket.kind === 'directory';
  const sent = readHead(input, express);
  const { row } = source;
  return {
    storage_class: sent.storage_class,
    content_type: metadata === 'REPLACE' ? sent.content_type : row.content_type,
    head: metadata === 'REPLACE' ? sent.head : row.head,
    tags: express ? null : tagging === 'REPLACE' ? sent.tags : row.tags,
  };
}

function directive(value: string | undefined, header: string): 'COPY' | 'REPLACE' {
  if (value === undefined || value === 'COPY' || value === 'REPLACE') return value ?? 'COPY';
  throw errors.invalidArgument(`Unknown ${header.replace('x-amz-', '').replaceAll('-', ' ')}.`, header, value);
}

/** A copy of an object onto itself must change something. */
function refuseNoChange(input: Checked<CopyObjectRequest>, source: CopySource, bucket: Bucket): void {
  // An older version may become the current one as it is.
  if (source.bucket.id !== bucket.id || source.key !== input.Key || source.version !== undefined) return;
  const changes =
    input.MetadataDirective === 'REPLACE' ||
    input.StorageClass !== undefined ||
    input.WebsiteRedirectLocation !== undefined ||
    input.ServerSideEncryption !== undefined ||
    input.SSECustomerAlgorithm !== undefined ||
    input.BucketKeyEnabled !== undefined ||
    // A bucket whose default encryption was set explicitly re-encrypts in place.
    bucket.config.encryption !== undefined;
  if (changes) return;
  throw errors.invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}
