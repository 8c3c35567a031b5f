/** What falls to those who own a key, from the first policy to the last line of the log (rules KMS-15, CT). */

import {
  ConnectCustomKeyStoreCommand,
  CreateCustomKeyStoreCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DisconnectCustomKeyStoreCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyRotationStatusCommand,
  ListGrantsCommand,
  PutKeyPolicyCommand,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountStatement, policy } from '../../lib/scenarios/policies.ts';
import { type Actors, actorsOf, allow, type EventRecord, makeBucket } from './actors.ts';
import { directoryBucketsOf } from './directory.ts';
import { ACCOUNT, refusal, startTestEmulator, type TestEmulator } from './harness.ts';

const OTHER = '444455556666';

let emulator: TestEmulator;
let actors: Actors;
let others: Actors;
beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
  others = actorsOf(emulator, OTHER);
});
afterAll(() => emulator.close());

const Plaintext = Buffer.from('x');

test('KMS-15 KMS-23 policies, grants, rotation and other accounts are the customer’s own to manage', async () => {
  const key = await actors.key();
  const administrator = await actors.user(
    allow(['kms:PutKeyPolicy', 'kms:CreateGrant', 'kms:ListGrants', 'kms:*Rotation*', 'kms:RotateKeyOnDemand']),
  );
  const reader = await others.user(allow(['kms:Decrypt']));
  const root = emulator.kms();
  const { CiphertextBlob } = await root.send(new EncryptCommand({ KeyId: key, Plaintext }));
  const decrypt = new DecryptCommand({ CiphertextBlob, KeyId: key });
  expect((await refusal(reader.kms.send(decrypt))).code).toBe('AccessDeniedException');
  // The other account may only when the key policy lets it in, and its own IAM policy does too.
  const letIn = {
    Sid: 'OtherAccount',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
    Action: ['kms:Decrypt'],
    Resource: '*',
  } as const;
  await administrator.kms.send(
    new PutKeyPolicyCommand({ KeyId: key, Policy: policy(accountStatement(ACCOUNT), letIn) }),
  );
  await reader.kms.send(decrypt);
  const { kms: stranger } = await others.user(allow(['kms:Encrypt']));
  expect((await refusal(stranger.send(decrypt))).code).toBe('AccessDeniedException');
  // A grant for somebody who has no policy at all.
  const worker = await actors.user(allow(['s3:ListAllMyBuckets']));
  expect((await refusal(worker.kms.send(decrypt))).code).toBe('AccessDeniedException');
  await administrator.kms.send(
    new CreateGrantCommand({ KeyId: key, GranteePrincipal: worker.arn, Operations: ['Decrypt'] }),
  );
  await worker.kms.send(decrypt);
  expect((await administrator.kms.send(new ListGrantsCommand({ KeyId: key }))).Grants).toHaveLength(1);
  // Rotation, after which everything that was encrypted before still opens.
  await administrator.kms.send(new EnableKeyRotationCommand({ KeyId: key }));
  await administrator.kms.send(new RotateKeyOnDemandCommand({ KeyId: key }));
  const status = await administrator.kms.send(new GetKeyRotationStatusCommand({ KeyId: key }));
  expect(status).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 365 });
  await worker.kms.send(decrypt);
  // Managing is not using.
  expect((await refusal(administrator.kms.send(new EncryptCommand({ KeyId: key, Plaintext })))).code).toBe(
    'AccessDeniedException',
  );
});

test('CT-05 a call from another account stands in both trails under one sharedEventID, each with what it may know', async () => {
  const key = await actors.key({
    Sid: 'Everyone',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
    Action: 'kms:GenerateDataKey',
    Resource: '*',
  });
  const caller = await others.user(allow(['kms:GenerateDataKey']));
  await caller.kms.send(new GenerateDataKeyCommand({ KeyId: key, KeySpec: 'AES_256' }));
  const [theirs] = await others.events('ResourceName', key);
  const [ours] = await actors.events('ResourceName', key).then((events) => events.filter(isGenerate));
  expect(theirs).toMatchObject({ recipientAccountId: OTHER, userIdentity: { type: 'IAMUser', arn: caller.arn } });
  expect(ours).toMatchObject({
    recipientAccountId: ACCOUNT,
    userIdentity: { type: 'AWSAccount', accountId: OTHER },
    sharedEventID: theirs?.['sharedEventID'],
  });
  expect(theirs?.['sharedEventID']).toMatch(/^[0-9a-f-]{36}$/);
  expect(ours?.eventID).not.toBe(theirs?.eventID);
  expect(JSON.stringify(ours?.['userIdentity'])).not.toContain(caller.name);
});

const isGenerate = (event: EventRecord) => event.eventName === 'GenerateDataKey';

test('KMS-04 ERR-00 objects under a key of a custom key store are there while the store is connected', async () => {
  const kms = emulator.kms();
  const s3 = emulator.s3();
  const { CustomKeyStoreId } = await kms.send(
    new CreateCustomKeyStoreCommand({
      CustomKeyStoreName: 'cluster',
      CloudHsmClusterId: 'cluster-234567abcdefg',
      KeyStorePassword: 'password',
      TrustAnchorCertificate: 'certificate',
    }),
  );
  await kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId }));
  const Bucket = 'in-the-cluster';
  await makeBucket(s3, Bucket, { key: KeyMetadata?.Arn ?? '', bucketKey: false });
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }));
  await kms.send(new DisconnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  const unavailable = {
    code: 'KMS.KMSInvalidStateException',
    status: 400,
    message: `${KeyMetadata?.Arn} is unavailable.`,
  };
  expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'a' })))).toEqual(unavailable);
  expect(await refusal(s3.send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'x' })))).toEqual(unavailable);
  await kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }));
  expect(await Body?.transformToString()).toBe('x');
});

test('CT-03 without a bucket key every object is one event of KMS', async () => {
  const key = await actors.key();
  await makeBucket(emulator.s3(), 'one-event-each', { key, bucketKey: false });
  for (const Key of ['a', 'b', 'c']) {
    await emulator.s3().send(new PutObjectCommand({ Bucket: 'one-event-each', Key, Body: 'x' }));
  }
  const events = (await actors.events('ResourceName', key)).filter(isGenerate);
  expect(events).toHaveLength(3);
  expect(new Set(events.map((event) => event.requestParameters.encryptionContext?.['aws:s3:arn']))).toEqual(
    new Set(['a', 'b', 'c'].map((name) => `arn:aws:s3:::one-event-each/${name}`)),
  );
});

test('CT-11 an event that S3 Express causes is told as one of S3 on the caller’s behalf: an assumption', async () => {
  const key = await actors.key();
  const buckets = directoryBucketsOf(emulator);
  const Bucket = await buckets.bucketWith(key);
  const user = await actors.user(allow(['s3express:*', 'kms:*']));
  await buckets.openSession(user.s3, { Bucket });
  buckets.close();
  const [event] = (await actors.events('Username', user.name)).filter(isGenerate);
  expect(event).toMatchObject({
    eventSource: 'kms.amazonaws.com',
    userIdentity: {
      type: 'IAMUser',
      arn: user.arn,
      invokedBy: expect.stringMatching(/^s3(?:express)?\.amazonaws\.com$/),
    },
    sourceIPAddress: 'AWS Internal',
    userAgent: 'AWS Internal',
    readOnly: true,
    resources: [{ accountId: ACCOUNT, type: 'AWS::KMS::Key', ARN: key }],
  });
});
