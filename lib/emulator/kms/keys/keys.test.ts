import type { CreateKeyResponse, DescribeKeyResponse, ListKeysResponse } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT, DAY, type Kms, OTHER_ACCOUNT, REGION, root, startKms } from '../testing.ts';

let kms: Kms;
beforeAll(() => {
  kms = startKms();
});
afterAll(() => kms.close());

async function createKey(input: object = {}, where = kms.context()) {
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', input, where);
  if (KeyMetadata === undefined) throw new Error('no metadata');
  return KeyMetadata;
}

const describeKey = async (KeyId: string | undefined, where = kms.context()) =>
  (await kms.run<DescribeKeyResponse>('DescribeKey', { KeyId }, where)).KeyMetadata;

describe('CreateKey', () => {
  test('KMS-01 a key is symmetric, enabled, of KMS and of one Region unless said otherwise', async () => {
    const key = await createKey();
    expect(key).toMatchObject({
      AWSAccountId: ACCOUNT,
      KeySpec: 'SYMMETRIC_DEFAULT',
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      Origin: 'AWS_KMS',
      KeyState: 'Enabled',
      Enabled: true,
      KeyManager: 'CUSTOMER',
      MultiRegion: false,
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      Description: '',
    });
    expect(key.Arn).toBe(`arn:aws:kms:${REGION}:${ACCOUNT}:key/${key.KeyId}`);
    expect(key.CurrentKeyMaterialId).toMatch(/^[0-9a-f]{64}$/);
    expect(await describeKey(key.KeyId)).toEqual(key);
  });

  test('KMS-01 a key for imported material waits for it', async () => {
    expect(await createKey({ Origin: 'EXTERNAL' })).toMatchObject({ KeyState: 'PendingImport', Enabled: false });
  });

  test.each(['RSA_2048', 'ECC_NIST_P256', 'HMAC_256', 'ML_DSA_44'])('KMS-01 %s needs a KeyUsage', async (KeySpec) => {
    expect(await kms.refusal('CreateKey', { KeySpec })).toEqual({
      code: 'ValidationException',
      status: 400,
      message: 'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    });
  });

  test.each([
    ['RSA_2048', 'ENCRYPT_DECRYPT', 'EncryptionAlgorithms', ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256']],
    ['ECC_NIST_P384', 'SIGN_VERIFY', 'SigningAlgorithms', ['ECDSA_SHA_384']],
    ['ECC_NIST_P521', 'KEY_AGREEMENT', 'KeyAgreementAlgorithms', ['ECDH']],
    ['ECC_SECG_P256K1', 'SIGN_VERIFY', 'SigningAlgorithms', ['ECDSA_SHA_256']],
    ['ECC_NIST_EDWARDS25519', 'SIGN_VERIFY', 'SigningAlgorithms', ['ED25519_SHA_512', 'ED25519_PH_SHA_512']],
    ['HMAC_384', 'GENERATE_VERIFY_MAC', 'MacAlgorithms', ['HMAC_SHA_384']],
    ['ML_DSA_65', 'SIGN_VERIFY', 'SigningAlgorithms', ['ML_DSA_SHAKE_256']],
    ['ML_KEM_768', 'ENCAPSULATE_DECAPSULATE', 'EncapsulationAlgorithms', ['ML_KEM']],
  ])('KMS-01 %s for %s lists its algorithms', async (KeySpec, KeyUsage, member, algorithms) => {
    const key = await createKey({ KeySpec, KeyUsage });
    expect(key).toMatchObject({ KeySpec, KeyUsage, [member]: algorithms });
    expect(key.CurrentKeyMaterialId).toBeUndefined();
  });

  test('a usage that the spec does not have is refused', async () => {
    const { code } = await kms.refusal('CreateKey', { KeySpec: 'ECC_SECG_P256K1', KeyUsage: 'KEY_AGREEMENT' });
    expect(code).toBe('ValidationException');
  });
});

describe('identifiers', () => {
  test('KMS-02 an id, an ARN, an alias and an alias ARN find the same key', async () => {
    const key = await createKey();
    await kms.run('CreateAlias', { AliasName: 'alias/found', TargetKeyId: key.KeyId });
    const names = [key.KeyId, key.Arn, 'alias/found', `arn:aws:kms:${REGION}:${ACCOUNT}:alias/found`];
    const found = await Promise.all(names.map(async (name) => (await describeKey(name))?.Arn));
    expect(new Set(found)).toEqual(new Set([key.Arn]));
  });

  const UUID = '11111111-2222-3333-4444-555555555555';
  test.each([
    [UUID, 'NotFoundException', `Key 'arn:aws:kms:us-east-1:111122223333:key/${UUID}' does not exist`],
    ['fake-key-id', 'NotFoundException', "Invalid keyId 'fake-key-id'"],
    [`arn:aws:kms:eu-west-1:${ACCOUNT}:key/${UUID}`, 'NotFoundException', 'Invalid arn eu-west-1'],
    ['alias/none', 'NotFoundException', 'Alias arn:aws:kms:us-east-1:111122223333:alias/none is not found.'],
    ['arn:aws:s3:::bucket', 'NotFoundException', "Invalid keyId 'arn:aws:s3:::bucket'"],
  ])('KMS-02 KMS-03 ERR-03 ERR-04 %s is refused with status 400', async (KeyId, code, message) => {
    expect(await kms.refusal('DescribeKey', { KeyId })).toEqual({ code, status: 400, message });
  });

  test('KMS-02 an operation that takes no alias calls it an invalid key id', async () => {
    const { message } = await kms.refusal('EnableKey', { KeyId: 'alias/found' });
    expect(message).toBe("Invalid keyId 'alias/found'");
  });

  test('KMS-02 the bare id of a key in another account finds nothing', async () => {
    const { KeyId } = await createKey({}, kms.as(root(OTHER_ACCOUNT)));
    expect((await kms.refusal('DescribeKey', { KeyId })).message).toBe(
      `Key 'arn:aws:kms:${REGION}:${ACCOUNT}:key/${KeyId}' does not exist`,
    );
  });

  test('ERR-06 what another account has or has not stays hidden', async () => {
    const theirs = await createKey({}, kms.as(root(OTHER_ACCOUNT)));
    const mine = kms.as(root());
    const hidden = (action: string) =>
      `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: kms:${action} on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;
    const none = `arn:aws:kms:${REGION}:${OTHER_ACCOUNT}:key/${UUID}`;
    for (const KeyId of [theirs.Arn, none]) {
      expect(await kms.refusal('GenerateDataKey', { KeyId, KeySpec: 'AES_256' }, mine)).toEqual({
        code: 'AccessDeniedException',
        status: 400,
        message: hidden('GenerateDataKey'),
      });
      expect((await kms.refusal('EnableKey', { KeyId }, mine)).message).toBe(hidden('EnableKey'));
    }
  });
});

describe('deletion', () => {
  test('KMS-06 a scheduled key waits 30 days unless told otherwise, and comes back disabled', async () => {
    const key = await createKey();
    const scheduled = await kms.run<{ DeletionDate: Date }>('ScheduleKeyDeletion', { KeyId: key.KeyId });
    expect(scheduled).toMatchObject({ KeyId: key.Arn, KeyState: 'PendingDeletion', PendingWindowInDays: 30 });
    expect(scheduled.DeletionDate.getTime() - kms.world.now(ACCOUNT)).toBe(30 * DAY * 1000);
    expect(await kms.run('CancelKeyDeletion', { KeyId: key.KeyId })).toEqual({ KeyId: key.Arn });
    expect(await describeKey(key.KeyId)).toMatchObject({ KeyState: 'Disabled', Enabled: false });
  });

  test.each([6, 31])('KMS-06 a window of %i days is refused', async (PendingWindowInDays) => {
    const key = await createKey();
    expect((await kms.refusal('ScheduleKeyDeletion', { KeyId: key.KeyId, PendingWindowInDays })).code).toBe(
      'ValidationException',
    );
  });

  test('KMS-06 ERR-07 when the window has passed the key is gone, its aliases and data with it', async () => {
    const key = await createKey();
    await kms.run('CreateAlias', { AliasName: 'alias/mortal', TargetKeyId: key.KeyId });
    const { CiphertextBlob } = await kms.run<{ CiphertextBlob: Uint8Array }>('GenerateDataKey', {
      KeyId: key.KeyId,
      KeySpec: 'AES_256',
    });
    await kms.run('ScheduleKeyDeletion', { KeyId: key.KeyId, PendingWindowInDays: 7 });
    kms.advance(7 * DAY - 60);
    expect(await describeKey(key.KeyId)).toMatchObject({ KeyState: 'PendingDeletion' });
    kms.advance(60);
    expect((await kms.refusal('DescribeKey', { KeyId: key.KeyId })).message).toBe(`Key '${key.Arn}' does not exist`);
    expect((await kms.refusal('DescribeKey', { KeyId: 'alias/mortal' })).code).toBe('NotFoundException');
    expect(await kms.refusal('Decrypt', { CiphertextBlob })).toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining('refers to a customer master key that does not exist'),
    });
    expect(kms.appended.map((event) => [event.eventName, event.resources[0]?.ARN])).toContainEqual([
      'DeleteKey',
      key.Arn,
    ]);
  });

  test('KMS-06 a key whose window ends while nobody moves the clock is gone all the same', async () => {
    const key = await createKey();
    await kms.run('ScheduleKeyDeletion', { KeyId: key.KeyId, PendingWindowInDays: 7 });
    kms.tick(7 * DAY * 1000);
    expect((await kms.refusal('DescribeKey', { KeyId: key.KeyId })).code).toBe('NotFoundException');
  });
});

test('KMS-06 a key that nobody asks for is listed no more when its window has ended', async () => {
  const where = () => kms.as(root('666666666666'));
  const key = await createKey({}, where());
  await kms.run('CreateAlias', { AliasName: 'alias/unseen', TargetKeyId: key.KeyId }, where());
  await kms.run('ScheduleKeyDeletion', { KeyId: key.KeyId, PendingWindowInDays: 7 }, where());
  kms.tick(7 * DAY * 1000);
  expect(await kms.run('ListAliases', {}, where())).toMatchObject({ Aliases: [] });
  expect(await kms.run('ListKeys', {}, where())).toMatchObject({ Keys: [] });
});

test('LIM-05 an account has 100,000 keys in a Region at most', async () => {
  const where = () => kms.as(root('555555555555'));
  await createKey({}, where());
  const count = kms.state.statement('UPDATE kms_key_counts SET customer_keys = ? WHERE account = ?');
  kms.state.write(() => count.run(99_999, '555555555555'));
  await createKey({}, where());
  expect((await kms.refusal('CreateKey', {}, where())).code).toBe('LimitExceededException');
});

describe('lists', () => {
  test('ListKeys gives every key of the account and Region once, page by page', async () => {
    const account = '777777777777';
    const where = () => kms.as(root(account));
    const made = await Promise.all(Array.from({ length: 7 }, () => createKey({}, where())));
    const seen: string[] = [];
    let Marker: string | undefined;
    do {
      const page: ListKeysResponse = await kms.run('ListKeys', { Limit: 3, Marker }, where());
      expect(page.Keys?.length).toBeLessThanOrEqual(3);
      seen.push(...(page.Keys ?? []).map((key) => key.KeyArn ?? ''));
      expect(page.Truncated).toBe(page.NextMarker !== undefined);
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(seen).toEqual(made.map((key) => key.Arn ?? '').sort());
  });

  test('a marker that was not given out is refused', async () => {
    expect((await kms.refusal('ListKeys', { Marker: '!!' })).code).toBe('InvalidMarkerException');
  });
});

test('KMS-13 GetKeyLastUsage tells the last cryptographic operation and its CloudTrail event', async () => {
  const key = await createKey();
  expect(await kms.run('GetKeyLastUsage', { KeyId: key.KeyId })).toMatchObject({ KeyId: key.KeyId, KeyLastUsage: {} });
  const where = kms.context();
  await kms.run('GenerateDataKey', { KeyId: key.KeyId, KeySpec: 'AES_256' }, where);
  await kms.run('DescribeKey', { KeyId: key.KeyId });
  expect(await kms.run('GetKeyLastUsage', { KeyId: key.KeyId })).toMatchObject({
    KeyLastUsage: {
      Operation: 'GenerateDataKey',
      CloudTrailEventId: where.trail.event?.eventId,
      KmsRequestId: where.requestId,
    },
  });
});

test('reset forgets an account and leaves the others', async () => {
  const gone = await createKey({}, kms.as(root('888888888888')));
  const kept = await createKey();
  kms.state.write(() => kms.service.reset('888888888888'));
  expect((await kms.refusal('DescribeKey', { KeyId: gone.KeyId }, kms.as(root('888888888888')))).code).toBe(
    'NotFoundException',
  );
  expect(await describeKey(kept.KeyId)).toMatchObject({ Arn: kept.Arn });
});
