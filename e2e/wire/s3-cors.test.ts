/** Cross-origin requests of browsers. */

import {
  type CORSRule,
  CreateBucketCommand,
  DeleteBucketCorsCommand,
  GetBucketCorsCommand,
  PutBucketCorsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusal, startTestEmulator, type TestEmulator } from './harness.ts';

const Bucket = 'cors';
let emulator: TestEmulator;
let s3: S3Client;

beforeAll(async () => {
  emulator = await startTestEmulator();
  s3 = emulator.s3();
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => emulator.close());

const RULE: CORSRule = {
  AllowedMethods: ['GET', 'PUT'],
  AllowedOrigins: ['https://*.example.test'],
  AllowedHeaders: ['x-amz-*', 'Content-Type'],
  ExposeHeaders: ['ETag'],
  MaxAgeSeconds: 60,
};
const set = (...CORSRules: CORSRule[]) =>
  s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
const ORIGIN = 'https://app.example.test';

async function ask(headers: Record<string, string>, method = 'OPTIONS') {
  const answer = await fetch(`${emulator.url}/${Bucket}/k`, { method, headers });
  const told = ['origin', 'methods', 'headers', 'credentials'].map((name) =>
    answer.headers.get(`access-control-allow-${name}`),
  );
  return { status: answer.status, told, exposed: answer.headers.get('access-control-expose-headers') };
}
const before = (origin: string, method: string, headers = '') =>
  ask({
    origin,
    'access-control-request-method': method,
    ...(headers !== '' && { 'access-control-request-headers': headers }),
  });

describe('CORS', () => {
  test('is off until there are rules, which are answered and can be removed', async () => {
    expect((await before(ORIGIN, 'GET')).status).toBe(403);
    expect(await refusal(s3.send(new GetBucketCorsCommand({ Bucket })))).toMatchObject({
      code: 'NoSuchCORSConfiguration',
      status: 404,
    });
    await set(RULE);
    expect((await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual([RULE]);
    await s3.send(new DeleteBucketCorsCommand({ Bucket }));
    expect((await before(ORIGIN, 'GET')).status).toBe(403);
  });

  test('a browser is told before it sends, and with the answer', async () => {
    await set(RULE);
    const told = [ORIGIN, 'GET, PUT'];
    expect(await before(ORIGIN, 'PUT', 'content-type, X-Amz-Date')).toEqual({
      status: 200,
      told: [...told, 'content-type, x-amz-date', 'true'],
      exposed: 'ETag',
    });
    // Refused for want of a signature, but the browser may see that.
    expect(await ask({ origin: ORIGIN }, 'GET')).toEqual({
      status: 403,
      told: [...told, null, 'true'],
      exposed: 'ETag',
    });
    expect((await ask({ origin: 'https://elsewhere.test' }, 'GET')).told[0]).toBeNull();
    expect((await before('https://example.test', 'GET')).status).toBe(403);
    expect((await before(ORIGIN, 'DELETE')).status).toBe(403);
    expect((await before(ORIGIN, 'GET', 'x-other')).status).toBe(403);
    expect((await ask({})).status).toBe(400);
    await set({ AllowedMethods: ['GET'], AllowedOrigins: ['*'] });
    expect((await before(ORIGIN, 'GET')).told).toEqual(['*', 'GET', null, null]);
  });

  test.each<[string, CORSRule]>([
    ['InvalidRequest', { ...RULE, AllowedMethods: ['PATCH'] }],
    ['InvalidRequest', { ...RULE, AllowedOrigins: ['*://*'] }],
    ['InvalidRequest', { ...RULE, ExposeHeaders: ['x-*'] }],
    ['MalformedXML', { AllowedMethods: ['GET'], AllowedOrigins: [] }],
  ])('%s for a rule that S3 does not take', async (code, rule) => {
    expect((await refusal(set(rule))).code).toBe(code);
  });
});
