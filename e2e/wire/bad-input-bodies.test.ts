/** Bodies that break off, lie about themselves or come unasked: no half object, no byte too many, no hang. */

import { createHash, createHmac } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actors, actorsOf, allow } from './actors.ts';
import { type Credentials, ROOT, startTestEmulator, type TestEmulator } from './harness.ts';
import { amzDate, connect, scopeKey, send, sendBytes, sign, signedHead, told } from './raw.ts';

const Bucket = 'bodies';
const MIB = 1_048_576;

let emulator: TestEmulator;
let actors: Actors;
let nobody: Credentials;

beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
  await emulator.s3().send(new CreateBucketCommand({ Bucket }));
  nobody = (await actors.user(allow(['s3:ListBucket']))).credentials;
});
afterAll(() => emulator.close());

/** What stands in the bucket. */
async function keysThere(): Promise<(string | undefined)[]> {
  const { Contents = [] } = await emulator.s3().send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key);
}

/** Bytes of object bodies in the data directory, drafts among them. */
async function bodyBytes(): Promise<number> {
  const folder = path.join(emulator.dataDir, 'bodies');
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}

const putHead = (key: string, length: number, headers: Record<string, string> = {}, credentials = ROOT) =>
  signedHead(emulator.url, {
    method: 'PUT',
    target: `/${Bucket}/${key}`,
    payload: 'UNSIGNED-PAYLOAD',
    credentials,
    headers: { 'content-length': String(length), ...headers },
  });

/** A request that was refused after this one came has been served after it. */
const settle = () => send(emulator.url, { target: `/${Bucket}` });

describe('uploads that break off', () => {
  test.each([1000, 200_000, 3 * MIB])('%i bytes, cut in the middle: nothing is stored', async (size) => {
    const connection = connect(emulator.url);
    connection.write(putHead(`cut-${size}`, size));
    connection.write(Buffer.alloc(size / 2));
    await settle();
    connection.cut();
    await settle();
    expect(await keysThere()).not.toContain(`cut-${size}`);
    await expect.poll(bodyBytes).toBe(0);
  });

  test('an object that was there stays when its overwriting breaks off', async () => {
    await emulator.s3().send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'old' }));
    const connection = connect(emulator.url);
    connection.write(putHead('kept', 300_000));
    connection.write(Buffer.alloc(150_000));
    await settle();
    connection.cut();
    await settle();
    const { Body } = await emulator.s3().send(new GetObjectCommand({ Bucket, Key: 'kept' }));
    expect(await Body?.transformToString()).toBe('old');
  });

  test('a part of a multipart upload that breaks off is no part', async () => {
    const { UploadId = '' } = await emulator.s3().send(new CreateMultipartUploadCommand({ Bucket, Key: 'm' }));
    const connection = connect(emulator.url);
    connection.write(
      signedHead(emulator.url, {
        method: 'PUT',
        target: `/${Bucket}/m?partNumber=1&uploadId=${UploadId}`,
        payload: 'UNSIGNED-PAYLOAD',
        headers: { 'content-length': '300000' },
      }),
    );
    connection.write(Buffer.alloc(100_000));
    await settle();
    connection.cut();
    await settle();
    const { Parts = [] } = await emulator.s3().send(new ListPartsCommand({ Bucket, Key: 'm', UploadId }));
    expect(Parts).toEqual([]);
  });

  test('a download that its client leaves costs nothing', async () => {
    await emulator.s3().send(new PutObjectCommand({ Bucket, Key: 'large', Body: Buffer.alloc(4 * MIB) }));
    const connection = connect(emulator.url);
    connection.write(signedHead(emulator.url, { target: `/${Bucket}/large` }));
    await connection.until((bytes) => bytes.length > 1000);
    connection.cut();
    expect((await settle()).status).toBe(200);
  });

  test('a client that is half gone is answered: shorter than declared is IncompleteBody', async () => {
    const connection = connect(emulator.url);
    connection.write(putHead('short', 1000));
    connection.socket.end(Buffer.alloc(10));
    const bytes = await connection.until(() => false);
    expect(bytes === '' || bytes.startsWith('HTTP/1.1 400')).toBe(true);
    expect(await keysThere()).not.toContain('short');
  });
});

describe('declarations that do not hold', () => {
  const put = (key: string, headers: Record<string, string>, body = 'hello', payload?: string) =>
    send(emulator.url, {
      method: 'PUT',
      target: `/${Bucket}/${key}`,
      body,
      headers,
      ...(payload !== undefined && { payload }),
    });
  const base64 = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('base64');

  test.each([
    [
      'content-md5',
      base64('md5', 'other'),
      '400 BadDigest The Content-MD5 you specified did not match what we received.',
    ],
    [
      'x-amz-checksum-sha256',
      base64('sha256', 'other'),
      '400 BadDigest The SHA256 you specified did not match the calculated checksum.',
    ],
    [
      'x-amz-checksum-crc32',
      'AAAAAA==',
      '400 BadDigest The CRC32 you specified did not match the calculated checksum.',
    ],
  ])('%s', async (name, value, answer) => {
    expect(told(await put('digest', { [name]: value }))).toBe(answer);
    expect(await keysThere()).not.toContain('digest');
  });

  test('a signed hash that is not that of the body; a hash that is none; a chunked body without its length', async () => {
    const wrong = createHash('sha256').update('other').digest('hex');
    expect(told(await put('hash', {}, 'hello', wrong))).toBe(
      "400 XAmzContentSHA256Mismatch The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
    expect(told(await put('hash', {}, 'hello', 'zz'))).toMatch(/^400 InvalidArgument x-amz-content-sha256 must be/);
    const chunked = await sendBytes(
      emulator.url,
      signedHead(emulator.url, {
        method: 'PUT',
        target: `/${Bucket}/hash`,
        payload: 'UNSIGNED-PAYLOAD',
        headers: { 'transfer-encoding': 'chunked' },
      }),
      '5\r\nhello\r\n0\r\n\r\n',
    );
    expect(told(chunked)).toBe('411 MissingContentLength You must provide the Content-Length HTTP header.');
    expect(await keysThere()).not.toContain('hash');
  });
});

describe('chunk framing', () => {
  /** Sends a body framed as signed chunks, after it was damaged. */
  async function upload(
    key: string,
    damage: (framed: string) => string,
    decoded = 10,
    payload = '0123456789',
  ): Promise<string> {
    const at = new Date();
    const date = amzDate(at);
    const headers = sign(emulator.url, {
      method: 'PUT',
      target: `/${Bucket}/${key}`,
      payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      at,
      headers: { 'x-amz-decoded-content-length': String(decoded), 'content-encoding': 'aws-chunked' },
    });
    const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
    const hex = (text: string) => createHash('sha256').update(text).digest('hex');
    let previous = /Signature=(\w+)/.exec(headers['authorization'] ?? '')?.[1] ?? '';
    let framed = '';
    for (const chunk of [payload, '']) {
      const text = `AWS4-HMAC-SHA256-PAYLOAD\n${date}\n${scope}\n${previous}\n${hex('')}\n${hex(chunk)}`;
      previous = createHmac('sha256', scopeKey('test', scope)).update(text).digest('hex');
      framed += `${chunk.length.toString(16)};chunk-signature=${previous}\r\n${chunk}\r\n`;
    }
    const body = damage(framed);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return told(
      await sendBytes(
        emulator.url,
        `PUT /${Bucket}/${key} HTTP/1.1\r\n${lines.join('')}content-length: ${body.length}\r\nconnection: close\r\n\r\n`,
        body,
      ),
    );
  }

  test('what is whole is stored', async () => {
    expect(await upload('framed', (it) => it)).toBe('200');
    expect(await keysThere()).toContain('framed');
  });

  test.each<[string, (framed: string) => string, RegExp]>([
    ['a byte changed', (it) => it.replace('0123', '0124'), /^403 SignatureDoesNotMatch /],
    ['no last chunk', (it) => it.slice(0, it.indexOf('\r\n0;') + 2), /^400 IncompleteBody /],
    ['a size that is no number', (it) => it.replace(/^a/, 'zz'), /^400 \w+ \S/],
    ['a size beyond all bounds', (it) => it.replace(/^a/, 'ffffffffffffffff'), /^400 \w+ \S/],
    ['a negative size', (it) => it.replace(/^a/, '-1'), /^400 \w+ \S/],
    ['no signature', (it) => it.replace(/;chunk-signature=\w+/, ''), /^40[03] \w+ \S/],
    ['no line end', (it) => it.replaceAll('\r\n', ''), /^400 \w+ \S/],
    ['a head without end', () => `a;chunk-signature=${'0'.repeat(100_000)}`, /^400 \w+ \S/],
    ['bytes after the end', (it) => `${it}more`, /^400 \w+ \S/],
    ['nothing at all', () => '', /^4\d\d \w+ \S/],
  ])('%s', async (_, damage, answer) => {
    expect(await upload('damaged', damage)).toMatch(answer);
    expect(await keysThere()).not.toContain('damaged');
  });

  test('damage at the beginning of a large body is answered, though the rest is not read', async () => {
    const large = '0123456789'.repeat(300_000);
    expect(await upload('damaged', (it) => it.replace(';chunk', ';junk'), large.length, large)).toMatch(
      /^40[03] \w+ \S/,
    );
    expect(await keysThere()).not.toContain('damaged');
  });

  test('less than was declared', async () => {
    expect(await upload('damaged', (it) => it, 20)).toMatch(/^400 IncompleteBody /);
    expect(await upload('damaged', (it) => it, 5)).toMatch(/^400 IncompleteBody /);
    expect(await keysThere()).not.toContain('damaged');
  });
});

describe('Expect: 100-continue', () => {
  const waiting = (key: string, credentials?: Credentials, headers: Record<string, string> = {}) =>
    putHead(key, 5, { expect: '100-continue', ...headers }, credentials);

  test('who may go on is told to, and sends the body', async () => {
    const connection = connect(emulator.url);
    connection.write(waiting('waited'));
    const interim = await connection.until((bytes) => bytes.includes('\r\n\r\n'));
    expect(interim).toMatch(/^HTTP\/1\.1 100 Continue\r\n/);
    connection.write('hello');
    expect(await connection.until(() => false)).toMatch(/HTTP\/1\.1 200 OK/);
    expect(await keysThere()).toContain('waited');
  });

  test.each<[string, () => string, RegExp]>([
    ['without permission', () => waiting('refused', nobody), /^403 AccessDenied /],
    [
      'with a wrong secret',
      () => waiting('refused', { ...ROOT, secretAccessKey: 'wrong' }),
      /^403 SignatureDoesNotMatch /,
    ],
    [
      'to a bucket that is not there',
      () => waiting('refused').replaceAll(`/${Bucket}/`, '/no-such-bucket/'),
      /^403|^404/,
    ],
    [
      'with a header that cannot stand',
      () => waiting('refused', ROOT, { 'x-amz-server-side-encryption': 'SSE-KMS' }),
      /^400 InvalidArgument /,
    ],
    ['with a digest that is none', () => waiting('refused', ROOT, { 'content-md5': 'x' }), /^400 InvalidDigest /],
  ])('%s the refusal comes at once, and no 100', async (_, request, answer) => {
    const result = await sendBytes(emulator.url, request());
    expect(result.bytes).not.toContain('100 Continue');
    expect(told(result)).toMatch(answer);
    expect(await keysThere()).not.toContain('refused');
  });

  test('a denied upload is refused before its body, however large', async () => {
    const result = await sendBytes(emulator.url, putHead('refused', 1024 * MIB, {}, nobody), Buffer.alloc(1000));
    expect(told(result)).toMatch(/^403 AccessDenied /);
  });
});

describe('presigned URLs', () => {
  const presign = (command: GetObjectCommand | PutObjectCommand, expiresIn = 60, signingDate?: Date) =>
    getSignedUrl(emulator.s3(), command, { expiresIn, ...(signingDate && { signingDate }) });
  const get = () => new GetObjectCommand({ Bucket, Key: 'presigned' });

  test('GP-13 good ones serve; another method, key, header or signature does not, nor an expired one', async () => {
    const upload = await presign(new PutObjectCommand({ Bucket, Key: 'presigned' }));
    expect((await fetch(upload, { method: 'PUT', body: 'hello' })).status).toBe(200);
    const url = await presign(get());
    expect(await (await fetch(url)).text()).toBe('hello');
    const statusOf = async (it: string, init?: RequestInit) => (await fetch(it, init)).status;
    expect(await statusOf(url, { method: 'PUT', body: 'x' })).toBe(403);
    expect(await statusOf(url, { method: 'DELETE' })).toBe(403);
    expect(await statusOf(url.replace('presigned', 'kept'))).toBe(403);
    expect(await statusOf(url.replace(/X-Amz-Signature=./, 'X-Amz-Signature=z'))).toBe(403);
    expect(await statusOf(url.replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=600'))).toBe(403);
    expect(await statusOf(`${url}&versionId=1`)).toBe(403);
    const late = await (await fetch(await presign(get(), 60, new Date(Date.now() - 120_000)))).text();
    expect(late).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>');
  });

  test.each([
    ['X-Amz-Expires=60', 'X-Amz-Expires=604801'],
    ['X-Amz-Expires=60', 'X-Amz-Expires=-1'],
    ['X-Amz-Expires=60', 'X-Amz-Expires=x'],
    ['X-Amz-Algorithm=AWS4-HMAC-SHA256', 'X-Amz-Algorithm=AWS4'],
    [/X-Amz-Date=\w+/, 'X-Amz-Date=yesterday'],
    [/X-Amz-Credential=[^&]+/, 'X-Amz-Credential=test'],
    [/&X-Amz-SignedHeaders=[^&]+/, ''],
  ])('%s instead is %s', async (from, to) => {
    const answer = await fetch((await presign(get())).replace(from, to));
    expect([400, 403]).toContain(answer.status);
    expect(await answer.text()).toMatch(/<Code>(AuthorizationQueryParametersError|AccessDenied)<\/Code><Message>\S/);
  });
});

test('requests one after the other on a socket are answered in order', async () => {
  const one = signedHead(emulator.url, { target: `/${Bucket}` }).replace('connection: close\r\n', '');
  const { bytes } = await sendBytes(emulator.url, one, one, signedHead(emulator.url, { target: `/${Bucket}` }));
  expect(bytes.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
});

test('two hundred connections that say nothing keep nobody else from being served', async () => {
  const idle = Array.from({ length: 200 }, () => connect(emulator.url));
  for (const { write } of idle) write(`PUT /${Bucket}/slow HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n`);
  expect((await settle()).status).toBe(200);
  for (const { cut } of idle) cut();
});
