/** Bucket keys: which requests reach KMS, and which a key that S3 holds answers (rules BK). */

import { PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  CopyObjectCommand,
  GetBucketEncryptionCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountStatement, policy, type Statement } from '../../lib/scenarios/policies.ts';
import {
  type Actors,
  actorsOf,
  allow,
  encryptBucket,
  inShort,
  makeBucket,
  type ObjectClients,
  objectsOf,
} from './actors.ts';
import { ACCOUNT, refusal, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
let actors: Actors;
let objects: ObjectClients;

beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
  objects = objectsOf(emulator, actors);
});
afterAll(() => emulator.close());

const S3_ARN = 'arn:aws:s3:::';

test('BK-03 GP-17 GP-08 CT-03 GP-29 without one every object asks KMS, with its own ARN as context', async () => {
  const Bucket = await objects.bucketWith(await actors.key(), false);
  for (const Key of ['a', 'b']) {
    const written = await objects.put(objects.root, Bucket, Key);
    expect(written.BucketKeyEnabled).toBeUndefined();
    const record = await actors.recordOf(written);
    expect(inShort(record)).toBe('made GenerateDataKey');
    expect(record.keyOperations[0]?.encryptionContext).toEqual({ 'aws:s3:arn': `${S3_ARN}${Bucket}/${Key}` });
    expect(record.eventIds).toHaveLength(2);
    const read = await actors.recordOf(await objects.get(objects.root, Bucket, Key));
    expect(inShort(read)).toBe('made Decrypt');
    expect(read.keyOperations[0]?.encryptionContext).toEqual({ 'aws:s3:arn': `${S3_ARN}${Bucket}/${Key}` });
  }
});

test('BK-05 KMS is asked again when the lifetime of the key is over, and its age is told', async () => {
  const Bucket = await objects.bucketWith(await actors.key(), true);
  expect(await objects.usesOf(await objects.put(objects.root, Bucket, '0'))).toBe('made GenerateDataKey');
  await actors.advance(299);
  const late = await actors.recordOf(await objects.put(objects.root, Bucket, '299'));
  expect(inShort(late)).toBe('spared GenerateDataKey');
  expect(late.keyOperations[0]?.cachedKeyAge).toBeGreaterThanOrEqual(299);
  expect(late.keyOperations[0]?.cachedKeyAge).toBeLessThan(300);
  await actors.advance(2);
  expect(await objects.usesOf(await objects.put(objects.root, Bucket, '301'))).toBe('made GenerateDataKey');
  await emulator.admin('settings', { method: 'PUT', body: { bucketKeyLifetime: 10 } });
  await actors.advance(11);
  expect(await objects.usesOf(await objects.put(objects.root, Bucket, '312'))).toBe('made GenerateDataKey');
  await emulator.admin('settings', { method: 'PUT', body: { bucketKeyLifetime: 300 } });
});

test('BK-06 BK-07 each requester fetches its own: another role, another account, another session policy', async () => {
  const guest = '444455556666';
  const guests = actorsOf(emulator, guest);
  const key = await actors.key({
    ...allow(['kms:GenerateDataKey', 'kms:Decrypt']),
    Principal: { AWS: `arn:aws:iam::${guest}:root` },
  });
  const Bucket = await objects.bucketWith(key, true);
  await objects.root.send(
    new PutBucketPolicyCommand({
      Bucket,
      Policy: policy({
        ...allow(['s3:PutObject'], [`${S3_ARN}${Bucket}/*`]),
        Principal: { AWS: `arn:aws:iam::${guest}:root` },
      }),
    }),
  );
  const all = allow(['s3:*', 'kms:*']);
  const role = await actors.role('RequesterOne', all);
  const one = await actors.assume(role, 'first');
  const again = await actors.assume(role, 'second');
  const scoped = await actors.assume(role, 'third', policy({ ...all, Action: ['s3:PutObject', 'kms:*'] }));
  const two = await actors.assume(await actors.role('RequesterTwo', all), 'first');
  const uses: string[] = [];
  for (const { s3 } of [one, again, scoped, two, { s3: emulator.s3({ credentials: rootOf(guest) }) }, one]) {
    const answer = await objects.put(s3, Bucket, `o${uses.length}`);
    uses.push(inShort(await (uses.length === 4 ? guests : actors).recordOf(answer)));
  }
  const [made, spared] = ['made GenerateDataKey', 'spared GenerateDataKey'];
  expect(uses).toEqual([made, spared, made, made, made, spared]);
});

test('BK-08 a revoked permission works until the bucket key is over', async () => {
  const key = await actors.key();
  const Bucket = await objects.bucketWith(key, true);
  const user = await actors.user(allow(['s3:*', 'kms:GenerateDataKey', 'kms:Decrypt']));
  await objects.put(user.s3, Bucket, 'before');
  await emulator.kms().send(
    new PutKeyPolicyCommand({
      KeyId: key,
      Policy: policy(accountStatement(ACCOUNT), {
        ...allow(['kms:GenerateDataKey', 'kms:Decrypt']),
        Effect: 'Deny',
        Principal: { AWS: user.arn },
      }),
    }),
  );
  expect(await objects.usesOf(await objects.put(user.s3, Bucket, 'after'))).toBe('spared GenerateDataKey');
  expect(await objects.usesOf(await objects.get(user.s3, Bucket, 'before'))).toBe('spared Decrypt');
  await actors.advance(301);
  expect(await refusal(objects.put(user.s3, Bucket, 'late'))).toEqual({
    code: 'AccessDenied',
    status: 403,
    message: `User: ${user.arn} is not authorized to perform: kms:GenerateDataKey on resource: ${key} with an explicit deny in a resource-based policy`,
  });
  expect((await refusal(objects.get(user.s3, Bucket, 'before'))).message).toMatch(/kms:Decrypt on resource/);
});

test('BK-09 GP-18 objects that exist stay as they are, until they are copied', async () => {
  const key = await actors.key();
  const Bucket = objects.name();
  await makeBucket(objects.root, Bucket);
  await objects.put(objects.root, Bucket, 'old');
  await encryptBucket(objects.root, Bucket, { key, bucketKey: true });
  expect((await objects.get(objects.root, Bucket, 'old')).ServerSideEncryption).toBe('AES256');
  await objects.root.send(new CopyObjectCommand({ Bucket, Key: 'old', CopySource: `${Bucket}/old` }));
  expect(await objects.get(objects.root, Bucket, 'old')).toMatchObject({
    SSEKMSKeyId: key,
    BucketKeyEnabled: true,
    text: 'test',
  });
});

test('BK-10 objects under another key have a bucket key of their own', async () => {
  const Bucket = await objects.bucketWith(await actors.key(), true);
  const other = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: await actors.key() } as const;
  const first = await actors.recordOf(await objects.put(objects.root, Bucket, '1'));
  const second = await actors.recordOf(await objects.put(objects.root, Bucket, '2', other));
  expect([first, second].map(inShort)).toEqual(['made GenerateDataKey', 'made GenerateDataKey']);
  const ids = [first, second].map(({ keyOperations }) => keyOperations[0]?.cachedKeyId);
  expect(new Set(ids).size).toBe(2);
  expect(await objects.usesOf(await objects.put(objects.root, Bucket, '3', other))).toBe('spared GenerateDataKey');
});

test('BK-12 BK-14 BK-19 the header overrides the bucket for one object', async () => {
  const Bucket = await objects.bucketWith(await actors.key(), true);
  expect((await objects.put(objects.root, Bucket, 'with')).BucketKeyEnabled).toBe(true);
  const without = await objects.put(objects.root, Bucket, 'without', { BucketKeyEnabled: false });
  expect(without.BucketKeyEnabled).toBeUndefined();
  expect((await objects.get(objects.root, Bucket, 'with')).BucketKeyEnabled).toBe(true);
  expect((await objects.get(objects.root, Bucket, 'without')).BucketKeyEnabled).toBeUndefined();
  const head = await objects.root.send(new HeadObjectCommand({ Bucket, Key: 'with' }));
  expect(head.BucketKeyEnabled).toBe(true);
  const { ServerSideEncryptionConfiguration } = await objects.root.send(new GetBucketEncryptionCommand({ Bucket }));
  expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.BucketKeyEnabled).toBe(true);

  const Off = await objects.bucketWith(await actors.key(), false);
  expect((await objects.put(objects.root, Off, 'on', { BucketKeyEnabled: true })).BucketKeyEnabled).toBe(true);
});

test('BK-02 GP-22 double encryption never uses one', async () => {
  const Bucket = await objects.bucketWith(await actors.key(), true);
  const written = await objects.put(objects.root, Bucket, 'dsse', {
    ServerSideEncryption: 'aws:kms:dsse',
    BucketKeyEnabled: true,
  });
  expect(written).toMatchObject({ ServerSideEncryption: 'aws:kms:dsse' });
  expect(written.BucketKeyEnabled).toBeUndefined();
  expect(
    await objects.usesOf(await objects.put(objects.root, Bucket, 'dsse2', { ServerSideEncryption: 'aws:kms:dsse' })),
  ).toBe('made GenerateDataKey');
});

test('BK-16 BK-17 CT-04 a policy on the object ARN stops matching; the bucket ARN matches', async () => {
  const Bucket = objects.name();
  const statement = (pattern: string, AWS: string): Statement => ({
    ...allow(['kms:GenerateDataKey', 'kms:Decrypt']),
    Principal: { AWS },
    Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': pattern } },
  });
  const user = await actors.user(allow(['s3:*']));
  const key = await actors.key(statement(`${S3_ARN}${Bucket}/*`, user.arn));
  await makeBucket(objects.root, Bucket, { key, bucketKey: false });
  await objects.put(user.s3, Bucket, 'by-object');
  await encryptBucket(objects.root, Bucket, { key, bucketKey: true });
  expect((await refusal(objects.put(user.s3, Bucket, 'x'))).code).toBe('AccessDenied');
  await emulator.kms().send(
    new PutKeyPolicyCommand({
      KeyId: key,
      Policy: policy(accountStatement(ACCOUNT), statement(`${S3_ARN}${Bucket}`, user.arn)),
    }),
  );
  const record = await actors.recordOf(await objects.put(user.s3, Bucket, 'by-bucket'));
  expect(record.keyOperations[0]?.encryptionContext).toEqual({ 'aws:s3:arn': `${S3_ARN}${Bucket}` });
  expect((await refusal(objects.get(user.s3, Bucket, 'by-object'))).code).toBe('AccessDenied');
});

test('BK-18 who writes with a bucket key needs kms:Decrypt; without one it does not', async () => {
  const key = await actors.key();
  const user = await actors.user(allow(['s3:*', 'kms:GenerateDataKey']));
  await objects.put(user.s3, await objects.bucketWith(key, false), 'x');
  const answer = await refusal(objects.put(user.s3, await objects.bucketWith(key, true), 'x'));
  expect(answer).toMatchObject({ code: 'AccessDenied', status: 403 });
  expect(answer.message).toContain('is not authorized to perform: kms:Decrypt on resource');
});
