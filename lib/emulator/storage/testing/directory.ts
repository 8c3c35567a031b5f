/** A data directory of a test's own. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Storage, StorageOptions } from '../open.ts';
import { openStorage } from '../open.ts';

/** An empty directory that is removed when the test is over. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'sse-kms-storage-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export interface TemporaryStorage extends Pick<Storage, 'state' | 'bodies' | 'audit'> {
  readonly dataDir: string;
  readonly close: () => Promise<void>;
}

/** Storage in an empty directory, closed when the test is over. */
export function temporaryStorage(options: Partial<StorageOptions> = {}): TemporaryStorage {
  const dataDir = options.dataDir ?? temporaryDirectory();
  const storage = openStorage({ ...options, dataDir });
  onTestFinished(() => storage.close());
  const { state, bodies, audit } = storage;
  return { state, bodies, audit, dataDir, close: () => storage.close() };
}

/** All bytes of a stream. */
export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A stream of `bytes` in chunks of `size`. */
export async function* chunked(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}
