import {
  constants,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  verify,
} from 'node:crypto';
import type { CreateKeyResponse, GetPublicKeyResponse, SignResponse } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Kms, startKms } from '../testing.ts';

let kms: Kms;
beforeAll(() => {
  kms = startKms();
});
afterAll(() => kms.close());

async function createKey(KeySpec: string, KeyUsage = 'SIGN_VERIFY') {
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', { KeySpec, KeyUsage });
  const KeyId = KeyMetadata?.KeyId ?? '';
  const { PublicKey } = await kms.run<GetPublicKeyResponse>('GetPublicKey', { KeyId });
  return { KeyId, publicKey: createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' }) };
}

const Message = Buffer.from('a message');

const CASES: readonly [string, string, string | null, boolean][] = [
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', 'sha256', false],
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_512', 'sha512', false],
  ['RSA_2048', 'RSASSA_PSS_SHA_256', 'sha256', true],
  ['RSA_3072', 'RSASSA_PSS_SHA_384', 'sha384', true],
  ['ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256', false],
  ['ECC_NIST_P384', 'ECDSA_SHA_384', 'sha384', false],
  ['ECC_NIST_P521', 'ECDSA_SHA_512', 'sha512', false],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256', 'sha256', false],
  ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', null, false],
  ['ML_DSA_44', 'ML_DSA_SHAKE_256', null, false],
];

function verifies(key: KeyObject, hash: string | null, pss: boolean, signature: Uint8Array): boolean {
  const padding = pss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
  return verify(hash, Message, { key, ...padding }, signature);
}

describe.each(CASES)('%s with %s', (spec, SigningAlgorithm, hash, pss) => {
  test('signs what OpenSSL verifies, from the message and from its digest', async () => {
    const { KeyId, publicKey } = await createKey(spec);
    const forms: [string, Buffer][] = [['RAW', Message]];
    if (hash !== null) forms.push(['DIGEST', createHash(hash).update(Message).digest()]);
    for (const [MessageType, sent] of forms) {
      const input = { KeyId, Message: sent, MessageType, SigningAlgorithm };
      const { Signature = new Uint8Array() } = await kms.run<SignResponse>('Sign', input);
      expect([MessageType, verifies(publicKey, hash, pss, Signature)]).toEqual([MessageType, true]);
      for (const [CheckedType, checked] of forms) {
        const answer = await kms.run('Verify', { ...input, Message: checked, MessageType: CheckedType, Signature });
        expect(answer).toMatchObject({ SignatureValid: true });
        const wrong = Buffer.from(checked);
        wrong[0] = (wrong[0] ?? 0) ^ 1;
        expect(await kms.refusal('Verify', { ...input, Message: wrong, MessageType: CheckedType, Signature })).toEqual({
          code: 'KMSInvalidSignatureException',
          status: 400,
          message: '',
        });
      }
      const damaged = Buffer.from(Signature);
      damaged[damaged.byteLength - 1] = (damaged.at(-1) ?? 0) ^ 1;
      expect((await kms.refusal('Verify', { ...input, Signature: damaged })).code).toBe('KMSInvalidSignatureException');
    }
  });
});

test('a signature of garbage, of no bytes and of the wrong length is invalid and nothing worse', async () => {
  const { KeyId } = await createKey('ECC_NIST_P256');
  const digest = createHash('sha256').update(Message).digest();
  for (const Signature of [
    Buffer.alloc(0),
    Buffer.from('30', 'hex'),
    Buffer.from('3006020100020100', 'hex'),
    Buffer.alloc(6144, 0x30),
  ]) {
    for (const input of [{ Message }, { Message: digest, MessageType: 'DIGEST' }]) {
      const { code } = await kms.refusal('Verify', { KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Signature, ...input });
      expect(code).toBe('KMSInvalidSignatureException');
    }
  }
});

test('KMS-10 an algorithm of another spec and a digest of another length are refused', async () => {
  const { KeyId } = await createKey('ECC_NIST_P256');
  expect(await kms.refusal('Sign', { KeyId, Message, SigningAlgorithm: 'ECDSA_SHA_384' })).toEqual({
    code: 'InvalidKeyUsageException',
    status: 400,
    message: 'Algorithm ECDSA_SHA_384 is incompatible with key spec ECC_NIST_P256.',
  });
  expect(
    (await kms.refusal('Sign', { KeyId, Message, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' })).code,
  ).toBe('ValidationException');
});

test('GetPublicKey of a symmetric key is not supported', async () => {
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', {});
  expect((await kms.refusal('GetPublicKey', { KeyId: KeyMetadata?.KeyId })).code).toBe('UnsupportedOperationException');
});

test('DeriveSharedSecret agrees with the other side', async () => {
  const { KeyId, publicKey } = await createKey('ECC_NIST_P256', 'KEY_AGREEMENT');
  const peer = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const { SharedSecret } = await kms.run<{ SharedSecret: Uint8Array }>('DeriveSharedSecret', {
    KeyId,
    KeyAgreementAlgorithm: 'ECDH',
    PublicKey: peer.publicKey.export({ type: 'spki', format: 'der' }),
  });
  expect(Buffer.from(SharedSecret)).toEqual(diffieHellman({ privateKey: peer.privateKey, publicKey }));
  const wrong = { KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey: Buffer.from('nonsense') };
  expect((await kms.refusal('DeriveSharedSecret', wrong)).code).toBe('ValidationException');
});

test.each([
  ['HMAC_224', 'HMAC_SHA_224'],
  ['HMAC_256', 'HMAC_SHA_256'],
  ['HMAC_384', 'HMAC_SHA_384'],
  ['HMAC_512', 'HMAC_SHA_512'],
])('%s makes and verifies a MAC', async (KeySpec, MacAlgorithm) => {
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', { KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC' });
  const input = { KeyId: KeyMetadata?.KeyId, Message, MacAlgorithm };
  const { Mac } = await kms.run<{ Mac: Uint8Array }>('GenerateMac', input);
  expect(await kms.run('VerifyMac', { ...input, Mac })).toMatchObject({ MacValid: true, MacAlgorithm });
  const other = { ...input, Message: Buffer.from('another'), Mac };
  expect(await kms.refusal('VerifyMac', other)).toEqual({ code: 'KMSInvalidMacException', status: 400, message: '' });
  expect((await kms.refusal('VerifyMac', { ...input, Mac: Buffer.from('short') })).code).toBe('KMSInvalidMacException');
});

test.each(['ML_KEM_512', 'ML_KEM_768', 'ML_KEM_1024'])(
  '%s encapsulates a secret that it decapsulates',
  async (KeySpec) => {
    const { KeyId } = await createKey(KeySpec, 'ENCAPSULATE_DECAPSULATE');
    const input = { KeyId, EncapsulationAlgorithm: 'ML_KEM' };
    const made = await kms.run<{ SharedSecret: Buffer; SharedSecretCiphertextBlob: Buffer }>('Encapsulate', input);
    const { SharedSecretCiphertextBlob } = made;
    expect(await kms.run('Decapsulate', { ...input, SharedSecretCiphertextBlob })).toMatchObject({
      SharedSecret: made.SharedSecret,
    });
    const short = { ...input, SharedSecretCiphertextBlob: Buffer.from('x') };
    expect((await kms.refusal('Decapsulate', short)).code).toBe('InvalidCiphertextException');
  },
);
