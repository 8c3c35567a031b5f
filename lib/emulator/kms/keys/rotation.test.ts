import type {
  CreateKeyResponse,
  DecryptResponse,
  EncryptResponse,
  GetKeyRotationStatusResponse,
  ListKeyRotationsResponse,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, DAY, type Kms, startKms } from '../testing.ts';

let kms: Kms;
beforeAll(() => {
  kms = startKms();
});
afterAll(() => kms.close());

async function createKey(input: object = {}) {
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', input);
  return { KeyId: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
}
const status = (KeyId: string) => kms.run<GetKeyRotationStatusResponse>('GetKeyRotationStatus', { KeyId });
const rotations = async (KeyId: string, more: object = {}) =>
  (await kms.run<ListKeyRotationsResponse>('ListKeyRotations', { KeyId, ...more })).Rotations ?? [];
const encrypt = async (KeyId: string) =>
  (await kms.run<EncryptResponse>('Encrypt', { KeyId, Plaintext: Buffer.from('old') })).CiphertextBlob;
const decrypt = (CiphertextBlob: Uint8Array | undefined) => kms.run<DecryptResponse>('Decrypt', { CiphertextBlob });

test('KMS-07 rotation is off, then every 365 days unless told otherwise, and goes by the clock of the world', async () => {
  const { KeyId, arn } = await createKey();
  expect(await status(KeyId)).toEqual({ KeyId: arn, KeyRotationEnabled: false });
  await kms.run('EnableKeyRotation', { KeyId });
  expect(await status(KeyId)).toMatchObject({
    KeyRotationEnabled: true,
    RotationPeriodInDays: 365,
    NextRotationDate: new Date(kms.world.now(ACCOUNT) + 365 * DAY * 1000),
  });
  const before = await encrypt(KeyId);
  kms.advance(365 * DAY);
  expect(await rotations(KeyId)).toMatchObject([{ RotationType: 'AUTOMATIC', KeyMaterialState: 'CURRENT' }]);
  const [old, fresh] = [await decrypt(before), await decrypt(await encrypt(KeyId))];
  expect(Buffer.from(old.Plaintext ?? []).toString()).toBe('old');
  expect(fresh.KeyMaterialId).not.toBe(old.KeyMaterialId);
  kms.advance(2 * 365 * DAY);
  expect(await rotations(KeyId)).toHaveLength(3);
  expect(
    kms.appended.filter((event) => event.eventName === 'RotateKey' && event.resources[0]?.ARN === arn),
  ).toHaveLength(3);
  await kms.run('DisableKeyRotation', { KeyId });
  expect(await status(KeyId)).toEqual({ KeyId: arn, KeyRotationEnabled: false });
});

test('KMS-07 a disabled key is not rotated, and once when it is enabled again', async () => {
  const { KeyId, arn } = await createKey();
  await kms.run('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 });
  await kms.run('DisableKey', { KeyId });
  kms.advance(400 * DAY);
  expect(await rotations(KeyId)).toEqual([]);
  expect(await kms.refusal('EnableKeyRotation', { KeyId })).toMatchObject({
    code: 'DisabledException',
    message: `${arn} is disabled.`,
  });
  await kms.run('EnableKey', { KeyId });
  expect(await rotations(KeyId)).toHaveLength(1);
});

test('KMS-07 rotation on demand happens at once, and 25 times at most', async () => {
  const { KeyId, arn } = await createKey();
  const before = await encrypt(KeyId);
  for (let round = 0; round < 25; round += 1) await kms.run('RotateKeyOnDemand', { KeyId });
  expect(await kms.refusal('RotateKeyOnDemand', { KeyId })).toEqual({
    code: 'LimitExceededException',
    status: 400,
    message: `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${arn}`,
  });
  expect(Buffer.from((await decrypt(before)).Plaintext ?? []).toString()).toBe('old');
  const done = await rotations(KeyId);
  expect(done).toHaveLength(25);
  expect(done.filter((it) => it.KeyMaterialState === 'CURRENT')).toHaveLength(1);
  expect(await rotations(KeyId, { IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })).toHaveLength(26);
});

test('KMS-07 only symmetric keys of KMS rotate by themselves', async () => {
  const signing = await createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  const external = await createKey({ Origin: 'EXTERNAL' });
  expect((await kms.refusal('EnableKeyRotation', { KeyId: signing.KeyId })).code).toBe('UnsupportedOperationException');
  expect((await kms.refusal('RotateKeyOnDemand', { KeyId: signing.KeyId })).code).toBe('UnsupportedOperationException');
  expect(await kms.refusal('EnableKeyRotation', { KeyId: external.KeyId })).toEqual({
    code: 'UnsupportedOperationException',
    status: 400,
    message: `${external.arn} origin is EXTERNAL which is not valid for this operation.`,
  });
});

test('KMS-07 the AWS managed key rotates every year, and nobody can change that', async () => {
  const { keyId } = kms.port.managedKey('alias/aws/s3', ACCOUNT, 'us-east-1');
  expect(await status(keyId)).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 365 });
  expect((await kms.refusal('DisableKeyRotation', { KeyId: keyId })).code).toBe('AccessDeniedException');
  expect((await kms.refusal('ScheduleKeyDeletion', { KeyId: keyId })).code).toBe('AccessDeniedException');
});
