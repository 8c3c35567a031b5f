/** Every form in which clients sign and send uploads, against a running emulator. */

import { createHash, createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestEmulator, type TestEmulator } from './harness.ts';

const Bucket = 'signed-uploads';
let emulator: TestEmulator;
let s3: S3Client;
beforeAll(async () => {
  emulator = await startTestEmulator();
  s3 = emulator.s3();
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => emulator.close());

async function read(Key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToString()) ?? '';
}

/** Status, and code and message of the error if there is one. */
async function outcome(url: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(url, init);
  const text = await response.text();
  const part = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';
  return response.ok ? String(response.status) : `${response.status} ${part('Code')} ${part('Message')}`;
}

const SECRET = 'test';
const stamp = (at: Date): string => at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

function hmac(scope: string, text: string): string {
  let key: Uint8Array = Buffer.from(`AWS4${SECRET}`);
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(text).digest('hex');
}

/** Signs a PUT as SDKs do whose uploads come in signed chunks. */
function signPut(key: string, extra: Record<string, string>, at = new Date()) {
  const date = stamp(at);
  const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const headers: Record<string, string> = { host: new URL(emulator.url).host, 'x-amz-date': date, ...extra };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const canonical = `PUT\n/${Bucket}/${key}\n\n${lines}\n${names.join(';')}\n${headers['x-amz-content-sha256']}`;
  const signature = hmac(scope, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`);
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  delete headers['host'];
  return { headers, scope, date, signature, url: `${emulator.url}/${Bucket}/${key}` };
}

function chunks(payload: Buffer, signed: ReturnType<typeof signPut>, size: number): Buffer {
  const out: Buffer[] = [];
  let previous = signed.signature;
  for (let at = 0; ; at += size) {
    const chunk = payload.subarray(at, at + size);
    const text = `AWS4-HMAC-SHA256-PAYLOAD\n${signed.date}\n${signed.scope}\n${previous}\n${sha256('')}\n${sha256(chunk)}`;
    previous = hmac(signed.scope, text);
    out.push(Buffer.from(`${chunk.length.toString(16)};chunk-signature=${previous}\r\n`), chunk, Buffer.from('\r\n'));
    if (chunk.length === 0) return Buffer.concat(out);
  }
}

describe('presigned URLs', () => {
  test('GP-13 put and get with Signature Version 4, and no other method or key', async () => {
    const put = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'a/b c.txt' }), { expiresIn: 60 });
    expect(await outcome(put, { method: 'PUT', body: 'presigned' })).toBe('200');
    expect(await read('a/b c.txt')).toBe('presigned');
    const get = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'a/b c.txt' }), { expiresIn: 60 });
    expect(await (await fetch(get)).text()).toBe('presigned');
    expect(await outcome(get, { method: 'DELETE' })).toMatch(/^403 SignatureDoesNotMatch/);
    expect(await outcome(get.replace('b%20c', 'b%20d'))).toMatch(/^403 SignatureDoesNotMatch/);
  });

  test('expired ones say so', async () => {
    const old = new Date(Date.now() - 120_000);
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'k' }), { expiresIn: 60, signingDate: old });
    expect(await outcome(url)).toBe('403 AccessDenied Request has expired');
  });

  test('GP-13 Signature Version 2 is refused', async () => {
    const url = `${emulator.url}/${Bucket}/k?AWSAccessKeyId=test&Signature=c2ln&Expires=4000000000`;
    expect(await outcome(url)).toBe(
      '400 InvalidRequest The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    );
  });
});

describe('uploads', () => {
  test('a stream with a trailing checksum', async () => {
    const payload = 'stream '.repeat(20_000);
    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'stream',
        Body: Readable.from([Buffer.from(payload)]),
        ContentLength: payload.length,
        ChecksumAlgorithm: 'CRC64NVME',
      }),
    );
    expect(await read('stream')).toBe(payload);
  });

  test.each([20_000, 300_000])('%i bytes in signed chunks; with one byte changed nothing is stored', async (size) => {
    const payload = Buffer.alloc(size, 'chunk');
    const key = `chunks-${size}`;
    const length = { 'x-amz-decoded-content-length': String(size), 'content-encoding': 'aws-chunked' };
    const signed = signPut(key, { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', ...length });
    const body = chunks(payload, signed, 8192);
    const changed = Buffer.from(body);
    changed[9000] = (changed[9000] ?? 0) ^ 1;
    const put = (bytes: Buffer) =>
      outcome(signed.url, { method: 'PUT', headers: signed.headers, body: new Uint8Array(bytes) });
    expect(await put(changed)).toMatch(/^403 SignatureDoesNotMatch|^400 IncompleteBody/);
    await expect(read(key)).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(await put(body)).toBe('200');
    expect(await read(key)).toBe(payload.toString());
  });

  test.each([100, 300_000])('%i bytes that are not what was declared are refused and not stored', async (size) => {
    const payload = Buffer.alloc(size, 'x');
    const key = `wrong-${size}`;
    const put = (extra: Record<string, string>) => {
      const signed = signPut(key, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...extra });
      return outcome(signed.url, { method: 'PUT', headers: signed.headers, body: new Uint8Array(payload) });
    };
    expect(await put({ 'x-amz-content-sha256': sha256('other') })).toMatch(/^400 XAmzContentSHA256Mismatch/);
    expect(await put({ 'x-amz-checksum-crc32c': 'AAAAAA==' })).toBe(
      '400 BadDigest The CRC32C you specified did not match the calculated checksum.',
    );
    expect(await put({ 'content-md5': createHash('md5').update('other').digest('base64') })).toMatch(/^400 BadDigest/);
    await expect(read(key)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('a clock that is off by more than 15 minutes', async () => {
    const signed = signPut('late', { 'x-amz-content-sha256': sha256('x') }, new Date(Date.now() - 1_000_000));
    expect(await outcome(signed.url, { method: 'PUT', headers: signed.headers, body: 'x' })).toBe(
      '403 RequestTimeTooSkewed The difference between the request time and the current time is too large.',
    );
  });

  test('an unknown access key', async () => {
    const signed = signPut('k', { 'x-amz-content-sha256': sha256('x') });
    const authorization = signed.headers['authorization']?.replace('=test/', '=AKIAUNKNOWN/') ?? '';
    expect(await outcome(signed.url, { method: 'PUT', headers: { ...signed.headers, authorization }, body: 'x' })).toBe(
      '403 InvalidAccessKeyId The AWS Access Key Id you provided does not exist in our records.',
    );
  });
});
