/** Settings of general purpose buckets that decide who may do what: block public access, ACLs, ownership, Object Lock. */

import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  type PublicAccessBlockConfiguration,
  PutBucketAclCommand,
  PutBucketLoggingCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Actors, actorsOf, allow, encryptBucket, makeBucket } from './actors.ts';
import { refusal, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
let s3: S3Client;
let actors: Actors;
let Bucket: string;
let counter = 0;

beforeAll(async () => {
  emulator = await startTestEmulator();
  s3 = emulator.s3();
  actors = actorsOf(emulator);
});
afterAll(() => emulator.close());
beforeEach(async () => {
  Bucket = `settings-${counter++}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
});

const letIn = (Principal: unknown, more: object = {}) =>
  s3.send(
    new PutBucketPolicyCommand({
      Bucket,
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*`, ...more },
        ],
      }),
    }),
  );
const block = (PublicAccessBlockConfiguration: PublicAccessBlockConfiguration) =>
  s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
const isPublic = async () => (await s3.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic;

describe('block public access', () => {
  test('a public policy is refused, then called public, then shut for strangers', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
    expect((await refusal(s3.send(new GetBucketPolicyStatusCommand({ Bucket })))).code).toBe('NoSuchBucketPolicy');
    expect((await refusal(letIn('*'))).message).toContain('BlockPublicPolicy');
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    await letIn('*');
    expect(await isPublic()).toBe(true);
    const stranger = emulator.s3({ credentials: rootOf('444455556666') });
    const read = (client: S3Client) => client.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    expect((await read(stranger)).ContentLength).toBe(1);
    expect((await fetch(`${emulator.url}/${Bucket}/k`)).status).toBe(200);
    await block({ RestrictPublicBuckets: true });
    expect((await refusal(read(stranger))).status).toBe(403);
    expect((await fetch(`${emulator.url}/${Bucket}/k`)).status).toBe(403);
    const own = await actors.user(allow(['s3:ListAllMyBuckets']));
    expect((await read(own.s3)).ContentLength).toBe(1);
  });

  test('a policy for one account or behind a fence is not public', async () => {
    await letIn({ AWS: '444455556666' });
    expect(await isPublic()).toBe(false);
    await letIn('*', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } });
    expect(await isPublic()).toBe(false);
  });
});

describe('access control lists', () => {
  const acl = (more: object) => s3.send(new PutBucketAclCommand({ Bucket, ...more }));

  test('say that the owner has full control and, while the owner is enforced, cannot say more', async () => {
    const { Grants, Owner } = await s3.send(new GetBucketAclCommand({ Bucket }));
    expect(Grants).toEqual([{ Grantee: { Type: 'CanonicalUser', ID: Owner?.ID }, Permission: 'FULL_CONTROL' }]);
    expect((await refusal(acl({ ACL: 'public-read' }))).code).toBe('AccessControlListNotSupported');
    const object = { Bucket, Key: 'k', Body: 'x' };
    await s3.send(new PutObjectCommand({ ...object, ACL: 'bucket-owner-full-control' }));
    const refused = await refusal(s3.send(new PutObjectCommand({ ...object, ACL: 'public-read' })));
    expect(refused).toMatchObject({ code: 'AccessControlListNotSupported', status: 400 });
  });

  test('are refused by block public access where ownership would allow them', async () => {
    const OwnershipControls = { Rules: [{ ObjectOwnership: 'ObjectWriter' as const }] };
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
    const { OwnershipControls: kept } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    expect(kept).toEqual(OwnershipControls);
    expect((await refusal(acl({ ACL: 'public-read' }))).code).toBe('AccessDenied');
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    expect((await refusal(acl({ ACL: 'public-read' }))).code).toBe('NotImplemented');
    await acl({ ACL: 'private' });
  });
});

describe('server access logs', () => {
  const logInto = (TargetBucket: string) =>
    s3.send(
      new PutBucketLoggingCommand({
        Bucket,
        BucketLoggingStatus: { LoggingEnabled: { TargetBucket, TargetPrefix: 'logs/' } },
      }),
    );

  test('GP-28 go into no bucket whose default is SSE-KMS', async () => {
    const TargetBucket = `${Bucket}-logs`;
    await makeBucket(s3, TargetBucket, { key: await actors.key() });
    const refused = await refusal(logInto(TargetBucket));
    expect([refused.code, refused.status]).toEqual(['InvalidTargetBucketForLogging', 400]);
    expect(refused.message).toContain('SSE-KMS');
    await encryptBucket(s3, TargetBucket, { algorithm: 'AES256' });
    // Delivery is not built, and a setting without effect would be a lie.
    expect((await refusal(logInto(TargetBucket))).code).toBe('NotImplemented');
    await s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} }));
    expect((await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toBeUndefined();
  });

  test('go into no bucket of another account or of nobody', async () => {
    const theirs = emulator.s3({ credentials: rootOf('444455556666') });
    await makeBucket(theirs, `${Bucket}-theirs`);
    for (const target of [`${Bucket}-theirs`, 'no-such-bucket-anywhere']) {
      expect((await refusal(logInto(target))).code).toBe('InvalidTargetBucketForLogging');
    }
  });
});

describe('Object Lock', () => {
  beforeEach(async () => {
    Bucket = `locked-${counter++}`;
    await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  });
  const put = async () => (await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))).VersionId;
  const remove = (VersionId: string | undefined, more: object = {}, client = s3) =>
    client.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId, ...more }));

  test('keeps a version for the default retention; the world clock ends it', async () => {
    const Rule = { DefaultRetention: { Mode: 'GOVERNANCE' as const, Days: 2 } };
    await s3.send(
      new PutObjectLockConfigurationCommand({
        Bucket,
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule },
      }),
    );
    const { ObjectLockConfiguration } = await s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    expect(ObjectLockConfiguration?.Rule).toEqual(Rule);
    const VersionId = await put();
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).toMatchObject({ ObjectLockMode: 'GOVERNANCE' });
    expect((await refusal(remove(VersionId))).message).toBe('Access Denied because object protected by object lock.');
    await remove(undefined);
    const other = await actors.user(allow(['s3:DeleteObjectVersion'], [`arn:aws:s3:::${Bucket}/*`]));
    const bypass = { BypassGovernanceRetention: true };
    expect((await refusal(remove(VersionId, bypass, other.s3))).message).toContain('s3:BypassGovernanceRetention');
    await actors.advance(3 * 86_400);
    await remove(VersionId);
  });

  test('a legal hold ends when it is taken off; governance gives way to those who may bypass it', async () => {
    const VersionId = await put();
    const hold = (Status: 'ON' | 'OFF') =>
      s3.send(new PutObjectLegalHoldCommand({ Bucket, Key: 'k', VersionId, LegalHold: { Status } }));
    await hold('ON');
    expect((await refusal(remove(VersionId, { BypassGovernanceRetention: true }))).status).toBe(403);
    await hold('OFF');
    await remove(VersionId);
  });
});
