/** SSE-S3, SSE-KMS and bucket keys of general purpose buckets, through the official clients. */

import { createHash, randomUUID } from 'node:crypto';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  type ServerSideEncryptionRule,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { HttpRequest } from '@smithy/core/protocols';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LedgerPage } from '../../lib/contract/ledger.ts';
import type { WorldSetting } from '../../lib/contract/world.ts';
import { ACCOUNT, type Credentials, refusal, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
let s3: S3Client;
let keyArn: string;
let keyId: string;
let bucket: string;

beforeAll(async () => {
  emulator = await startTestEmulator();
  s3 = emulator.s3();
});
afterAll(() => emulator.close());

beforeEach(async () => {
  bucket = `b-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const { KeyMetadata: key } = await emulator.kms().send(new CreateKeyCommand({}));
  keyArn = key?.Arn ?? '';
  keyId = key?.KeyId ?? '';
});

async function setDefault(rule: ServerSideEncryptionRule): Promise<void> {
  await s3.send(
    new PutBucketEncryptionCommand({ Bucket: bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }),
  );
}

const kmsRule = (key: string | undefined, bucketKey: boolean): ServerSideEncryptionRule => ({
  ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', ...(key !== undefined && { KMSMasterKeyID: key }) },
  BucketKeyEnabled: bucketKey,
});

async function getRule(): Promise<ServerSideEncryptionRule | undefined> {
  const answer = await s3.send(new GetBucketEncryptionCommand({ Bucket: bucket }));
  return answer.ServerSideEncryptionConfiguration?.Rules?.[0];
}

function put(key: string, more: Partial<PutObjectCommandInput> = {}, client = s3) {
  return client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'test', ...more }));
}

async function get(key: string, client = s3): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await Body?.transformToString()) ?? '';
}

/** The key operations of one answered request. */
async function keyOperations(answer: { $metadata: { requestId?: string | undefined } }, account = ACCOUNT) {
  const page = await emulator.admin<LedgerPage>(`ledger?account=${account}&requestId=${answer.$metadata.requestId}`);
  return page.records[0]?.keyOperations ?? [];
}

const kinds = async (answer: Parameters<typeof keyOperations>[0], account = ACCOUNT) =>
  (await keyOperations(answer, account)).map(({ kind, operation }) => `${kind} ${operation}`);

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

async function makeUser(
  name: string,
  policy: object,
): Promise<{ client: S3Client; arn: string; credentials: Credentials }> {
  const iam = emulator.iam();
  const user = `${name}-${randomUUID().slice(0, 8)}`;
  const { User } = await iam.send(new CreateUserCommand({ UserName: user }));
  await iam.send(
    new PutUserPolicyCommand({ UserName: user, PolicyName: 'policy', PolicyDocument: JSON.stringify(policy) }),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: user }));
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  return { client: emulator.s3({ credentials }), arn: User?.Arn ?? '', credentials };
}

const allow = (
  ...statements: { Action: string | string[]; Resource?: string | string[]; Effect?: string; Condition?: object }[]
) => ({
  Version: '2012-10-17',
  Statement: statements.map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement })),
});

describe('default encryption', () => {
  test('GP-01 GP-14a a bucket begins with SSE-S3 and returns to it', async () => {
    const initial = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false };
    expect(await getRule()).toEqual(initial);
    await setDefault(kmsRule(keyId, true));
    for (let times = 0; times < 2; times++) {
      const { $metadata } = await s3.send(new DeleteBucketEncryptionCommand({ Bucket: bucket }));
      expect($metadata.httpStatusCode).toBe(204);
    }
    expect(await getRule()).toEqual(initial);
  });

  test('GP-14a BK-13 the key id comes back as it was put; without one the rule has none', async () => {
    await setDefault(kmsRule(keyId, true));
    expect(await getRule()).toEqual({
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyId },
      BucketKeyEnabled: true,
    });
    await setDefault(kmsRule(undefined, false));
    expect(await getRule()).toEqual({
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' },
      BucketKeyEnabled: false,
    });
  });

  test('GP-04 a wrong key id is taken, and the first upload finds out', async () => {
    await setDefault(kmsRule('fake-key-id', false));
    expect(await refusal(put('k'))).toMatchObject({ code: 'KMS.NotFoundException', status: 400 });
  });

  test('GP-15 a key with AES256, no rule and two rules are refused', async () => {
    const aesWithKey = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256', KMSMasterKeyID: keyId },
    } as const;
    expect(await refusal(setDefault(aesWithKey))).toEqual({
      code: 'InvalidArgument',
      status: 400,
      message: 'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
    });
    for (const Rules of [[], [kmsRule(keyId, true), kmsRule(keyId, true)]]) {
      const command = new PutBucketEncryptionCommand({
        Bucket: bucket,
        ServerSideEncryptionConfiguration: { Rules },
      });
      expect(await refusal(s3.send(command))).toMatchObject({ code: 'MalformedXML', status: 400 });
    }
  });

  test('GP-03 GP-08 BK-19 objects take the default of the bucket', async () => {
    await setDefault(kmsRule(keyArn, true));
    const answer = await put('k');
    expect(answer).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn, BucketKeyEnabled: true });
    expect(await get('k')).toBe('test');
  });
});

describe('encryption of an upload', () => {
  test('GP-02 GP-11 GP-14c answers carry the algorithm and the full ARN of the key, and no bucket key where none is used', async () => {
    await emulator.kms().send(new CreateAliasCommand({ AliasName: `alias/${bucket}`, TargetKeyId: keyId }));
    // GP-16: the four forms of a key identifier.
    const aliasArn = `arn:aws:kms:us-east-1:${ACCOUNT}:alias/${bucket}`;
    for (const id of [keyId, keyArn, `alias/${bucket}`, aliasArn]) {
      const answer = await put('k', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: id });
      expect(answer).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn });
      expect(answer).not.toHaveProperty('BucketKeyEnabled');
    }
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'k' }));
    expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn });
    expect(head).not.toHaveProperty('BucketKeyEnabled');
  });

  test('GP-07 GP-14b without any key id the AWS managed key is used, made on first use', async () => {
    const { SSEKMSKeyId } = await put('k', { ServerSideEncryption: 'aws:kms' });
    const { KeyMetadata } = await emulator.kms().send(new DescribeKeyCommand({ KeyId: 'alias/aws/s3' }));
    expect(KeyMetadata).toMatchObject({
      Arn: SSEKMSKeyId,
      KeyManager: 'AWS',
      Description: 'Default key that protects my S3 objects when no other key is defined',
      KeyState: 'Enabled',
    });
    expect(await get('k')).toBe('test');
  });

  test('GP-14 an SSE-KMS object has no MD5 as ETag, each upload another one; in place to SSE-S3 it has', async () => {
    const first = await put('k', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn });
    const second = await put('k', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn });
    expect(first.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(new Set([first.ETag, second.ETag, `"${md5('test')}"`]).size).toBe(3);
    const { CopyObjectResult } = await s3.send(
      new CopyObjectCommand({ Bucket: bucket, Key: 'k', CopySource: `${bucket}/k`, ServerSideEncryption: 'AES256' }),
    );
    expect(CopyObjectResult?.ETag).toBe('"098f6bcd4621d373cade4e832627b4f6"');
  });

  test('GP-12 GET and HEAD must not carry encryption headers', async () => {
    await put('k');
    for (const Command of [GetObjectCommand, HeadObjectCommand]) {
      const client = emulator.s3();
      client.middlewareStack.add(
        (next) => (args) => {
          if (HttpRequest.isInstance(args.request)) args.request.headers['x-amz-server-side-encryption'] = 'AES256';
          return next(args);
        },
        { step: 'build' },
      );
      const command = new Command({ Bucket: bucket, Key: 'k' });
      expect((await refusal(client.send(command))).status).toBe(400);
    }
  });

  test("GP-17 the context names the object, with the client's pairs beside it; GET uses the same", async () => {
    const SSEKMSEncryptionContext = Buffer.from('{"project":"hadoop"}').toString('base64');
    const answer = await put('a/k', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn, SSEKMSEncryptionContext });
    const context = { project: 'hadoop', 'aws:s3:arn': `arn:aws:s3:::${bucket}/a/k` };
    expect(await keyOperations(answer)).toMatchObject([
      {
        kind: 'made',
        operation: 'GenerateDataKey',
        keyArn,
        encryptionContext: context,
        viaService: 's3.us-east-1.amazonaws.com',
      },
    ]);
    const read = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'a/k' }));
    expect(await keyOperations(read)).toMatchObject([{ operation: 'Decrypt', encryptionContext: context }]);
    for (const wrong of [
      'no base64 json',
      Buffer.from('[1]').toString('base64'),
      Buffer.from('{"a":1}').toString('base64'),
    ]) {
      const upload = put('k', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn, SSEKMSEncryptionContext: wrong });
      expect(await refusal(upload)).toMatchObject({ code: 'InvalidArgument', status: 400 });
    }
  });

  test('GP-18 a copy takes the default of its destination, and an unknown algorithm writes nothing', async () => {
    await put('source', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn });
    const copy = { Bucket: bucket, Key: 'copy', CopySource: `${bucket}/source` };
    const wrong = new CopyObjectCommand({ ...copy, ServerSideEncryption: JSON.parse('"aes"') });
    expect(await refusal(s3.send(wrong))).toMatchObject({ code: 'InvalidArgument', status: 400 });
    expect(await refusal(get('copy'))).toMatchObject({ code: 'NoSuchKey' });
    const answer = await s3.send(new CopyObjectCommand(copy));
    expect(answer.ServerSideEncryption).toBe('AES256');
    expect(answer.CopyObjectResult?.ETag).toBe(`"${md5('test')}"`);
  });

  test('GP-20 a multipart upload asks for a data key once, and for its decryption with every part and at the end', async () => {
    const target = { Bucket: bucket, Key: 'm' };
    const created = await s3.send(
      new CreateMultipartUploadCommand({ ...target, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn }),
    );
    const upload = { ...target, UploadId: created.UploadId };
    const part = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'test' }));
    const completed = await s3.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part.ETag }] },
      }),
    );
    expect(await kinds(created)).toEqual(['made GenerateDataKey']);
    expect(await kinds(part)).toEqual(['made Decrypt']);
    expect(await kinds(completed)).toEqual(['made Decrypt']);
    expect(part).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn });
    expect(completed.ETag).toMatch(/^"[0-9a-f]{32}-1"$/);
    expect(await get('m')).toBe('test');
  });

  test('GP-22 BK-02 double encryption never uses a bucket key', async () => {
    const answer = await put('k', {
      ServerSideEncryption: 'aws:kms:dsse',
      SSEKMSKeyId: keyArn,
      BucketKeyEnabled: true,
    });
    expect(answer).toMatchObject({ ServerSideEncryption: 'aws:kms:dsse', SSEKMSKeyId: keyArn });
    expect(answer).not.toHaveProperty('BucketKeyEnabled');
    expect(await get('k')).toBe('test');
  });

  test('GP-21 a policy on the headers blocks what relies on the default', async () => {
    const user = await makeUser('uploader', allow({ Action: ['s3:*', 'kms:*'] }));
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:PutObject',
          Resource: `arn:aws:s3:::${bucket}/*`,
          Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
        },
      ],
    };
    await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }));
    await setDefault(kmsRule(keyArn, true));
    const denied = await refusal(put('k', {}, user.client));
    expect(denied).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: `User: ${user.arn} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::${bucket}/k" with an explicit deny in a resource-based policy`,
    });
    await put('k', { ServerSideEncryption: 'aws:kms' }, user.client);
  });
});

describe('bucket keys', () => {
  test('BK-03 BK-04 BK-08 GP-29 with a bucket key one request reaches KMS, without one all do', async () => {
    await setDefault(kmsRule(keyArn, true));
    const answers = [await put('1'), await put('2'), await s3.send(new GetObjectCommand({ Bucket: bucket, Key: '1' }))];
    expect(await Promise.all(answers.map((answer) => kinds(answer)))).toEqual([
      ['made GenerateDataKey'],
      ['spared GenerateDataKey'],
      ['spared Decrypt'],
    ]);
    await setDefault(kmsRule(keyArn, false));
    expect(await kinds(await put('3'))).toEqual(['made GenerateDataKey']);
    expect(await kinds(await put('4'))).toEqual(['made GenerateDataKey']);
  });

  test('BK-17 CT-04 GP-17 the context of a bucket key names the bucket', async () => {
    const answer = await put('a/k', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn, BucketKeyEnabled: true });
    expect(await keyOperations(answer)).toMatchObject([
      { kind: 'made', answeredBy: 'kms', encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::${bucket}` } },
    ]);
  });

  test('BK-05 after its lifetime S3 asks KMS again', async () => {
    const account = '200000000005';
    const credentials = rootOf(account);
    const own = emulator.s3({ credentials });
    const { KeyMetadata } = await emulator.kms({ credentials }).send(new CreateKeyCommand({}));
    bucket = `b-${randomUUID()}`;
    await own.send(new CreateBucketCommand({ Bucket: bucket }));
    const options = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KeyMetadata?.Arn, BucketKeyEnabled: true } as const;
    await put('1', options, own);
    const settings = await emulator.admin<readonly WorldSetting[]>(`settings?account=${account}`);
    const lifetime = Number(settings.find(({ name }) => name === 'bucketKeyLifetime')?.value);
    const advance = (advanceSeconds: number) =>
      emulator.admin(`clock?account=${account}`, { method: 'POST', body: { advanceSeconds } });
    await advance(lifetime - 60);
    const [spared] = await keyOperations(await put('2', options, own), account);
    expect(spared).toMatchObject({ kind: 'spared', answeredBy: 'bucket-key' });
    expect(spared?.cachedKeyAge).toBeGreaterThanOrEqual(lifetime - 60);
    await advance(61);
    expect(await kinds(await put('3', options, own), account)).toEqual(['made GenerateDataKey']);
    // The old bucket key is gone too: reading what it wrapped asks KMS.
    const read = await own.send(new GetObjectCommand({ Bucket: bucket, Key: '1' }));
    expect(await kinds(read, account)).toEqual(['made Decrypt']);
  });

  test('BK-06 each requester fetches a bucket key of its own', async () => {
    const user = await makeUser('reader', allow({ Action: ['s3:*', 'kms:*'] }));
    await setDefault(kmsRule(keyArn, true));
    await put('1');
    expect(await kinds(await put('2', {}, user.client))).toEqual(['made GenerateDataKey']);
    const read = await user.client.send(new GetObjectCommand({ Bucket: bucket, Key: '1' }));
    expect(await kinds(read)).toEqual(['made Decrypt']);
    expect(await kinds(await user.client.send(new GetObjectCommand({ Bucket: bucket, Key: '1' })))).toEqual([
      'spared Decrypt',
    ]);
  });

  test('BK-08 a permission that was taken away still works while the bucket key is held', async () => {
    const user = await makeUser('writer', allow({ Action: ['s3:*', 'kms:*'] }));
    await setDefault(kmsRule(keyArn, true));
    await put('1', {}, user.client);
    const deny = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
        { Effect: 'Deny', Principal: { AWS: user.arn }, Action: 'kms:*', Resource: '*' },
      ],
    };
    await emulator.kms().send(new PutKeyPolicyCommand({ KeyId: keyId, Policy: JSON.stringify(deny) }));
    expect(await kinds(await put('2', {}, user.client))).toEqual(['spared GenerateDataKey']);
    expect(await get('1', user.client)).toBe('test');
    expect(await refusal(put('3', { BucketKeyEnabled: false }, user.client))).toMatchObject({ code: 'AccessDenied' });
  });

  test('BK-10 another KMS key has a bucket key of its own', async () => {
    const { KeyMetadata } = await emulator.kms().send(new CreateKeyCommand({}));
    const options = { ServerSideEncryption: 'aws:kms', BucketKeyEnabled: true } as const;
    await put('1', { ...options, SSEKMSKeyId: keyArn });
    const other = await put('2', { ...options, SSEKMSKeyId: KeyMetadata?.Arn });
    expect(await kinds(other)).toEqual(['made GenerateDataKey']);
  });

  test('BK-12 BK-14 the header overrides the bucket for one object and changes nothing else', async () => {
    await setDefault(kmsRule(keyArn, false));
    const answer = await put('k', { BucketKeyEnabled: true });
    expect(answer.BucketKeyEnabled).toBe(true);
    expect((await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'k' }))).BucketKeyEnabled).toBe(true);
    expect((await getRule())?.BucketKeyEnabled).toBe(false);
    expect(await put('k2')).not.toHaveProperty('BucketKeyEnabled');
  });

  test('BK-09 existing objects are not converted; a copy onto itself converts', async () => {
    await put('k');
    await setDefault(kmsRule(keyArn, true));
    expect((await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'k' }))).ServerSideEncryption).toBe('AES256');
    await s3.send(new CopyObjectCommand({ Bucket: bucket, Key: 'k', CopySource: `${bucket}/k` }));
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'k' }));
    expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms', BucketKeyEnabled: true });
  });

  test('BK-16 a policy that names the object as context stops matching with a bucket key', async () => {
    const user = await makeUser(
      'narrow',
      allow(
        { Action: 's3:*' },
        {
          Action: 'kms:*',
          Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${bucket}/*` } },
        },
      ),
    );
    await setDefault(kmsRule(keyArn, false));
    await put('k', {}, user.client);
    await setDefault(kmsRule(keyArn, true));
    expect(await refusal(put('k', {}, user.client))).toMatchObject({ code: 'AccessDenied', status: 403 });
  });

  test('BK-18 GP-10 a writer with a bucket key needs kms:Decrypt too, one without does not', async () => {
    const user = await makeUser('generate-only', allow({ Action: ['s3:*', 'kms:GenerateDataKey'] }));
    const options = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn } as const;
    await put('k', options, user.client);
    expect(await refusal(put('k', { ...options, BucketKeyEnabled: true }, user.client))).toMatchObject({
      code: 'AccessDenied',
      message: expect.stringContaining('kms:Decrypt'),
    });
  });
});

describe('what KMS refuses', () => {
  const options = () => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn }) as const;

  test('ERR-01 a disabled key stops uploads and downloads', async () => {
    await put('k', options());
    await emulator.kms().send(new DisableKeyCommand({ KeyId: keyId }));
    const expected = { code: 'KMS.DisabledException', status: 400, message: `${keyArn} is disabled.` };
    expect(await refusal(put('k', options()))).toEqual(expected);
    expect(await refusal(get('k'))).toEqual(expected);
    await emulator.kms().send(new EnableKeyCommand({ KeyId: keyId }));
    expect(await get('k')).toBe('test');
  });

  test('ERR-02 so does a key that is pending deletion', async () => {
    await emulator.kms().send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 }));
    expect(await refusal(put('k', options()))).toEqual({
      code: 'KMS.KMSInvalidStateException',
      status: 400,
      message: `${keyArn} is pending deletion.`,
    });
  });

  test('ERR-03 ERR-04 GP-05 unknown keys and keys of another Region', async () => {
    const uuid = '134f2428-cec1-4b25-a1ae-9048164dba47';
    const unknown = `Key 'arn:aws:kms:us-east-1:${ACCOUNT}:key/${uuid}' does not exist`;
    const cases = [
      ['fake-key-id', "Invalid keyId 'fake-key-id'"],
      [uuid, unknown],
      [`arn:aws:kms:us-east-1:${ACCOUNT}:key/${uuid}`, unknown],
      [`arn:aws:kms:eu-west-1:${ACCOUNT}:key/${uuid}`, 'Invalid arn eu-west-1'],
    ] as const;
    for (const [SSEKMSKeyId, message] of cases) {
      for (const BucketKeyEnabled of [false, true]) {
        const upload = put('k', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId, BucketKeyEnabled });
        expect(await refusal(upload)).toEqual({ code: 'KMS.NotFoundException', status: 400, message });
      }
    }
  });

  test('ERR-11 GP-06 an asymmetric key cannot encrypt objects', async () => {
    const { KeyMetadata } = await emulator
      .kms()
      .send(new CreateKeyCommand({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }));
    const upload = put('k', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KeyMetadata?.Arn });
    expect(await refusal(upload)).toMatchObject({ code: 'KMS.InvalidKeyUsageException', status: 400 });
  });

  test('ERR-05 ERR-12 GP-09 without permission on the key the answer names the missing action', async () => {
    const user = await makeUser('keyless', allow({ Action: 's3:*' }));
    const sentence = (action: string) =>
      `User: ${user.arn} is not authorized to perform: ${action} on resource: ${keyArn} because no identity-based policy allows the ${action} action`;
    expect(await refusal(put('k', options(), user.client))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: sentence('kms:GenerateDataKey'),
    });
    await put('k', options());
    expect(await refusal(get('k', user.client))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: sentence('kms:Decrypt'),
    });
  });

  test('GP-09 without permission on the object the key does not help', async () => {
    const user = await makeUser('bucketless', allow({ Action: 'kms:*' }));
    expect(await refusal(put('k', options(), user.client))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: `User: ${user.arn} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::${bucket}/k" because no identity-based policy allows the s3:PutObject action`,
    });
  });

  test('GP-19 a copy needs the source key to read and the destination key to write', async () => {
    const { KeyMetadata } = await emulator.kms().send(new CreateKeyCommand({}));
    await put('source', options());
    const user = await makeUser(
      'copier',
      allow(
        { Action: 's3:*' },
        { Action: 'kms:GenerateDataKey' },
        { Action: 'kms:Decrypt', Resource: KeyMetadata?.Arn ?? '' },
      ),
    );
    const copy = { Bucket: bucket, Key: 'copy', CopySource: `${bucket}/source` };
    const command = new CopyObjectCommand({ ...copy, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KeyMetadata?.Arn });
    expect(await refusal(user.client.send(command))).toMatchObject({
      code: 'AccessDenied',
      message: expect.stringContaining(`kms:Decrypt on resource: ${keyArn}`),
    });
    const answer = await s3.send(command);
    expect(await kinds(answer)).toEqual(['made Decrypt', 'made GenerateDataKey']);
  });

  test('ERR-08 a throttled KMS slows S3 down', async () => {
    const credentials = rootOf('200000000008');
    const own = emulator.s3({ credentials });
    bucket = `b-${randomUUID()}`;
    await own.send(new CreateBucketCommand({ Bucket: bucket }));
    await emulator.admin('settings?account=200000000008', { method: 'PUT', body: { faultThrottle: 100 } });
    expect(await refusal(put('k', { ServerSideEncryption: 'aws:kms' }, own))).toEqual({
      code: 'SlowDown',
      status: 503,
      message: 'Please reduce your request rate for operations involving AWS KMS.',
    });
  });

  test('ERR-09 HEAD fails with the same status and without a cause', async () => {
    await put('k', options());
    await emulator.kms().send(new DisableKeyCommand({ KeyId: keyId }));
    const head = { Bucket: bucket, Key: 'k' };
    // Only the checksum is as secret as the body: without it HEAD asks no key.
    await s3.send(new HeadObjectCommand(head));
    const refused = await refusal(s3.send(new HeadObjectCommand({ ...head, ChecksumMode: 'ENABLED' })));
    expect(refused.status).toBe(400);
    expect(refused.message).not.toContain('disabled');
  });
});

test("SSE-C: the customer's key opens what it sealed, and no other does", async () => {
  const customer = (fill: number) => {
    const key = Buffer.alloc(32, fill);
    return {
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: key.toString('base64'),
      SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
    };
  };
  await put('k', customer(1));
  const read = (more: object) => s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'k', ...more }));
  expect(await (await read(customer(1))).Body?.transformToString()).toBe('test');
  expect(await refusal(read(customer(2)))).toMatchObject({ code: 'AccessDenied', status: 403 });
  expect(await refusal(read({}))).toMatchObject({ code: 'InvalidRequest', status: 400 });
});
