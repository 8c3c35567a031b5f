/** Buckets, objects, listings, multipart uploads and policies of S3, through the official client. */

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListPartsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  GetTableCommand,
} from '@aws-sdk/client-s3tables';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ACCOUNT, refusal, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

const OTHER = '444455556666';

let emulator: TestEmulator;
let s3: S3Client;
let bucket: string;

beforeAll(async () => {
  emulator = await startTestEmulator();
  s3 = emulator.s3();
});
afterAll(() => emulator.close());
beforeEach(async () => {
  bucket = `b-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
});

const put = (Key: string, Body: string | Uint8Array = 'test', more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...more }));
const get = (Key: string, more: Partial<GetObjectCommandInput> = {}) =>
  s3.send(new GetObjectCommand({ Bucket: bucket, Key, ...more }));
const bytes = async (Key: string, more: Partial<GetObjectCommandInput> = {}) =>
  Buffer.from((await (await get(Key, more)).Body?.transformToByteArray()) ?? []);
const list = (more: Partial<ListObjectsV2CommandInput> = {}) =>
  s3.send(new ListObjectsV2Command({ Bucket: bucket, ...more }));
const setPolicy = (...statements: object[]) =>
  s3.send(
    new PutBucketPolicyCommand({
      Bucket: bucket,
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    }),
  );

async function makeUser(...statements: object[]): Promise<{ client: S3Client; arn: string }> {
  const iam = emulator.iam();
  const UserName = `user-${randomUUID().slice(0, 8)}`;
  const { User } = await iam.send(new CreateUserCommand({ UserName }));
  if (statements.length > 0) {
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: statements.map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement })),
    });
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'policy', PolicyDocument }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  return { client: emulator.s3({ credentials }), arn: User?.Arn ?? '' };
}

describe('buckets', () => {
  test("a bucket is found by its owner, its Region told, and its name nobody else's", async () => {
    expect(await s3.send(new HeadBucketCommand({ Bucket: bucket }))).toMatchObject({ BucketRegion: 'us-east-1' });
    const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket: bucket }));
    expect(LocationConstraint).toBeUndefined();
    const { Buckets } = await s3.send(new ListBucketsCommand({ Prefix: bucket }));
    expect(Buckets?.map(({ Name }) => Name)).toEqual([bucket]);
    const stranger = emulator.s3({ credentials: rootOf(OTHER) });
    const { Buckets: theirs } = await stranger.send(new ListBucketsCommand({}));
    expect(theirs ?? []).toEqual([]);
    expect(await refusal(stranger.send(new CreateBucketCommand({ Bucket: bucket })))).toMatchObject({
      code: 'BucketAlreadyExists',
      status: 409,
    });
    // In us-east-1 the owner may create it again.
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  });

  test('a bucket of another Region answers with the way there', async () => {
    const name = `eu-${randomUUID()}`;
    const eu = emulator.s3({ region: 'eu-west-1' });
    await eu.send(
      new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
    const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket: name }));
    expect(LocationConstraint).toBe('eu-west-1');
    const refused = await refusal(s3.send(new ListObjectsV2Command({ Bucket: name })));
    expect(refused).toMatchObject({ code: 'PermanentRedirect', status: 301 });
    await eu.send(new ListObjectsV2Command({ Bucket: name }));
  });

  test('a bucket is deleted when it is empty, and its name is free again', async () => {
    await put('k');
    expect((await refusal(s3.send(new DeleteBucketCommand({ Bucket: bucket })))).code).toBe('BucketNotEmpty');
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'k' }));
    await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
    expect((await refusal(list())).code).toBe('NoSuchBucket');
    const other = emulator.s3({ credentials: rootOf(OTHER) });
    await other.send(new CreateBucketCommand({ Bucket: bucket }));
  });

  test('pages of buckets are complete and without repetition', async () => {
    const credentials = rootOf('777788889999');
    const own = emulator.s3({ credentials });
    const names = Array.from({ length: 5 }, (_, n) => `page-${n}-${randomUUID().slice(0, 8)}`);
    for (const Bucket of names) await own.send(new CreateBucketCommand({ Bucket }));
    const found: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await own.send(new ListBucketsCommand({ MaxBuckets: 2, ContinuationToken }));
      found.push(...(page.Buckets ?? []).map(({ Name }) => Name));
      ContinuationToken = page.ContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(found).toEqual(names);
  });
});

describe('objects', () => {
  test('what is put comes back, with its headers and metadata', async () => {
    const Expires = new Date('2030-01-01T00:00:00Z');
    await put('k', 'body', {
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      ContentDisposition: 'inline',
      ContentEncoding: 'identity',
      ContentLanguage: 'de',
      Expires,
      Metadata: { one: '1', 'two-words': 'a b' },
      StorageClass: 'STANDARD_IA',
      Tagging: 'a=1&b=2',
    });
    const answer = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'k' }));
    expect(answer).toMatchObject({
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      ContentDisposition: 'inline',
      ContentEncoding: 'identity',
      ContentLanguage: 'de',
      ContentLength: 4,
      Metadata: { one: '1', 'two-words': 'a b' },
      StorageClass: 'STANDARD_IA',
      ETag: `"${createHash('md5').update('body').digest('hex')}"`,
    });
    expect(new Date(answer.ExpiresString ?? '')).toEqual(Expires);
    expect((await get('k')).TagCount).toBe(2);
    const overridden = await get('k', { ResponseContentType: 'x/y', ResponseCacheControl: 'max-age=1' });
    expect(overridden).toMatchObject({ ContentType: 'x/y', CacheControl: 'max-age=1' });
  });

  test.each([0, 1, 65_536, 65_537, 300_000, 3_000_001])(
    'a body of %i bytes comes back whole and in ranges',
    async (size) => {
      const body = randomBytes(size);
      await put('k', body);
      expect((await bytes('k')).equals(body)).toBe(true);
      if (size < 2) return;
      const from = Math.floor(size / 3);
      const piece = await get('k', { Range: `bytes=${from}-${from + 99_999}` });
      const expected = body.subarray(from, from + 100_000);
      expect(piece.ContentRange).toBe(`bytes ${from}-${from + expected.length - 1}/${size}`);
      expect(piece.$metadata.httpStatusCode).toBe(206);
      expect(Buffer.from((await piece.Body?.transformToByteArray()) ?? []).equals(expected)).toBe(true);
      expect((await bytes('k', { Range: 'bytes=-1' })).equals(body.subarray(size - 1))).toBe(true);
    },
  );

  test.each(["a b/ü+*'()!~k//x", '/leading', 'double//slash', '..', './a', '😀', '%41', 'a?b#c', 'ends/'])(
    'the key %j means itself',
    async (key) => {
      await put(key, key);
      expect((await bytes(key)).toString()).toBe(key);
      expect((await list()).Contents?.map(({ Key }) => Key)).toEqual([key]);
      await s3.send(
        new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource: encodeURIComponent(`${bucket}/${key}`) }),
      );
      expect((await bytes('copy')).toString()).toBe(key);
    },
  );

  test('limits: keys of 1,024 bytes, metadata of 2 KB, ten tags', async () => {
    await put('k'.repeat(1024));
    expect(await refusal(put('k'.repeat(1025)))).toMatchObject({ code: 'KeyTooLongError', status: 400 });
    expect(await refusal(put('ü'.repeat(513)))).toMatchObject({ code: 'KeyTooLongError' });
    await put('k', '', { Metadata: { m: 'x'.repeat(2047) } });
    expect(await refusal(put('k', '', { Metadata: { m: 'x'.repeat(2048) } }))).toMatchObject({
      code: 'MetadataTooLarge',
    });
    const Tagging = Array.from({ length: 11 }, (_, n) => `t${n}=1`).join('&');
    expect(await refusal(put('k', '', { Tagging }))).toMatchObject({ code: 'InvalidTag', status: 400 });
  });

  test('checksums: the declared one is kept, else S3 computes CRC-64/NVME', async () => {
    const sha = await put('sha', 'test', { ChecksumAlgorithm: 'SHA256' });
    expect(sha.ChecksumSHA256).toBe(createHash('sha256').update('test').digest('base64'));
    expect((await get('sha', { ChecksumMode: 'ENABLED' })).ChecksumSHA256).toBe(sha.ChecksumSHA256);
    const url = `${emulator.url}/${bucket}/bare`;
    await s3.send(new PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration: {} }));
    await setPolicy({ Effect: 'Allow', Principal: '*', Action: 's3:PutObject', Resource: `arn:aws:s3:::${bucket}/*` });
    const bare = await fetch(url, { method: 'PUT', body: '123456789' });
    expect([bare.status, bare.headers.get('x-amz-checksum-crc64nvme')]).toEqual([200, 'rosUhgp5mIg=']);
  });

  test('conditional writes let only the first win', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => put('once', randomBytes(100_000 + n), { IfNoneMatch: '*' })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { ETag } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'once' }));
    await put('once', 'second', { IfMatch: ETag });
    expect((await bytes('once')).toString()).toBe('second');
  });

  test('an overwrite while it is read does not cut the reader short', async () => {
    const body = randomBytes(4_000_000);
    await put('k', body);
    const reading = await get('k');
    await put('k', 'short');
    expect(Buffer.from((await reading.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
    expect((await bytes('k')).toString()).toBe('short');
  });

  test('a truncated upload leaves nothing behind', async () => {
    await put('k', 'before');
    await s3.send(new PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration: {} }));
    await setPolicy({ Effect: 'Allow', Principal: '*', Action: 's3:PutObject', Resource: `arn:aws:s3:::${bucket}/*` });
    const { hostname, port } = new URL(emulator.url);
    const { connect } = await import('node:net');
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`PUT /${bucket}/k HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n`);
        socket.write(randomBytes(300_000), () => socket.destroy());
      });
      socket.on('close', () => resolve());
      socket.on('error', () => resolve());
    });
    expect((await bytes('k')).toString()).toBe('before');
  });

  test('deleting what is not there succeeds; many are deleted at once', async () => {
    for (const key of ['1', '2', '3']) await put(key);
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'none' }));
    const { Deleted } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: '1' }, { Key: '2' }, { Key: 'none' }] } }),
    );
    expect(Deleted?.map(({ Key }) => Key)).toEqual(['1', '2', 'none']);
    const quiet = { Objects: [{ Key: '3' }], Quiet: true };
    expect((await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: quiet }))).Deleted).toBeUndefined();
    expect((await list()).KeyCount).toBe(0);
  });

  test('tags of objects, and attributes', async () => {
    await put('k');
    const tag = { Bucket: bucket, Key: 'k', Tagging: { TagSet: [{ Key: 'a', Value: '1' }] } };
    await s3.send(new PutObjectTaggingCommand(tag));
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: 'k' }));
    expect(TagSet).toEqual([{ Key: 'a', Value: '1' }]);
    const attributes = await s3.send(
      new GetObjectAttributesCommand({
        Bucket: bucket,
        Key: 'k',
        ObjectAttributes: ['ETag', 'ObjectSize', 'Checksum', 'StorageClass'],
      }),
    );
    expect(attributes).toMatchObject({
      ETag: '098f6bcd4621d373cade4e832627b4f6',
      ObjectSize: 4,
      StorageClass: 'STANDARD',
    });
    expect(attributes.Checksum?.ChecksumType).toBe('FULL_OBJECT');
  });
});

describe('listings', () => {
  const keys = ['a', 'b/1', 'b/2', 'c/1/x', 'c/2', 'd', '\u{1f600}', '\uff5e'];
  // By UTF-8 bytes U+FF5E stands before U+1F600; by UTF-16 units it would not.
  const ordered = ['a', 'b/1', 'b/2', 'c/1/x', 'c/2', 'd', '\uff5e', '\u{1f600}'];
  beforeEach(async () => {
    for (const key of keys) await put(key);
  });

  test('V2: pages in order, by opaque tokens', async () => {
    const found: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list({ MaxKeys: 3, ContinuationToken });
      found.push(...(page.Contents ?? []).map(({ Key }) => Key));
      expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(found).toEqual(ordered);
    expect(await refusal(list({ ContinuationToken: 'made-up' }))).toMatchObject({
      code: 'InvalidArgument',
      status: 400,
    });
  });

  test('V2: delimiter, prefix, start-after and encoding', async () => {
    const page = await list({ Delimiter: '/' });
    expect(page.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['b/', 'c/']);
    expect(page.KeyCount).toBe(6);
    expect((await list({ Prefix: 'c/', Delimiter: '/' })).CommonPrefixes).toEqual([{ Prefix: 'c/1/' }]);
    expect((await list({ StartAfter: 'd' })).Contents?.map(({ Key }) => Key)).toEqual(ordered.slice(6));
    expect((await list({ StartAfter: 'd', EncodingType: 'url' })).Contents?.[0]?.Key).toBe('%EF%BD%9E');
    expect((await list({ MaxKeys: 0 })).KeyCount).toBe(0);
    expect(await refusal(list({ MaxKeys: -1 }))).toMatchObject({ code: 'InvalidArgument' });
  });

  test('V1: markers', async () => {
    const first = await s3.send(new ListObjectsCommand({ Bucket: bucket, Delimiter: '/', MaxKeys: 2 }));
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'b/' });
    const rest = await s3.send(new ListObjectsCommand({ Bucket: bucket, Delimiter: '/', Marker: 'b/' }));
    expect(rest.CommonPrefixes).toEqual([{ Prefix: 'c/' }]);
    expect(rest.Contents?.map(({ Key }) => Key)).toEqual(ordered.slice(5));
  });
});

describe('multipart uploads', () => {
  const MiB = 1024 * 1024;

  async function begin(Key: string, more: object = {}) {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key, ...more }));
    return { Bucket: bucket, Key, UploadId };
  }

  test('parts become one object, in order of their numbers, and ranges cross their borders', async () => {
    const upload = await begin('m', { ContentType: 'a/b', Metadata: { m: '1' } });
    const bodies = [randomBytes(5 * MiB), randomBytes(5 * MiB + 3), randomBytes(10)];
    const ETags: (string | undefined)[] = [];
    for (const PartNumber of [3, 1, 2]) {
      const Body = bodies[PartNumber - 1] ?? '';
      ETags[PartNumber] = (await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body }))).ETag;
    }
    const listed = await s3.send(new ListPartsCommand({ ...upload, MaxParts: 2 }));
    expect(listed).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
    const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads).toMatchObject([{ Key: 'm', UploadId: upload.UploadId }]);
    const Parts = [1, 2, 3].map((PartNumber) => ({ PartNumber, ETag: ETags[PartNumber] }));
    const { ETag } = await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    const whole = Buffer.concat(bodies);
    const digests = Buffer.concat(bodies.map((body) => createHash('md5').update(body).digest()));
    expect(ETag).toBe(`"${createHash('md5').update(digests).digest('hex')}-3"`);
    expect((await bytes('m')).equals(whole)).toBe(true);
    const Range = `bytes=${5 * MiB - 5}-${10 * MiB + 7}`;
    expect((await bytes('m', { Range })).equals(whole.subarray(5 * MiB - 5, 10 * MiB + 8))).toBe(true);
    const second = await get('m', { PartNumber: 2 });
    expect(second).toMatchObject({
      PartsCount: 3,
      ContentLength: 5 * MiB + 3,
      ContentType: 'a/b',
      Metadata: { m: '1' },
    });
    second.Body?.transformToByteArray().catch(() => {});
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'm' }));
    expect((await refusal(get('m'))).code).toBe('NoSuchKey');
  });

  test.each([
    ['CRC64NVME', 'FULL_OBJECT'],
    ['CRC32', 'FULL_OBJECT'],
    ['CRC32C', 'COMPOSITE'],
    ['SHA256', 'COMPOSITE'],
  ] as const)('checksums of parts make the checksum of the object: %s, %s', async (ChecksumAlgorithm, ChecksumType) => {
    const upload = await begin('m', { ChecksumAlgorithm, ChecksumType });
    const bodies = [randomBytes(5 * MiB), randomBytes(1000)];
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = index + 1;
      const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm }));
      Parts.push({ PartNumber, ETag });
    }
    const done = await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    await put('whole', Buffer.concat(bodies), { ChecksumAlgorithm });
    const whole = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'whole', ChecksumMode: 'ENABLED' }));
    expect(done.ChecksumType).toBe(ChecksumType);
    const member = `Checksum${ChecksumAlgorithm}` as const;
    const told = ChecksumType === 'FULL_OBJECT' ? done[member] : done[member]?.replace(/^[A-Za-z0-9+/]+=*/, 'digest');
    expect(told).toBe(ChecksumType === 'FULL_OBJECT' ? whole[member] : 'digest-2');
  });

  test('a part is copied from an object, whole or a range', async () => {
    const source = randomBytes(100_000);
    await put('source', source);
    const upload = await begin('m');
    const { CopyPartResult: part } = await s3.send(
      new UploadPartCopyCommand({
        ...upload,
        PartNumber: 1,
        CopySource: `${bucket}/source`,
        CopySourceRange: 'bytes=10-99',
      }),
    );
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: part?.ETag }] };
    await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
    expect((await bytes('m')).equals(source.subarray(10, 100))).toBe(true);
  });
});

describe('who may', () => {
  test('ERR-05 a refusal names the caller, the action, the object and the missing policy', async () => {
    const user = await makeUser();
    const read = user.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'k' }));
    expect(await refusal(read)).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: `User: ${user.arn} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::${bucket}/k" because no identity-based policy allows the s3:GetObject action`,
    });
  });

  test('a missing key shows only to those who may list', async () => {
    const reader = await makeUser({ Action: 's3:GetObject' });
    const lister = await makeUser({ Action: ['s3:GetObject', 's3:ListBucket'] });
    const command = new GetObjectCommand({ Bucket: bucket, Key: 'none' });
    expect(await refusal(reader.client.send(command))).toMatchObject({ code: 'AccessDenied', status: 403 });
    expect(await refusal(lister.client.send(command))).toMatchObject({ code: 'NoSuchKey', status: 404 });
  });

  test('another account needs the bucket policy and its own; it learns no reasons', async () => {
    const stranger = emulator.s3({ credentials: rootOf(OTHER) });
    const command = new GetObjectCommand({ Bucket: bucket, Key: 'k' });
    await put('k');
    expect(await refusal(stranger.send(command))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: 'Access Denied',
    });
    await setPolicy({
      Effect: 'Allow',
      Principal: { AWS: OTHER },
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${bucket}/*`,
    });
    expect(await (await stranger.send(command)).Body?.transformToString()).toBe('test');
    expect((await refusal(stranger.send(new ListObjectsV2Command({ Bucket: bucket })))).code).toBe('AccessDenied');
  });

  test('a copy needs both ends; listing is fenced by prefix', async () => {
    await put('private/k');
    const user = await makeUser(
      { Action: 's3:PutObject' },
      { Action: 's3:ListBucket', Condition: { StringLike: { 's3:prefix': 'public/*' } } },
    );
    const copy = new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource: `${bucket}/private/k` });
    expect((await refusal(user.client.send(copy))).message).toContain('s3:GetObject');
    await user.client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'public/' }));
    const all = user.client.send(new ListObjectsV2Command({ Bucket: bucket }));
    expect((await refusal(all)).code).toBe('AccessDenied');
  });

  test('a policy that shuts everybody out can be mended by the root user', async () => {
    await setPolicy({
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
    });
    expect((await refusal(list())).code).toBe('AccessDenied');
    const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket: bucket }));
    expect(Policy).toContain('Deny');
    await setPolicy({
      Effect: 'Allow',
      Principal: { AWS: ACCOUNT },
      Action: 's3:*',
      Resource: `arn:aws:s3:::${bucket}`,
    });
    await list();
  });

  test.each([
    [
      'Policy has invalid resource',
      { Principal: { AWS: ACCOUNT }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::other/*' },
    ],
    ['Policy has invalid action', { Principal: { AWS: ACCOUNT }, Action: 'ec2:RunInstances', Resource: 'BUCKET/*' }],
    ['Missing required field Principal', { Action: 's3:GetObject', Resource: 'BUCKET/*' }],
    [
      'Invalid principal in policy',
      { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/nobody` }, Action: 's3:GetObject', Resource: 'BUCKET/*' },
    ],
    [
      'Action does not apply to any resource(s) in statement',
      { Principal: { AWS: ACCOUNT }, Action: 's3:GetObject', Resource: 'BUCKET' },
    ],
  ])('a policy is refused: %s', async (message, statement) => {
    const Resource = statement.Resource.replace('BUCKET', `arn:aws:s3:::${bucket}`);
    const refused = await refusal(setPolicy({ Effect: 'Allow', ...statement, Resource }));
    expect(refused).toEqual({ code: 'MalformedPolicy', status: 400, message });
  });

  test('public policies are blocked unless the block is lifted', async () => {
    const everybody = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` };
    expect(await refusal(setPolicy(everybody))).toMatchObject({ code: 'AccessDenied', status: 403 });
    await s3.send(
      new PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true } }),
    );
    const { PublicAccessBlockConfiguration: block } = await s3.send(
      new GetPublicAccessBlockCommand({ Bucket: bucket }),
    );
    expect(block).toMatchObject({ BlockPublicAcls: true, BlockPublicPolicy: false });
    await setPolicy(everybody);
    await put('k', 'open to all');
    expect(await (await fetch(`${emulator.url}/${bucket}/k`)).text()).toBe('open to all');
  });
});

describe('table warehouses', () => {
  test('TB-61 only the listed object operations reach table data', async () => {
    const tables = emulator.s3tables();
    const { arn: tableBucketARN } = await tables.send(
      new CreateTableBucketCommand({ name: `t-${randomUUID().slice(0, 8)}` }),
    );
    await tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['sales'] }));
    const table = { tableBucketARN, namespace: 'sales', name: 'orders' };
    await tables.send(new CreateTableCommand({ ...table, format: 'ICEBERG' }));
    const { warehouseLocation = '' } = await tables.send(new GetTableCommand(table));
    const Bucket = warehouseLocation.slice('s3://'.length);
    const at = { Bucket, Key: 'data/multipart' };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at));
    const upload = { ...at, UploadId };
    const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'rows' }));
    expect((await s3.send(new ListPartsCommand(upload))).Parts).toHaveLength(1);
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
    expect(await (await s3.send(new GetObjectCommand(at))).Body?.transformToString()).toBe('rows');
    const refused = [
      () => s3.send(new DeleteObjectCommand(at)),
      () => s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: at.Key }] } })),
      () => s3.send(new CopyObjectCommand({ ...at, Key: 'copy', CopySource: `${Bucket}/${at.Key}` })),
      () => s3.send(new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource: `${Bucket}/${at.Key}` })),
      () => s3.send(new ListObjectsV2Command({ Bucket })),
      () => s3.send(new GetObjectTaggingCommand(at)),
      () => s3.send(new DeleteBucketCommand({ Bucket })),
      () => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: '{}' })),
    ];
    for (const call of refused) expect(await refusal(call())).toMatchObject({ code: 'MethodNotAllowed', status: 405 });
    const missing = s3.send(new GetObjectCommand({ Bucket: 'none--table-s3', Key: 'k' }));
    expect(await refusal(missing)).toMatchObject({ code: 'NoSuchBucket', status: 404 });
  });
});
