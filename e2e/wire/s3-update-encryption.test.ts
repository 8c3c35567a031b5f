/** UpdateObjectEncryption: another key for an object that exists, without copying it. */

import { DisableKeyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
  UpdateObjectEncryptionCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actors, actorsOf, allow, inShort, makeBucket, type ObjectClients, objectsOf } from './actors.ts';
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

const update = (Bucket: string, KMSKeyArn: string, more: { BucketKeyEnabled?: boolean; VersionId?: string } = {}) => {
  const { BucketKeyEnabled, ...rest } = more;
  const SSEKMS = { KMSKeyArn, ...(BucketKeyEnabled !== undefined && { BucketKeyEnabled }) };
  return new UpdateObjectEncryptionCommand({ Bucket, Key: 'k', ObjectEncryption: { SSEKMS }, ...rest });
};

describe('UpdateObjectEncryption', () => {
  test('GP-23 moves an SSE-S3 object to a KMS key; ETag, date and bytes stay', async () => {
    const { root, name } = objects;
    const Bucket = name();
    await makeBucket(root, Bucket);
    const { ETag } = await objects.put(root, Bucket, 'k');
    const before = await root.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
    const key = await actors.key();
    const updated = await root.send(update(Bucket, key));
    expect(await objects.usesOf(updated)).toBe('made GenerateDataKey');
    const after = await objects.get(root, Bucket, 'k');
    expect(after.text).toBe('test');
    expect(after).toMatchObject({ ETag, LastModified: before.LastModified, SSEKMSKeyId: key });
    expect(inShort(await actors.recordOf(after))).toBe('made Decrypt');
    await emulator.kms().send(new DisableKeyCommand({ KeyId: key }));
    expect((await refusal(root.send(new GetObjectCommand({ Bucket, Key: 'k' })))).code).toBe('KMS.DisabledException');
  });

  test('GP-23 BK-09 moves a KMS object to another key and onto a bucket key; a multipart file of 200 kB too', async () => {
    const { root } = objects;
    const [first, second] = [await actors.key(), await actors.key()];
    const Bucket = await objects.bucketWith(first, false);
    const Body = Buffer.alloc(200_000, 'a');
    await objects.put(root, Bucket, 'k', { Body });
    await root.send(update(Bucket, second, { BucketKeyEnabled: true }));
    const read = await objects.get(root, Bucket, 'k');
    expect(read.text).toHaveLength(200_000);
    expect([read.SSEKMSKeyId, read.BucketKeyEnabled]).toEqual([second, true]);
    await emulator.kms().send(new DisableKeyCommand({ KeyId: first }));
    await root.send(update(Bucket, second));
    const again = await objects.get(root, Bucket, 'k');
    expect([again.text?.length, again.BucketKeyEnabled]).toEqual([200_000, undefined]);
  });

  test('GP-23 takes s3:UpdateObjectEncryption and the four permissions of the key', async () => {
    const { root } = objects;
    const [first, second] = [await actors.key(), await actors.key()];
    const Bucket = await objects.bucketWith(first, false);
    await objects.put(root, Bucket, 'k');
    const resource = [`arn:aws:s3:::${Bucket}/*`];
    const s3Only = allow(['s3:UpdateObjectEncryption'], resource);
    const withKms = (...actions: string[]) => actors.user(s3Only, { ...allow(actions), Sid: 'Kms' });
    const all = ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:ReEncrypt*'];
    const without = await actors.user(allow(all));
    expect((await refusal(without.s3.send(update(Bucket, second)))).message).toContain('s3:UpdateObjectEncryption');
    for (const missing of ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:ReEncrypt*']) {
      const user = await withKms(...all.filter((action) => action !== missing));
      const { code, message } = await refusal(user.s3.send(update(Bucket, second)));
      expect([code, message]).toEqual(['AccessDenied', expect.stringContaining(missing.replace('*', ''))]);
    }
    const able = await withKms(...all);
    await able.s3.send(update(Bucket, second));
    expect((await root.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).SSEKMSKeyId).toBe(second);
  });

  test('GP-23 refuses foreign keys, aliases, DSSE-KMS and SSE-C objects, and compliance locks', async () => {
    const { root, name } = objects;
    const key = await actors.key();
    const Bucket = name();
    await root.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
    await objects.put(root, Bucket, 'k', { ServerSideEncryption: 'aws:kms:dsse', SSEKMSKeyId: key });
    const outcome = async (arn: string) => {
      const { code, status } = await refusal(root.send(update(Bucket, arn)));
      return `${status} ${code}`;
    };
    expect(await outcome(key)).toBe('400 InvalidRequest');
    const foreign = await actorsOf(emulator, '444455556666').key();
    expect(rootOf('444455556666').accessKeyId).toBe('444455556666');
    expect(await outcome(foreign)).toBe('403 AccessDenied');
    expect(await outcome('alias/any')).toBe('400 InvalidArgument');
    const { VersionId } = await root.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
    const RetainUntilDate = new Date(Date.now() + 86_400_000);
    await root.send(
      new PutObjectRetentionCommand({
        Bucket,
        Key: 'k',
        VersionId,
        Retention: { Mode: 'COMPLIANCE', RetainUntilDate },
      }),
    );
    expect(await outcome(key)).toBe('403 AccessDenied');
  });

  test('GP-23 changes the version that is named and no other', async () => {
    const { root, name } = objects;
    const Bucket = name();
    await makeBucket(root, Bucket);
    await root.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const old = await objects.put(root, Bucket, 'k');
    await objects.put(root, Bucket, 'k');
    await root.send(update(Bucket, await actors.key(), { VersionId: old.VersionId ?? '' }));
    const scheme = async (VersionId?: string) =>
      (await root.send(new HeadObjectCommand({ Bucket, Key: 'k', VersionId }))).ServerSideEncryption;
    expect([await scheme(), await scheme(old.VersionId)]).toEqual(['AES256', 'aws:kms']);
  });
});
