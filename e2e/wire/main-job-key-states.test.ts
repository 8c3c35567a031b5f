/** What clients of S3 see when a key cannot serve (rules ERR). */

import { CreateKeyCommand, DisableKeyCommand, EnableKeyCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Actors, actorsOf, allow, type ObjectClients, objectsOf } from './actors.ts';
import { ACCOUNT, refusal, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
let actors: Actors;
let objects: ObjectClients;

beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
  objects = objectsOf(emulator, actors);
});
afterAll(() => emulator.close());

test('ERR-01 KMS-04 disabled: PUT and GET say so, and work again once it is enabled', async () => {
  const key = await actors.key();
  const Bucket = await objects.bucketWith(key, false);
  await objects.put(objects.root, Bucket, 'x');
  await emulator.kms().send(new DisableKeyCommand({ KeyId: key }));
  const disabled = { code: 'KMS.DisabledException', status: 400, message: `${key} is disabled.` };
  expect(await refusal(objects.put(objects.root, Bucket, 'y'))).toEqual(disabled);
  expect(await refusal(objects.get(objects.root, Bucket, 'x'))).toEqual(disabled);
  await emulator.kms().send(new EnableKeyCommand({ KeyId: key }));
  expect((await objects.get(objects.root, Bucket, 'x')).text).toBe('test');
});

test('ERR-02 KMS-06 pending deletion', async () => {
  const key = await actors.key();
  const Bucket = await objects.bucketWith(key, false);
  await objects.put(objects.root, Bucket, 'x');
  await emulator.kms().send(new ScheduleKeyDeletionCommand({ KeyId: key, PendingWindowInDays: 7 }));
  const pending = { code: 'KMS.KMSInvalidStateException', status: 400, message: `${key} is pending deletion.` };
  expect(await refusal(objects.put(objects.root, Bucket, 'y'))).toEqual(pending);
  expect(await refusal(objects.get(objects.root, Bucket, 'x'))).toEqual(pending);
  await actors.advance(8 * 86_400);
  expect(await refusal(objects.get(objects.root, Bucket, 'x'))).toEqual({
    code: 'KMS.NotFoundException',
    status: 400,
    message: `Key '${key}' does not exist`,
  });
});

test('ERR-00 KMS-09 imported material that is gone', async () => {
  const { KeyMetadata } = await emulator.kms().send(new CreateKeyCommand({ Origin: 'EXTERNAL' }));
  const key = KeyMetadata?.Arn ?? '';
  const answer = await refusal(objects.put(objects.root, await objects.bucketWith(key, true), 'x'));
  expect(answer).toEqual({
    code: 'KMS.KMSInvalidStateException',
    status: 400,
    message: `${key} is pending import.`,
  });
});

test('ERR-06 KMS-23 PERM-08 a key of another account needs both sides, and says nothing of itself otherwise', async () => {
  const other = '222233334444';
  const owner = actorsOf(emulator, other);
  const key = await owner.key();
  const Bucket = await objects.bucketWith(key, false);
  const answer = await refusal(objects.put(objects.root, Bucket, 'x'));
  expect(answer).toMatchObject({ code: 'AccessDenied', status: 403 });
  expect(answer.message).toBe(
    `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: kms:GenerateDataKey on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
  );
  const open = await owner.key({
    ...allow(['kms:GenerateDataKey', 'kms:Decrypt']),
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  });
  const Opened = await objects.bucketWith(open, false);
  const user = await actors.user(allow(['s3:*']));
  expect((await refusal(objects.put(user.s3, Opened, 'x'))).message).toContain('no identity-based policy allows');
  const both = await actors.user(allow(['s3:*', 'kms:GenerateDataKey']));
  expect((await objects.put(both.s3, Opened, 'x')).SSEKMSKeyId).toBe(open);
});

test('ERR-08 LIM-01 throttled KMS is SlowDown, 503', async () => {
  const Bucket = await objects.bucketWith(await actors.key(), false);
  await emulator.admin('settings', { method: 'PUT', body: { faultThrottle: 100 } });
  const answer = await refusal(objects.put(objects.root, Bucket, 'x'));
  await emulator.admin('settings', { method: 'PUT', body: { faultThrottle: 0 } });
  expect(answer).toEqual({
    code: 'SlowDown',
    status: 503,
    message: 'Please reduce your request rate for operations involving AWS KMS.',
  });
});

test('ERR-09 HEAD has the status and no body; GET tells the cause', async () => {
  const Bucket = await objects.bucketWith(await actors.key(), false);
  await objects.put(objects.root, Bucket, 'x');
  const user = await actors.user(allow(['s3:PutObject']));
  const head = await refusal(user.s3.send(new HeadObjectCommand({ Bucket, Key: 'x' })));
  expect(head.status).toBe(403);
  expect(head.message).not.toContain('s3:GetObject');
  const read = user.s3.send(new GetObjectCommand({ Bucket, Key: 'x', Range: 'bytes=0-0' }));
  expect((await refusal(read)).message).toContain('s3:GetObject');
});

test('GP-13 over plain HTTP, once the world insists on TLS', async () => {
  const Bucket = await objects.bucketWith(await actors.key(), true);
  await emulator.admin('settings', { method: 'PUT', body: { tlsOnly: true } });
  const answer = await refusal(objects.put(objects.root, Bucket, 'x'));
  await emulator.admin('settings', { method: 'PUT', body: { tlsOnly: false } });
  expect(answer).toMatchObject({ code: 'InvalidRequest', status: 400 });
});
