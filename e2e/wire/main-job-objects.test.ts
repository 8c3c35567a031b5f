/** Objects of general purpose buckets: what their encryption is and who may use its key (rules GP). */

import { CreateAliasCommand, CreateKeyCommand, DescribeKeyCommand, ListAliasesCommand } from '@aws-sdk/client-kms';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetBucketEncryptionCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policy, type Statement } from '../../lib/scenarios/policies.ts';
import { type Actors, actorsOf, allow, encryptBucket, makeBucket, type ObjectClients, objectsOf } from './actors.ts';
import { refusal, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

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

test('GP-01 a bucket nobody configured answers AES256 without a bucket key', async () => {
  const Bucket = objects.name();
  await makeBucket(objects.root, Bucket);
  const { ServerSideEncryptionConfiguration } = await objects.root.send(new GetBucketEncryptionCommand({ Bucket }));
  expect(ServerSideEncryptionConfiguration?.Rules).toEqual([
    { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false },
  ]);
  expect(await objects.put(objects.root, Bucket, 'x')).toMatchObject({ ServerSideEncryption: 'AES256' });
});

test('GP-02 GP-04 GP-14a ERR-03 the bucket takes any key id, keeps it as it was put, and the first object finds out', async () => {
  const Bucket = objects.name();
  await makeBucket(objects.root, Bucket, { key: 'no-such-key' });
  expect(await refusal(objects.put(objects.root, Bucket, 'x'))).toEqual({
    code: 'KMS.NotFoundException',
    status: 400,
    message: "Invalid keyId 'no-such-key'",
  });
  const key = await actors.key();
  const id = key.split('/')[1] ?? '';
  await encryptBucket(objects.root, Bucket, { key: id });
  const { ServerSideEncryptionConfiguration } = await objects.root.send(new GetBucketEncryptionCommand({ Bucket }));
  const rule = ServerSideEncryptionConfiguration?.Rules?.[0];
  expect(rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID).toBe(id);
  expect((await objects.put(objects.root, Bucket, 'x')).SSEKMSKeyId).toBe(key);
  const named = await objects.put(objects.root, Bucket, 'y', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: id });
  expect(named.SSEKMSKeyId).toBe(key);
});

test('GP-05 ERR-04 a key of another Region is not found', async () => {
  const { KeyMetadata } = await emulator.kms({ region: 'eu-west-1' }).send(new CreateKeyCommand({}));
  const Bucket = await objects.bucketWith(KeyMetadata?.Arn ?? '', true);
  expect(await refusal(objects.put(objects.root, Bucket, 'x'))).toEqual({
    code: 'KMS.NotFoundException',
    status: 400,
    message: 'Invalid arn eu-west-1',
  });
});

test('GP-06 ERR-00 ERR-11 an asymmetric key is of no use', async () => {
  const { KeyMetadata } = await emulator
    .kms()
    .send(new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }));
  const answer = await refusal(objects.put(objects.root, await objects.bucketWith(KeyMetadata?.Arn ?? '', true), 'x'));
  expect(answer).toMatchObject({ code: 'KMS.InvalidKeyUsageException', status: 400 });
});

test('GP-07 GP-14b KMS-26 without a key id the AWS managed key is made on first use, and another account cannot use it', async () => {
  const Bucket = objects.name();
  await makeBucket(objects.root, Bucket, {});
  const { SSEKMSKeyId } = await objects.put(objects.root, Bucket, 'x');
  const { KeyMetadata } = await emulator.kms().send(new DescribeKeyCommand({ KeyId: SSEKMSKeyId ?? '' }));
  expect(KeyMetadata).toMatchObject({
    Description: 'Default key that protects my S3 objects when no other key is defined',
    KeyManager: 'AWS',
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyState: 'Enabled',
  });
  const { Aliases = [] } = await emulator.kms().send(new ListAliasesCommand({ KeyId: SSEKMSKeyId }));
  expect(Aliases.map(({ AliasName }) => AliasName)).toEqual(['alias/aws/s3']);

  const guest = '777788889999';
  await objects.root.send(
    new PutBucketPolicyCommand({
      Bucket,
      Policy: policy({
        ...allow(['s3:GetObject'], [`${S3_ARN}${Bucket}/*`]),
        Principal: { AWS: `arn:aws:iam::${guest}:root` },
      }),
    }),
  );
  const answer = await refusal(objects.get(emulator.s3({ credentials: rootOf(guest) }), Bucket, 'x'));
  expect(answer).toMatchObject({ code: 'AccessDenied', status: 403 });
});

test('GP-09 GP-10 ERR-05 ERR-12 both permissions are needed, and the sentence says which is missing', async () => {
  const key = await actors.key();
  const Bucket = await objects.bucketWith(key, false);
  await objects.put(objects.root, Bucket, 'x');
  const onlyS3 = await actors.user(allow(['s3:GetObject', 's3:PutObject']));
  const onlyKms = await actors.user(allow(['kms:GenerateDataKey', 'kms:Decrypt']));
  const tail = (action: string) => `because no identity-based policy allows the ${action} action`;
  expect((await refusal(objects.put(onlyS3.s3, Bucket, 'x'))).message).toBe(
    `User: ${onlyS3.arn} is not authorized to perform: kms:GenerateDataKey on resource: ${key} ${tail('kms:GenerateDataKey')}`,
  );
  expect((await refusal(objects.get(onlyS3.s3, Bucket, 'x'))).message).toBe(
    `User: ${onlyS3.arn} is not authorized to perform: kms:Decrypt on resource: ${key} ${tail('kms:Decrypt')}`,
  );
  expect((await refusal(objects.get(onlyKms.s3, Bucket, 'x'))).message).toBe(
    `User: ${onlyKms.arn} is not authorized to perform: s3:GetObject on resource: "${S3_ARN}${Bucket}/x" ${tail('s3:GetObject')}`,
  );
  const reader = await actors.user(allow(['s3:GetObject', 'kms:Decrypt']));
  expect((await objects.get(reader.s3, Bucket, 'x')).text).toBe('test');
  const writer = await actors.user(allow(['s3:PutObject', 'kms:GenerateDataKey']));
  await objects.put(writer.s3, Bucket, 'y');
});

test('GP-12 GET and HEAD refuse encryption headers', async () => {
  const Bucket = await objects.bucketWith(await actors.key(), true);
  await objects.put(objects.root, Bucket, 'x');
  for (const command of [GetObjectCommand, HeadObjectCommand]) {
    const s3 = emulator.s3();
    s3.middlewareStack.add(
      (next) => (args) => {
        Object.assign((args.request as { headers: object }).headers, { 'x-amz-server-side-encryption': 'aws:kms' });
        return next(args);
      },
      { step: 'build' },
    );
    expect((await refusal(s3.send(new command({ Bucket, Key: 'x' })))).status).toBe(400);
  }
});

test('GP-14 GP-14c the ETag of an SSE-KMS object is no MD5 and never the same; a copy to SSE-S3 has the MD5', async () => {
  const Bucket = await objects.bucketWith(await actors.key(), false);
  const [one, two] = [await objects.put(objects.root, Bucket, 'x'), await objects.put(objects.root, Bucket, 'x')];
  const md5 = '"098f6bcd4621d373cade4e832627b4f6"';
  expect(one.ETag).not.toBe(md5);
  expect(one.ETag).not.toBe(two.ETag);
  const { CopyObjectResult } = await objects.root.send(
    new CopyObjectCommand({ Bucket, Key: 'x', CopySource: `${Bucket}/x`, ServerSideEncryption: 'AES256' }),
  );
  expect(CopyObjectResult?.ETag).toBe(md5);
});

test('GP-15 a key beside AES256, no rule and two rules are refused', async () => {
  const Bucket = objects.name();
  await makeBucket(objects.root, Bucket);
  expect(await refusal(encryptBucket(objects.root, Bucket, { algorithm: 'AES256', key: 'x' }))).toEqual({
    code: 'InvalidArgument',
    status: 400,
    message: 'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
  });
  expect((await refusal(encryptBucket(objects.root, 'no-such-bucket-here', {}))).code).toBe('NoSuchBucket');
});

test('GP-16 GP-17 alias names serve; extra context is kept with the object, not copied, and decides', async () => {
  const user = await actors.user(allow(['s3:*']));
  const key = await actors.key({
    ...allow(['kms:GenerateDataKey', 'kms:Decrypt']),
    Principal: { AWS: user.arn },
    Condition: { StringEquals: { 'kms:EncryptionContext:project': 'hadoop' } },
  });
  await emulator.kms().send(new CreateAliasCommand({ AliasName: 'alias/project', TargetKeyId: key }));
  const Bucket = objects.name();
  await makeBucket(objects.root, Bucket, { key: 'alias/project' });
  expect((await refusal(objects.put(user.s3, Bucket, 'x'))).code).toBe('AccessDenied');
  const SSEKMSEncryptionContext = Buffer.from('{"project":"hadoop"}').toString('base64');
  const written = await objects.put(user.s3, Bucket, 'x', { ServerSideEncryption: 'aws:kms', SSEKMSEncryptionContext });
  expect(written.SSEKMSKeyId).toBe(key);
  const record = await actors.recordOf(await objects.get(user.s3, Bucket, 'x'));
  expect(record.keyOperations[0]?.encryptionContext).toEqual({
    'aws:s3:arn': `${S3_ARN}${Bucket}/x`,
    project: 'hadoop',
  });
  expect((await objects.root.send(new HeadObjectCommand({ Bucket, Key: 'x' }))).SSEKMSKeyId).toBe(key);
  const copy = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/x` });
  expect((await refusal(user.s3.send(copy))).message).toContain('kms:GenerateDataKey');
});

test('GP-19 a copy needs kms:Decrypt on the source key and kms:GenerateDataKey on the other', async () => {
  const [from, to] = [await actors.key(), await actors.key()];
  const [Source, Bucket] = [await objects.bucketWith(from, false), await objects.bucketWith(to, false)];
  await objects.put(objects.root, Source, 'x');
  const copyAs = async (...statements: readonly Statement[]) => {
    const user = await actors.user(allow(['s3:*']), ...statements);
    return user.s3.send(new CopyObjectCommand({ Bucket, Key: 'x', CopySource: `${Source}/x` }));
  };
  const decrypt = allow(['kms:Decrypt'], [from], 'Source');
  const generate = allow(['kms:GenerateDataKey'], [to], 'Target');
  expect((await refusal(copyAs(generate))).message).toContain(`kms:Decrypt on resource: ${from}`);
  expect((await refusal(copyAs(decrypt))).message).toContain(`kms:GenerateDataKey on resource: ${to}`);
  expect(await copyAs(decrypt, generate)).toMatchObject({ SSEKMSKeyId: to });
});

test('GP-20 DB-45 multipart: GenerateDataKey to begin, Decrypt for every part and the end', async () => {
  const key = await actors.key();
  const Bucket = await objects.bucketWith(key, false);
  const upload = async (s3: S3Client) => {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'm' }));
    const ids = { Bucket, Key: 'm', UploadId };
    const part = await s3.send(new UploadPartCommand({ ...ids, PartNumber: 1, Body: 'part' }));
    const Parts = [{ PartNumber: 1, ETag: part.ETag }];
    const done = await s3.send(new CompleteMultipartUploadCommand({ ...ids, MultipartUpload: { Parts } }));
    return { part, done };
  };
  const writer = await actors.user(allow(['s3:*', 'kms:GenerateDataKey']));
  expect((await refusal(upload(writer.s3))).message).toContain('kms:Decrypt');
  const { part, done } = await upload(objects.root);
  expect(await objects.usesOf(part)).toBe('made Decrypt');
  expect(part).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key });
  expect(done).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key });
  expect((await objects.get(objects.root, Bucket, 'm')).text).toBe('part');
});

test('GP-21 a Deny on the header blocks clients that rely on the default; the value is aws:kms', async () => {
  const key = await actors.key();
  const Bucket = await objects.bucketWith(key, true);
  const enforce = (value: string) =>
    objects.root.send(
      new PutBucketPolicyCommand({
        Bucket,
        Policy: policy({
          ...allow(['s3:PutObject'], [`${S3_ARN}${Bucket}/*`]),
          Effect: 'Deny',
          Principal: '*',
          Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': value } },
        }),
      }),
    );
  const user = await actors.user(allow(['s3:*', 'kms:*']));
  await enforce('aws:kms');
  expect((await refusal(objects.put(user.s3, Bucket, 'x'))).message).toContain(
    'explicit deny in a resource-based policy',
  );
  await objects.put(user.s3, Bucket, 'x', { ServerSideEncryption: 'aws:kms' });
  await enforce('SSE-KMS');
  expect((await refusal(objects.put(user.s3, Bucket, 'x', { ServerSideEncryption: 'aws:kms' }))).status).toBe(403);
});
