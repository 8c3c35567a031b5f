/**
 * Whatever comes: an input, or an AwsError that says 4xx (501 of S3 aside). A longer run:
 * `FUZZ_RUNS=1000000 npx vitest run lib/emulator/wire/garbage.test.ts`.
 */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns, fuzzTimeout } from '../../access/testing.ts';
import {
  AwsError,
  decodeInput,
  encodeError,
  operationNames,
  route,
  routesByBody,
  SERVICES,
  serviceOf,
} from './index.ts';
import { operationModel } from './schema.ts';
import type { WireRequest } from './types.ts';

/** Throws what no client should be able to make happen. */
function receive(message: WireRequest, body: Uint8Array): void {
  const service = serviceOf(message);
  try {
    decodeInput(route(message, body), message, body);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.status !== 501 && (error.status < 400 || error.status >= 500)) throw error;
    const answer = encodeError({ service, method: message.method }, error, 'id');
    const unsafe = Object.values(answer.headers).find((value) => !/^[\t\x20-\x7e\x80-\xff]*$/.test(value));
    if (unsafe !== undefined) throw new Error(`unsafe header ${JSON.stringify(unsafe)}`, { cause: error });
  }
}

const odd = fc.constantFrom(
  '',
  '/',
  '//',
  '%',
  '%2',
  '%2F',
  '%00',
  '%C3',
  '?',
  '..',
  'a',
  'ü',
  '\u0000',
  '\ud800',
  '__proto__',
  'constructor',
);
const oddText = fc.oneof(
  fc.array(odd, { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const latin = fc.string({
  unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});

const header = fc.constantFrom(
  'x-amz-target',
  'content-type',
  'x-amz-copy-source',
  'x-amz-object-attributes',
  'x-amz-meta-a',
  'x-amz-meta-__proto__',
  'x-amz-server-side-encryption-bucket-key-enabled',
  'x-amz-object-lock-retain-until-date',
  'content-encoding',
  'content-length',
  'expires',
  '__proto__',
  'constructor',
);

const anyRequest: fc.Arbitrary<WireRequest> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', ''),
  host: fc.oneof(fc.constantFrom('127.0.0.1:4566', 'b.localhost', 'd--x-s3.s3express-a.b.amazonaws.com'), oddText),
  rawPath: oddText.map((text) => `/${text}`),
  rawQuery: oddText,
  headers: fc.dictionary(header, latin),
  secure: fc.boolean(),
  scope: fc.record({
    service: fc.constantFrom('s3', 's3express', 's3tables', 'kms', 'iam', 'sts', 'cloudtrail', '__proto__'),
    region: latin,
  }),
});

test(
  'any request at all',
  () => {
    const property = fc.property(anyRequest, fc.uint8Array({ maxLength: 64 }), receive);
    expect(() => fc.assert(property, { numRuns: fuzzRuns(3000) })).not.toThrow();
  },
  fuzzTimeout(3000),
);

/** Text of the body's own language in the wrong places. */
const words = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  'null',
  'true',
  '1e999',
  '-0',
  '"KeyId"',
  '"Tags"',
  '"__proto__"',
  '"namespace"',
  '<a>',
  '</a>',
  '<Delete>',
  '</Delete>',
  '<Object>',
  '<Tagging>',
  '<TagSet/>',
  '&amp;',
  '&x;',
  '<![CDATA[',
  '<!DOCTYPE',
  '<?xml',
  '&',
  '=',
  '.',
  'Tags.member.1.Key=',
  'Action=CreateUser&',
  '%',
  '%zz',
  '+',
];
const anyBody = fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((parts) => Buffer.from(parts.join('')));
const uriOf = (service: (typeof SERVICES)[number], operation: string): string =>
  operationModel(service, operation)
    .http?.uri.replace('{Key+}', 'k')
    .replaceAll(/\{\w+\}/g, 'x') ?? '/';

test.each(SERVICES)(
  'any body to any operation of %s',
  (service) => {
    const sent = fc.record({ operation: fc.constantFrom(...operationNames(service)), body: anyBody });
    const property = fc.property(sent, ({ operation, body }) => {
      const [path = '/', query = ''] = uriOf(service, operation).split('?');
      receive(
        {
          method: operationModel(service, operation).http?.method ?? 'POST',
          host: '127.0.0.1',
          rawPath: service === 's3' ? `/b${path}` : path,
          rawQuery: query,
          headers: { 'x-amz-target': `Any.${operation}`, 'content-type': 'application/x-www-form-urlencoded' },
          secure: false,
          scope: { service, region: 'us-east-1' },
        },
        routesByBody(service) ? Buffer.concat([Buffer.from(`Action=${operation}&`), body]) : body,
      );
    });
    expect(() => fc.assert(property, { numRuns: fuzzRuns(1000) })).not.toThrow();
  },
  fuzzTimeout(1000),
);

test('a megabyte of nonsense takes no more than its length', () => {
  const many = (text: string): Uint8Array => Buffer.from(text.repeat(Math.ceil(1_000_000 / text.length)));
  const began = performance.now();
  for (const body of [
    many('['),
    many('{"a":'),
    many('<a>'),
    many('&amp;'),
    many('a&'),
    many('a.'),
    many('a=b.c&'),
    many('<a b="c" '),
  ]) {
    for (const service of SERVICES) {
      const [operation = ''] = operationNames(service);
      receive(
        {
          method: service === 's3' ? 'PUT' : 'POST',
          host: '127.0.0.1',
          rawPath: service === 's3' ? '/b' : '/',
          rawQuery: service === 's3' ? 'tagging' : '',
          headers: { 'x-amz-target': `Any.${operation}` },
          secure: false,
          scope: { service, region: 'us-east-1' },
        },
        body,
      );
    }
  }
  // Quadratic time would be minutes; this is generous for a machine that is busy.
  expect(performance.now() - began).toBeLessThan(15_000);
});
