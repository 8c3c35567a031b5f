import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import type {
  CreateKeyResponse,
  DecryptResponse,
  EncryptResponse,
  GenerateDataKeyPairResponse,
  GenerateDataKeyResponse,
  GetPublicKeyResponse,
  ReEncryptResponse,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Kms, root, startKms } from '../testing.ts';

let kms: Kms;
beforeAll(() => {
  kms = startKms();
});
afterAll(() => kms.close());

async function createKey(input: object = {}, where = kms.context()) {
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', input, where);
  return {
    KeyId: KeyMetadata?.KeyId ?? '',
    arn: KeyMetadata?.Arn ?? '',
    materialId: KeyMetadata?.CurrentKeyMaterialId,
  };
}

const DAMAGED = { code: 'InvalidCiphertextException', status: 400, message: '' };
const plain = Buffer.from('the plaintext');

describe('a ciphertext blob', () => {
  test('KMS-11 opens without a key id and tells key and material', async () => {
    const key = await createKey();
    const sealed = await kms.run<EncryptResponse>('Encrypt', { KeyId: key.KeyId, Plaintext: plain });
    expect(sealed).toMatchObject({ KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
    const opened = await kms.run<DecryptResponse>('Decrypt', { CiphertextBlob: sealed.CiphertextBlob });
    expect(opened).toMatchObject({
      KeyId: key.arn,
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyMaterialId: key.materialId,
    });
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(plain);
  });

  test('KMS-10 with any byte changed or missing it is refused without a word', async () => {
    const { KeyId } = await createKey();
    const { CiphertextBlob = new Uint8Array() } = await kms.run<EncryptResponse>('Encrypt', {
      KeyId,
      Plaintext: plain,
    });
    for (let at = 0; at < CiphertextBlob.byteLength; at += 1) {
      const changed = Buffer.from(CiphertextBlob);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const { code } = await kms.refusal('Decrypt', { CiphertextBlob: changed, KeyId });
      // A changed kind or key id inside the blob names another key; everything else is damage.
      expect([at, code]).toEqual([at, at >= 1 && at < 18 ? 'IncorrectKeyException' : 'InvalidCiphertextException']);
      expect(await kms.refusal('Decrypt', { CiphertextBlob: CiphertextBlob.subarray(0, at), KeyId })).toEqual(DAMAGED);
    }
    expect(
      await kms.refusal('Decrypt', {
        CiphertextBlob: Buffer.from('not a blob of this service at all, but long enough'),
      }),
    ).toEqual(DAMAGED);
  });

  test('KMS-10 another key than the one that made it is refused', async () => {
    const [one, two] = [await createKey(), await createKey()];
    const { CiphertextBlob } = await kms.run<EncryptResponse>('Encrypt', { KeyId: one.KeyId, Plaintext: plain });
    expect(await kms.refusal('Decrypt', { CiphertextBlob, KeyId: two.KeyId })).toEqual({
      code: 'IncorrectKeyException',
      status: 400,
      message: 'The key ID in the request does not identify a CMK that can perform this operation.',
    });
  });

  test('KMS-10 KMS-11 KMS-27 the encryption context must be the same, case and all, in any order', async () => {
    const { KeyId } = await createKey();
    const EncryptionContext = { project: 'Apollo', stage: 'test' };
    const { CiphertextBlob } = await kms.run<GenerateDataKeyResponse>('GenerateDataKey', {
      KeyId,
      KeySpec: 'AES_256',
      EncryptionContext,
    });
    await kms.run('Decrypt', { CiphertextBlob, EncryptionContext: { stage: 'test', project: 'Apollo' } });
    const wrong: (Record<string, string> | undefined)[] = [
      undefined,
      {},
      { project: 'Apollo' },
      { project: 'apollo', stage: 'test' },
      { Project: 'Apollo', stage: 'test' },
      { ...EncryptionContext, more: '' },
      { projectApollo: '', stage: 'test' },
    ];
    for (const other of wrong) {
      expect([other, await kms.refusal('Decrypt', { CiphertextBlob, EncryptionContext: other })]).toEqual([
        other,
        DAMAGED,
      ]);
    }
  });

  test('KMS-10 a blob of another Region is of no use here', async () => {
    const elsewhere = kms.as(root(), 'eu-west-1');
    const { KeyId } = await createKey({}, elsewhere);
    const { CiphertextBlob } = await kms.run<EncryptResponse>(
      'Encrypt',
      { KeyId, Plaintext: plain },
      kms.as(root(), 'eu-west-1'),
    );
    expect((await kms.refusal('Decrypt', { CiphertextBlob })).code).toBe('AccessDeniedException');
  });
});

describe('data keys', () => {
  test('GenerateDataKey gives a key and its ciphertext, of the length asked for', async () => {
    const { KeyId, arn } = await createKey();
    for (const [input, size] of [
      [{ KeySpec: 'AES_128' }, 16],
      [{ KeySpec: 'AES_256' }, 32],
      [{ NumberOfBytes: 1024 }, 1024],
    ] as const) {
      const made = await kms.run<GenerateDataKeyResponse>('GenerateDataKey', { KeyId, ...input });
      expect(made.KeyId).toBe(arn);
      expect(made.Plaintext).toHaveLength(size);
      const opened = await kms.run<DecryptResponse>('Decrypt', { CiphertextBlob: made.CiphertextBlob, KeyId });
      expect(opened.Plaintext).toEqual(made.Plaintext);
    }
  });

  test.each([{}, { KeySpec: 'AES_256', NumberOfBytes: 32 }])(
    'length or spec, not both or neither: %j',
    async (input) => {
      const { KeyId } = await createKey();
      expect((await kms.refusal('GenerateDataKey', { KeyId, ...input })).code).toBe('ValidationException');
    },
  );

  test('GenerateDataKeyWithoutPlaintext gives the ciphertext alone', async () => {
    const { KeyId } = await createKey();
    const made = await kms.run<GenerateDataKeyResponse>('GenerateDataKeyWithoutPlaintext', { KeyId });
    expect(made.Plaintext).toBeUndefined();
    const opened = await kms.run<DecryptResponse>('Decrypt', { CiphertextBlob: made.CiphertextBlob });
    expect(opened.Plaintext).toHaveLength(32);
  });

  test('GenerateDataKeyPair gives a pair whose private key decrypts under the KMS key', async () => {
    const { KeyId } = await createKey();
    const made = await kms.run<GenerateDataKeyPairResponse>('GenerateDataKeyPair', {
      KeyId,
      KeyPairSpec: 'ECC_NIST_P256',
    });
    const opened = await kms.run<DecryptResponse>('Decrypt', { CiphertextBlob: made.PrivateKeyCiphertextBlob });
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Buffer.from(made.PrivateKeyPlaintext ?? []));
    expect(
      createPublicKey({ key: Buffer.from(made.PublicKey ?? []), format: 'der', type: 'spki' }).asymmetricKeyType,
    ).toBe('ec');
    const silent = await kms.run<GenerateDataKeyPairResponse>('GenerateDataKeyPairWithoutPlaintext', {
      KeyId,
      KeyPairSpec: 'RSA_2048',
    });
    expect(silent).toMatchObject({ KeyPairSpec: 'RSA_2048' });
    expect(silent.PrivateKeyPlaintext).toBeUndefined();
  });
});

test('KMS-11 ReEncrypt moves a blob to another key and context', async () => {
  const [from, to] = [await createKey(), await createKey()];
  const { CiphertextBlob } = await kms.run<EncryptResponse>('Encrypt', {
    KeyId: from.KeyId,
    Plaintext: plain,
    EncryptionContext: { a: '1' },
  });
  const where = kms.context();
  const moved = await kms.run<ReEncryptResponse>(
    'ReEncrypt',
    {
      CiphertextBlob,
      SourceEncryptionContext: { a: '1' },
      DestinationKeyId: to.KeyId,
      DestinationEncryptionContext: { b: '2' },
    },
    where,
  );
  expect(moved).toMatchObject({
    SourceKeyId: from.arn,
    KeyId: to.arn,
    SourceKeyMaterialId: from.materialId,
    DestinationKeyMaterialId: to.materialId,
  });
  expect(where.trail.decisions.map(({ request }) => [request.action, request.resource])).toEqual([
    ['kms:ReEncryptFrom', from.arn],
    ['kms:ReEncryptTo', to.arn],
  ]);
  const opened = await kms.run<DecryptResponse>('Decrypt', {
    CiphertextBlob: moved.CiphertextBlob,
    KeyId: to.KeyId,
    EncryptionContext: { b: '2' },
  });
  expect(Buffer.from(opened.Plaintext ?? [])).toEqual(plain);
  expect(await kms.refusal('ReEncrypt', { CiphertextBlob, DestinationKeyId: to.KeyId })).toEqual(DAMAGED);
});

describe('RSA', () => {
  test.each(['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'])(
    'KMS-11 what is encrypted with %s outside KMS opens inside',
    async (EncryptionAlgorithm) => {
      const { KeyId } = await createKey({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
      const { PublicKey } = await kms.run<GetPublicKeyResponse>('GetPublicKey', { KeyId });
      const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
      const oaepHash = EncryptionAlgorithm.endsWith('SHA_1') ? 'sha1' : 'sha256';
      const outside = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, plain);
      const inside = await kms.run<EncryptResponse>('Encrypt', { KeyId, Plaintext: plain, EncryptionAlgorithm });
      for (const CiphertextBlob of [outside, inside.CiphertextBlob]) {
        const opened = await kms.run<DecryptResponse>('Decrypt', { KeyId, CiphertextBlob, EncryptionAlgorithm });
        expect(Buffer.from(opened.Plaintext ?? [])).toEqual(plain);
      }
      expect(await kms.refusal('Decrypt', { KeyId, CiphertextBlob: plain, EncryptionAlgorithm })).toEqual(DAMAGED);
    },
  );

  test('KMS-10 ERR-11 a key of the wrong usage says so', async () => {
    const signing = await createKey({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
    const encrypting = await createKey({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    expect(await kms.refusal('Encrypt', { KeyId: signing.KeyId, Plaintext: plain })).toEqual({
      code: 'InvalidKeyUsageException',
      status: 400,
      message: `${signing.arn} key usage is SIGN_VERIFY which is not valid for Encrypt.`,
    });
    expect(await kms.refusal('GenerateDataKey', { KeyId: encrypting.KeyId, KeySpec: 'AES_256' })).toMatchObject({
      code: 'InvalidKeyUsageException',
    });
    expect(await kms.refusal('Encrypt', { KeyId: encrypting.KeyId, Plaintext: plain })).toMatchObject({
      code: 'InvalidKeyUsageException',
      message: 'Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.',
    });
  });
});

describe('dry runs', () => {
  const SUCCESS = {
    code: 'DryRunOperationException',
    status: 400,
    message: 'The request would have succeeded, but the DryRun option is set.',
  };

  test('KMS-14 where the request would succeed, it says so and does nothing', async () => {
    const { KeyId } = await createKey();
    const { CiphertextBlob } = await kms.run<EncryptResponse>('Encrypt', { KeyId, Plaintext: plain });
    const cases: [string, object][] = [
      ['Encrypt', { KeyId, Plaintext: plain }],
      ['Decrypt', { CiphertextBlob }],
      ['Decrypt', { KeyId, DryRunModifiers: ['IGNORE_CIPHERTEXT'] }],
      ['ReEncrypt', { CiphertextBlob, DestinationKeyId: KeyId }],
      ['GenerateDataKey', { KeyId, KeySpec: 'AES_256' }],
      ['GenerateDataKeyWithoutPlaintext', { KeyId }],
      ['GenerateDataKeyPair', { KeyId, KeyPairSpec: 'RSA_2048' }],
      ['GenerateDataKeyPairWithoutPlaintext', { KeyId, KeyPairSpec: 'RSA_2048' }],
      ['CreateGrant', { KeyId, GranteePrincipal: 'arn:aws:iam::111122223333:user/u', Operations: ['Decrypt'] }],
    ];
    for (const [name, input] of cases) {
      const where = kms.context();
      expect([name, await kms.refusal(name, { ...input, DryRun: true }, where)]).toEqual([name, SUCCESS]);
      expect([name, where.trail.keyOperations]).toEqual([name, []]);
    }
    expect(await kms.run('ListGrants', { KeyId })).toMatchObject({ Grants: [] });
  });

  test('KMS-14 where it would fail, the ordinary error comes', async () => {
    const { KeyId, arn } = await createKey();
    await kms.run('DisableKey', { KeyId });
    expect(await kms.refusal('GenerateDataKey', { KeyId, KeySpec: 'AES_256', DryRun: true })).toMatchObject({
      code: 'DisabledException',
      message: `${arn} is disabled.`,
    });
  });
});

test('KMS-11 GenerateRandom gives as many bytes as asked for', async () => {
  const answer = await kms.run<{ Plaintext: Uint8Array }>('GenerateRandom', { NumberOfBytes: 1024 });
  expect(answer.Plaintext).toHaveLength(1024);
  expect(new Set(answer.Plaintext).size).toBeGreaterThan(200);
});

test('CT-05 a use of a key leaves its operation in the ledger and its parameters in CloudTrail', async () => {
  const { KeyId, arn } = await createKey();
  const where = kms.context();
  const EncryptionContext = { purpose: 'test' };
  await kms.run('GenerateDataKey', { KeyId, KeySpec: 'AES_256', EncryptionContext }, where);
  expect(where.trail.keyOperations).toEqual([
    {
      kind: 'made',
      operation: 'GenerateDataKey',
      keyArn: arn,
      principalArn: 'arn:aws:iam::111122223333:root',
      encryptionContext: EncryptionContext,
      answeredBy: 'kms',
      decision: 0,
    },
  ]);
  expect(where.trail.resource).toBe(arn);
  expect(where.trail.event).toMatchObject({
    eventSource: 'kms.amazonaws.com',
    eventName: 'GenerateDataKey',
    readOnly: true,
    requestParameters: { keyId: KeyId, keySpec: 'AES_256', encryptionContext: EncryptionContext },
    responseElements: null,
    resources: [{ accountId: '111122223333', type: 'AWS::KMS::Key', ARN: arn }],
  });
});
