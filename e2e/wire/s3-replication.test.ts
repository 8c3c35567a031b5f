/** Replication: really copied, as its role, in and across Regions and accounts; its status and its failures. */

import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  DeleteBucketReplicationCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketReplicationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type ReplicationRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LedgerPage } from '../../lib/contract/ledger.ts';
import { accountStatement, policy, type Statement } from '../../lib/scenarios/policies.ts';
import { type Actors, actorsOf, allow, encryptBucket, inShort } from './actors.ts';
import { ACCOUNT, refusal, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

const OTHER = '444455556666';
let emulator: TestEmulator;
let s3: S3Client;
let west: S3Client;
let actors: Actors;
let role: string;
let Bucket: string;
let copy: string;
let counter = 0;

const trust = (Principal: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
  });
const TRUST = trust({ Service: 's3.amazonaws.com' });
const READ = allow(['s3:GetObjectVersionForReplication', 's3:GetObjectVersionTagging'], ['*'], 'Read');
const WRITE = allow(['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], ['*'], 'Write');
const KMS = allow(['kms:Decrypt', 'kms:Encrypt'], ['*'], 'Kms');

async function makeRole(RoleName: string, AssumeRolePolicyDocument: string, ...statements: Statement[]) {
  const iam = emulator.iam();
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  if (statements.length > 0) {
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: policy(...statements) }));
  }
  return Role?.Arn ?? '';
}

async function makeBucket(client: S3Client, name: string, region = 'us-east-1') {
  await client.send(
    new CreateBucketCommand({
      Bucket: name,
      ...(region === 'us-west-2' && { CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } }),
    }),
  );
  await client.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }));
}

beforeAll(async () => {
  emulator = await startTestEmulator();
  s3 = emulator.s3();
  west = emulator.s3({ region: 'us-west-2' });
  actors = actorsOf(emulator);
  role = await makeRole('copier', TRUST, READ, WRITE, KMS);
});
afterAll(() => emulator.close());
beforeEach(async () => {
  counter += 1;
  Bucket = `source-${counter}`;
  copy = `copy-${counter}`;
  await makeBucket(s3, Bucket);
});

const rule = (more: Partial<ReplicationRule> = {}): ReplicationRule => ({
  Status: 'Enabled',
  Priority: 1,
  Filter: {},
  DeleteMarkerReplication: { Status: 'Disabled' },
  Destination: { Bucket: `arn:aws:s3:::${copy}` },
  ...more,
});
const encrypted = (key: string): Partial<ReplicationRule> => ({
  SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
  Destination: { Bucket: `arn:aws:s3:::${copy}`, EncryptionConfiguration: { ReplicaKmsKeyID: key } },
});
const replicate = (rules: ReplicationRule[] = [rule()], Role = role) =>
  s3.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration: { Role, Rules: rules } }));
const put = (more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'test', ...more }));
const settled = () => emulator.admin('replication', { method: 'POST' });
const status = async (Key = 'k') => (await s3.send(new HeadObjectCommand({ Bucket, Key }))).ReplicationStatus;
const replica = (client: S3Client, Key = 'k') => client.send(new GetObjectCommand({ Bucket: copy, Key }));
/** What the role did last, in short. */
const requests = async (account = ACCOUNT) => {
  const { records } = await emulator.admin<LedgerPage>(`ledger?account=${account}&limit=20`);
  return records.filter(({ principalArn }) => principalArn.endsWith('/s3-replication'));
};
const keyIn = async (region: string) => {
  const { KeyMetadata } = await emulator
    .kms({ region })
    .send(new CreateKeyCommand({ Policy: policy(accountStatement(ACCOUNT)) }));
  return KeyMetadata?.Arn ?? '';
};

describe('replication', () => {
  test('REP-01 copies in the same Region: bytes, metadata, tags, version id and date', async () => {
    await makeBucket(s3, copy);
    await replicate();
    const made = await put({ Metadata: { a: 'b' }, Tagging: 'x=y', ContentType: 'text/plain' });
    await settled();
    expect(await status()).toBe('COMPLETED');
    const read = await replica(s3);
    expect(await read.Body?.transformToString()).toBe('test');
    const source = await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
    expect(read).toMatchObject({
      ReplicationStatus: 'REPLICA',
      VersionId: made.VersionId,
      ETag: made.ETag,
      Metadata: { a: 'b' },
      TagCount: 1,
      ContentType: 'text/plain',
      LastModified: source.LastModified,
    });
  });

  test('REP-01 REP-05 copies across Regions under a key of the other Region; a large body too', async () => {
    await makeBucket(west, copy, 'us-west-2');
    const [from, to] = [await keyIn('us-east-1'), await keyIn('us-west-2')];
    await replicate([rule(encrypted(to))]);
    const Body = Buffer.alloc(300_000, 'r');
    await put({ Body, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: from });
    await settled();
    expect(await status()).toBe('COMPLETED');
    const read = await replica(west);
    expect(read.SSEKMSKeyId).toBe(to);
    expect(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
    await put({ Key: 'wrong', ServerSideEncryption: 'aws:kms', SSEKMSKeyId: from });
    await replicate([rule(encrypted(from))]);
    await put({ Key: 'wrong', ServerSideEncryption: 'aws:kms', SSEKMSKeyId: from });
    await settled();
    expect(await status('wrong')).toBe('FAILED');
    expect((await requests())[0]?.error?.code).toBe('KMS.NotFoundException');
  });

  test('REP-01 copies into another account that lets the role in, and fails where it does not', async () => {
    const theirs = emulator.s3({ credentials: rootOf(OTHER) });
    await makeBucket(theirs, copy);
    await replicate([rule({ Destination: { Bucket: `arn:aws:s3:::${copy}`, Account: OTHER } })]);
    await put({ Key: 'refused' });
    await settled();
    expect(await status('refused')).toBe('FAILED');
    const letIn = policy({
      Sid: 'In',
      Effect: 'Allow',
      Principal: { AWS: role },
      Action: ['s3:ReplicateObject', 's3:ReplicateDelete'],
      Resource: `arn:aws:s3:::${copy}/*`,
    });
    await theirs.send(new PutBucketPolicyCommand({ Bucket: copy, Policy: letIn }));
    await put({ Key: 'copied' });
    await settled();
    expect(await status('copied')).toBe('COMPLETED');
    expect((await replica(theirs, 'copied')).ReplicationStatus).toBe('REPLICA');
    expect((await refusal(replica(theirs, 'refused'))).code).toBe('NoSuchKey');
  });

  test('REP-02 REP-03 a replica keeps its bucket key, whatever the default of the destination; that stays as it is', async () => {
    await makeBucket(s3, copy);
    const [from, to] = [await actors.key(), await actors.key()];
    await encryptBucket(s3, copy, { key: to, bucketKey: false });
    await replicate([rule(encrypted(to))]);
    await put({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: from, BucketKeyEnabled: true });
    await settled();
    expect(await replica(s3)).toMatchObject({ BucketKeyEnabled: true, SSEKMSKeyId: to });
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket: copy }));
    expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.BucketKeyEnabled).toBe(false);
  });

  test('REP-02 REP-04 a source without a KMS key takes the default and bucket key of the destination; the ETags differ', async () => {
    await makeBucket(s3, copy);
    const key = await actors.key();
    await encryptBucket(s3, copy, { key, bucketKey: true });
    await replicate();
    const { ETag } = await put();
    await settled();
    const read = await replica(s3);
    expect(read).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key, BucketKeyEnabled: true });
    expect(read.ETag).not.toBe(ETag);
    expect(await status()).toBe('COMPLETED');
  });

  test('REP-06 KMS objects are left out unless the rule takes them; a wrong replica key is found at the first copy', async () => {
    await makeBucket(s3, copy);
    const key = await actors.key();
    await replicate();
    await put({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key });
    await settled();
    expect(await status()).toBeUndefined();
    expect((await refusal(replica(s3))).code).toBe('NoSuchKey');
    await replicate([rule(encrypted('arn:aws:kms:us-east-1:111122223333:key/134f2428-cec1-4b25-a1ae-9048164dba47'))]);
    await put({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key });
    await settled();
    expect(await status()).toBe('FAILED');
  });

  test('REP-07 the role decrypts with the source key and encrypts with that of the replica, as S3 on its behalf', async () => {
    await makeBucket(s3, copy);
    const [from, to] = [await actors.key(), await actors.key()];
    const via = { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } };
    const narrow = (Sid: string, action: string, key: string): Statement => ({
      ...allow([action], [key], Sid),
      Condition: via,
    });
    const exact = [narrow('From', 'kms:Decrypt', from), narrow('To', 'kms:Encrypt', to)];
    const Role = await makeRole(`exact-${counter}`, TRUST, READ, WRITE, ...exact);
    await replicate([rule(encrypted(to))], Role);
    await put({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: from });
    await settled();
    expect(await status()).toBe('COMPLETED');
    const [second, first] = await requests();
    expect([first, second].map((one) => (one === undefined ? '' : `${one.operation}: ${inShort(one)}`))).toEqual([
      'GetObjectVersionForReplication: made Decrypt',
      'ReplicateObject: made Encrypt',
    ]);
    expect(second?.keyOperations[0]?.encryptionContext).toEqual({ 'aws:s3:arn': `arn:aws:s3:::${copy}/k` });
    expect(await (await replica(s3)).Body?.transformToString()).toBe('test');
    // With a bucket key it needs Decrypt on the replica's key too, and the context is the bucket.
    await put({ Key: 'b', ServerSideEncryption: 'aws:kms', SSEKMSKeyId: from, BucketKeyEnabled: true });
    await settled();
    expect(await status('b')).toBe('FAILED');
    const both = await makeRole(`both-${counter}`, TRUST, READ, WRITE, ...exact, narrow('Too', 'kms:Decrypt', to));
    await replicate([rule(encrypted(to))], both);
    await put({ Key: 'b', ServerSideEncryption: 'aws:kms', SSEKMSKeyId: from, BucketKeyEnabled: true });
    await settled();
    expect(await status('b')).toBe('COMPLETED');
    const [last] = await requests();
    expect(last?.keyOperations[0]?.encryptionContext).toEqual({ 'aws:s3:arn': `arn:aws:s3:::${copy}` });
  });

  test.each([
    ['s3:GetObjectVersionForReplication', [WRITE]],
    ['s3:ReplicateObject', [READ]],
  ])('REP-07 a role without %s fails', async (action, statements) => {
    await makeBucket(s3, copy);
    await replicate([rule()], await makeRole(`without-${counter}`, TRUST, ...statements));
    await put();
    await settled();
    expect(await status()).toBe('FAILED');
    expect((await requests())[0]?.error?.message).toContain(action);
  });

  test('a role that does not trust S3 copies nothing, nor does one under a disabled key', async () => {
    await makeBucket(s3, copy);
    await replicate([rule()], await makeRole('untrusting', trust({ AWS: ACCOUNT }), READ, WRITE));
    await put();
    await settled();
    expect(await status()).toBe('FAILED');
    const key = await actors.key();
    await replicate([rule(encrypted(key))]);
    await emulator.kms().send(new DisableKeyCommand({ KeyId: key }));
    await put({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: await actors.key() });
    await settled();
    expect(await status()).toBe('FAILED');
    await emulator.kms().send(new EnableKeyCommand({ KeyId: key }));
  });

  test('prefixes, tags and priorities choose; markers are copied where the rule says so; versions arrive in order', async () => {
    await makeBucket(s3, copy);
    await replicate([
      rule({ Filter: { Prefix: 'in/' }, DeleteMarkerReplication: { Status: 'Enabled' } }),
      rule({ Filter: { Tag: { Key: 'copy', Value: 'yes' } }, Priority: 2 }),
    ]);
    for (const Body of ['1', '2', '3']) await put({ Key: 'in/k', Body });
    await put({ Key: 'out/k' });
    await put({ Key: 'out/tagged', Tagging: 'copy=yes' });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'in/k' }));
    await settled();
    const versions = async (name: string) => {
      const { Versions = [], DeleteMarkers = [] } = await s3.send(
        new ListObjectVersionsCommand({ Bucket: name, Prefix: 'in/' }),
      );
      return [Versions.map(({ VersionId }) => VersionId), DeleteMarkers.map(({ VersionId }) => VersionId)];
    };
    expect(await versions(copy)).toEqual(await versions(Bucket));
    expect((await refusal(replica(s3, 'out/k'))).code).toBe('NoSuchKey');
    expect((await replica(s3, 'out/tagged')).ReplicationStatus).toBe('REPLICA');
  });

  test('the configuration is answered, removed, and takes iam:PassRole', async () => {
    await makeBucket(s3, copy);
    await replicate();
    const { ReplicationConfiguration } = await s3.send(new GetBucketReplicationCommand({ Bucket }));
    expect(ReplicationConfiguration).toMatchObject({ Role: role, Rules: [{ Priority: 1, Status: 'Enabled' }] });
    const admin = await actors.user(allow(['s3:PutReplicationConfiguration']));
    const config = { Bucket, ReplicationConfiguration: { Role: role, Rules: [rule()] } };
    const refused = await refusal(admin.s3.send(new PutBucketReplicationCommand(config)));
    expect(refused.message).toContain('iam:PassRole');
    await s3.send(new DeleteBucketReplicationCommand({ Bucket }));
    await put();
    await settled();
    expect(await status()).toBeUndefined();
  });
});

test('what was still to be copied when the emulator stopped is copied after its next start', async () => {
  await makeBucket(s3, copy);
  await replicate();
  const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
  await Promise.all(keys.map((Key) => put({ Key })));
  await emulator.close(true);
  emulator = await startTestEmulator({ dataDir: emulator.dataDir });
  s3 = emulator.s3();
  await settled();
  expect(new Set(await Promise.all(keys.map(status)))).toEqual(new Set(['COMPLETED']));
});
