/** The body of a request: framing taken off, and held against everything that the client declared of it. */

import { hash } from 'node:crypto';
import { AwsError } from '../error.ts';
import type { WireRequest } from '../types.ts';
import {
  CHECKSUM_ALGORITHMS,
  type Checksum,
  type ChecksumAlgorithm,
  createChecksum,
  DIGEST_LENGTH,
  UNKNOWN_ALGORITHMS,
} from './checksum.ts';
import { ChunkDecoder, type Framing, incompleteBody } from './chunked.ts';
import { isS3, missingAuthentication } from './errors.ts';
import { signingKey } from './signature.ts';
import type { AuthInfo, CheckedBody } from './types.ts';

export interface OpenBodyOptions {
  /**
   * False where `x-amz-checksum-*` headers speak of something other than the body (CompleteMultipartUpload: of the whole
   * object). Default true.
   */
  readonly checksums?: boolean;
}

/**
 * Opens a body. A body given whole has been checked completely when this returns; a stream is checked while it is read, and
 * its iteration throws when something does not hold: whoever reads must drop what it has read then.
 *
 * @param secret the secret access key behind `auth`; undefined for anonymous requests
 * @param source the bytes as they arrive, or all of them
 * @throws AwsError malformed declarations at once, before a byte is read (so that `Expect: 100-continue` can be refused)
 */
export function openBody(
  request: WireRequest,
  auth: AuthInfo,
  secret: string | undefined,
  source: AsyncIterable<Uint8Array> | Uint8Array,
  options: OpenBodyOptions = {},
): CheckedBody {
  const declared = readDeclarations(request, auth, secret, options);
  return source instanceof Uint8Array ? openWhole(declared, source) : new StreamingBody(declared, source);
}

/** What the client says of its body. */
interface Declarations {
  readonly framing: Framing | undefined;
  /** Bytes on the wire. */
  readonly wireLength: number | undefined;
  /** Bytes of payload. */
  readonly length: number | undefined;
  readonly sha256: string | undefined;
  readonly md5: string | undefined;
  /** Algorithm and, unless it comes as a trailer, the value. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string | undefined } | undefined;
}

const SHA256_HEX = /^[0-9a-fA-F]{64}$/;
const FRAMED = /^STREAMING-(?:AWS4-HMAC-SHA256-PAYLOAD(?:-TRAILER)?|UNSIGNED-PAYLOAD-TRAILER)$/;

function readDeclarations(
  request: WireRequest,
  auth: AuthInfo,
  secret: string | undefined,
  options: OpenBodyOptions,
): Declarations {
  const headers = request.headers;
  const s3 = auth.kind === 'anonymous' || isS3(auth.scope.service);
  const payload = headers['x-amz-content-sha256'];
  const framed = s3 && payload !== undefined && payload.startsWith('STREAMING-');
  if (
    s3 &&
    payload !== undefined &&
    payload !== 'UNSIGNED-PAYLOAD' &&
    !SHA256_HEX.test(payload) &&
    !FRAMED.test(payload)
  ) {
    throw new AwsError('InvalidArgument', 400, INVALID_PAYLOAD, {
      members: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: payload },
    });
  }
  const wireLength = readLength(headers['content-length']);
  const decodedLength = readLength(headers['x-amz-decoded-content-length']);
  const chunkedTransfer = headers['transfer-encoding'] !== undefined;
  if (s3 && (framed ? decodedLength === undefined : chunkedTransfer && wireLength === undefined)) {
    throw new AwsError('MissingContentLength', 411, 'You must provide the Content-Length HTTP header.');
  }
  const trailers = framed && payload.endsWith('-TRAILER') ? readTrailerNames(headers['x-amz-trailer']) : [];
  return {
    framing: framed ? readFraming(payload, trailers, auth, secret) : undefined,
    wireLength: chunkedTransfer ? undefined : wireLength,
    length: framed ? decodedLength : chunkedTransfer ? undefined : wireLength,
    sha256: !framed && payload !== undefined && SHA256_HEX.test(payload) ? payload.toLowerCase() : undefined,
    md5: s3 ? readMd5(headers['content-md5']) : undefined,
    checksum: s3 && options.checksums !== false ? readChecksum(headers, trailers) : undefined,
  };
}

const INVALID_PAYLOAD =
  'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.';

function readFraming(
  payload: string,
  trailers: readonly string[],
  auth: AuthInfo,
  secret: string | undefined,
): Framing {
  if (payload === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return { trailers };
  // Signed chunks continue the request's signature: without one there is nothing to hold them against.
  if (auth.kind === 'anonymous' || secret === undefined) throw missingAuthentication('s3');
  return { trailers, signature: { auth, key: signingKey(auth, secret) } };
}

function readLength(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    throw new AwsError('InvalidArgument', 400, 'The value of the length header is not a non-negative number.');
  }
  return Number(text);
}

function readMd5(header: string | undefined): string | undefined {
  if (header === undefined || isDigest(header, DIGEST_LENGTH.MD5)) return header;
  throw new AwsError('InvalidDigest', 400, 'The Content-MD5 you specified was invalid.', {
    members: { 'Content-MD5': header },
  });
}

function readTrailerNames(header: string | undefined): readonly string[] {
  const names = (header ?? '')
    .split(',', 17)
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  if (names.length > 16 || !names.every((name) => ALGORITHM_OF.has(name))) {
    throw new AwsError('InvalidRequest', 400, 'The value specified in the x-amz-trailer header is not supported');
  }
  return [...new Set(names)];
}

/** By name of header or trailer. */
const ALGORITHM_OF: ReadonlyMap<string, ChecksumAlgorithm> = new Map(
  CHECKSUM_ALGORITHMS.map((algorithm) => [`x-amz-checksum-${algorithm.toLowerCase()}`, algorithm]),
);

/** Headers of checksums that are not computed here. */
const UNKNOWN_HEADERS = UNKNOWN_ALGORITHMS.map((algorithm) => `x-amz-checksum-${algorithm.toLowerCase()}`);

function readChecksum(
  headers: Readonly<Record<string, string>>,
  trailers: readonly string[],
): Declarations['checksum'] {
  let found: Declarations['checksum'];
  for (const [name, algorithm] of ALGORITHM_OF) {
    const value = headers[name];
    const trailing = trailers.includes(name);
    if (value === undefined && !trailing) continue;
    if (found !== undefined || (value !== undefined && trailing)) {
      throw new AwsError(
        'InvalidRequest',
        400,
        'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
      );
    }
    if (value !== undefined) requireChecksumForm(algorithm, value);
    found = { algorithm, value };
  }
  const unknown = UNKNOWN_HEADERS.find((name) => headers[name] !== undefined);
  if (unknown !== undefined) {
    throw new AwsError('NotImplemented', 501, 'A header you provided implies functionality that is not implemented', {
      members: { Header: unknown },
    });
  }
  const promised = headers['x-amz-sdk-checksum-algorithm'];
  // Requests without a body cannot keep the promise and need not.
  const hasBody = headers['content-length'] !== undefined && headers['content-length'] !== '0';
  if (promised !== undefined && hasBody && found === undefined && headers['content-md5'] === undefined) {
    throw new AwsError(
      'InvalidRequest',
      400,
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  return found;
}

function requireChecksumForm(algorithm: ChecksumAlgorithm, value: string): void {
  if (isDigest(value, DIGEST_LENGTH[algorithm])) return;
  throw new AwsError('InvalidRequest', 400, `Value for x-amz-checksum-${algorithm.toLowerCase()} header is invalid.`);
}

/** Whether a text is canonical base64 of so many bytes. */
function isDigest(text: string, length: number): boolean {
  if (text.length !== Math.ceil(length / 3) * 4) return false;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length && bytes.toString('base64') === text;
}

/** Computes what was declared while the payload passes, and compares at the end. */
class Checks {
  readonly verified = new Map<string, string>();
  readonly #declared: Declarations;
  readonly #checksum: Checksum | undefined;
  readonly #md5: Checksum | undefined;
  readonly #sha256: Checksum | undefined;
  #length = 0;

  constructor(declared: Declarations) {
    this.#declared = declared;
    this.#checksum = declared.checksum === undefined ? undefined : createChecksum(declared.checksum.algorithm);
    this.#md5 = declared.md5 === undefined ? undefined : createChecksum('MD5');
    this.#sha256 = declared.sha256 === undefined ? undefined : createChecksum('SHA256');
  }

  update(payload: Uint8Array): void {
    this.#length += payload.length;
    if (this.#declared.length !== undefined && this.#length > this.#declared.length) throw incompleteBody();
    this.#checksum?.update(payload);
    this.#md5?.update(payload);
    this.#sha256?.update(payload);
  }

  end(trailers: ReadonlyMap<string, string>): void {
    const { length, sha256, md5, checksum } = this.#declared;
    if (length !== undefined && this.#length !== length) throw incompleteBody();
    if (sha256 !== undefined && this.#sha256 !== undefined) {
      requireSha256(sha256, Buffer.from(this.#sha256.digest()).toString('hex'), this.verified);
    }
    if (md5 !== undefined && this.#md5 !== undefined) requireMd5(md5, base64(this.#md5.digest()), this.verified);
    if (checksum !== undefined && this.#checksum !== undefined) {
      const value = checksum.value ?? trailers.get(`x-amz-checksum-${checksum.algorithm.toLowerCase()}`) ?? '';
      if (checksum.value === undefined) requireChecksumForm(checksum.algorithm, value);
      requireChecksum(checksum.algorithm, value, base64(this.#checksum.digest()), this.verified);
    }
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function requireSha256(declared: string, computed: string, verified: Map<string, string>): void {
  if (declared !== computed) {
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      400,
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      { members: { ClientComputedContentSHA256: declared, S3ComputedContentSHA256: computed } },
    );
  }
  verified.set('SHA256', Buffer.from(computed, 'hex').toString('base64'));
}

function requireMd5(declared: string, computed: string, verified: Map<string, string>): void {
  if (declared !== computed) {
    throw new AwsError('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.', {
      members: { ExpectedDigest: declared, CalculatedDigest: computed },
    });
  }
  verified.set('MD5', computed);
}

function requireChecksum(
  algorithm: ChecksumAlgorithm,
  declared: string,
  computed: string,
  verified: Map<string, string>,
): void {
  if (declared !== computed) {
    throw new AwsError('BadDigest', 400, `The ${algorithm} you specified did not match the calculated checksum.`);
  }
  verified.set(algorithm, computed);
}

const NO_TRAILERS: ReadonlyMap<string, string> = new Map();

function openWhole(declared: Declarations, bytes: Uint8Array): CheckedBody {
  if (declared.wireLength !== undefined && declared.wireLength !== bytes.length) throw incompleteBody();
  let payload = bytes;
  let trailers = NO_TRAILERS;
  if (declared.framing !== undefined) {
    const decoder = new ChunkDecoder(declared.framing);
    const parts = decoder.push(bytes);
    decoder.end();
    payload = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    trailers = decoder.trailers;
  }
  return new WholeBody(payload, trailers, checkWhole(declared, payload, trailers));
}

/** The same checks in one go: one-shot hashes cost half of Hash objects, which counts for small uploads. */
function checkWhole(
  declared: Declarations,
  payload: Uint8Array,
  trailers: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  if (declared.checksum !== undefined || declared.framing !== undefined) {
    const { sha256, ...rest } = declared;
    const checks = new Checks({ ...rest, sha256: undefined });
    checks.update(payload);
    checks.end(trailers);
    if (sha256 !== undefined) requireSha256(sha256, hash('sha256', payload, 'hex'), checks.verified);
    return checks.verified;
  }
  const verified = new Map<string, string>();
  if (declared.sha256 !== undefined) requireSha256(declared.sha256, hash('sha256', payload, 'hex'), verified);
  if (declared.md5 !== undefined) requireMd5(declared.md5, hash('md5', payload, 'base64'), verified);
  return verified;
}

class WholeBody implements CheckedBody {
  readonly whole: Uint8Array;
  readonly trailers: ReadonlyMap<string, string>;
  readonly verified: ReadonlyMap<string, string>;

  constructor(whole: Uint8Array, trailers: ReadonlyMap<string, string>, verified: ReadonlyMap<string, string>) {
    this.whole = whole;
    this.trailers = trailers;
    this.verified = verified;
  }

  get length(): number {
    return this.whole.length;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.whole.length > 0) yield this.whole;
  }
}

class StreamingBody implements CheckedBody {
  readonly whole = undefined;
  readonly #declared: Declarations;
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #checks: Checks;
  readonly #decoder: ChunkDecoder | undefined;

  constructor(declared: Declarations, source: AsyncIterable<Uint8Array>) {
    this.#declared = declared;
    this.#source = source;
    this.#checks = new Checks(declared);
    this.#decoder = declared.framing === undefined ? undefined : new ChunkDecoder(declared.framing);
  }

  get length(): number | undefined {
    return this.#declared.length;
  }

  get trailers(): ReadonlyMap<string, string> {
    return this.#decoder?.trailers ?? NO_TRAILERS;
  }

  get verified(): ReadonlyMap<string, string> {
    return this.#checks.verified;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let received = 0;
    for await (const bytes of this.#source) {
      received += bytes.length;
      if (this.#decoder === undefined) {
        this.#checks.update(bytes);
        yield bytes;
        continue;
      }
      for (const part of this.#decoder.push(bytes)) {
        this.#checks.update(part);
        yield part;
      }
    }
    if (this.#declared.wireLength !== undefined && received !== this.#declared.wireLength) throw incompleteBody();
    this.#decoder?.end();
    this.#checks.end(this.trailers);
  }
}
