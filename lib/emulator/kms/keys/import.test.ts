import {
  constants,
  createCipheriv,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import type {
  CreateKeyResponse,
  DecryptResponse,
  DescribeKeyResponse,
  EncryptResponse,
  GetParametersForImportResponse,
  ImportKeyMaterialResponse,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, DAY, type Kms, root, startKms } from '../testing.ts';

let kms: Kms;
beforeAll(() => {
  kms = startKms();
});
afterAll(() => kms.close());

async function createKey(more: object = {}) {
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', { Origin: 'EXTERNAL', ...more });
  return { KeyId: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
}

/** Wraps material as a client does and gives the input of ImportKeyMaterial. */
async function wrapped(
  KeyId: string,
  material: Buffer,
  WrappingAlgorithm = 'RSAES_OAEP_SHA_256',
  where = kms.context(),
) {
  const input = { KeyId, WrappingAlgorithm, WrappingKeySpec: 'RSA_2048' };
  const parameters = await kms.run<GetParametersForImportResponse>('GetParametersForImport', input, where);
  const key = createPublicKey({ key: Buffer.from(parameters.PublicKey ?? []), format: 'der', type: 'spki' });
  const oaepHash = WrappingAlgorithm.endsWith('SHA_1') ? 'sha1' : 'sha256';
  const seal = (bytes: Buffer) => publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, bytes);
  let EncryptedKeyMaterial: Buffer;
  if (WrappingAlgorithm.startsWith('RSA_AES')) {
    const aes = randomBytes(32);
    const wrap = createCipheriv('id-aes256-wrap-pad', aes, Buffer.from('a65959a6', 'hex'));
    EncryptedKeyMaterial = Buffer.concat([seal(aes), wrap.update(material), wrap.final()]);
  } else {
    EncryptedKeyMaterial = seal(material);
  }
  return { KeyId, ImportToken: parameters.ImportToken, EncryptedKeyMaterial };
}

const FOREVER = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' };
const importMaterial = (input: object) => kms.run<ImportKeyMaterialResponse>('ImportKeyMaterial', input);
const state = async (KeyId: string) =>
  (await kms.run<DescribeKeyResponse>('DescribeKey', { KeyId })).KeyMetadata?.KeyState;

test.each(['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'RSA_AES_KEY_WRAP_SHA_256'])(
  'KMS-09 material wrapped with %s makes the key usable',
  async (algorithm) => {
    const { KeyId, arn } = await createKey();
    const answer = await importMaterial({ ...(await wrapped(KeyId, randomBytes(32), algorithm)), ...FOREVER });
    expect(answer).toMatchObject({ KeyId: arn, KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await state(KeyId)).toBe('Enabled');
    await kms.run('GenerateDataKey', { KeyId, KeySpec: 'AES_256' });
  },
);

test('KMS-09 expired material is gone, and the same material brings the data back', async () => {
  const { KeyId, arn } = await createKey();
  const material = randomBytes(32);
  const ValidTo = new Date(kms.world.now(ACCOUNT) + 10 * DAY * 1000);
  await importMaterial({ ...(await wrapped(KeyId, material)), ValidTo });
  const { CiphertextBlob } = await kms.run<EncryptResponse>('Encrypt', { KeyId, Plaintext: Buffer.from('kept') });
  kms.advance(10 * DAY);
  expect(await state(KeyId)).toBe('PendingImport');
  expect(await kms.refusal('Decrypt', { CiphertextBlob })).toMatchObject({
    code: 'KMSInvalidStateException',
    message: `${arn} is pending import.`,
  });
  const other = { ...(await wrapped(KeyId, randomBytes(32))), ...FOREVER };
  expect((await kms.refusal('ImportKeyMaterial', other)).code).toBe('IncorrectKeyMaterialException');
  await importMaterial({ ...(await wrapped(KeyId, material)), ...FOREVER });
  const opened = await kms.run<DecryptResponse>('Decrypt', { CiphertextBlob });
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('kept');
});

test('KMS-09 DeleteImportedKeyMaterial makes the key wait again', async () => {
  const { KeyId } = await createKey();
  await importMaterial({ ...(await wrapped(KeyId, randomBytes(32))), ...FOREVER });
  await kms.run('GenerateDataKey', { KeyId, KeySpec: 'AES_256' });
  await kms.run('DeleteImportedKeyMaterial', { KeyId });
  expect(await state(KeyId)).toBe('PendingImport');
  expect((await kms.refusal('GenerateDataKey', { KeyId, KeySpec: 'AES_256' })).code).toBe('KMSInvalidStateException');
});

test('KMS-09 material that expires needs a date', async () => {
  const { KeyId } = await createKey();
  const input = await wrapped(KeyId, randomBytes(32));
  expect(await kms.refusal('ImportKeyMaterial', input)).toEqual({
    code: 'ValidationException',
    status: 400,
    message: 'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES',
  });
});

test('KMS-07 new material waits for a rotation on demand, then encrypts; the old still decrypts', async () => {
  const { KeyId, arn } = await createKey();
  await importMaterial({ ...(await wrapped(KeyId, randomBytes(32))), ...FOREVER });
  const { CiphertextBlob } = await kms.run<EncryptResponse>('Encrypt', { KeyId, Plaintext: Buffer.from('first') });
  expect(await kms.refusal('RotateKeyOnDemand', { KeyId })).toEqual({
    code: 'KMSInvalidStateException',
    status: 400,
    message: `No available key material pending rotation for the key: ${arn}.`,
  });
  const second = { ...(await wrapped(KeyId, randomBytes(32))), ...FOREVER, ImportType: 'NEW_KEY_MATERIAL' };
  const { KeyMaterialId } = await importMaterial(second);
  await kms.run('RotateKeyOnDemand', { KeyId });
  const { KeyMetadata } = await kms.run<DescribeKeyResponse>('DescribeKey', { KeyId });
  expect(KeyMetadata?.CurrentKeyMaterialId).toBe(KeyMaterialId);
  const opened = await kms.run<DecryptResponse>('Decrypt', { CiphertextBlob });
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('first');
});

test('a token that is false, of another key or too old is refused', async () => {
  const [one, two] = [await createKey(), await createKey()];
  const input = { ...(await wrapped(one.KeyId, randomBytes(32))), ...FOREVER };
  expect((await kms.refusal('ImportKeyMaterial', { ...input, KeyId: two.KeyId })).code).toBe(
    'InvalidImportTokenException',
  );
  expect((await kms.refusal('ImportKeyMaterial', { ...input, ImportToken: Buffer.from('x') })).code).toBe(
    'InvalidImportTokenException',
  );
  const damaged = { ...input, EncryptedKeyMaterial: Buffer.alloc(256, 1) };
  expect((await kms.refusal('ImportKeyMaterial', damaged)).code).toBe('InvalidCiphertextException');
  const short = { ...(await wrapped(one.KeyId, randomBytes(16))), ...FOREVER };
  expect((await kms.refusal('ImportKeyMaterial', short)).code).toBe('IncorrectKeyMaterialException');
  kms.advance(DAY);
  expect((await kms.refusal('ImportKeyMaterial', input)).code).toBe('ExpiredImportTokenException');
});

test('KMS-08 KMS-09 a replica takes the material of its primary and no other', async () => {
  const { KeyId } = await createKey({ MultiRegion: true });
  const material = randomBytes(32);
  await importMaterial({ ...(await wrapped(KeyId, material)), ...FOREVER });
  await kms.run('ReplicateKey', { KeyId, ReplicaRegion: 'eu-west-1' });
  const there = () => kms.as(root(), 'eu-west-1');
  const sealed = async (bytes: Buffer) => ({
    ...(await wrapped(KeyId, bytes, 'RSAES_OAEP_SHA_256', there())),
    ...FOREVER,
  });
  expect((await kms.refusal('ImportKeyMaterial', await sealed(randomBytes(32)), there())).code).toBe(
    'IncorrectKeyMaterialException',
  );
  await kms.run('ImportKeyMaterial', await sealed(material), there());
  const { CiphertextBlob } = await kms.run<EncryptResponse>('Encrypt', { KeyId, Plaintext: Buffer.from('m') });
  await kms.run('Decrypt', { CiphertextBlob }, there());
  const next = randomBytes(32);
  await importMaterial({ ...(await wrapped(KeyId, next)), ...FOREVER, ImportType: 'NEW_KEY_MATERIAL' });
  expect((await kms.refusal('RotateKeyOnDemand', { KeyId })).code).toBe('KMSInvalidStateException');
  await kms.run('ImportKeyMaterial', await sealed(next), there());
  await kms.run('RotateKeyOnDemand', { KeyId });
  const later = await kms.run<EncryptResponse>('Encrypt', { KeyId, Plaintext: Buffer.from('n') });
  await kms.run('Decrypt', { CiphertextBlob: later.CiphertextBlob }, there());
});

test('KMS-09 a private key is imported into an asymmetric key', async () => {
  const { KeyId } = await createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  const pair = (namedCurve: string) =>
    generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'der' });
  const wrong = { ...(await wrapped(KeyId, pair('secp384r1'), 'RSA_AES_KEY_WRAP_SHA_256')), ...FOREVER };
  expect((await kms.refusal('ImportKeyMaterial', wrong)).code).toBe('IncorrectKeyMaterialException');
  await importMaterial({ ...(await wrapped(KeyId, pair('prime256v1'), 'RSA_AES_KEY_WRAP_SHA_256')), ...FOREVER });
  await kms.run('Sign', { KeyId, Message: Buffer.from('m'), SigningAlgorithm: 'ECDSA_SHA_256' });
});
