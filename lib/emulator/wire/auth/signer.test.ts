/** Against the SDK's own signer, over requests that nobody would write by hand. */

import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../error.ts';
import type { WireRequest } from '../types.ts';
import { readCredentials } from './credentials.ts';
import { sha256Hex } from './signature.ts';
import { NOW, refusal, SECRET, wireRequest } from './testing.ts';
import type { SignedAuth } from './types.ts';
import { verify } from './verify.ts';

const view = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = secret instanceof ArrayBuffer ? new Uint8Array(secret) : secret;
    this.#hash =
      key === undefined ? createHash('sha256') : createHmac('sha256', typeof key === 'string' ? key : view(key));
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {}
}

const escape = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const isS3 = (service: string): boolean => service === 's3' || service === 's3express';

function signerOf(service: string, region: string, applyChecksum: boolean): SignatureV4 {
  return new SignatureV4({
    service,
    region,
    sha256: Sha256,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET },
    uriEscapePath: !isS3(service),
    applyChecksum,
  });
}

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const request = fc.record({
  service: fc.constantFrom('s3', 's3express', 'kms', 's3tables', 'sts'),
  region: fc.constantFrom('us-east-1', 'eu-central-1'),
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
  segments: fc.array(fc.oneof(text, fc.constantFrom('', '.', '..', "a b+*'()!~", 'arn:aws:s3tables:x:y/z')), {
    maxLength: 5,
  }),
  query: fc.dictionary(text, fc.oneof(text, fc.constant(''), fc.array(text, { minLength: 1, maxLength: 3 })), {
    maxKeys: 5,
    noNullPrototype: true,
  }),
  headers: fc.dictionary(
    fc.stringMatching(/^x-amz-meta-[a-z]{1,8}$/),
    fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
    { maxKeys: 4, noNullPrototype: true },
  ),
  body: fc.string({ maxLength: 40 }),
});

type Shape = typeof request extends fc.Arbitrary<infer T> ? T : never;

function pathOf(shape: Shape): string {
  return `/${shape.segments.map(escape).join('/')}`;
}

/** The query as a client could send it: any order, `%xx` of its own choice. */
function rawQueryOf(query: Readonly<Record<string, string | readonly string[] | null>>, reverse: boolean): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map((one) => `${escape(name)}=${escape(String(one))}`),
  );
  return (reverse ? parts.reverse() : parts).join('&');
}

const httpRequest = (shape: Shape, headers: Record<string, string>) => ({
  method: shape.method,
  protocol: 'http:',
  hostname: '127.0.0.1',
  port: 4566,
  path: pathOf(shape),
  query: shape.query,
  headers: { host: '127.0.0.1:4566', ...headers },
  body: shape.body,
});

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const isSignable = (shape: Shape): boolean =>
  // The SDK's own copies of a query lose a parameter of the name __proto__.
  !Object.keys(shape.query).some((name) => /^x-amz-|^__proto__$/i.test(name));

function check(wire: WireRequest, bodyHash: string): SignedAuth {
  const auth = readCredentials(wire);
  if (auth.kind === 'anonymous') throw new Error('no signature found');
  verify(wire, auth, SECRET, { machineNow: NOW, bodyHash });
  return auth;
}

describe('the signer of the SDK', () => {
  test('WIRE-03 WIRE-05 every signed header form verifies, and no other method does', async () => {
    await fc.assert(
      fc.asyncProperty(request.filter(isSignable), fc.boolean(), async (shape, reverse) => {
        const signed = await signerOf(shape.service, shape.region, true).sign(httpRequest(shape, shape.headers), {
          signingDate: new Date(NOW),
        });
        const wire = wireRequest({
          method: shape.method,
          rawPath: pathOf(shape),
          rawQuery: rawQueryOf(shape.query, reverse),
          headers: lowerCase(signed.headers),
        });
        const hash = sha256Hex(Buffer.from(shape.body, 'utf8'));
        expect(check(wire, hash).scope.service).toBe(shape.service);
        expect(() => check({ ...wire, method: 'PATCH' }, hash)).toThrow(AwsError);
        expect(() => check({ ...wire, rawPath: `${wire.rawPath}x` }, hash)).toThrow(AwsError);
        expect(() => check({ ...wire, rawQuery: `${wire.rawQuery}&extra=1` }, hash)).toThrow(AwsError);
      }),
      { numRuns: 300 },
    );
  });

  test('GP-13 every presigned URL verifies until its time is over', async () => {
    await fc.assert(
      fc.asyncProperty(request.filter(isSignable), fc.integer({ min: 1, max: 604_800 }), async (shape, expiresIn) => {
        const s3 = isS3(shape.service);
        const content: Record<string, string> = s3 ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {};
        const signed = await signerOf(shape.service, shape.region, true).presign(httpRequest(shape, content), {
          signingDate: new Date(NOW),
          expiresIn,
        });
        const wire = wireRequest({
          method: shape.method,
          rawPath: pathOf(shape),
          rawQuery: rawQueryOf(signed.query ?? {}, true),
          headers: lowerCase(signed.headers),
        });
        const hash = sha256Hex(Buffer.from(shape.body, 'utf8'));
        const auth = check(wire, hash);
        expect(auth.expires).toBe(expiresIn);
        const late = { machineNow: NOW + expiresIn * 1000 + 1, bodyHash: hash };
        expect(() => verify(wire, auth, SECRET, late)).toThrow(/expired/i);
      }),
      { numRuns: 200 },
    );
  });
});

test('whatever stands in a signature, the answer is a 4xx of AWS', () => {
  const junk = fc.string({ unit: 'binary-ascii', maxLength: 80 });
  const service = fc.oneof(junk, fc.constantFrom('toString', 's3', 'kms'));
  const kind = fc.constantFrom('junk', 'scope', 'short');
  fc.assert(
    fc.property(junk, service, kind, fc.boolean(), (a, b, which, inQuery) => {
      const credential = { junk: a, scope: `AKID/20261121/us-east-1/${b}/aws4_request`, short: 'A/1/2/3/4' }[which];
      const names = which === 'scope' ? 'host;constructor;__proto__' : b;
      const fields = `Credential=${credential}, SignedHeaders=${names}, Signature=${a}`;
      const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${escape(credential)}&X-Amz-Date=${b}&X-Amz-Signature=${a}`;
      const wire = wireRequest(
        inQuery
          ? { rawQuery: query }
          : { headers: { host: 'h', 'x-amz-date': '20261121T101112Z', authorization: `AWS4-HMAC-SHA256 ${fields}` } },
      );
      const { status } = refusal(() => check(wire, ''));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }),
    { numRuns: 1000 },
  );
});
