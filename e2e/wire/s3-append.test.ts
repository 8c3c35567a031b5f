/** Appends, renames and listings of directory buckets. */

import {
  CreateBucketCommand,
  DeleteBucketEncryptionCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  RenameObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Actors, actorsOf, inShort } from './actors.ts';
import { type DirectoryBuckets, directoryBucketsOf } from './directory.ts';
import { refusal, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
let actors: Actors;
let fast: DirectoryBuckets;
let s3: S3Client;
let Bucket: string;

beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
  fast = directoryBucketsOf(emulator);
  s3 = fast.root;
});
afterAll(async () => {
  fast.close();
  await emulator.close();
});
beforeEach(async () => {
  Bucket = await fast.bucketWith();
});

const append = (Body: string, WriteOffsetBytes: number, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key: 'log', Body, WriteOffsetBytes, ...more }));
const read = async (Range?: string) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key: 'log', Range }))).Body?.transformToString();

describe('appends', () => {
  test('grow an object piece by piece, whatever their sizes; ranges cross the seams', async () => {
    const pieces = ['start', 'x'.repeat(100_000), 'middle', 'y'.repeat(70_000), 'end'];
    await s3.send(new PutObjectCommand({ Bucket, Key: 'log', Body: 'start' }));
    let size = 5;
    for (const piece of pieces.slice(1)) {
      const { Size, ETag } = await append(piece, size);
      size += piece.length;
      expect(Size).toBe(size);
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'log' }));
      expect([head.ContentLength, head.ETag, head.PartsCount]).toEqual([size, ETag, undefined]);
    }
    const whole = pieces.join('');
    expect(await read()).toBe(whole);
    expect(await read('bytes=3-100010')).toBe(whole.slice(3, 100_011));
    // Whoever overwrites it takes all of its pieces away.
    await s3.send(new PutObjectCommand({ Bucket, Key: 'log', Body: 'new' }));
    expect(await read()).toBe('new');
  });

  test('an offset that is not the size is refused, also by the second of two at once', async () => {
    await append('first', 0);
    expect(await refusal(append('x', 3))).toMatchObject({ code: 'InvalidWriteOffset', status: 400 });
    const both = await Promise.allSettled([append('a'.repeat(90_000), 5), append('b'.repeat(90_000), 5)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await read())?.length).toBe(90_005);
  });

  test('the checksum is that of the whole object; another algorithm, metadata and an empty body are refused', async () => {
    await append('hello ', 0, { ChecksumAlgorithm: 'CRC32' });
    const grown = await append('world', 6, { ChecksumAlgorithm: 'CRC32' });
    await s3.send(new PutObjectCommand({ Bucket, Key: 'same', Body: 'hello world', ChecksumAlgorithm: 'CRC32' }));
    const same = await s3.send(new HeadObjectCommand({ Bucket, Key: 'same', ChecksumMode: 'ENABLED' }));
    expect(grown.ChecksumCRC32).toBe(same.ChecksumCRC32);
    const refused = await refusal(append('!', 11, { ChecksumAlgorithm: 'SHA256' }));
    expect(refused.message).toBe(
      'Checksum Type mismatch occurred, expected checksum Type: crc32, actual checksum Type: sha256',
    );
    expect((await refusal(append('!', 11, { Metadata: { a: 'b' } }))).code).toBe('InvalidRequest');
    expect((await refusal(append('', 11))).code).toBe('InvalidRequest');
    expect(await read()).toBe('hello world');
  });

  test('DB-27 DB-34 an encrypted object grows under its own key; a session of another encryption may not', async () => {
    const key = await actors.key();
    Bucket = await fast.bucketWith(key);
    await append('secret ', 0);
    const grown = await append('text', 7);
    expect(grown).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key });
    expect(inShort(await actors.recordOf(grown))).toBe('spared Decrypt');
    expect(await read()).toBe('secret text');
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    s3 = emulator.s3();
    expect((await refusal(append('!', 11))).code).toBe('EncryptionTypeMismatch');
    s3 = fast.root;
  });

  test('general purpose buckets have none', async () => {
    Bucket = 'general-append';
    await s3.send(new CreateBucketCommand({ Bucket }));
    expect((await refusal(append('x', 0))).code).toBe('NotImplemented');
  });
});

test('RenameObject sent again with its token does nothing; with the token of another rename it is refused', async () => {
  await append('x', 0);
  const rename = (Key: string) =>
    s3.send(new RenameObjectCommand({ Bucket, Key, RenameSource: 'log', ClientToken: 'token-1' }));
  await rename('moved');
  await rename('moved');
  expect((await refusal(rename('elsewhere'))).code).toBe('IdempotencyParameterMismatch');
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'moved' }))).ContentLength).toBe(1);
});

test('a listing has every key once and in no order', async () => {
  const keys = Array.from({ length: 30 }, (_, index) => `k${String(index).padStart(2, '0')}`);
  for (const Key of keys) await fast.put(s3, Bucket, Key);
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const listed = Contents.map(({ Key }) => Key);
  expect(listed).not.toEqual(keys);
  expect(listed).toHaveLength(keys.length);
  expect(new Set(listed)).toEqual(new Set(keys));
});
