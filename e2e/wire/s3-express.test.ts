/** Directory buckets: names, one key for life, sessions and their bucket keys, through the official clients. */

import { randomUUID } from 'node:crypto';
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  CreateSessionCommand,
  type CreateSessionCommandInput,
  DeleteBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListDirectoryBucketsCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  RenameObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { HttpRequest } from '@smithy/core/protocols';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LedgerPage } from '../../lib/contract/ledger.ts';
import { ACCOUNT, type Credentials, ROOT, refusal, startTestEmulator, type TestEmulator } from './harness.ts';

const ZONE = 'use1-az4';

let emulator: TestEmulator;
let s3: S3Client;
let bucket: string;
let keyArn: string;
let keyId: string;
const clients: S3Client[] = [];

beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await emulator.close();
});

/** Signs everything with the user's own keys: sessions only where a test opens one. */
function withoutSessions(credentials: Credentials = ROOT): S3Client {
  const client = new S3Client({
    endpoint: emulator.url,
    region: 'us-east-1',
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    disableS3ExpressSessionAuth: true,
  });
  clients.push(client);
  return client;
}

beforeEach(async () => {
  s3 = emulator.s3();
  bucket = `d-${randomUUID().slice(0, 18)}--${ZONE}--x-s3`;
  await create(bucket);
  const { KeyMetadata } = await emulator.kms().send(new CreateKeyCommand({}));
  keyArn = KeyMetadata?.Arn ?? '';
  keyId = KeyMetadata?.KeyId ?? '';
});

function create(name: string, zone = ZONE, client = s3) {
  return client.send(
    new CreateBucketCommand({
      Bucket: name,
      CreateBucketConfiguration: {
        Location: { Type: 'AvailabilityZone', Name: zone },
        Bucket: { Type: 'Directory', DataRedundancy: 'SingleAvailabilityZone' },
      },
    }),
  );
}

function setDefault(
  key: string | undefined,
  more: { bucketKey?: boolean; algorithm?: 'aws:kms' | 'aws:kms:dsse' } = {},
) {
  return withoutSessions().send(
    new PutBucketEncryptionCommand({
      Bucket: bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: more.algorithm ?? 'aws:kms', KMSMasterKeyID: key },
            ...(more.bucketKey !== undefined && { BucketKeyEnabled: more.bucketKey }),
          },
        ],
      },
    }),
  );
}

async function getRule() {
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

function open(more: Partial<CreateSessionCommandInput> = {}, client = withoutSessions()) {
  return client.send(new CreateSessionCommand({ Bucket: bucket, ...more }));
}

/** A client that signs with the credentials of one session, whatever becomes of it. */
async function sessionClient(more: Partial<CreateSessionCommandInput> = {}): Promise<S3Client> {
  const { Credentials: session } = await open(more);
  const client = withoutSessions({
    accessKeyId: session?.AccessKeyId ?? '',
    secretAccessKey: session?.SecretAccessKey ?? '',
  });
  client.middlewareStack.add(
    (next) => (args) => {
      if (HttpRequest.isInstance(args.request))
        args.request.headers['x-amz-s3session-token'] = session?.SessionToken ?? '';
      return next(args);
    },
    { step: 'build' },
  );
  return client;
}

async function keyOperations(answer: { $metadata: { requestId?: string | undefined } }) {
  const page = await emulator.admin<LedgerPage>(`ledger?requestId=${answer.$metadata.requestId}`);
  return page.records[0]?.keyOperations ?? [];
}

const kinds = async (answer: Parameters<typeof keyOperations>[0]) =>
  (await keyOperations(answer)).map(({ kind, operation }) => `${kind} ${operation}`);

async function makeUser(name: string, ...statements: object[]): Promise<{ arn: string; credentials: Credentials }> {
  const iam = emulator.iam();
  const UserName = `${name}-${randomUUID().slice(0, 8)}`;
  const { User } = await iam.send(new CreateUserCommand({ UserName }));
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement })),
  });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'policy', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  return { arn: User?.Arn ?? '', credentials };
}

const bucketArn = () => `arn:aws:s3express:us-east-1:${ACCOUNT}:bucket/${bucket}`;
const badRequest = { code: 'InvalidRequest', status: 400 };

describe('the bucket', () => {
  test('DB-01 DB-02 DB-04 it is made with its zone and listed with its ARN', async () => {
    const { Buckets } = await s3.send(new ListDirectoryBucketsCommand({}));
    expect(Buckets?.find(({ Name }) => Name === bucket)).toMatchObject({
      BucketArn: bucketArn(),
      BucketRegion: 'us-east-1',
    });
    const own = withoutSessions();
    expect(await refusal(create(`x--${ZONE}--x-s3`, 'use1-az5', own))).toMatchObject(badRequest);
    expect(await refusal(create('x--usw2-az1--x-s3', 'usw2-az1', own))).toMatchObject({ status: 400 });
    expect(await refusal(create('X_y--use1-az4--x-s3', ZONE, own))).toMatchObject({ code: 'InvalidBucketName' });
    expect(await refusal(create(bucket, ZONE, own))).toMatchObject({ code: 'BucketAlreadyOwnedByYou', status: 409 });
  });

  test('DB-03 only s3express:CreateBucket lets a caller make one', async () => {
    const user = await makeUser('maker', { Action: 's3:*' });
    const name = `m-${randomUUID().slice(0, 8)}--${ZONE}--x-s3`;
    const refused = await refusal(create(name, ZONE, withoutSessions(user.credentials)));
    expect(refused).toMatchObject({ code: 'AccessDenied', status: 403 });
    expect(refused.message).toContain('s3express:CreateBucket');
    const other = await makeUser('maker', { Action: 's3express:CreateBucket' });
    await create(name, ZONE, withoutSessions(other.credentials));
  });

  test('DB-55 its ETags are never MD5s, and a deleted bucket is gone', async () => {
    const { ETag } = await put('k');
    expect(ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(ETag).not.toBe('"098f6bcd4621d373cade4e832627b4f6"');
    const remove = new DeleteBucketCommand({ Bucket: bucket });
    expect(await refusal(s3.send(remove))).toMatchObject({ code: 'BucketNotEmpty', status: 409 });
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'k' }));
    await s3.send(remove);
    expect((await refusal(withoutSessions().send(new HeadBucketCommand({ Bucket: bucket })))).status).toBe(404);
  });

  test('listings take only / as the delimiter and prefixes that end with it', async () => {
    for (const key of ['a/1', 'a/2', 'b']) await put(key);
    const list = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Delimiter: '/' }));
    expect(list.Contents?.map(({ Key }) => Key)).toEqual(['b']);
    expect(list.CommonPrefixes).toEqual([{ Prefix: 'a/' }]);
    for (const wrong of [{ Delimiter: '-' }, { Prefix: 'a' }, { StartAfter: 'a' }]) {
      const refused = await refusal(s3.send(new ListObjectsV2Command({ Bucket: bucket, ...wrong })));
      expect(refused).toMatchObject({ code: 'InvalidArgument', status: 400 });
    }
  });

  test('an object is renamed without asking a key', async () => {
    await setDefault(keyArn);
    await put('from');
    const renamed = await s3.send(new RenameObjectCommand({ Bucket: bucket, Key: 'to', RenameSource: 'from' }));
    expect(await keyOperations(renamed)).toEqual([]);
    expect(await get('to')).toBe('test');
    expect(await refusal(get('from'))).toMatchObject({ code: 'NoSuchKey' });
  });
});

describe('default encryption', () => {
  test('DB-10 SSE-S3 at first; only SSE-KMS besides', async () => {
    expect(await getRule()).toMatchObject({ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } });
    expect(await refusal(setDefault(keyArn, { algorithm: 'aws:kms:dsse' }))).toMatchObject(badRequest);
  });

  test('DB-11 DB-12 one key for life: another is refused, also after the default was removed', async () => {
    await setDefault(keyArn);
    const { KeyMetadata } = await emulator.kms().send(new CreateKeyCommand({}));
    const other = KeyMetadata?.Arn ?? '';
    expect(await refusal(setDefault(other))).toMatchObject(badRequest);
    const { $metadata } = await withoutSessions().send(new DeleteBucketEncryptionCommand({ Bucket: bucket }));
    expect($metadata.httpStatusCode).toBe(204);
    expect(await getRule()).toMatchObject({ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } });
    expect(await refusal(setDefault(other))).toMatchObject(badRequest);
    await setDefault(keyId);
  });

  test('DB-13 DB-14 neither the AWS managed key nor an alias', async () => {
    // The managed key exists once a general purpose bucket has used it.
    const general = `g-${randomUUID()}`;
    await s3.send(new CreateBucketCommand({ Bucket: general }));
    const { SSEKMSKeyId } = await s3.send(
      new PutObjectCommand({ Bucket: general, Key: 'k', Body: 'x', ServerSideEncryption: 'aws:kms' }),
    );
    const alias = `arn:aws:kms:us-east-1:${ACCOUNT}:alias/some`;
    for (const key of [undefined, SSEKMSKeyId, 'alias/some', alias, 'alias/aws/s3']) {
      expect(await refusal(setDefault(key))).toMatchObject(badRequest);
    }
  });

  test('DB-16 ERR-03 the key is validated, and the caller must be allowed to use it', async () => {
    expect(await refusal(setDefault('134f2428-cec1-4b25-a1ae-9048164dba47'))).toMatchObject({
      code: 'KMS.NotFoundException',
      status: 400,
    });
    const user = await makeUser('configurer', { Action: ['s3express:*', 'kms:GenerateDataKey'] });
    const command = new PutBucketEncryptionCommand({
      Bucket: bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn } }],
      },
    });
    const refused = await refusal(withoutSessions(user.credentials).send(command));
    expect(refused).toMatchObject({ code: 'AccessDenied', status: 403 });
    expect(refused.message).toContain('kms:Decrypt');
  });

  test('DB-17 reading and writing the configuration are two permissions', async () => {
    const user = await makeUser('onlooker', { Action: 's3express:GetEncryptionConfiguration' });
    const client = withoutSessions(user.credentials);
    await client.send(new GetBucketEncryptionCommand({ Bucket: bucket }));
    const remove = client.send(new DeleteBucketEncryptionCommand({ Bucket: bucket }));
    expect((await refusal(remove)).message).toContain('s3express:PutEncryptionConfiguration');
  });

  test('DB-18 DB-25 HeadObject names the key; bucket keys cannot be turned off', async () => {
    await setDefault(keyId, { bucketKey: false });
    expect(await getRule()).toMatchObject({ BucketKeyEnabled: true });
    await put('k', { BucketKeyEnabled: false });
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'k' }));
    expect(head).toMatchObject({ SSEKMSKeyId: keyArn, BucketKeyEnabled: true, ServerSideEncryption: 'aws:kms' });
  });
});

describe('sessions', () => {
  test('DB-31 WIRE-05 a session lives five minutes of world time', async () => {
    const client = await sessionClient();
    await put('k', {}, client);
    await emulator.admin('clock', { method: 'POST', body: { advanceSeconds: 299 } });
    expect(await get('k', client)).toBe('test');
    await emulator.admin('clock', { method: 'POST', body: { advanceSeconds: 2 } });
    expect(await refusal(get('k', client))).toMatchObject({ code: 'ExpiredToken' });
  });

  test('DB-31 it opens its own bucket only', async () => {
    const client = await sessionClient();
    bucket = `other-${randomUUID().slice(0, 8)}--${ZONE}--x-s3`;
    await create(bucket);
    expect(await refusal(put('k', {}, client))).toMatchObject({ code: 'AccessDenied', status: 403 });
  });

  test('DB-31 nor does it open another service or a general purpose bucket, or open sessions', async () => {
    const { Credentials: session } = await open({ SessionMode: 'ReadWrite' });
    const credentials = {
      accessKeyId: session?.AccessKeyId ?? '',
      secretAccessKey: session?.SecretAccessKey ?? '',
      sessionToken: session?.SessionToken ?? '',
    };
    expect((await refusal(emulator.kms({ credentials }).send(new CreateKeyCommand({})))).code).toBe(
      'UnrecognizedClientException',
    );
    const client = await sessionClient({ SessionMode: 'ReadWrite' });
    await put('k', {}, client);
    const general = `g-${randomUUID()}`;
    await s3.send(new CreateBucketCommand({ Bucket: general }));
    const refused = [
      () => client.send(new ListObjectsV2Command({ Bucket: general })),
      () => client.send(new ListDirectoryBucketsCommand({})),
      () => client.send(new CreateSessionCommand({ Bucket: bucket })),
      () => client.send(new DeleteBucketEncryptionCommand({ Bucket: bucket })),
      () => client.send(new DeleteBucketCommand({ Bucket: bucket })),
      () => client.send(new CopyObjectCommand({ Bucket: bucket, Key: 'c', CopySource: `${bucket}/k` })),
    ];
    for (const call of refused) expect(await refusal(call())).toMatchObject({ code: 'AccessDenied', status: 403 });
  });

  test('DB-30 DB-33 a read-only session reads and lists, and nothing else', async () => {
    await put('k');
    const client = await sessionClient({ SessionMode: 'ReadOnly' });
    expect(await get('k', client)).toBe('test');
    await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'k' }));
    await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    const writes = [
      () => put('k', {}, client),
      () => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'k' })),
      () => client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: 'k' })),
      () => client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: 'k', UploadId: 'x' })),
    ];
    for (const write of writes) expect(await refusal(write())).toMatchObject({ code: 'AccessDenied', status: 403 });
  });

  test('DB-33 DB-52 without a mode ReadWrite is tried, then ReadOnly, then the caller is refused', async () => {
    const readOnly = { StringEquals: { 's3express:SessionMode': 'ReadOnly' } };
    const reader = await makeUser('reader', { Action: 's3express:CreateSession', Condition: readOnly });
    const client = emulator.s3({ credentials: reader.credentials });
    await put('k');
    expect(await get('k', client)).toBe('test');
    expect(await refusal(put('k', {}, client))).toMatchObject({ code: 'AccessDenied' });
    const stranger = await makeUser('stranger', { Action: 's3:*' });
    expect(await refusal(open({}, withoutSessions(stranger.credentials)))).toMatchObject({
      code: 'AccessDenied',
      status: 403,
      message: `User: ${stranger.arn} is not authorized to perform: s3express:CreateSession on resource: "${bucketArn()}" because no identity-based policy allows the s3express:CreateSession action`,
    });
  });

  test('WIRE-06 the SDK opens a session before the bucket exists; its first object request binds it', async () => {
    const client = emulator.s3();
    bucket = `new-${randomUUID().slice(0, 8)}--${ZONE}--x-s3`;
    await create(bucket, ZONE, client);
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn } } as const;
    await client.send(
      new PutBucketEncryptionCommand({ Bucket: bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }),
    );
    expect(await put('k', {}, client)).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn });
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket: `none--${ZONE}--x-s3`, Key: 'k' })))).toMatchObject({
      code: 'NoSuchBucket',
      status: 404,
    });
  });

  test('DB-25 DB-27 DB-34 objects of a session take its key; one KMS request serves them all', async () => {
    await setDefault(keyArn);
    const session = await open();
    expect(session).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn, BucketKeyEnabled: true });
    expect(await kinds(session)).toEqual(['made GenerateDataKey']);
    const client = await sessionClient();
    for (const key of ['1', '2', '3']) {
      const answer = await put(key, {}, client);
      expect(answer).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn, BucketKeyEnabled: true });
      expect(await keyOperations(answer)).toMatchObject([{ kind: 'spared', answeredBy: 'session' }]);
    }
    expect(await get('2', client)).toBe('test');
    await emulator.admin('clock', { method: 'POST', body: { advanceSeconds: 86_400 } });
    expect(await kinds(await open())).toEqual(['made GenerateDataKey']);
  });

  test('DB-26 every copy asks KMS, uploads in a session do not', async () => {
    await setDefault(keyArn);
    await put('source');
    for (let n = 0; n < 3; n++) {
      const copy = new CopyObjectCommand({ Bucket: bucket, Key: `copy-${n}`, CopySource: `${bucket}/source` });
      const answer = await s3.send(copy);
      expect(await kinds(answer)).toEqual(['made Decrypt', 'made GenerateDataKey']);
      expect(answer.SSEKMSKeyId).toBe(keyArn);
    }
    expect(await get('copy-2')).toBe('test');
  });

  test("DB-38 DB-39 a copy may ask for SSE-KMS only where it is the default, with the bucket's key", async () => {
    await put('source');
    const copy = { Bucket: bucket, Key: 'copy', CopySource: `${bucket}/source` };
    const withKms = (SSEKMSKeyId?: string) =>
      s3.send(new CopyObjectCommand({ ...copy, ServerSideEncryption: 'aws:kms', SSEKMSKeyId }));
    expect(await refusal(withKms(keyArn))).toMatchObject(badRequest);
    await setDefault(keyArn);
    const { KeyMetadata } = await emulator.kms().send(new CreateKeyCommand({}));
    expect(await refusal(withKms(KeyMetadata?.Arn))).toMatchObject(badRequest);
    expect(await withKms()).toMatchObject({ SSEKMSKeyId: keyArn });
    const plain = await s3.send(new CopyObjectCommand({ ...copy, ServerSideEncryption: 'AES256' }));
    expect(plain.ServerSideEncryption).toBe('AES256');
  });

  test('DB-35 DB-36 DB-39 a session overrides the default only where that is SSE-KMS, and names its key', async () => {
    const kms = { ServerSideEncryption: 'aws:kms' } as const;
    expect(await refusal(open({ ...kms, SSEKMSKeyId: keyArn }))).toMatchObject(badRequest);
    await setDefault(keyArn);
    expect(await refusal(open(kms))).toMatchObject(badRequest);
    const { KeyMetadata } = await emulator.kms().send(new CreateKeyCommand({}));
    expect(await refusal(open({ ...kms, SSEKMSKeyId: KeyMetadata?.Arn }))).toMatchObject(badRequest);
    expect(await open({ ...kms, SSEKMSKeyId: keyId })).toMatchObject({ SSEKMSKeyId: keyArn });
    const client = await sessionClient({ ServerSideEncryption: 'AES256' });
    expect((await put('k', {}, client)).ServerSideEncryption).toBe('AES256');
  });

  test('DB-37 encryption headers inside a session must equal its own', async () => {
    await setDefault(keyArn);
    await put('k', { ServerSideEncryption: 'aws:kms' });
    await put('k', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyId });
    const { KeyMetadata } = await emulator.kms().send(new CreateKeyCommand({}));
    const wrong: Partial<PutObjectCommandInput>[] = [
      { ServerSideEncryption: 'AES256' },
      { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KeyMetadata?.Arn },
      { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/some' },
    ];
    for (const headers of wrong) expect(await refusal(put('k', headers))).toMatchObject(badRequest);
    const upload = new CreateMultipartUploadCommand({ Bucket: bucket, Key: 'k', ServerSideEncryption: 'AES256' });
    expect(await refusal(s3.send(upload))).toMatchObject(badRequest);
  });

  test('DB-40 who may not use the key opens no session; what is open works on', async () => {
    await setDefault(keyArn);
    const user = await makeUser('holder', { Action: ['s3express:*', 'kms:*'] });
    const client = emulator.s3({ credentials: user.credentials });
    await put('k', {}, client);
    const deny = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
        { Effect: 'Deny', Principal: { AWS: user.arn }, Action: 'kms:Decrypt', Resource: '*' },
      ],
    };
    await emulator.kms().send(new PutKeyPolicyCommand({ KeyId: keyId, Policy: JSON.stringify(deny) }));
    await put('k2', {}, client);
    expect(await get('k', client)).toBe('test');
    const refused = await refusal(open({}, withoutSessions(user.credentials)));
    expect(refused).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: `User: ${user.arn} is not authorized to perform: kms:Decrypt on resource: ${keyArn} with an explicit deny in a resource-based policy`,
    });
  });
});

describe('policies and context', () => {
  test('DB-46 DB-47 CreateSession is decided on the bucket itself: a Deny on /* enforces nothing', async () => {
    await setDefault(keyArn);
    const user = await makeUser('writer', { Action: ['s3express:*', 'kms:*'] });
    const client = withoutSessions(user.credentials);
    const deny = (Resource: string) =>
      withoutSessions().send(
        new PutBucketPolicyCommand({
          Bucket: bucket,
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Deny',
                Principal: '*',
                Action: 's3express:CreateSession',
                Resource,
                Condition: { StringNotEquals: { 's3express:x-amz-server-side-encryption-aws-kms-key-id': keyArn } },
              },
            ],
          }),
        }),
      );
    await deny(`${bucketArn()}/*`);
    await open({}, client);
    await deny(bucketArn());
    expect(await refusal(open({}, client))).toMatchObject({ code: 'AccessDenied', status: 403 });
    await open({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyId }, client);
    const { Policy } = await withoutSessions().send(new GetBucketPolicyCommand({ Bucket: bucket }));
    expect(Policy).toContain('CreateSession');
  });

  test('DB-48 DB-49 the context is the ARN of the bucket, and an explicit one must say the same', async () => {
    await setDefault(keyArn);
    const encode = (context: object) => Buffer.from(JSON.stringify(context)).toString('base64');
    const kms = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn } as const;
    const session = await open({ ...kms, SSEKMSEncryptionContext: encode({ 'aws:s3express:arn': bucketArn() }) });
    expect(await keyOperations(session)).toMatchObject([{ encryptionContext: { 'aws:s3express:arn': bucketArn() } }]);
    for (const context of [{ project: 'x' }, { 'aws:s3express:arn': `${bucketArn()}/k` }]) {
      const refused = await refusal(open({ ...kms, SSEKMSEncryptionContext: encode(context) }));
      expect(refused).toMatchObject(badRequest);
    }
  });

  test('DB-50 DB-51 CT-10 CloudTrail prints the context with its doubled prefix', async () => {
    await setDefault(keyArn);
    await put('some/key');
    const { Events } = await emulator
      .cloudtrail()
      .send(new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: keyArn }] }));
    const event = Events?.find(({ EventName }) => EventName === 'GenerateDataKey');
    expect(JSON.parse(event?.CloudTrailEvent ?? '{}')).toMatchObject({
      requestParameters: { encryptionContext: { 'aws:s3express:arn': `arn:aws:s3:::${bucketArn()}` } },
    });
    expect(event?.CloudTrailEvent).not.toContain('some/key');
  });

  test('DB-53 where the world insists on it, plain HTTP is refused', async () => {
    await put('k');
    await emulator.admin('settings', { method: 'PUT', body: { tlsOnly: true } });
    try {
      expect(await refusal(get('k'))).toMatchObject({ status: 400 });
    } finally {
      await emulator.admin('settings', { method: 'PUT', body: { tlsOnly: false } });
    }
  });

  test('DB-54 GET and HEAD must not carry encryption headers', async () => {
    await put('k');
    const client = emulator.s3();
    client.middlewareStack.add(
      (next) => (args) => {
        if (HttpRequest.isInstance(args.request) && args.request.query?.['session'] === undefined) {
          args.request.headers['x-amz-server-side-encryption'] = 'AES256';
        }
        return next(args);
      },
      { step: 'build' },
    );
    expect((await refusal(client.send(new GetObjectCommand({ Bucket: bucket, Key: 'k' })))).status).toBe(400);
    expect((await refusal(client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'k' })))).status).toBe(400);
  });
});
