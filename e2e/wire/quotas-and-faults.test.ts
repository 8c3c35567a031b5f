/** What a person switches on in a world, as clients feel it: request quotas and faults (rules LIM, ERR-08). */

import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreateGrantCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetParametersForImportCommand,
  ListKeysCommand,
  PutKeyPolicyCommand,
  SignCommand,
} from '@aws-sdk/client-kms';
import { CreateBucketCommand, GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorldSetting } from '../../lib/contract/world.ts';
import { refusal, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

const set = (account: string, values: object) =>
  emulator.admin('settings', { method: 'PUT', body: { account, ...values } });

const THROTTLED = {
  code: 'ThrottlingException',
  status: 400,
  message: 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
};
const SLOW_DOWN = {
  code: 'SlowDown',
  status: 503,
  message: 'Please reduce your request rate for operations involving AWS KMS.',
};

/** An account of the test's own with a key, and its clients. */
async function worldOf(account: string) {
  const credentials = rootOf(account);
  const kms = emulator.kms({ credentials });
  const s3 = emulator.s3({ credentials });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  return { account, credentials, kms, s3, KeyId: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
}

/** Outcomes of requests that are all under way at once. */
async function burst(size: number, send: () => Promise<unknown>) {
  const outcomes = await Promise.allSettled(Array.from({ length: size }, send));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  for (const { reason } of refused) {
    expect(reason).toMatchObject({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } });
  }
  return refused.length;
}

test('LIM-01 LIM-02 LIM-03 ERR-08 direct calls and those of S3 share one quota of the account and Region, whatever the key', async () => {
  const { account, credentials, kms, s3, KeyId, arn } = await worldOf('300000000001');
  const Bucket = 'quotas';
  await s3.send(new CreateBucketCommand({ Bucket }));
  const { KeyMetadata: other } = await kms.send(new CreateKeyCommand({}));
  const put = () =>
    s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ServerSideEncryption: 'aws:kms', SSEKMSKeyId: arn }));
  await set(account, { quotasEnforced: true, kmsRequestQuota: 1 });
  await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
  expect(await refusal(put())).toEqual(SLOW_DOWN);
  const elsewhere = emulator.kms({ credentials, region: 'eu-west-1' });
  await elsewhere.send(new ListKeysCommand({}));
  // Another key has no quota of its own.
  expect(
    await burst(4, () => kms.send(new EncryptCommand({ KeyId: other?.KeyId, Plaintext: Buffer.from('x') }))),
  ).toBeGreaterThan(2);
  await set(account, { quotasEnforced: false });
  await put();
  await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
});

test('LIM-01 asymmetric keys have a quota of their own kind', async () => {
  const { account, kms } = await worldOf('300000000002');
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }));
  await set(account, { quotasEnforced: true, kmsRequestQuota: 1 });
  const sign = new SignCommand({
    KeyId: KeyMetadata?.KeyId,
    Message: Buffer.from('m'),
    SigningAlgorithm: 'ECDSA_SHA_256',
  });
  // 1,000 a second: the symmetric quota of 1 does not count.
  expect(await burst(5, () => kms.send(sign))).toBe(0);
});

test('LIM-04 management operations have a quota each, only while a person enforces them', async () => {
  const { account, kms, KeyId } = await worldOf('300000000003');
  const policy = JSON.stringify({
    Statement: { Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' },
  });
  const grant = { KeyId, GranteePrincipal: `arn:aws:iam::${account}:root`, Operations: ['Decrypt' as const] };
  expect(await burst(10, () => kms.send(new EnableKeyCommand({ KeyId })))).toBe(0);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Origin: 'EXTERNAL' }));
  await set(account, { quotasEnforced: true });
  // Far more than a second's worth each, so that a slow machine does not make it true.
  const { KeyId: external } = KeyMetadata ?? {};
  const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const;
  const parameters = new GetParametersForImportCommand({ KeyId: external, ...wrapping });
  expect(await burst(4, () => kms.send(parameters))).toBeGreaterThan(0);
  expect(await burst(40, () => kms.send(new DisableKeyCommand({ KeyId })))).toBeGreaterThan(0);
  expect(await burst(60, () => kms.send(new PutKeyPolicyCommand({ KeyId, Policy: policy })))).toBeGreaterThan(0);
  // Each has its own: 2,000 descriptions a second are far away.
  expect(await burst(20, () => kms.send(new DescribeKeyCommand({ KeyId })))).toBe(0);
  await set(account, { quotasEnforced: false });
  await kms.send(new EnableKeyCommand({ KeyId }));
  expect(await burst(60, () => kms.send(new CreateGrantCommand(grant)))).toBe(0);
});

test('LIM-07 CT-09 LookupEvents takes two requests a second', async () => {
  const { account, credentials } = await worldOf('300000000004');
  const trail = emulator.cloudtrail({ credentials });
  await set(account, { quotasEnforced: true });
  expect(await burst(12, () => trail.send(new LookupEventsCommand({})))).toBeGreaterThan(0);
});

test('ERR-08 LIM-08 a share of throttled requests is felt directly and through S3', async () => {
  const { account, kms, s3, KeyId, arn } = await worldOf('300000000005');
  await s3.send(new CreateBucketCommand({ Bucket: 'throttled' }));
  await set(account, { faultThrottle: 100 });
  expect(await refusal(kms.send(new DescribeKeyCommand({ KeyId })))).toEqual(THROTTLED);
  const object = { Bucket: 'throttled', Key: 'k', Body: 'x', SSEKMSKeyId: arn } as const;
  expect(await refusal(s3.send(new PutObjectCommand({ ...object, ServerSideEncryption: 'aws:kms' })))).toEqual(
    SLOW_DOWN,
  );
  // What needs no key is not throttled.
  await s3.send(new PutObjectCommand({ Bucket: 'throttled', Key: 'plain', Body: 'x' }));
  await set(account, { faultThrottle: 0 });
  await kms.send(new DescribeKeyCommand({ KeyId }));
});

test('KMS-03 while KMS is unavailable its calls end with its internal error, and so do encrypted objects', async () => {
  const { account, kms, s3, KeyId, arn } = await worldOf('300000000006');
  const Bucket = 'unavailable';
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(
    new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ServerSideEncryption: 'aws:kms', SSEKMSKeyId: arn }),
  );
  await set(account, { faultKmsUnavailable: true });
  expect(await refusal(kms.send(new DescribeKeyCommand({ KeyId })))).toMatchObject({
    code: 'KMSInternalException',
    status: 500,
  });
  const throughS3 = await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'k' })));
  expect(throughS3.status).toBeGreaterThanOrEqual(500);
  await s3.send(new ListBucketsCommand({}));
  await set(account, { faultKmsUnavailable: false });
  await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
});

test('a Region that is cut off gives no answer, and every other one does', async () => {
  const { account, credentials, kms, KeyId } = await worldOf('300000000007');
  await set(account, { faultRegionCutOff: 'us-east-1' });
  const cut = await refusal(kms.send(new DescribeKeyCommand({ KeyId })));
  expect(cut.status).toBeUndefined();
  await emulator.kms({ credentials, region: 'eu-west-1' }).send(new ListKeysCommand({}));
  // Other accounts are not touched.
  await emulator.kms({ credentials: rootOf('300000000008') }).send(new ListKeysCommand({}));
  await set(account, { faultRegionCutOff: '' });
  await kms.send(new DescribeKeyCommand({ KeyId }));
});

test('latency is added to every answer of the account', async () => {
  const { account, kms, KeyId } = await worldOf('300000000009');
  await set(account, { faultLatency: 300 });
  const begun = performance.now();
  await kms.send(new DescribeKeyCommand({ KeyId }));
  expect(performance.now() - begun).toBeGreaterThanOrEqual(299);
});

test('LIM-01 every setting is listed with bounds, and nothing outside of them is taken', async () => {
  const settings = await emulator.admin<WorldSetting[]>('settings');
  for (const name of ['quotasEnforced', 'kmsRequestQuota', 'faultLatency', 'faultThrottle', 'faultRegionCutOff']) {
    expect(settings.map((setting) => setting.name)).toContain(name);
  }
  for (const { name, min, max } of settings) {
    if (min === undefined || max === undefined) continue;
    await expect(set('300000000010', { [name]: max + 1 })).rejects.toThrow(`400 ${name} takes a number from`);
    await expect(set('300000000010', { [name]: min - 1 })).rejects.toThrow(`400 ${name} takes a number from`);
  }
});
