import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../error.ts';
import type { WireRequest } from '../types.ts';
import { type OpenBodyOptions, openBody } from './body.ts';
import { CHECKSUM_ALGORITHMS, createChecksum } from './checksum.ts';
import { readCredentials } from './credentials.ts';
import { EMPTY_SHA256, sha256Hex } from './signature.ts';
import { AMZ_DATE, hmacHex, NOW, refusalOf, SCOPE, SECRET, signedPut, told } from './testing.ts';
import type { AuthInfo, SignedAuth } from './types.ts';
import { verify } from './verify.ts';

const HELLO = Buffer.from('Hello, keys!');

const base64 = (algorithm: Parameters<typeof createChecksum>[0], bytes: Uint8Array): string => {
  const checksum = createChecksum(algorithm);
  checksum.update(bytes);
  return Buffer.from(checksum.digest()).toString('base64');
};

function accepted(request: WireRequest): SignedAuth {
  const auth = readCredentials(request, 's3');
  if (auth.kind === 'anonymous') throw new Error('not signed');
  verify(request, auth, SECRET, { machineNow: NOW });
  return auth;
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Reads a body both ways, whole and in pieces; both must come to the same. */
async function read(
  request: WireRequest,
  wire: Uint8Array,
  { auth = accepted(request), piece = 7, ...options }: { auth?: AuthInfo; piece?: number } & OpenBodyOptions = {},
): Promise<Buffer> {
  const streamed = await collect(request, auth, inPieces(wire, piece), options);
  const whole = await collect(request, auth, wire, options);
  const show = (result: Buffer | AwsError): string =>
    result instanceof AwsError ? told(result) : result.toString('hex');
  expect(show(streamed)).toBe(show(whole));
  if (streamed instanceof AwsError) throw streamed;
  return streamed;
}

async function collect(
  request: WireRequest,
  auth: AuthInfo,
  source: AsyncIterable<Uint8Array> | Uint8Array,
  options: OpenBodyOptions,
): Promise<Buffer | AwsError> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of openBody(request, auth, SECRET, source, options)) parts.push(part);
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  return Buffer.concat(parts);
}

const plain = (headers: Record<string, string> = {}, body: Uint8Array = HELLO): WireRequest =>
  signedPut({ 'content-length': String(body.length), 'x-amz-content-sha256': sha256Hex(body), ...headers });

const refusal = async (work: Promise<unknown>): Promise<string> => told(await refusalOf(work));

describe('a body in one piece', () => {
  test('passes when everything declared holds, and tells which checksums were computed', async () => {
    const request = plain({ 'content-md5': base64('MD5', HELLO), 'x-amz-checksum-crc32c': base64('CRC32C', HELLO) });
    expect(await read(request, HELLO)).toEqual(HELLO);
    const body = openBody(request, accepted(request), SECRET, HELLO);
    expect([...body.verified.keys()].sort()).toEqual(['CRC32C', 'MD5', 'SHA256']);
    expect(body.length).toBe(HELLO.length);
  });

  test('a changed body is refused by its hash', async () => {
    expect(await refusal(read(plain(), Buffer.from('Hello, keyz!')))).toBe(
      "XAmzContentSHA256Mismatch 400 The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  });

  test.each(CHECKSUM_ALGORITHMS)('%s is computed and compared', async (algorithm) => {
    const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
    const unsigned = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    expect(await read(plain({ ...unsigned, [name]: base64(algorithm, HELLO) }), HELLO)).toEqual(HELLO);
    const wrong = plain({ ...unsigned, [name]: base64(algorithm, Buffer.from('other')) });
    expect(await refusal(read(wrong, HELLO))).toBe(
      `BadDigest 400 The ${algorithm} you specified did not match the calculated checksum.`,
    );
    for (const junk of ['test', 'AAAA====', 'AAAAAAAAAAAAAAAAAAAAAAAA', '']) {
      expect(await refusal(read(plain({ ...unsigned, [name]: junk }), HELLO))).toBe(
        `InvalidRequest 400 Value for ${name} header is invalid.`,
      );
    }
  });

  test('a checksum that is not computed here is refused, for it could not be verified', async () => {
    expect(await refusal(read(plain({ 'x-amz-checksum-xxhash64': 'AAAAAAAAAAA=' }), HELLO))).toBe(
      'NotImplemented 501 A header you provided implies functionality that is not implemented',
    );
  });

  test('two checksums, an unkept promise and a broken Content-MD5 are refused', async () => {
    const two = plain({
      'x-amz-checksum-crc32': base64('CRC32', HELLO),
      'x-amz-checksum-sha1': base64('SHA1', HELLO),
    });
    expect(await refusal(read(two, HELLO))).toMatch(/^InvalidRequest 400 Expecting a single x-amz-checksum- header/);
    expect(await refusal(read(plain({ 'x-amz-sdk-checksum-algorithm': 'CRC32' }), HELLO))).toMatch(
      /^InvalidRequest 400 x-amz-sdk-checksum-algorithm specified/,
    );
    expect(await refusal(read(plain({ 'content-md5': 'bm90IG1kNQ==' }), HELLO))).toBe(
      'InvalidDigest 400 The Content-MD5 you specified was invalid.',
    );
    expect(await refusal(read(plain({ 'content-md5': base64('MD5', Buffer.from('x')) }), HELLO))).toBe(
      'BadDigest 400 The Content-MD5 you specified did not match what we received.',
    );
  });

  test('CompleteMultipartUpload: the checksum of the object is not held against the body', async () => {
    const request = plain({ 'x-amz-checksum-crc32': base64('CRC32', Buffer.from('the object')) });
    expect(await read(request, HELLO, { checksums: false })).toEqual(HELLO);
  });

  test('fewer or more bytes than declared are IncompleteBody', async () => {
    const request = signedPut({ 'content-length': '12', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' });
    for (const body of [HELLO.subarray(0, 5), Buffer.concat([HELLO, HELLO])]) {
      expect(await refusal(read(request, body))).toMatch(/^IncompleteBody 400 /);
    }
  });

  test('a body without a length and a payload hash of no known form are refused before it is read', () => {
    const noLength = signedPut({ 'transfer-encoding': 'chunked', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' });
    expect(() => openBody(noLength, accepted(noLength), SECRET, inPieces(HELLO, 1))).toThrow(
      'You must provide the Content-Length HTTP header.',
    );
    const odd = signedPut({ 'content-length': '12', 'x-amz-content-sha256': 'STREAMING-ROT13' });
    expect(() => openBody(odd, accepted(odd), SECRET, inPieces(HELLO, 1))).toThrow(/^x-amz-content-sha256 must be/);
  });
});

/** Frames a payload as a client does; `chunk` bytes at a time. */
function frame(
  payload: Uint8Array,
  options: { chunk: number; seed?: string; trailers?: Readonly<Record<string, string>> },
): Buffer {
  const out: Buffer[] = [];
  let previous = options.seed ?? '';
  const header = (bytes: Uint8Array): string => {
    const size = bytes.length.toString(16);
    if (options.seed === undefined) return `${size}\r\n`;
    previous = hmacHex(
      SECRET,
      SCOPE,
      `AWS4-HMAC-SHA256-PAYLOAD\n${AMZ_DATE}\n${SCOPE}\n${previous}\n${EMPTY_SHA256}\n${sha256Hex(bytes)}`,
    );
    return `${size};chunk-signature=${previous}\r\n`;
  };
  for (let at = 0; at < payload.length; at += options.chunk) {
    const bytes = payload.subarray(at, at + options.chunk);
    out.push(Buffer.from(header(bytes)), Buffer.from(bytes), Buffer.from('\r\n'));
  }
  out.push(Buffer.from(header(new Uint8Array(0))));
  const trailers = Object.entries(options.trailers ?? {});
  for (const [name, value] of trailers) out.push(Buffer.from(`${name}:${value}\r\n`));
  if (options.seed !== undefined && trailers.length > 0) {
    const canonical = trailers.map(([name, value]) => `${name}:${value}\n`).join('');
    const text = `AWS4-HMAC-SHA256-TRAILER\n${AMZ_DATE}\n${SCOPE}\n${previous}\n${sha256Hex(canonical)}`;
    out.push(Buffer.from(`x-amz-trailer-signature:${hmacHex(SECRET, SCOPE, text)}\r\n`));
  }
  out.push(Buffer.from('\r\n'));
  return Buffer.concat(out);
}

const payload = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 31) & 0xff));
const SIGNED = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
const UNSIGNED = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

const chunked = (kind: string, headers: Record<string, string> = {}): WireRequest =>
  signedPut({
    'content-encoding': 'aws-chunked',
    'x-amz-content-sha256': kind,
    'x-amz-decoded-content-length': String(payload.length),
    ...headers,
  });

describe('aws-chunked', () => {
  test('the example of the S3 API Reference: a 65 KiB upload in signed chunks', async () => {
    // Figures of "Signature calculations for the authorization header: transferring payload in multiple chunks".
    const auth: SignedAuth = {
      kind: 'header',
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      credential: 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request',
      scope: { date: '20130524', region: 'us-east-1', service: 's3' },
      signedHeaders: ['host'],
      signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
      amzDate: '20130524T000000Z',
      signedAt: 0,
    };
    const part = (size: string, signature: string, length: number): string =>
      `${size};chunk-signature=${signature}\r\n${'a'.repeat(length)}\r\n`;
    const wire = Buffer.from(
      part('10000', 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648', 65_536) +
        part('400', '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497', 1024) +
        part('0', 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9', 0),
    );
    const request = chunked(SIGNED, {
      'x-amz-decoded-content-length': '66560',
      'content-length': String(wire.length),
    });
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    const body = openBody(request, auth, secret, wire);
    expect(body.whole).toHaveLength(66_560);
    const changed = Buffer.from(wire);
    changed[5000] = 0x62;
    expect(() => openBody(request, auth, secret, changed)).toThrow(/signature we calculated does not match/);
  });

  test.each([
    ['signed', SIGNED, {}],
    ['signed with trailer', `${SIGNED}-TRAILER`, { 'x-amz-checksum-crc64nvme': base64('CRC64NVME', payload) }],
    ['unsigned with trailer', UNSIGNED, { 'x-amz-checksum-sha256': base64('SHA256', payload) }],
    ['unsigned without trailers', UNSIGNED, {}],
  ])('%s chunks decode whatever the pieces they arrive in', async (_, kind, trailers) => {
    const names = Object.keys(trailers).join(',');
    const request = chunked(kind, names === '' ? {} : { 'x-amz-trailer': names });
    const auth = accepted(request);
    const wire = frame(payload, {
      chunk: 8192,
      trailers,
      ...(kind === UNSIGNED ? {} : { seed: auth.signature }),
    });
    for (const piece of [1, 3, 1000, 8192, 100_000]) expect(await read(request, wire, { piece })).toEqual(payload);
    const body = openBody(request, auth, SECRET, wire);
    expect([...body.trailers]).toEqual(Object.entries(trailers));
  });

  test('a changed byte anywhere in signed chunks or their trailer is refused', async () => {
    const request = chunked(`${SIGNED}-TRAILER`, { 'x-amz-trailer': 'x-amz-checksum-crc32' });
    const auth = accepted(request);
    const wire = frame(payload, {
      chunk: 8192,
      seed: auth.signature,
      trailers: { 'x-amz-checksum-crc32': base64('CRC32', payload) },
    });
    const outcome = (changed: Uint8Array): string => {
      try {
        const { whole } = openBody(request, auth, SECRET, changed);
        return whole !== undefined && payload.equals(whole) ? 'same payload' : 'other payload';
      } catch (error) {
        return error instanceof AwsError ? 'refused' : String(error);
      }
    };
    expect(outcome(wire)).toBe('same payload');
    fc.assert(
      fc.property(fc.nat(wire.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(wire);
        changed[at] = (changed[at] ?? 0) ^ flip;
        // Which white space ends a line, and the case of sizes and names, carry no meaning: the payload stays the same.
        const isSpace = (byte = 0) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
        const meaningless = flip === 0x20 || (isSpace(wire[at]) && isSpace(changed[at]));
        const allowed = meaningless ? ['refused', 'same payload'] : ['refused'];
        expect(allowed).toContain(outcome(changed));
      }),
      { numRuns: 400 },
    );
  });

  test('a wrong or missing trailer checksum is refused', async () => {
    const request = chunked(UNSIGNED, { 'x-amz-trailer': 'x-amz-checksum-crc32' });
    const wrong = frame(payload, { chunk: 8192, trailers: { 'x-amz-checksum-crc32': 'AAAAAA==' } });
    expect(await refusal(read(request, wrong))).toBe(
      'BadDigest 400 The CRC32 you specified did not match the calculated checksum.',
    );
    const junk = frame(payload, { chunk: 8192, trailers: { 'x-amz-checksum-crc32': 'zzz' } });
    expect(await refusal(read(request, junk))).toBe(
      'InvalidRequest 400 Value for x-amz-checksum-crc32 header is invalid.',
    );
    expect(await refusal(read(request, frame(payload, { chunk: 8192 })))).toMatch(/^MalformedTrailerError 400 /);
    const other = frame(payload, { chunk: 8192, trailers: { 'x-amz-checksum-sha1': 'AAAA' } });
    expect(await refusal(read(request, other))).toMatch(/^MalformedTrailerError 400 /);
  });

  test('chunks below 8 KiB are taken only as the last one', async () => {
    const request = chunked(UNSIGNED);
    expect(await refusal(read(request, frame(payload, { chunk: 8191 })))).toBe(
      'InvalidChunkSizeError 403 Only the last chunk is allowed to have a size less than 8192 bytes',
    );
  });

  test('cut off, overlong and malformed framing is IncompleteBody, and memory stays bounded', async () => {
    const request = chunked(UNSIGNED);
    const wire = frame(payload, { chunk: 8192 });
    for (const bad of [
      wire.subarray(0, 10_000),
      wire.subarray(0, wire.length - 10),
      Buffer.from('zz\r\n'),
      Buffer.from('-5\r\nabc'),
      Buffer.from('fffffffffffffffff\r\n'),
      Buffer.alloc(100_000, 0x31),
      Buffer.concat([wire, Buffer.from('trailing junk')]),
      Buffer.from('0\r\n\r\n'),
      Buffer.alloc(0),
    ]) {
      expect(await refusal(read(request, bad))).toMatch(/^IncompleteBody 400 /);
    }
    const endless = Buffer.concat([Buffer.from('0\r\n'), Buffer.alloc(50_000, 0x61)]);
    expect(await refusal(read(request, endless))).toMatch(/^MalformedTrailerError 400 /);
  });

  test('without x-amz-decoded-content-length the answer is MissingContentLength', () => {
    const request = signedPut({ 'x-amz-content-sha256': UNSIGNED });
    expect(() => openBody(request, accepted(request), SECRET, inPieces(payload, 9))).toThrow(
      'You must provide the Content-Length HTTP header.',
    );
  });

  test('signed chunks need a signed request', () => {
    const request = chunked(SIGNED);
    expect(() => openBody(request, { kind: 'anonymous' }, undefined, payload)).toThrow('Access Denied');
  });
});
