/** POST Object: uploads from a browser's form. */

import {
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actors, actorsOf, allow, inShort } from './actors.ts';
import { type FormChoice, formOf, post } from './forms.ts';
import { refusal, startTestEmulator, type TestEmulator } from './harness.ts';

const Bucket = 'forms';
let emulator: TestEmulator;
let s3: S3Client;
let actors: Actors;

beforeAll(async () => {
  emulator = await startTestEmulator();
  s3 = emulator.s3();
  actors = actorsOf(emulator);
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => emulator.close());

const send = (choice: FormChoice) => post(emulator.url, Bucket, formOf(Bucket, choice));
const raw = (form: FormData) => fetch(`${emulator.url}/${Bucket}`, { method: 'POST', body: form, redirect: 'manual' });
const read = async (Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
const SSE = 'x-amz-server-side-encryption';

describe('POST Object', () => {
  test('stores the file under its key, with metadata, tags and content type', async () => {
    const fields = {
      key: 'in/${filename}',
      'Content-Type': 'text/plain',
      'x-amz-meta-a': 'b',
      tagging: '<Tagging><TagSet><Tag><Key>t</Key><Value>v</Value></Tag></TagSet></Tagging>',
    };
    const conditions = [
      { 'Content-Type': 'text/plain' },
      ['starts-with', '$x-amz-meta-a', ''],
      ['starts-with', '$tagging', ''],
    ];
    expect(await send({ fields, conditions, filename: 'C:\\photos\\sun ü.txt', body: 'sun' })).toBe('204');
    const Key = 'in/sun ü.txt';
    expect(await read(Key)).toBe('sun');
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    expect(head).toMatchObject({ ContentType: 'text/plain', Metadata: { a: 'b' } });
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
    expect(TagSet).toEqual([{ Key: 't', Value: 'v' }]);
  });

  test('streams a large file, and a file that holds what looks like a boundary', async () => {
    const body = new Uint8Array(Buffer.from(`${'\r\n--'.repeat(60_000)}end`));
    expect(await send({ fields: { key: 'large' }, body })).toBe('204');
    expect(await read('large')).toBe(Buffer.from(body).toString());
  });

  test('answers 201 with a document, 200, or a redirection, as the form asks', async () => {
    const made = await raw(
      formOf(Bucket, {
        fields: { key: 'a&b', success_action_status: '201' },
        conditions: [{ success_action_status: '201' }],
      }),
    );
    expect(made.status).toBe(201);
    expect(await made.text()).toMatch(
      /<PostResponse><Location>[^<]+<\/Location><Bucket>forms<\/Bucket><Key>a&amp;b<\/Key>/,
    );
    const redirected = await raw(
      formOf(Bucket, {
        fields: { key: 'r', success_action_redirect: 'http://example.test/done?x=1' },
        conditions: [['starts-with', '$success_action_redirect', 'http://example.test/']],
      }),
    );
    expect(redirected.status).toBe(303);
    expect(redirected.headers.get('location')).toMatch(
      /^http:\/\/example\.test\/done\?x=1&bucket=forms&key=r&etag=%22[0-9a-f]{32}%22$/,
    );
  });

  test('BK-14 encrypts as its fields say, a bucket key too, in the name of who signed', async () => {
    const key = await actors.key();
    const fields = {
      key: 'k',
      [SSE]: 'aws:kms',
      [`${SSE}-aws-kms-key-id`]: key,
      [`${SSE}-bucket-key-enabled`]: 'true',
    };
    const conditions = Object.keys(fields)
      .slice(1)
      .map((name) => ['starts-with', `$${name}`, '']);
    const user = await actors.user(allow(['s3:PutObject', 'kms:GenerateDataKey', 'kms:Decrypt']));
    const answer = await raw(formOf(Bucket, { credentials: user.credentials, fields, conditions }));
    expect(answer.status).toBe(204);
    expect(answer.headers.get(`${SSE}-bucket-key-enabled`)).toBe('true');
    const requestId = answer.headers.get('x-amz-request-id') ?? '';
    const record = await actors.recordOf({ $metadata: { requestId } });
    expect([record.principalArn, record.operation, inShort(record)]).toEqual([
      user.arn,
      'PutObject',
      'made GenerateDataKey',
    ]);
    const other = await actors.user(allow(['s3:ListAllMyBuckets']));
    expect(await send({ credentials: other.credentials })).toMatch(/^403 AccessDenied .*s3:PutObject/);
  });

  test('is refused and leaves nothing where policy, signature or form are wrong', async () => {
    const fields = { key: 'refused' };
    expect(await send({ fields, expiresIn: -1000 })).toBe(
      '403 AccessDenied Invalid according to Policy: Policy expired.',
    );
    expect(await send({ fields: { ...fields, 'x-amz-meta-x': '1' } })).toBe(
      '403 AccessDenied Invalid according to Policy: Extra input fields: x-amz-meta-x',
    );
    const credentials = { accessKeyId: 'test', secretAccessKey: 'wrong' };
    expect(await send({ fields, credentials })).toMatch(/^403 SignatureDoesNotMatch/);
    expect(await send({ fields, credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } })).toMatch(
      /^403 InvalidAccessKeyId/,
    );
    expect(await send({ fields: {} })).toMatch(/^400 InvalidArgument Bucket POST must contain a field named 'key'/);
    const withoutFile = new FormData();
    withoutFile.append('key', 'refused');
    expect(await post(emulator.url, Bucket, withoutFile)).toBe(
      '400 InvalidArgument POST requires exactly one file upload per request.',
    );
    const size = [['content-length-range', 0, 100_000]];
    expect(await send({ fields, conditions: size, body: 'x'.repeat(200_000) })).toMatch(/^400 EntityTooLarge/);
    expect(await send({ fields: { ...fields, 'x-ignore-x': 'x'.repeat(30_000) } })).toMatch(
      /^400 MaxPostPreDataLengthExceeded/,
    );
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const broken = await fetch(`${emulator.url}/${Bucket}`, { method: 'POST', headers, body: '--b\r\nnonsense' });
    expect([broken.status, await broken.text()]).toEqual([400, expect.stringContaining('MalformedPOSTRequest')]);
    expect((await refusal(read('refused'))).code).toBe('NoSuchKey');
  });
});
