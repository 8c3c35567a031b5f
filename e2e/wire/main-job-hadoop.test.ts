/** What the tests of Hadoop's S3A client assert on the wire (rules HD): headers out, HEAD metadata back. */

import {
  CopyObjectCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policy } from '../../lib/scenarios/policies.ts';
import { type Actors, actorsOf, allow, makeBucket, type ObjectClients, objectsOf } from './actors.ts';
import { refusal, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
let actors: Actors;
let objects: ObjectClients;

beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
  objects = objectsOf(emulator, actors);
});
afterAll(() => emulator.close());

const head = (s3: S3Client, Bucket: string, Key: string) => s3.send(new HeadObjectCommand({ Bucket, Key }));
const kms = (SSEKMSKeyId: string) => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId }) as const;

async function plainBucket(): Promise<string> {
  const Bucket = objects.name();
  await makeBucket(objects.root, Bucket);
  return Bucket;
}

test('HD-03 HD-20 no key named: the account’s default key, as a full ARN', async () => {
  const Bucket = await plainBucket();
  await objects.put(objects.root, Bucket, 'x', { ServerSideEncryption: 'aws:kms' });
  const { ServerSideEncryption, SSEKMSKeyId } = await head(objects.root, Bucket, 'x');
  expect(ServerSideEncryption).toBe('aws:kms');
  expect(SSEKMSKeyId).toContain('arn:aws:kms:');
});

test('HD-14 HD-21 the key named is the key of the file; readers need no configuration', async () => {
  const key = await actors.key();
  const Bucket = await plainBucket();
  await objects.put(objects.root, Bucket, 'before');
  await objects.put(objects.root, Bucket, 'x', kms(key));
  expect((await head(objects.root, Bucket, 'x')).SSEKMSKeyId).toBe(key);
  expect((await head(objects.root, Bucket, 'before')).ServerSideEncryption).toBe('AES256');
  expect((await objects.get(objects.root, Bucket, 'x')).text).toBe('test');
});

test('HD-16 HD-18 HD-22 the bucket’s default needs no setting; a rename takes the client’s', async () => {
  const [key, own] = [await actors.key(), await actors.key()];
  const Bucket = await objects.bucketWith(key, false);
  await objects.put(objects.root, Bucket, 'x');
  expect(await head(objects.root, Bucket, 'x')).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key });
  await objects.root.send(new CopyObjectCommand({ Bucket, Key: 'y', CopySource: `${Bucket}/x`, ...kms(own) }));
  await objects.root.send(new DeleteObjectCommand({ Bucket, Key: 'x' }));
  expect((await head(objects.root, Bucket, 'y')).SSEKMSKeyId).toBe(own);
});

test('HD-05 HD-06 the key is the access control: who has it writes and reads, who has not does neither', async () => {
  const key = await actors.key();
  const Bucket = await objects.bucketWith(key, false);
  const [member, stranger] = [
    await actors.user(allow(['s3:*']), allow(['kms:GenerateDataKey', 'kms:Decrypt'], [key], 'Key')),
    await actors.user(allow(['s3:*']), allow(['kms:*'], [await actors.key()], 'AnotherKey')),
  ];
  await objects.put(member.s3, Bucket, 'x');
  expect((await objects.get(member.s3, Bucket, 'x')).text).toBe('test');
  const denied = { code: 'AccessDenied', status: 403 };
  expect(await refusal(objects.put(stranger.s3, Bucket, 'y'))).toMatchObject(denied);
  expect(await refusal(objects.get(stranger.s3, Bucket, 'x'))).toMatchObject(denied);
});

test('HD-23 HEAD never tells the context; a Deny on it does', async () => {
  const user = await actors.user(allow(['s3:*']), allow(['kms:*'], ['*'], 'Key'));
  const key = await actors.key({
    ...allow(['kms:Decrypt']),
    Effect: 'Deny',
    Principal: { AWS: user.arn },
    Condition: { StringNotEquals: { 'kms:EncryptionContext:project': 'hadoop' } },
  });
  const Bucket = await plainBucket();
  const SSEKMSEncryptionContext = Buffer.from('{"project":"hadoop"}').toString('base64');
  await objects.put(user.s3, Bucket, 'with', { ...kms(key), SSEKMSEncryptionContext });
  await objects.put(user.s3, Bucket, 'without', kms(key));
  expect(JSON.stringify(await head(user.s3, Bucket, 'with'))).not.toContain('hadoop');
  expect((await objects.get(user.s3, Bucket, 'with')).text).toBe('test');
  expect((await refusal(objects.get(user.s3, Bucket, 'without'))).message).toContain('explicit deny');
});

test('HD-13 a key of one Region cannot serve a bucket of another', async () => {
  const key = (await actors.key()).replace('us-east-1', 'us-west-2');
  const Bucket = await plainBucket();
  expect(await refusal(objects.put(objects.root, Bucket, 'x', kms(key)))).toMatchObject({
    code: 'KMS.NotFoundException',
    message: 'Invalid arn us-west-2',
  });
});

test('HD-24 double encryption, by header and by the bucket’s default', async () => {
  const key = await actors.key();
  const dsse = { ServerSideEncryption: 'aws:kms:dsse', SSEKMSKeyId: key } as const;
  const Bucket = await plainBucket();
  await objects.put(objects.root, Bucket, 'x', dsse);
  expect(await head(objects.root, Bucket, 'x')).toMatchObject(dsse);
  const Default = objects.name();
  await makeBucket(objects.root, Default, { algorithm: 'aws:kms:dsse', key });
  await objects.put(objects.root, Default, 'x');
  expect(await head(objects.root, Default, 'x')).toMatchObject(dsse);
});

test('HD-25 a policy that compares with SSE-KMS denies everything, since S3 sends aws:kms', async () => {
  const Bucket = await objects.bucketWith(await actors.key(), true);
  await objects.root.send(
    new PutBucketPolicyCommand({
      Bucket,
      Policy: policy({
        ...allow(['s3:PutObject'], [`arn:aws:s3:::${Bucket}/*`]),
        Effect: 'Deny',
        Principal: '*',
        Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'SSE-KMS' } },
      }),
    }),
  );
  const user = await actors.user(allow(['s3:*', 'kms:*']));
  for (const more of [{}, { ServerSideEncryption: 'aws:kms' }, { ServerSideEncryption: 'AES256' }] as const) {
    expect((await refusal(objects.put(user.s3, Bucket, 'x', more))).status).toBe(403);
  }
});
