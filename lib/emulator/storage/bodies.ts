/** The body store (contract: `store.ts`; what the bytes look like: `segments.ts`). */

import { closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BodyDamagedError, storageError } from './errors.ts';
import { randomShort } from './random.ts';
import { SegmentWriter } from './segment-writer.ts';
import { fileKey, lastSegment, openBody, openSegment, SEGMENT, sealBody, TAG } from './segments.ts';
import type { BodyStore, BroughtFiles } from './store.ts';

/** Segments read from the disk in one call. */
const READ_SEGMENTS = 8;
const SHARDS = 256;
const LAST_SHARD = 'ff';
/** The only names there are: nothing that came from a client is ever part of a path. */
const NAME = /^[0-9a-f]{32}$/;

export class FileBodies implements BodyStore {
  readonly #directory: string;
  readonly #temporary: string;
  readonly #afterCommit: (action: () => void) => void;
  readonly #removals = new Set<Promise<void>>();
  /** Files that are being brought back: what drops them meanwhile speaks of rows that will be there again. */
  readonly #brought = new Set<string>();

  /** `afterCommit` runs an action once the writes before it are durable. */
  constructor(directory: string, afterCommit: (action: () => void) => void) {
    this.#directory = directory;
    this.#temporary = join(directory, 'incoming');
    this.#afterCommit = afterCommit;
    mkdirSync(this.#temporary, { recursive: true, mode: 0o700 });
    // All at once, so that no upload pays for a directory and its sync.
    if (existsSync(join(directory, LAST_SHARD))) return;
    for (let shard = 0; shard < SHARDS; shard++) {
      mkdirSync(join(directory, shard.toString(16).padStart(2, '0')), { recursive: true, mode: 0o700 });
    }
    syncDirectoryNow(directory);
  }

  seal(dataKey: Uint8Array, body: Uint8Array): Uint8Array {
    return sealBody(dataKey, body);
  }

  open(dataKey: Uint8Array, sealed: Uint8Array): Uint8Array {
    return openBody(dataKey, sealed);
  }

  async ingest(
    dataKey: Uint8Array,
    source: AsyncIterable<Uint8Array>,
    observe: (chunk: Uint8Array) => void,
  ): Promise<{ readonly file: string; readonly size: number }> {
    const name = randomShort(16).toString('hex');
    const temporary = join(this.#temporary, name);
    let handle: FileHandle | undefined;
    let writer: SegmentWriter | undefined;
    try {
      handle = await open(temporary, 'wx', 0o600);
      writer = new SegmentWriter(handle, fileKey(dataKey, name));
      for await (const chunk of source) {
        observe(chunk);
        const behind = writer.add(chunk);
        if (behind !== undefined) await behind;
      }
      await writer.finish();
      await handle.close();
      await this.#place(temporary, name);
      return { file: name, size: writer.size };
    } catch (error) {
      await writer?.idle();
      await handle?.close().catch(() => {});
      await rm(temporary, { force: true });
      throw storageError(error);
    }
  }

  async *read(dataKey: Uint8Array, file: string, size: number, start = 0, end = size): AsyncGenerator<Uint8Array> {
    if (!(start >= 0 && start <= end && end <= size)) throw new RangeError(`no bytes [${start}, ${end}) of ${size}`);
    const handle = await open(this.#path(file), 'r');
    // The next bytes are read from the disk while the reader takes those before.
    let ahead: Promise<Buffer> = Promise.resolve(Buffer.alloc(0));
    try {
      const key = fileKey(dataKey, file);
      const final = lastSegment(size);
      const to = end === start ? Math.floor(start / SEGMENT) : lastSegment(end);
      let index = Math.min(Math.floor(start / SEGMENT), final);
      const until = Math.min(to, final);
      ahead = readSegments(handle, index, Math.min(READ_SEGMENTS, until - index + 1));
      while (index <= until) {
        const count = Math.min(READ_SEGMENTS, until - index + 1);
        const bytes = await ahead;
        const next = index + count;
        if (next <= until) ahead = readSegments(handle, next, Math.min(READ_SEGMENTS, until - next + 1));
        for (let step = 0; step < count; step++, index++) {
          const from = step * (SEGMENT + TAG);
          const plain = openSegment(key, index, index === final, bytes.subarray(from, from + SEGMENT + TAG));
          const offset = index * SEGMENT;
          if (plain.length !== Math.min(SEGMENT, size - offset)) throw new BodyDamagedError('A body file');
          const wanted = plain.subarray(Math.max(0, start - offset), Math.max(0, end - offset));
          if (wanted.length > 0) yield wanted;
        }
      }
    } finally {
      await ahead.catch(() => {});
      await handle.close();
    }
  }

  sealed(file: string): Promise<Uint8Array> {
    return readFile(this.#path(file));
  }

  async bring(files: ReadonlyMap<string, Uint8Array>): Promise<BroughtFiles> {
    const made: string[] = [];
    for (const name of files.keys()) this.#brought.add(name);
    const release = () => {
      for (const name of files.keys()) this.#brought.delete(name);
    };
    const undo = async () => {
      release();
      await Promise.all(made.map((path) => rm(path, { force: true })));
    };
    try {
      for (const [name, bytes] of files) {
        // A name is used once: what is there under it is the same file.
        if (existsSync(this.#path(name))) continue;
        const temporary = join(this.#temporary, randomShort(16).toString('hex'));
        const handle = await open(temporary, 'wx', 0o600);
        await handle.writeFile(bytes).then(() => handle.sync());
        await handle.close();
        await this.#place(temporary, name);
        made.push(this.#path(name));
      }
    } catch (error) {
      await undo();
      throw storageError(error);
    }
    return { keep: release, undo };
  }

  drop(file: string): void {
    const path = this.#path(file);
    this.#afterCommit(() => {
      if (this.#brought.has(file)) return;
      // A file that is left behind is swept at the next start.
      const removal = unlink(path)
        .catch(() => {})
        .finally(() => this.#removals.delete(removal));
      this.#removals.add(removal);
    });
  }

  async sweep(isKnown: (file: string) => boolean): Promise<number> {
    let swept = 0;
    for (const name of await readdir(this.#temporary)) {
      await rm(join(this.#temporary, name), { force: true, recursive: true });
      swept++;
    }
    for (const shard of await readdir(this.#directory)) {
      if (!/^[0-9a-f]{2}$/.test(shard)) continue;
      for (const name of await readdir(join(this.#directory, shard))) {
        if (!NAME.test(name) || isKnown(name)) continue;
        await unlink(join(this.#directory, shard, name));
        swept++;
      }
    }
    return swept;
  }

  /** Resolves when the removals under way are done. */
  async close(): Promise<void> {
    await Promise.all(this.#removals);
  }

  #path(file: string): string {
    if (!NAME.test(file)) throw new RangeError('not the name of a body file');
    return join(this.#directory, file.slice(0, 2), file);
  }

  /** Gives a finished file its name, durably. */
  async #place(temporary: string, name: string): Promise<void> {
    const path = this.#path(name);
    await rename(temporary, path);
    try {
      await syncDirectory(dirname(path));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }
}

/** `count` segments from `index` on, fewer bytes where the file ends. */
async function readSegments(handle: FileHandle, index: number, count: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(count * (SEGMENT + TAG));
  const position = index * (SEGMENT + TAG);
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** Makes the entries of a directory durable. */
async function syncDirectory(path: string): Promise<void> {
  // Windows can neither open a directory nor needs to.
  if (process.platform === 'win32') return;
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function syncDirectoryNow(path: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
