/** A disk that fills up in the middle of an upload: a clear 5xx, nothing acknowledged, nothing left behind. */

import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { refusal, startTestEmulator, type TestEmulator } from './harness.ts';

const Bucket = 'full-disk';
const Body = 'x'.repeat(3_000_000);
let emulator: TestEmulator;
let s3: S3Client;

beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  emulator = await startTestEmulator();
  s3 = emulator.s3();
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => emulator.close());

/** Lets `writes` gatherings of bytes reach the disk, then none. */
async function fillDisk(writes: number): Promise<void> {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const handle = await open(path.join(emulator.dataDir, 'any'), 'w');
  const prototype: typeof handle = Object.getPrototypeOf(handle);
  const write: unknown = Reflect.get(prototype, 'writev');
  if (typeof write !== 'function') throw new TypeError('A file handle cannot gather bytes.');
  await handle.close();
  let left = writes;
  vi.spyOn(prototype, 'writev').mockImplementation(function (this: typeof handle, ...given) {
    left -= 1;
    if (left >= 0) return Reflect.apply(write, this, given);
    return Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }));
  });
}

/** Body files, also those on their way. */
async function files(): Promise<string[]> {
  const entries = await readdir(emulator.dataDir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && /^[0-9a-f]{32}$/.test(entry.name)).map(({ name }) => name);
}

test.each([0, 1])('after %i writes an object is refused, and what was there before stays', async (writes) => {
  const Key = `k${writes}`;
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'before' }));
  const before = await files();
  await fillDisk(writes);
  const refused = await refusal(s3.send(new PutObjectCommand({ Bucket, Key, Body })));
  expect(refused).toMatchObject({ code: 'InternalError', status: 500 });
  vi.restoreAllMocks();
  const { Body: kept } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(await kept?.transformToString()).toBe('before');
  expect(await files()).toEqual(before);
  await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  expect(await files()).toHaveLength(before.length + 1);
});

test('a part is no part, and the upload goes on when there is room again', async () => {
  const target = { Bucket, Key: 'm' };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
  const part = () => s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body }));
  await fillDisk(1);
  expect((await refusal(part())).status).toBe(500);
  vi.restoreAllMocks();
  expect((await s3.send(new ListPartsCommand({ ...target, UploadId }))).Parts).toBeUndefined();
  const { ETag } = await part();
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }));
  const { Body: whole } = await s3.send(new GetObjectCommand(target));
  expect((await whole?.transformToString())?.length).toBe(Body.length);
});
