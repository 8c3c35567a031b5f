import {
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, refusal, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

const OTHER = '444455556666';
const Bucket = 'shared-with-a-partner';
const closed = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: '*' }],
});
const open = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
  const s3 = emulator.s3();
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'report', Body: 'figures' }));
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
        Action: 's3:GetObject',
        Resource: `arn:aws:s3:::${Bucket}/*`,
      },
    ],
  });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
});
afterAll(() => emulator.close());

const organization = (account: string, documents: readonly string[]) =>
  emulator.admin('organization-policies', { method: 'PUT', body: { account, scp: [], rcp: [documents] } });
const read = () => emulator.s3({ credentials: rootOf(OTHER) }).send(new GetObjectCommand({ Bucket, Key: 'report' }));

test('resource control policies are those of the account that owns the resource, whoever asks', async () => {
  await organization(OTHER, [open, closed]);
  expect(await (await read()).Body?.transformToString()).toBe('figures');
  await organization(ACCOUNT, [open, closed]);
  expect(await refusal(read())).toMatchObject({ code: 'AccessDenied', status: 403 });
  await organization(ACCOUNT, [open]);
  expect(await (await read()).Body?.transformToString()).toBe('figures');
});
