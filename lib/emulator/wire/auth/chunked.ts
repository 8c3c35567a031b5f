/**
 * The `aws-chunked` framing of uploads (S3 API Reference, "Signature calculations … chunked upload" and "… including trailing
 * headers"): a decoder that is fed bytes as they come and gives back the payload, never holding more than one header line.
 */

import { createHash, type Hash } from 'node:crypto';
import { AwsError } from '../error.ts';
import { signatureMismatch } from './errors.ts';
import { EMPTY_SHA256, type SigningKey, sha256Hex, sign } from './signature.ts';
import type { SignedAuth } from './types.ts';
import { sameText, scopeText } from './verify.ts';

const CR = 0x0d;
const LF = 0x0a;
/** Longest header of a chunk: the size, `;chunk-signature=` and 64 digits come to about 100 bytes. */
const MAX_CHUNK_HEADER = 512;
const MAX_TRAILERS = 8192;
/** S3 takes smaller chunks only as the last one. */
const MIN_CHUNK = 8192;

/** How a body is framed and what to hold it against. */
export interface Framing {
  /** Absent for unsigned chunks. */
  readonly signature?: { readonly auth: SignedAuth; readonly key: SigningKey };
  /** Names of `x-amz-trailer`, lower case; empty when the form has no trailers. */
  readonly trailers: readonly string[];
}

type Stage = 'header' | 'data' | 'data-end' | 'trailers' | 'done';

/** Decodes one body. `push` what arrives, then call `end`. Both throw AwsError. */
export class ChunkDecoder {
  readonly trailers = new Map<string, string>();
  readonly #framing: Framing;
  #stage: Stage = 'header';
  /** An unfinished header or trailer line. */
  #line = '';
  #remaining = 0;
  #lastSize = MIN_CHUNK;
  #signature = '';
  #previous: string;
  #hash: Hash | undefined;
  #trailerBytes = 0;
  #trailerSignature: string | undefined;
  #afterEnd = 0;

  constructor(framing: Framing) {
    this.#framing = framing;
    this.#previous = framing.signature?.auth.signature ?? '';
  }

  /** Takes bytes as they arrived; gives the payload in them as views, in order. */
  push(bytes: Uint8Array): Uint8Array[] {
    const payload: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#stage === 'data') {
        const part = bytes.subarray(at, at + this.#remaining);
        at += part.length;
        this.#remaining -= part.length;
        this.#hash?.update(part);
        payload.push(part);
        if (this.#remaining === 0) {
          this.#checkChunk(this.#hash?.digest('hex') ?? '');
          this.#stage = 'data-end';
        }
      } else if (this.#stage === 'done') {
        // Some clients end with one empty line more.
        this.#afterEnd++;
        const byte = bytes[at++];
        if ((byte !== CR && byte !== LF) || this.#afterEnd > 4) throw malformedBody();
      } else {
        at = this.#takeLine(bytes, at);
      }
    }
    return payload;
  }

  /** The body has ended. */
  end(): void {
    if (this.#stage === 'trailers' && this.#line === '') this.#finish();
    if (this.#stage !== 'done') throw incompleteBody();
  }

  /** Collects a line from `at` on and acts on it when it is whole; gives where to go on. */
  #takeLine(bytes: Uint8Array, at: number): number {
    const limit = this.#stage === 'trailers' ? MAX_TRAILERS : MAX_CHUNK_HEADER;
    const newline = bytes.subarray(at, at + limit + 1).indexOf(LF);
    const stop = newline < 0 ? Math.min(bytes.length, at + limit + 1) : at + newline;
    this.#line += Buffer.from(bytes.buffer, bytes.byteOffset + at, stop - at).toString('latin1');
    if (this.#line.length > limit) {
      throw this.#stage === 'trailers' ? malformedTrailer() : malformedBody();
    }
    if (newline < 0) return stop;
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line;
    this.#line = '';
    if (this.#stage === 'header') this.#openChunk(line);
    else if (this.#stage === 'data-end') {
      if (line !== '') throw malformedBody();
      this.#stage = 'header';
    } else this.#takeTrailer(line);
    return stop + 1;
  }

  #openChunk(line: string): void {
    const semicolon = line.indexOf(';');
    const digits = semicolon < 0 ? line : line.slice(0, semicolon);
    if (!/^[0-9a-fA-F]{1,10}$/.test(digits)) throw malformedBody();
    const size = Number.parseInt(digits, 16);
    if (this.#framing.signature !== undefined) {
      const found = /^;chunk-signature=([0-9a-f]{64})$/.exec(semicolon < 0 ? '' : line.slice(semicolon));
      if (found?.[1] === undefined) throw malformedBody();
      this.#signature = found[1];
    }
    if (size === 0) {
      this.#checkChunk(EMPTY_SHA256);
      this.#stage = 'trailers';
      return;
    }
    if (this.#lastSize < MIN_CHUNK) {
      throw new AwsError(
        'InvalidChunkSizeError',
        403,
        'Only the last chunk is allowed to have a size less than 8192 bytes',
      );
    }
    this.#lastSize = size;
    this.#remaining = size;
    if (this.#framing.signature !== undefined) this.#hash = createHash('sha256');
    this.#stage = 'data';
  }

  /** Each chunk's signature covers the one before it, so chunks can be neither changed nor moved. */
  #checkChunk(payloadHash: string): void {
    if (this.#framing.signature === undefined) return;
    const { auth, key } = this.#framing.signature;
    const text = `AWS4-HMAC-SHA256-PAYLOAD\n${auth.amzDate}\n${scopeText(auth)}\n${this.#previous}\n${EMPTY_SHA256}\n${payloadHash}`;
    if (!sameText(sign(key, text), this.#signature)) throw signatureMismatch(auth, text, '');
    this.#previous = this.#signature;
  }

  #takeTrailer(line: string): void {
    if (line === '') {
      this.#finish();
      return;
    }
    this.#trailerBytes += line.length + 2;
    const colon = line.indexOf(':');
    if (colon < 1 || this.#trailerBytes > MAX_TRAILERS) throw malformedTrailer();
    const name = line.slice(0, colon).toLowerCase();
    const value = trimBlanks(line.slice(colon + 1));
    if (name === 'x-amz-trailer-signature') this.#trailerSignature = value;
    else if (!this.#framing.trailers.includes(name) || this.trailers.has(name)) throw malformedTrailer();
    else this.trailers.set(name, value);
  }

  #finish(): void {
    for (const name of this.#framing.trailers) if (!this.trailers.has(name)) throw malformedTrailer();
    if (this.#framing.signature !== undefined && this.#framing.trailers.length > 0) this.#checkTrailers();
    this.#stage = 'done';
  }

  #checkTrailers(): void {
    if (this.#framing.signature === undefined) return;
    const { auth, key } = this.#framing.signature;
    const canonical = [...this.trailers]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}:${value}\n`)
      .join('');
    const text = `AWS4-HMAC-SHA256-TRAILER\n${auth.amzDate}\n${scopeText(auth)}\n${this.#previous}\n${sha256Hex(canonical)}`;
    if (!sameText(sign(key, text), this.#trailerSignature ?? '')) throw signatureMismatch(auth, text, canonical);
  }
}

/** Without the spaces and tabs around it: what HTTP allows around a value, and nothing else that JavaScript calls space. */
function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text, from)) from++;
  while (to > from && isBlank(text, to - 1)) to--;
  return text.slice(from, to);
}

const isBlank = (text: string, at: number): boolean => text[at] === ' ' || text[at] === '\t';

/** Fewer or more bytes than declared. */
export function incompleteBody(): AwsError {
  return new AwsError(
    'IncompleteBody',
    400,
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
}

function malformedBody(): AwsError {
  return new AwsError('IncompleteBody', 400, 'The request body terminated unexpectedly');
}

function malformedTrailer(): AwsError {
  return new AwsError(
    'MalformedTrailerError',
    400,
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  );
}
