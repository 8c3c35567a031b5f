/** Bad input: the answer is AWS's error or a 4xx that says what is wrong, and the server goes on. */

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { CreateKeyCommand, EncryptCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { refusal, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';
import { type RawRequest, send, sendBytes, sign, told } from './raw.ts';

const Bucket = 'bad-input';
const MALFORMED_XML =
  '400 MalformedXML The XML you provided was not well-formed or did not validate against our published schema';

let emulator: TestEmulator;
let host: string;
let before: readonly string[];

beforeAll(async () => {
  before = await readdir(path.dirname((await start()).dataDir));
  await emulator.s3().send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => emulator.close());

async function start(): Promise<TestEmulator> {
  emulator = await startTestEmulator();
  host = new URL(emulator.url).host;
  return emulator;
}

// Whatever came, the server goes on.
afterEach(async () => {
  const health = await fetch(`${emulator.url}/_emulator/health`);
  if (health.status !== 200) throw new Error(`The emulator answers ${health.status}.`);
});

/** The answer in short: status, code, sentence. */
const ask = async (request: RawRequest): Promise<string> => told(await send(emulator.url, request));
const bytes = async (...parts: readonly string[]): Promise<string> => told(await sendBytes(emulator.url, ...parts));
const head = (line: string, ...headers: readonly string[]): string =>
  [line, `host: ${host}`, 'connection: close', ...headers, '', ''].join('\r\n');

const kms = (operation: string, body: string | Uint8Array) =>
  ask({
    method: 'POST',
    service: 'kms',
    headers: { 'x-amz-target': `TrentService.${operation}`, 'content-type': 'application/x-amz-json-1.1' },
    body,
  });
const form = (service: string, body: string) =>
  ask({ method: 'POST', service, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
const put = (key: string, headers: Record<string, string> = {}, body: string | Uint8Array = 'x') =>
  ask({ method: 'PUT', target: `/${Bucket}/${key}`, headers, body });
const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

const keysThere = async (): Promise<(string | undefined)[]> => {
  const { Contents = [] } = await emulator.s3().send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key);
};

describe('who asks', () => {
  const target = `/${Bucket}/x`;

  test('GP-13 a signature that is malformed, cut, of another scope, or not there', async () => {
    const headers = sign(emulator.url, { target });
    const good = headers['authorization'] ?? '';
    const withAuthorization = (value: string) =>
      bytes(
        head(
          `GET ${target} HTTP/1.1`,
          ...Object.entries({ ...headers, authorization: value })
            .filter(([name]) => name !== 'host')
            .map(([name, it]) => `${name}: ${it}`),
        ),
      );
    for (const value of [
      'AWS4-HMAC-SHA256',
      'AWS4-HMAC-SHA256 Credential=',
      'AWS4-HMAC-SHA256 Credential=test, SignedHeaders=, Signature=',
      `AWS4-HMAC-SHA256 ${'Credential=a/b/c/d/aws4_request, '.repeat(50)}`,
      'Basic dGVzdDp0ZXN0',
      'Bearer x',
      '�',
      good.replace(/Signature=.*/, ''),
      good.replace(/Signature=.*/, 'Signature=zz'),
      good.replace(/SignedHeaders=[^,]*/, 'SignedHeaders=host;x-amz-nothing'),
      good.replace('/s3/', '/kms/'),
      good.replace('aws4_request', 'aws5_request'),
      good.replace(/\/\d{8}\//, '/20200101/'),
    ]) {
      expect(await withAuthorization(value)).toMatch(/^4\d\d \w+/);
    }
    expect(await withAuthorization(good.replace(/.$/, (it) => (it === '0' ? '1' : '0')))).toBe(
      '403 SignatureDoesNotMatch The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
    expect(await bytes(head(`GET ${target} HTTP/1.1`))).toBe('403 AccessDenied Access Denied');
    expect(await bytes(head('POST / HTTP/1.1', 'x-amz-target: TrentService.ListKeys', 'content-length: 2'), '{}')).toBe(
      '400 MissingAuthenticationTokenException Missing Authentication Token',
    );
  });

  test('another account’s credentials, and none that exist', async () => {
    await emulator.s3().send(new PutObjectCommand({ Bucket, Key: 'mine', Body: 'x' }));
    const other = emulator.s3({ credentials: rootOf('999988887777') });
    expect(await refusal(other.send(new GetObjectCommand({ Bucket, Key: 'mine' })))).toMatchObject({
      code: 'AccessDenied',
      status: 403,
    });
    expect(await refusal(other.send(new CreateBucketCommand({ Bucket })))).toMatchObject({
      code: 'BucketAlreadyExists',
      status: 409,
    });
    const nobody = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' };
    expect(await ask({ target, credentials: nobody })).toBe(
      '403 InvalidAccessKeyId The AWS Access Key Id you provided does not exist in our records.',
    );
    expect(await ask({ target, credentials: { ...nobody, sessionToken: 'x' } })).toMatch(/^40[03] Invalid/);
    expect(await ask({ target, at: new Date(Date.now() - 20 * 60_000) })).toMatch(/^403 RequestTimeTooSkewed /);
  });
});

describe('what is asked', () => {
  test('WIRE-04 HTTP that is none', async () => {
    expect(await bytes('hello\r\n\r\n')).toMatch(/^400/);
    expect(await bytes('GET / HTTP/9.9\r\n\r\n')).toMatch(/^400/);
    expect(await bytes('GET / HTTP/1.1\r\nconnection: close\r\n\r\n')).toMatch(/^400/);
    expect(await bytes(head('GET / HTTP/1.1', 'no colon'))).toMatch(/^400/);
    expect(await bytes(head('GET / HTTP/1.1', 'a\u0000b: x'))).toMatch(/^400/);
    expect(await bytes(head('GET / HTTP/1.1', 'a: b\u0000c'))).toMatch(/^400/);
    expect(await bytes(head('PUT /bad-input/x HTTP/1.1', 'content-length: 1', 'content-length: 2'))).toMatch(/^400/);
    expect(await bytes(head('PUT /bad-input/x HTTP/1.1', 'content-length: -1'))).toMatch(/^400/);
    // Two lengths that disagree are how requests are smuggled past a proxy.
    const smuggled = head('PUT /bad-input/x HTTP/1.1', 'content-length: 4', 'transfer-encoding: chunked');
    expect(await bytes(smuggled, '0\r\n\r\n')).toMatch(/^400/);
    expect(await bytes(head('PUT /bad-input/x HTTP/1.1', 'transfer-encoding: chunked'), 'zz\r\n')).toMatch(/^4/);
    expect(await keysThere()).not.toContain('x');
  });

  test('headers beyond every limit are told so', async () => {
    expect(await bytes(head('GET / HTTP/1.1', `a: ${'x'.repeat(40_000)}`))).toBe(
      '400 RequestHeaderSectionTooLarge Your request header section exceeds the maximum allowed request header section size',
    );
    expect(await put('m', { 'x-amz-meta-a': 'v'.repeat(3000) })).toMatch(/^400 MetadataTooLarge /);
    expect(await keysThere()).not.toContain('m');
  });

  test.each(['PATCH', 'TRACE', 'LINK', 'POST'])('%s on an object is MethodNotAllowed', async (method) => {
    expect(await ask({ method, target: `/${Bucket}/x` })).toBe(
      '405 MethodNotAllowed The specified method is not allowed against this resource.',
    );
  });

  test('unknown operations are refused in each service’s own way', async () => {
    expect(await kms('MakeKey', '{}')).toBe('400 UnknownOperationException');
    expect(await ask({ method: 'POST', service: 'kms', body: '{}' })).toBe('400 UnknownOperationException');
    expect(await ask({ method: 'GET', service: 'kms' })).toBe('400 UnknownOperationException');
    for (const service of ['iam', 'sts']) {
      expect(await form(service, 'Action=Nothing&Version=2010-05-08')).toMatch(/^400 InvalidAction /);
      expect(await form(service, '')).toMatch(/^4\d\d \w+/);
      expect(await form(service, 'Action=%zz%&&&=&')).toMatch(/^4\d\d \w+/);
    }
    expect(await ask({ method: 'POST', service: 's3tables', target: '/nothing/here' })).toMatch(/^4\d\d \w+/);
    expect(await ask({ method: 'GET', target: `/${Bucket}?website` })).toMatch(/^501 NotImplemented /);
  });
});

describe('JSON', () => {
  test.each([
    ['cut', '{"KeyId":'],
    ['a list', '[]'],
    ['lists in lists', `{"Description":${nested('[', ']', 100_000)}}`],
    ['objects in objects', `{"Tags":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`],
    ['no UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d)],
    ['a number that is none', '{"KeyId":1e999}'],
    ['two documents', '{}{}'],
    ['a comment', '{"KeyId": /* x */ "a"}'],
    ['a byte order mark', '\uFEFF{"KeyId":"a","Plaintext":"!"}'],
  ])('%s', async (_, body) => {
    expect(await kms('Encrypt', body)).toMatch(/^400 (Serialization|Validation)Exception/);
  });

  test('KMS-11 a body beyond the limit, and a context of 10,000 pairs', async () => {
    expect(await kms('Encrypt', JSON.stringify({ KeyId: 'x'.repeat(2_000_000) }))).toMatch(/^413 /);
    const { KeyMetadata } = await emulator.kms().send(new CreateKeyCommand({}));
    const EncryptionContext = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, `v${at}`]));
    const answer = await refusal(
      emulator
        .kms()
        .send(new EncryptCommand({ KeyId: KeyMetadata?.Arn, Plaintext: new Uint8Array(1), EncryptionContext })),
    );
    expect(answer).toMatchObject({ code: 'ValidationException', status: 400 });
    expect(answer.message).toMatch(/encryptionContext|encryption context/i);
  });

  test('names that objects have by nature are names like others', async () => {
    expect(await kms('DescribeKey', '{"__proto__":{"KeyId":"a"},"constructor":1}')).toMatch(
      /^400 ValidationException .*'keyId'.*Member must not be null/,
    );
  });

  test('TB-55 TB-56 TB-57 TB-58 S3 Tables: bodies, names and ARNs', async () => {
    const tables = (method: string, target: string, body?: string) =>
      ask({ method, target, service: 's3tables', ...(body !== undefined && { body }) });
    for (const body of [
      '{"name":',
      '[]',
      'null',
      '',
      '{"name":1}',
      '{"name":"UPPER"}',
      '{"name":"a"}',
      '{"name":"aws-x"}',
    ]) {
      expect(await tables('PUT', '/buckets', body)).toMatch(/^400 \w+Exception/);
    }
    for (const arn of ['x', '..%2F..', 'arn%3Aaws%3As3tables%3Aus-east-1%3A111122223333%3Abucket%2F..', '%00', '%F0']) {
      expect(await tables('GET', `/buckets/${arn}/encryption`)).toMatch(/^4\d\d \w+/);
    }
    expect(await tables('GET', '/get-table?namespace=a')).toMatch(/^400 BadRequestException/);
    expect(await tables('GET', '/buckets?maxBuckets=x')).toMatch(/^400 \w+Exception/);
    expect(await tables('GET', '/buckets?continuationToken=x')).toMatch(/^400 BadRequestException/);
  });
});

describe('XML', () => {
  const configure = (body: string) => ask({ method: 'PUT', target: `/${Bucket}?encryption`, body });

  test('GP-15 cut, of another kind, too deep, full of entities: MalformedXML', async () => {
    const entities = Array.from({ length: 10 }, (_, at) => `<!ENTITY a${at} "${`&a${at - 1};`.repeat(10)}">`).join('');
    for (const body of [
      '<ServerSideEnc',
      '<Foo/>',
      'not XML',
      nested('<a>', '</a>', 100_000),
      '<a>'.repeat(100_000),
      `<a ${Array.from({ length: 20_000 }, (_, at) => `a${at}="1"`).join(' ')}/>`,
      `<!DOCTYPE x [<!ENTITY a-1 "aaaaaaaaaa">${entities}]><ServerSideEncryptionConfiguration><Rule>&a9;</Rule></ServerSideEncryptionConfiguration>`,
      '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><ServerSideEncryptionConfiguration>&e;</ServerSideEncryptionConfiguration>',
      '<ServerSideEncryptionConfiguration><Rule><BucketKeyEnabled>maybe</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>',
      '<ServerSideEncryptionConfiguration><Rule/><Rule/></ServerSideEncryptionConfiguration>',
      `<ServerSideEncryptionConfiguration><Rule>\u0000</Rule></ServerSideEncryptionConfiguration>`,
    ]) {
      expect(await configure(body)).toBe(MALFORMED_XML);
    }
  });

  test('no body where one is needed, and more objects to delete than are allowed', async () => {
    expect(await configure('')).toBe('400 MissingRequestBodyError Request Body is empty');
    const body = `<Delete>${'<Object><Key>a</Key></Object>'.repeat(1001)}</Delete>`;
    expect(await ask({ method: 'POST', target: `/${Bucket}?delete`, body })).toBe(MALFORMED_XML);
  });
});

describe('policies, names, headers, queries', () => {
  test('KMS-24 policies that are no JSON, too deep, too large', async () => {
    const deep = `{"Statement":${nested('[', ']', 8000)}}`;
    for (const policy of ['{"a":', deep, '[]', '{"Version":"2012-10-17"}']) {
      expect(await ask({ method: 'PUT', target: `/${Bucket}?policy`, body: policy })).toMatch(/^400 Malformed/);
      expect(await kms('CreateKey', JSON.stringify({ Policy: policy }))).toMatch(/^400 (Malformed|Validation)/);
      const document = encodeURIComponent(policy);
      expect(
        await form('iam', `Action=CreatePolicy&Version=2010-05-08&PolicyName=x&PolicyDocument=${document}`),
      ).toMatch(/^400 (Malformed|Validation)/);
    }
    expect(await ask({ method: 'PUT', target: `/${Bucket}?policy`, body: ' '.repeat(30_000) })).toMatch(/^400 /);
  });

  test('bucket names that S3 has none of', async () => {
    for (const name of [
      'a',
      'UPPER',
      'x_y',
      '192.168.1.1',
      '-ab',
      'a..b',
      'xn--abc',
      'a'.repeat(64),
      '%00%00%00',
      '..',
    ]) {
      expect(await ask({ method: 'PUT', target: `/${name}` })).toBe(
        '400 InvalidBucketName The specified bucket is not valid.',
      );
    }
    expect(await ask({ method: 'PUT', target: '//' })).toMatch(/^400 InvalidBucketName/);
    const { Buckets = [] } = await emulator.s3().send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).toEqual([Bucket]);
  });

  test('keys with .., control characters and Unicode are names, not paths', async () => {
    const names = ['..', '../x', '../../../../tmp/escaped', 'a/../b', '.', '\u0001', 'ü', '😀', '‮', 'a\tb', '\'&<>"'];
    for (const Key of names) {
      const answer = await send(emulator.url, {
        method: 'PUT',
        target: `/${Bucket}/k/${Key.split('/').map(encodeURIComponent).join('/').replaceAll("'", '%27')}`,
        body: Key,
      });
      expect(answer.status).toBe(200);
    }
    const { Contents = [] } = await emulator
      .s3()
      .send(new ListObjectsV2Command({ Bucket, Prefix: 'k/', EncodingType: 'url' }));
    const there = Contents.map(({ Key = '' }) => decodeURIComponent(Key.replaceAll('+', ' ')).slice(2));
    expect(there.toSorted()).toEqual(names.toSorted());
    const plain = await send(emulator.url, { target: `/${Bucket}?list-type=2&prefix=k%2F` });
    expect(plain.body).toContain('<Key>k/&#x1;</Key>');
    const now = await readdir(path.dirname(emulator.dataDir));
    expect(now.filter((name) => name === 'escaped' || (name.startsWith('x') && !before.includes(name)))).toEqual([]);
  });

  test('keys that are too long or no UTF-8', async () => {
    expect(await put('k'.repeat(1025))).toBe('400 KeyTooLongError Your key is too long');
    for (const key of ['%', '%zz', '%ff', 'a%F0%28']) {
      expect(await put(key)).toBe("400 InvalidURI Couldn't parse the specified URI.");
    }
  });

  test.each([
    ['x-amz-server-side-encryption', 'SSE-KMS', 'InvalidArgument'],
    ['x-amz-server-side-encryption-aws-kms-key-id', 'x', 'InvalidArgument'],
    ['x-amz-server-side-encryption-context', '!!', 'InvalidArgument'],
    ['x-amz-server-side-encryption-bucket-key-enabled', 'maybe', 'InvalidArgument'],
    ['content-md5', 'x', 'InvalidDigest'],
    ['x-amz-storage-class', 'FOO', 'InvalidStorageClass'],
    ['x-amz-tagging', 'a=b&a=c', 'InvalidTag'],
    ['x-amz-expected-bucket-owner', 'abc', 'InvalidBucketOwnerAWSAccountID'],
    ['x-amz-checksum-crc32', 'zz', 'InvalidRequest'],
    ['x-amz-sdk-checksum-algorithm', 'MD4', 'InvalidRequest'],
    ['x-amz-copy-source', 'nope', 'InvalidArgument'],
    ['x-amz-decoded-content-length', '-1', 'InvalidArgument'],
  ])('header %s: %s', async (name, value, code) => {
    expect(await put('h', { [name]: value })).toMatch(new RegExp(`^400 ${code} \\S`));
    expect(await keysThere()).not.toContain('h');
  });

  test.each(['max-keys=-1', 'max-keys=x', 'list-type=2&continuation-token=x', 'encoding-type=foo', 'location&policy'])(
    'query %s',
    async (query) => {
      expect(await ask({ target: `/${Bucket}?${query}` })).toMatch(/^400 InvalidArgument \S/);
    },
  );

  test('a query with thousands of parameters is read in no time', async () => {
    const query = Array.from({ length: 2500 }, (_, at) => `p${at}=1`).join('&');
    expect(await ask({ target: `/${Bucket}?${query}` })).toMatch(/^[24]\d\d/);
  });
});

describe('the emulator’s own interface', () => {
  const admin = (target: string, init: RequestInit = {}) => fetch(`${emulator.url}/_emulator/${target}`, init);
  const bearer = () => ({ authorization: `Bearer ${emulator.adminToken}` });

  test('without a token, with a wrong one, from another host', async () => {
    expect((await admin('clock')).status).toBe(401);
    expect((await admin('clock', { headers: { authorization: 'Bearer x' } })).status).toBe(401);
    const foreign = `GET /_emulator/health HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n`;
    expect(await bytes(foreign)).toMatch(/^403/);
  });

  test.each([
    ['clock', '{"advanceSeconds":-1}'],
    ['clock', '{"advanceSeconds":"x"}'],
    ['clock', '{"advanceSeconds":1e99}'],
    ['clock', '[]'],
    ['clock', '{'],
    ['maintenance', '{}'],
    ['maintenance', '{"tableBucketARN":"x","namespace":"a","name":"b"}'],
    ['clock', '{"account":"x","advanceSeconds":1}'],
  ])('%s with %s', async (target, body) => {
    const answer = await admin(target, { method: 'POST', headers: bearer(), body });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(await answer.json()).toMatchObject({ error: expect.stringMatching(/\S/) as string });
  });

  test.each([
    'ledger?limit=x',
    'ledger?from=x',
    'ledger?after=x',
    'ledger/totals?intervals=99999',
    'decisions/nothing',
    'nothing',
  ])('%s', async (target) => {
    const answer = await admin(target, { headers: bearer() });
    expect([400, 404]).toContain(answer.status);
  });
});
