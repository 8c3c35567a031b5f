/** Encrypts a stream segment by segment and writes it to a file while the next bytes arrive. */

import type { KeyObject } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { SEGMENT, sealSegment } from './segments.ts';

/** Encrypted bytes collected before they are written in one call. */
const WRITE_BYTES = 1024 * 1024;
/** Bytes on their way to the disk before the source has to wait. */
const IN_FLIGHT_BYTES = 4 * 1024 * 1024;
/** Written bytes after which the disk is told to begin, so that the sync at the end finds little left to do. */
const SYNC_BYTES = 4 * 1024 * 1024;

export class SegmentWriter {
  readonly #file: FileHandle;
  readonly #key: KeyObject;
  /** Plain chunks of the segment that fills up; it is encrypted when it is known whether another one follows. */
  #chunks: Uint8Array[] = [];
  #filled = 0;
  #index = 0;
  #sealed: Uint8Array[] = [];
  #sealedBytes = 0;
  #position = 0;
  #inFlight = 0;
  #unsynced = 0;
  #syncing = false;
  readonly #running = new Set<Promise<void>>();
  #error: unknown;
  #wake: (() => void) | undefined;
  /** Plain bytes taken so far. */
  size = 0;

  constructor(file: FileHandle, key: KeyObject) {
    this.#file = file;
    this.#key = key;
  }

  /** Takes a chunk, which nobody else may use any more: its memory is given back. Returns a promise to wait for when the disk is behind. */
  add(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#error !== undefined) throw this.#error;
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#filled === SEGMENT) this.#seal(false);
      const room = SEGMENT - this.#filled;
      const part = rest.length <= room ? rest : rest.subarray(0, room);
      this.#chunks.push(part);
      this.#filled += part.length;
      this.size += part.length;
      rest = rest.subarray(part.length);
    }
    if (this.#inFlight < IN_FLIGHT_BYTES) return undefined;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Encrypts and writes what is left; resolves when all of it is on the disk. */
  async finish(): Promise<void> {
    this.#seal(true);
    this.#write();
    await this.idle();
    if (this.#error !== undefined) throw this.#error;
    await this.#file.datasync();
  }

  /** Resolves when no call to the file is under way; the file may be closed then. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #seal(last: boolean): void {
    const sealed = sealSegment(this.#key, this.#index++, last, this.#chunks);
    for (const bytes of sealed) {
      this.#sealed.push(bytes);
      this.#sealedBytes += bytes.length;
    }
    for (const chunk of this.#chunks) release(chunk);
    this.#chunks = [];
    this.#filled = 0;
    if (this.#sealedBytes >= WRITE_BYTES) this.#write();
  }

  #write(): void {
    const buffers = this.#sealed;
    const length = this.#sealedBytes;
    const position = this.#position;
    this.#sealed = [];
    this.#sealedBytes = 0;
    this.#position += length;
    this.#inFlight += length;
    this.#run(
      writeAll(this.#file, buffers, length, position).then(() => {
        for (const bytes of buffers) release(bytes);
        this.#inFlight -= length;
        this.#unsynced += length;
        if (this.#unsynced >= SYNC_BYTES && !this.#syncing) this.#sync();
        this.#resume();
      }),
    );
  }

  #sync(): void {
    this.#unsynced = 0;
    this.#syncing = true;
    this.#run(
      this.#file.datasync().then(() => {
        this.#syncing = false;
      }),
    );
  }

  #run(work: Promise<void>): void {
    const running = work
      .catch((error: unknown) => {
        this.#error ??= error;
        this.#resume();
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #resume(): void {
    if (this.#inFlight >= IN_FLIGHT_BYTES && this.#error === undefined) return;
    this.#wake?.();
    this.#wake = undefined;
  }
}

/** The kernel may take less than it was given (a disk that fills up, a signal). */
async function writeAll(file: FileHandle, buffers: Uint8Array[], length: number, position: number): Promise<void> {
  const { bytesWritten } = await file.writev(buffers, position);
  if (bytesWritten === length) return;
  const rest = Buffer.concat(buffers).subarray(bytesWritten);
  for (let done = 0; done < rest.length; ) {
    const step = await file.write(rest, done, rest.length - done, position + bytesWritten + done);
    done += step.bytesWritten;
  }
}

/** Bytes from which it is worth it. */
const LARGE = 16 * 1024;

/**
 * Gives the memory of bytes that are done with back at once. Left to the garbage collector, the buffers of one large
 * upload would have it look through the whole heap several times.
 */
function release(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  // A view of a part leaves the rest to others.
  if (byteLength >= LARGE && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
