/** Bodies on their way in and out: counted, hashed and sealed while they arrive; opened and cut while they leave. */

import { createHash, type Hash, hash } from 'node:crypto';
import type { BodyStore, StateStore } from '../../storage/store.ts';
import { createChecksum } from '../../wire/auth/checksum.ts';
import type { BodyAnswer, BodySource } from '../../wire/operation.ts';
import { idBytes } from '../../world/id-source.ts';
import { errors } from '../errors.ts';
import { allRows, firstRow } from '../stored.ts';
import { checksumOf } from './checksums.ts';
import type { BodyColumns } from './rows.ts';

/** Largest body that is kept inside the row. */
const INLINE = 64 * 1024;
/** Largest body of one PUT or part: 5 GiB. */
export const MAXIMUM_BODY = 5 * 1024 ** 3;

export interface ReceivedBody {
  readonly size: number;
  readonly sealed: Uint8Array | null;
  readonly file: string | null;
  /** Hex: the MD5, or random where the ETag must not be one (GP-14, DB-55). */
  readonly etag: string;
  /** Base64 CRC-64/NVME, where it was asked for. */
  readonly crc: string | undefined;
}

export interface Observing {
  /** Whether the ETag is the MD5 of the body. */
  readonly md5: boolean;
  /** Whether S3 computes its own checksum, as it does when the client declared none. */
  readonly crc: boolean;
}

/** Seals a body under a data key. Bodies up to 64 KiB come back in memory, larger ones as a file; whoever cannot use it must drop it. */
export async function receive(
  bodies: BodyStore,
  dataKey: Uint8Array,
  source: BodySource | undefined,
  observing: Observing,
): Promise<ReceivedBody> {
  if (source === undefined) return receiveWhole(bodies, dataKey, NO_BYTES, observing);
  if (source.whole !== undefined && source.whole.length <= INLINE) {
    return receiveWhole(bodies, dataKey, source.whole, observing);
  }
  if (source.length !== undefined && source.length > MAXIMUM_BODY) throw errors.entityTooLarge(MAXIMUM_BODY);
  const { start, rest } = await readStart(source);
  if (rest === undefined) return receiveWhole(bodies, dataKey, Buffer.concat(start), observing);
  const digest = new Digest(observing);
  const { file, size } = await bodies.ingest(dataKey, chain(start, rest), (chunk) => digest.update(chunk));
  return { size, sealed: null, file, ...digest.end() };
}

/** The same for a body in memory, at once. */
export function receiveWhole(
  bodies: BodyStore,
  dataKey: Uint8Array,
  body: Uint8Array,
  observing: Observing,
): ReceivedBody {
  let crc: string | undefined;
  if (observing.crc) crc = checksumOf('CRC64NVME', body);
  return {
    size: body.length,
    sealed: bodies.seal(dataKey, body),
    file: null,
    etag: observing.md5 ? hash('md5', body, 'hex') : idBytes(16).toString('hex'),
    crc,
  };
}

class Digest {
  readonly #md5: Hash | undefined;
  readonly #crc: ReturnType<typeof createChecksum> | undefined;

  constructor(observing: Observing) {
    this.#md5 = observing.md5 ? createHash('md5') : undefined;
    this.#crc = observing.crc ? createChecksum('CRC64NVME') : undefined;
  }

  update(chunk: Uint8Array): void {
    this.#md5?.update(chunk);
    this.#crc?.update(chunk);
  }

  end(): { etag: string; crc: string | undefined } {
    return {
      etag: this.#md5?.digest('hex') ?? idBytes(16).toString('hex'),
      crc: this.#crc === undefined ? undefined : Buffer.from(this.#crc.digest()).toString('base64'),
    };
  }
}

/** Reads until the body ends or no longer fits into a row. */
async function readStart(
  source: BodySource,
): Promise<{ start: Uint8Array[]; rest: AsyncIterator<Uint8Array> | undefined }> {
  const rest = source[Symbol.asyncIterator]();
  const start: Uint8Array[] = [];
  let size = 0;
  while (size <= INLINE) {
    const next = await rest.next();
    if (next.done === true) return { start, rest: undefined };
    start.push(next.value);
    size += next.value.length;
  }
  return { start, rest };
}

async function* chain(start: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for (const chunk of start) {
      size += chunk.length;
      yield chunk;
    }
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      size += next.value.length;
      if (size > MAXIMUM_BODY) throw errors.entityTooLarge(MAXIMUM_BODY);
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}

/** A part of a multipart object, as far as reading needs it. */
export interface PartPiece {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly checksum: string | null;
  readonly sealed: Uint8Array | null;
  readonly file: string | null;
}

/** What is read: an object's row. */
export interface Readable extends BodyColumns {
  readonly size: number;
}

export class BodyReader {
  readonly #bodies: BodyStore;
  readonly #state: StateStore;

  constructor(state: StateStore, bodies: BodyStore) {
    this.#state = state;
    this.#bodies = bodies;
  }

  /** Plain bytes `[start, end)`. The first piece is opened before this resolves, so that a damaged body fails before an answer begins. */
  async read(row: Readable, dataKey: Uint8Array, start = 0, end = row.size): Promise<BodyAnswer> {
    const length = end - start;
    if (length <= 0) return { length: 0, bytes: NO_BYTES };
    if (row.sealed !== null) {
      const plain = this.#bodies.open(dataKey, row.sealed);
      return { length, bytes: length === plain.length ? plain : plain.subarray(start, end) };
    }
    const pieces =
      row.file === null
        ? this.#readParts(row.upload ?? '', dataKey, start, end)
        : this.#bodies.read(dataKey, row.file, row.size, start, end);
    return { length, bytes: await opened(pieces) };
  }

  /** Parts of a multipart object, in order, without their bytes. */
  parts(upload: string): PartPiece[] {
    const statement = this.#state.statement(
      'SELECT number, size, etag, checksum, NULL AS sealed, file FROM s3_part WHERE upload = ? ORDER BY number',
    );
    return allRows<PartPiece>(statement, upload);
  }

  async *#readParts(upload: string, dataKey: Uint8Array, start: number, end: number): AsyncGenerator<Uint8Array> {
    let offset = 0;
    for (const part of this.parts(upload)) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, part.size);
      offset += part.size;
      if (from >= to) continue;
      if (part.file !== null) yield* this.#bodies.read(dataKey, part.file, part.size, from, to);
      else yield this.#bodies.open(dataKey, this.#sealedPart(upload, part.number)).subarray(from, to);
    }
  }

  #sealedPart(upload: string, number: number): Uint8Array {
    const statement = this.#state.statement('SELECT sealed FROM s3_part WHERE upload = ? AND number = ?');
    return firstRow<{ sealed: Uint8Array | null }>(statement, upload, number)?.sealed ?? NO_BYTES;
  }
}

const NO_BYTES = new Uint8Array();

/** Waits for the first piece; files stay open from then on, so that a later overwrite does not cut the answer short. */
async function opened(pieces: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  return resume(first, iterator);
}

async function* resume(
  first: IteratorResult<Uint8Array>,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}
