import { createSecretKey, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { StorageFullError, storageError } from './errors.ts';
import { SegmentWriter } from './segment-writer.ts';
import { openSegment, SEGMENT } from './segments.ts';
import { temporaryDirectory } from './testing/directory.ts';

const KEY = createSecretKey(randomBytes(32));

async function handle(): Promise<FileHandle> {
  return open(join(temporaryDirectory(), 'body'), 'wx+');
}

test('a disk that fills up ends the upload with a typed error', async () => {
  const file = await handle();
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  vi.spyOn(file, 'writev').mockRejectedValue(full);
  const writer = new SegmentWriter(file, KEY);
  const upload = async () => {
    for (let index = 0; index < 200; index++) {
      await writer.add(Buffer.alloc(SEGMENT));
      await writer.idle();
    }
    await writer.finish();
  };
  await expect(upload()).rejects.toBe(full);
  expect(storageError(full)).toBeInstanceOf(StorageFullError);
  await file.close();
});

test('the source waits while the disk is behind, so memory stays bounded', async () => {
  const file = await handle();
  let release: () => void = () => {};
  const stuck = new Promise<void>((resolve) => {
    release = resolve;
  });
  const writev = file.writev.bind(file);
  vi.spyOn(file, 'writev').mockImplementation(async (...parameters: Parameters<typeof writev>) => {
    await stuck;
    return writev(...parameters);
  });
  const writer = new SegmentWriter(file, KEY);
  let taken = 0;
  let wait: Promise<void> | undefined;
  while (wait === undefined && taken < 1000) {
    wait = writer.add(Buffer.alloc(SEGMENT));
    taken++;
  }
  expect(taken * SEGMENT).toBeLessThan(8 * 1024 * 1024);
  release();
  await wait;
  await writer.finish();
  await file.close();
});

test('a kernel that takes less than it was given gets the rest', async () => {
  const file = await handle();
  const body = randomBytes(2 * SEGMENT);
  vi.spyOn(file, 'writev').mockImplementation(async (buffers, position) => {
    const bytes = Buffer.concat(buffers.map((view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength)));
    const { bytesWritten } = await file.write(bytes, 0, 1000, position ?? 0);
    return { bytesWritten, buffers };
  });
  const writer = new SegmentWriter(file, KEY);
  await writer.add(body.subarray(0, 100));
  await writer.add(body.subarray(100));
  await writer.finish();
  const stored = await file.readFile();
  const second = stored.subarray(SEGMENT + 16);
  expect(Buffer.from(openSegment(KEY, 1, true, second)).equals(body.subarray(SEGMENT))).toBe(true);
  await file.close();
});
