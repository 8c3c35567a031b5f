/** Sessions of directory buckets: what they authorise, what they may ask for, how long they live (rules DB). */

import { PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { ListObjectsV2Command, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountStatement, policy, type Statement } from '../../lib/scenarios/policies.ts';
import { type Actors, actorsOf, allow, type ObjectClients, objectsOf } from './actors.ts';
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

test('DB-30 DB-40 CreateSession authorises object operations; a copy needs its own permission', async () => {
  const key = await actors.key();
  const Bucket = await fast.bucketWith(key);
  await fast.put(fast.root, Bucket, 'x');
  const user = await actors.user(allow(['s3express:CreateSession', 'kms:GenerateDataKey', 'kms:Decrypt']));
  await fast.put(user.s3, Bucket, 'y');
  expect((await objects.get(user.s3, Bucket, 'x')).text).toBe('test');
  const nobody = await actors.user(allow(['s3:*', 'kms:*']));
  const denied = await refusal(fast.put(nobody.s3, Bucket, 'z'));
  expect(denied.message).toContain('s3express:CreateSession');
  const keyless = await actors.user(allow(['s3express:CreateSession']));
  expect((await refusal(fast.put(keyless.s3, Bucket, 'z'))).message).toContain('kms:');
});

test('DB-31 LIM-07 a session lives five minutes of the world, for its bucket alone', async () => {
  const Bucket = await fast.bucketWith(await actors.key());
  const { answer, s3 } = await fast.openSession(fast.root, { Bucket });
  const { now } = await emulator.admin<{ now: string }>('clock');
  const left = (answer.Credentials?.Expiration?.getTime() ?? 0) - Date.parse(now);
  expect(left).toBeGreaterThan(290_000);
  expect(left).toBeLessThanOrEqual(300_000);
  await fast.put(s3, Bucket, 'x');
  expect((await refusal(fast.put(s3, await fast.bucketWith(), 'x'))).status).toBe(403);
  await actors.advance(301);
  expect(await refusal(fast.put(s3, Bucket, 'y'))).toMatchObject({ code: 'ExpiredToken', status: 400 });
  const missing = refusal(fast.root.send(new ListObjectsV2Command({ Bucket: 'nothing-here--use1-az4--x-s3' })));
  expect(await missing).toMatchObject({ code: 'NoSuchBucket', status: 404 });
});

test('DB-32 DB-35 DB-36 what CreateSession may ask for, and what it answers', async () => {
  const key = await actors.key();
  const Bucket = await fast.bucketWith(key);
  const { answer } = await fast.openSession(fast.root, { Bucket, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key });
  expect(answer).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key, BucketKeyEnabled: true });
  const without = fast.openSession(fast.root, { Bucket, ServerSideEncryption: 'aws:kms' });
  expect((await refusal(without)).status).toBe(400);
  const down = await fast.openSession(fast.root, { Bucket, ServerSideEncryption: 'AES256' });
  expect((await fast.put(down.s3, Bucket, 'x')).ServerSideEncryption).toBe('AES256');
});

test('DB-33 a session is read-write, or read-only where no more is allowed', async () => {
  const Bucket = await fast.bucketWith(await actors.key());
  await fast.put(fast.root, Bucket, 'x');
  const readOnly = await actors.user(
    { ...allow(['s3express:CreateSession']), Condition: { StringEquals: { 's3express:SessionMode': 'ReadOnly' } } },
    allow(['kms:*'], ['*'], 'Key'),
  );
  expect((await objects.get(readOnly.s3, Bucket, 'x')).text).toBe('test');
  expect(await refusal(fast.put(readOnly.s3, Bucket, 'y'))).toMatchObject({ code: 'AccessDenied', status: 403 });
  const asked = await fast.openSession(fast.root, { Bucket, SessionMode: 'ReadOnly' });
  await asked.s3.send(new ListObjectsV2Command({ Bucket }));
  expect((await refusal(fast.put(asked.s3, Bucket, 'y'))).status).toBe(403);
});

test('DB-37 headers inside a session equal the session’s, or are refused', async () => {
  const [key, other] = [await actors.key(), await actors.key()];
  const Bucket = await fast.bucketWith(key);
  const { s3 } = await fast.openSession(fast.root, { Bucket });
  await fast.put(s3, Bucket, 'a', { ServerSideEncryption: 'aws:kms' });
  await fast.put(s3, Bucket, 'b', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key });
  for (const more of [
    { ServerSideEncryption: 'AES256' },
    { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: other },
    { ServerSideEncryption: 'aws:kms:dsse' },
  ] as const) {
    expect((await refusal(fast.put(s3, Bucket, 'c', more))).status).toBe(400);
  }
  const list = await s3.send(new ListObjectsV2Command({ Bucket }));
  expect(new Set(list.Contents?.map(({ Key }) => Key))).toEqual(new Set(['a', 'b']));
});

test('DB-40 revoked access to the key shows at the next session, not within one', async () => {
  const key = await actors.key();
  const Bucket = await fast.bucketWith(key);
  const user = await actors.user(allow(['s3express:CreateSession', 'kms:GenerateDataKey', 'kms:Decrypt']));
  const { s3 } = await fast.openSession(user.s3, { Bucket });
  await fast.put(s3, Bucket, 'x');
  const deny: Statement = { ...allow(['kms:*']), Effect: 'Deny', Principal: { AWS: user.arn } };
  await emulator.kms().send(new PutKeyPolicyCommand({ KeyId: key, Policy: policy(accountStatement(ACCOUNT), deny) }));
  await fast.put(s3, Bucket, 'y');
  const answer = await refusal(fast.openSession(user.s3, { Bucket }));
  expect(answer).toMatchObject({ code: 'AccessDenied', status: 403 });
  expect(answer.message).toContain('with an explicit deny in a resource-based policy');
});

test('DB-46 DB-47 DB-52 bucket policies: SSE-KMS enforced on the bare ARN, the key pinned by its ARN', async () => {
  const key = await actors.key();
  const user = await actors.user(allow(['s3express:*', 'kms:*']));
  const enforce = (Bucket: string, Resource: string, Condition: object) =>
    fast.root.send(
      new PutBucketPolicyCommand({
        Bucket,
        Policy: policy({
          ...allow(['s3express:CreateSession'], [Resource]),
          Effect: 'Deny',
          Principal: { AWS: user.arn },
          Condition,
        }),
      }),
    );
  const HEADER = 's3express:x-amz-server-side-encryption-aws-kms-key-id';
  const kms = (SSEKMSKeyId: string) => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId }) as const;

  const Bucket = await fast.bucketWith(key);
  await enforce(Bucket, `${EXPRESS_ARN}${Bucket}/*`, { Null: { [HEADER]: 'true' } });
  await fast.openSession(user.s3, { Bucket });
  await enforce(Bucket, `${EXPRESS_ARN}${Bucket}`, { Null: { [HEADER]: 'true' } });
  expect(await refusal(fast.openSession(user.s3, { Bucket }))).toMatchObject({ code: 'AccessDenied', status: 403 });
  await fast.openSession(user.s3, { Bucket, ...kms(key) });

  await enforce(Bucket, `${EXPRESS_ARN}${Bucket}`, { StringNotEquals: { [HEADER]: key } });
  await fast.openSession(user.s3, { Bucket, ...kms(key.split('/')[1] ?? '') });
  await enforce(Bucket, `${EXPRESS_ARN}${Bucket}`, { StringNotEquals: { [HEADER]: `${key.slice(0, -1)}x` } });
  expect((await refusal(fast.openSession(user.s3, { Bucket, ...kms(key) }))).status).toBe(403);
});

test('DB-48 DB-49 an explicit context must be the bucket ARN', async () => {
  const key = await actors.key();
  const Bucket = await fast.bucketWith(key);
  const context = (pairs: object) => ({
    Bucket,
    ServerSideEncryption: 'aws:kms' as const,
    SSEKMSKeyId: key,
    SSEKMSEncryptionContext: Buffer.from(JSON.stringify(pairs)).toString('base64'),
  });
  await fast.openSession(fast.root, context({ 'aws:s3express:arn': `${EXPRESS_ARN}${Bucket}` }));
  for (const pairs of [{ 'aws:s3express:arn': `${EXPRESS_ARN}other` }, { project: 'x' }]) {
    expect((await refusal(fast.openSession(fast.root, context(pairs)))).status).toBe(400);
  }
});

test('CT-08 requests within a session carry the access key that CreateSession gave, and the ARN of who opened it', async () => {
  const Bucket = await fast.bucketWith(await actors.key());
  const { identity, s3 } = await fast.openSession(fast.root, { Bucket });
  const record = await actors.recordOf(await fast.put(s3, Bucket, 'x'));
  expect(record.accessKeyId).toBe(identity.accessKeyId);
  expect(record.principalArn).toBe(`arn:aws:iam::${ACCOUNT}:root`);
});
