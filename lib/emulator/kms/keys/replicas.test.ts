import type { CreateKeyResponse, DecryptResponse, DescribeKeyResponse, EncryptResponse } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, DAY, type Kms, root, startKms } from '../testing.ts';

let kms: Kms;
beforeAll(() => {
  kms = startKms();
});
afterAll(() => kms.close());

const EUROPE = 'eu-west-1';
const there = () => kms.as(root(), EUROPE);

async function createPair() {
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', { MultiRegion: true });
  const KeyId = KeyMetadata?.KeyId ?? '';
  await kms.run('ReplicateKey', { KeyId, ReplicaRegion: EUROPE });
  return { KeyId, primary: KeyMetadata?.Arn ?? '', replica: `arn:aws:kms:${EUROPE}:${ACCOUNT}:key/${KeyId}` };
}
const describeKey = async (KeyId: string, where = kms.context()) =>
  (await kms.run<DescribeKeyResponse>('DescribeKey', { KeyId }, where)).KeyMetadata;

test('KMS-08 a multi-Region key has an mrk- id, and its replica the same id and material', async () => {
  const { KeyId, primary, replica } = await createPair();
  expect(KeyId).toMatch(/^mrk-[0-9a-f]{32}$/);
  const configuration = {
    PrimaryKey: { Arn: primary, Region: 'us-east-1' },
    ReplicaKeys: [{ Arn: replica, Region: EUROPE }],
  };
  expect(await describeKey(KeyId)).toMatchObject({
    MultiRegion: true,
    MultiRegionConfiguration: { MultiRegionKeyType: 'PRIMARY', ...configuration },
  });
  expect(await describeKey(KeyId, there())).toMatchObject({
    Arn: replica,
    KeyState: 'Enabled',
    MultiRegionConfiguration: { MultiRegionKeyType: 'REPLICA', ...configuration },
  });
  const EncryptionContext = { a: 'b' };
  const { CiphertextBlob } = await kms.run<EncryptResponse>('Encrypt', {
    KeyId,
    Plaintext: Buffer.from('m'),
    EncryptionContext,
  });
  const opened = await kms.run<DecryptResponse>('Decrypt', { CiphertextBlob, EncryptionContext }, there());
  expect(opened.KeyId).toBe(replica);
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('m');
  await kms.run('RotateKeyOnDemand', { KeyId });
  const { CiphertextBlob: later } = await kms.run<EncryptResponse>('Encrypt', { KeyId, Plaintext: Buffer.from('n') });
  await kms.run('Decrypt', { CiphertextBlob: later }, there());
});

test('KMS-08 only a primary is replicated, and once per Region', async () => {
  const { KeyId, replica } = await createPair();
  expect(await kms.refusal('ReplicateKey', { KeyId, ReplicaRegion: 'eu-west-2' }, there())).toEqual({
    code: 'UnsupportedOperationException',
    status: 400,
    message: `${replica} is not a multi-region primary key.`,
  });
  expect((await kms.refusal('ReplicateKey', { KeyId, ReplicaRegion: EUROPE })).code).toBe('AlreadyExistsException');
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', {});
  expect((await kms.refusal('ReplicateKey', { KeyId: KeyMetadata?.KeyId, ReplicaRegion: EUROPE })).code).toBe(
    'UnsupportedOperationException',
  );
});

test('KMS-08 a primary waits for its replicas before its own window begins', async () => {
  const { KeyId } = await createPair();
  await kms.run('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 10 });
  expect(await describeKey(KeyId)).toMatchObject({
    KeyState: 'PendingReplicaDeletion',
    PendingDeletionWindowInDays: 10,
  });
  kms.advance(40 * DAY);
  expect(await describeKey(KeyId)).toMatchObject({ KeyState: 'PendingReplicaDeletion' });
  await kms.run('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 }, there());
  kms.advance(7 * DAY);
  expect((await kms.refusal('DescribeKey', { KeyId }, there())).code).toBe('NotFoundException');
  expect(await describeKey(KeyId)).toMatchObject({ KeyState: 'PendingDeletion' });
  kms.advance(10 * DAY);
  expect((await kms.refusal('DescribeKey', { KeyId })).code).toBe('NotFoundException');
});

test('KMS-08 UpdatePrimaryRegion makes the replica the primary', async () => {
  const { KeyId } = await createPair();
  await kms.run('UpdatePrimaryRegion', { KeyId, PrimaryRegion: EUROPE });
  expect(await describeKey(KeyId)).toMatchObject({ MultiRegionConfiguration: { MultiRegionKeyType: 'REPLICA' } });
  expect(await describeKey(KeyId, there())).toMatchObject({
    MultiRegionConfiguration: { MultiRegionKeyType: 'PRIMARY' },
  });
});
