/** Directory buckets: one key for life, bucket keys that are always on (rules DB). */

import { CreateAliasCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import {
  CopyObjectCommand,
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  GetObjectCommand,
  HeadObjectCommand,
  UpdateObjectEncryptionCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Statement } from '../../lib/scenarios/policies.ts';
import {
  type Actors,
  actorsOf,
  allow,
  encryptBucket,
  makeBucket,
  makeDirectoryBucket,
  type ObjectClients,
  objectsOf,
} from './actors.ts';
import { type DirectoryBuckets, directoryBucketsOf, EXPRESS_ARN } from './directory.ts';
import { ACCOUNT, refusal, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
let actors: Actors;
let fast: DirectoryBuckets;
let objects: ObjectClients;

beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
  fast = directoryBucketsOf(emulator);
  objects = objectsOf(emulator, actors);
});
afterAll(() => {
  fast.close();
  return emulator.close();
});

const keyOf = async (Bucket: string) => {
  const { ServerSideEncryptionConfiguration } = await fast.root.send(new GetBucketEncryptionCommand({ Bucket }));
  return ServerSideEncryptionConfiguration?.Rules?.[0];
};

test('DB-10 DB-13 DB-14 DB-18 the default takes SSE-S3 or one customer managed key, as id or ARN', async () => {
  const Bucket = await fast.bucketWith();
  expect((await keyOf(Bucket))?.ApplyServerSideEncryptionByDefault).toEqual({ SSEAlgorithm: 'AES256' });
  const key = await actors.key();
  await emulator.kms().send(new CreateAliasCommand({ AliasName: 'alias/fast', TargetKeyId: key }));
  const managed = await objects.put(fast.root, await managedBucket(), 'x');
  for (const choice of [
    { algorithm: 'aws:kms:dsse', key } as const,
    {},
    { key: 'alias/fast' },
    { key: `arn:aws:kms:us-east-1:${ACCOUNT}:alias/fast` },
    { key: managed.SSEKMSKeyId ?? '' },
  ]) {
    expect((await refusal(encryptBucket(fast.root, Bucket, choice))).status).toBe(400);
  }
  await encryptBucket(fast.root, Bucket, { key: key.split('/')[1] ?? '' });
  await fast.put(fast.root, Bucket, 'x');
  expect(await fast.root.send(new HeadObjectCommand({ Bucket, Key: 'x' }))).toMatchObject({ SSEKMSKeyId: key });
});

async function managedBucket(): Promise<string> {
  const Bucket = objects.name();
  await makeBucket(fast.root, Bucket, {});
  return Bucket;
}

test('DB-11 DB-12 DB-17 one key for the lifetime of the bucket, also after its default was deleted', async () => {
  const [key, other] = [await actors.key(), await actors.key()];
  const Bucket = await fast.bucketWith(key);
  expect(await refusal(encryptBucket(fast.root, Bucket, { key: other }))).toMatchObject({
    code: 'InvalidRequest',
    status: 400,
  });
  const inRequest = fast.put(fast.root, Bucket, 'x', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: other });
  expect((await refusal(inRequest)).status).toBe(400);
  const removed = await fast.root.send(new DeleteBucketEncryptionCommand({ Bucket }));
  expect(removed.$metadata.httpStatusCode).toBe(204);
  expect((await keyOf(Bucket))?.ApplyServerSideEncryptionByDefault).toEqual({ SSEAlgorithm: 'AES256' });
  expect((await refusal(encryptBucket(fast.root, Bucket, { key: other }))).status).toBe(400);
  await encryptBucket(fast.root, Bucket, { key });
});

test('DB-15 DB-16 DB-17 the setting asks for the key’s permissions, both sides of them', async () => {
  const Bucket = await fast.bucketWith();
  const configure = allow(['s3express:CreateSession', 's3express:PutEncryptionConfiguration'], ['*'], 'Configure');
  const key = await actors.key();
  const user = await actors.user(configure);
  const answer = await refusal(encryptBucket(user.s3, Bucket, { key }));
  expect(answer).toMatchObject({ code: 'AccessDenied', status: 403 });
  expect(answer.message).toContain('kms:GenerateDataKey');
  const only = await actors.user(configure, allow(['kms:GenerateDataKey'], ['*'], 'Key'));
  expect((await refusal(encryptBucket(only.s3, Bucket, { key }))).message).toContain('kms:Decrypt');
  const nobody = await actors.user(allow(['kms:*', 's3express:CreateSession']));
  expect((await refusal(encryptBucket(nobody.s3, Bucket, { key }))).message).toContain(
    's3express:PutEncryptionConfiguration',
  );
  const foreign = actorsOf(emulator, '222233334444');
  const hidden = await foreign.key();
  expect((await refusal(encryptBucket(fast.root, Bucket, { key: hidden }))).status).toBe(403);
  const shared = await foreign.key({
    ...allow(['kms:GenerateDataKey', 'kms:Decrypt']),
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  });
  await encryptBucket(fast.root, Bucket, { key: shared });
  expect((await fast.put(fast.root, Bucket, 'x')).SSEKMSKeyId).toBe(shared);
});

test('DB-03 DB-04 creating one takes s3express:CreateBucket of an identity policy', async () => {
  const Bucket = 'control--use1-az4--x-s3';
  const without = await actors.user(allow(['s3:*', 's3express:CreateSession']));
  const answer = await refusal(makeDirectoryBucket(without.s3, Bucket));
  expect(answer).toMatchObject({ code: 'AccessDenied', status: 403 });
  expect(answer.message).toContain(`s3express:CreateBucket on resource: "${EXPRESS_ARN}${Bucket}"`);
  const user = await actors.user(
    allow(['s3express:CreateBucket', 's3express:CreateSession'], [`${EXPRESS_ARN}${Bucket}`]),
  );
  await makeDirectoryBucket(user.s3, Bucket);
});

test('DB-19 DB-20 another key needs another bucket: objects are copied to it', async () => {
  const [key, next] = [await actors.key(), await actors.key()];
  const [Source, Bucket] = [await fast.bucketWith(key), await fast.bucketWith(next)];
  await fast.put(fast.root, Source, 'x');
  const copy = new CopyObjectCommand({ Bucket, Key: 'x', CopySource: `${Source}/x` });
  expect(await fast.root.send(copy)).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: next });
  expect((await objects.get(fast.root, Bucket, 'x')).text).toBe('test');
});

test('DB-21 UpdateObjectEncryption is not supported', async () => {
  const key = await actors.key();
  const Bucket = await fast.bucketWith(key);
  await fast.put(fast.root, Bucket, 'x');
  const ObjectEncryption = { SSEKMS: { KMSKeyArn: key } };
  const update = new UpdateObjectEncryptionCommand({ Bucket, Key: 'x', ObjectEncryption });
  expect((await refusal(fast.root.send(update))).status).toBe(405);
});

test('DB-22 KMS-08 a multi-Region key is a key of its Region', async () => {
  const { KeyMetadata } = await emulator.kms().send(new CreateKeyCommand({ MultiRegion: true }));
  const Bucket = await fast.bucketWith(KeyMetadata?.Arn ?? '');
  expect((await fast.put(fast.root, Bucket, 'x')).SSEKMSKeyId).toBe(KeyMetadata?.Arn);
});

test('DB-25 bucket keys cannot be turned off', async () => {
  const key = await actors.key();
  const Bucket = await fast.bucketWith();
  await encryptBucket(fast.root, Bucket, { key, bucketKey: false });
  expect((await keyOf(Bucket))?.BucketKeyEnabled).toBe(true);
  expect(await fast.put(fast.root, Bucket, 'x', { BucketKeyEnabled: false })).toMatchObject({ BucketKeyEnabled: true });
  expect(await objects.usesOf(await fast.put(fast.root, Bucket, 'y'))).toMatch(/^spared /);
});

test('DB-26 copies of SSE-KMS objects use no bucket key: one KMS request for each', async () => {
  const key = await actors.key();
  const [Fast, Other] = [await fast.bucketWith(key), await fast.bucketWith(key)];
  const Plain = await objects.bucketWith(key, true);
  await fast.put(fast.root, Fast, 'x');
  await objects.put(fast.root, Plain, 'x');
  for (const [from, Bucket] of [
    [Plain, Fast],
    [Fast, Plain],
    [Fast, Other],
  ] as const) {
    for (const Key of ['1', '2']) {
      const copy = await fast.root.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${from}/x` }));
      const { keyOperations } = await actors.recordOf(copy);
      const made = keyOperations.filter(({ kind }) => kind === 'made').map(({ operation }) => operation);
      expect(made.length).toBeGreaterThanOrEqual(1);
      expect((await objects.get(fast.root, Bucket, Key)).text).toBe('test');
    }
  }
});

test('DB-38 DB-39 SSE-KMS can be asked for only where it is the default', async () => {
  const key = await actors.key();
  const Bucket = await fast.bucketWith();
  const kms = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key } as const;
  expect((await refusal(fast.put(fast.root, Bucket, 'x', kms))).status).toBe(400);
  await fast.put(fast.root, Bucket, 'x');
  const copy = { Bucket, Key: 'y', CopySource: `${Bucket}/x` };
  expect((await refusal(fast.root.send(new CopyObjectCommand({ ...copy, ...kms })))).status).toBe(400);
  await encryptBucket(fast.root, Bucket, { key });
  expect(await fast.root.send(new CopyObjectCommand(copy))).toMatchObject({ SSEKMSKeyId: key });
  const down = new CopyObjectCommand({ ...copy, ServerSideEncryption: 'AES256' });
  expect(await fast.root.send(down)).toMatchObject({ ServerSideEncryption: 'AES256' });
});

test('DB-50 DB-48 KMS-27 a key policy decides on the bucket ARN', async () => {
  const Bucket = fast.name();
  const user = await actors.user(allow(['s3express:*']));
  const statement = (arn: string): Statement => ({
    ...allow(['kms:GenerateDataKey', 'kms:Decrypt']),
    Principal: { AWS: user.arn },
    Condition: { StringEquals: { 'kms:EncryptionContext:aws:s3express:arn': arn } },
  });
  const key = await actors.key(statement(`${EXPRESS_ARN}${Bucket}`));
  await makeDirectoryBucket(fast.root, Bucket, key);
  await fast.put(user.s3, Bucket, 'x');
  const wrong = await actors.key(statement(`${EXPRESS_ARN}${Bucket}/*`));
  const Other = await fast.bucketWith(wrong);
  expect((await refusal(fast.put(user.s3, Other, 'x'))).code).toBe('AccessDenied');
});

test('DB-53 plain HTTP is refused once the world insists on TLS', async () => {
  const Bucket = await fast.bucketWith(await actors.key());
  await emulator.admin('settings', { method: 'PUT', body: { tlsOnly: true } });
  const answer = await refusal(fast.put(emulator.s3(), Bucket, 'x'));
  await emulator.admin('settings', { method: 'PUT', body: { tlsOnly: false } });
  expect(answer).toMatchObject({ code: 'InvalidRequest', status: 400 });
});

test('DB-54 DB-55 GET refuses encryption headers; the ETag is no MD5', async () => {
  const Bucket = await fast.bucketWith();
  const { ETag } = await fast.put(fast.root, Bucket, 'x');
  expect(ETag).not.toBe('"098f6bcd4621d373cade4e832627b4f6"');
  const s3 = emulator.s3();
  s3.middlewareStack.add(
    (next) => (args) => {
      Object.assign(args.request as object, {
        headers: { ...(args.request as { headers: object }).headers, 'x-amz-server-side-encryption': 'aws:kms' },
      });
      return next(args);
    },
    { step: 'build' },
  );
  expect((await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'x' })))).status).toBe(400);
});
