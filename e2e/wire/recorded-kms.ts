/** Requests to KMS whose errors were recorded on AWS. */

import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import type { Case, Cases, Wire } from './recorded.ts';

const NO_KEY = '00000000-0000-0000-0000-000000000000';
const b64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');

export function kmsCases(wire: Wire): Cases {
  const { kms } = wire;
  const key = async (input: object = {}, region?: string): Promise<string> => {
    const { KeyMetadata } = await wire.kmsJson<{ KeyMetadata: { Arn: string } }>('CreateKey', input, region);
    return KeyMetadata.Arn;
  };
  const one =
    (step: string, ask: (parameters: readonly string[]) => Promise<string>): Case =>
    (parameters) =>
      Promise.resolve({ [step]: () => ask(parameters) });
  const tagged = (TagKey: string, TagValue = 'x') => kms('CreateKey', { Tags: [{ TagKey, TagValue }] });
  const hmac = ([KeySpec]: readonly string[]) => key({ KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC' });
  const withoutContext = async (operation: string): Promise<string> => {
    const KeyId = await key();
    const { CiphertextBlob } = await wire.kmsJson<{ CiphertextBlob: string }>(operation, {
      KeyId,
      KeySpec: 'AES_256',
      EncryptionContext: { a: 'b' },
    });
    return kms('Decrypt', { CiphertextBlob });
  };
  const external = (KeySpec: string) =>
    key({ Origin: 'EXTERNAL', KeySpec, ...(KeySpec !== 'SYMMETRIC_DEFAULT' && { KeyUsage: 'ENCRYPT_DECRYPT' }) });

  return {
    'kms:test_encrypt_validate_plaintext_size_per_key_type': one(
      'generate-random-exc',
      async ([KeySpec, EncryptionAlgorithm]) =>
        kms('Encrypt', {
          KeyId: await key({ KeySpec, KeyUsage: 'ENCRYPT_DECRYPT' }),
          EncryptionAlgorithm,
          Plaintext: b64(randomBytes(600)),
        }),
    ),
    'kms:test_replicate_key': one('describe-key-from-different-region', async () => {
      const KeyId = (await key({ MultiRegion: true })).split('/')[1];
      return kms('DescribeKey', { KeyId }, 'ap-southeast-1');
    }),
    'kms:test_create_alias': one('create_alias', async () =>
      kms('CreateAlias', { AliasName: 'no-prefix', TargetKeyId: await key() }),
    ),
    'kms:test_hmac_create_key_invalid_operations': () =>
      Promise.resolve({
        'create-hmac-key-without-key-usage': () => kms('CreateKey', { KeySpec: 'HMAC_256' }),
        'create-hmac-key-invalid-spec': () =>
          kms('CreateKey', { KeySpec: 'HMAC_random', KeyUsage: 'GENERATE_VERIFY_MAC' }),
        'create-hmac-key-invalid-key-usage': () => kms('CreateKey', { KeySpec: 'HMAC_256', KeyUsage: 'RANDOM' }),
      }),
    'kms:test_generate_and_verify_mac': ([, MacAlgorithm]) => {
      const input = { KeyId: 'key_id', Message: b64('x'), MacAlgorithm };
      return Promise.resolve({
        'generate-mac-invalid-key-id': () => kms('GenerateMac', input),
        'verify-mac-invalid-key-id': () => kms('VerifyMac', { ...input, Mac: b64('x') }),
      });
    },
    'kms:test_invalid_verify_mac': one('verify-mac', async (parameters) => {
      const [, MacAlgorithm, message = ''] = parameters;
      const KeyId = await hmac(parameters);
      const { Mac } = await wire.kmsJson<{ Mac: string }>('GenerateMac', {
        KeyId,
        Message: b64('some important message'),
        MacAlgorithm: 'HMAC_SHA_256',
      });
      return kms('VerifyMac', { KeyId, Mac, Message: b64(message), MacAlgorithm });
    }),
    'kms:test_plaintext_size_for_encrypt': one('invalid-plaintext-size-encrypt', async () =>
      kms('Encrypt', { KeyId: await key(), Plaintext: b64(randomBytes(4097)) }),
    ),
    'kms:test_encryption_context_generate_data_key': one('decrypt-without-encryption-context', () =>
      withoutContext('GenerateDataKey'),
    ),
    'kms:test_encryption_context_generate_data_key_without_plaintext': one('decrypt-without-encryption-context', () =>
      withoutContext('GenerateDataKeyWithoutPlaintext'),
    ),
    'kms:test_get_parameters_for_import': one('response-error', async () =>
      kms('GetParametersForImport', {
        KeyId: await key(),
        WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
        WrappingKeySpec: 'RSA_2048',
      }),
    ),
    'kms:test_tag_key_with_duplicate_tag_keys_raises_error': one('duplicate-tag-keys', async () => {
      const tag = { TagKey: 'a', TagValue: 'b' };
      return kms('TagResource', { KeyId: await key(), Tags: [tag, tag] });
    }),
    'kms:test_create_key_with_too_many_tags_raises_error': one('invalid-tag-key', () =>
      kms('CreateKey', { Tags: Array.from({ length: 51 }, (_, at) => ({ TagKey: `k${at}`, TagValue: 'x' })) }),
    ),
    'kms:test_key_with_long_tag_value_raises_error': one('too-long-tag-value', () => tagged('k', 'v'.repeat(257))),
    'kms:test_create_key_with_invalid_tag_key': one('invalid-tag-key', ([kind]) =>
      tagged({ lowercase_prefix: 'aws:x', uppercase_prefix: 'AWS:x' }[kind ?? ''] ?? 'a'.repeat(129)),
    ),
    'kms:test_rotate_key_on_demand_raises_error_given_key_is_disabled': one('error-response', async () => {
      const KeyId = await key();
      await kms('DisableKey', { KeyId });
      return kms('RotateKeyOnDemand', { KeyId });
    }),
    'kms:test_rotate_key_on_demand_raises_error_given_key_that_does_not_exist': one('error-response', () =>
      kms('RotateKeyOnDemand', { KeyId: NO_KEY }),
    ),
    'kms:test_rotate_key_on_demand_raises_error_given_non_symmetric_key': one('error-response', async () =>
      kms('RotateKeyOnDemand', { KeyId: await key({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }) }),
    ),
    'kms:test_generate_data_key_pair_without_plaintext_dry_run': one('dryrun_exception', async () =>
      kms('GenerateDataKeyPairWithoutPlaintext', { KeyId: await key(), KeyPairSpec: 'RSA_2048', DryRun: true }),
    ),
    'kms:test_replicate_replica_key_should_fail': one('fail-replicate-non-primary-key', async () => {
      const KeyId = await key({ MultiRegion: true });
      await kms('ReplicateKey', { KeyId, ReplicaRegion: 'us-west-2' });
      return kms(
        'ReplicateKey',
        { KeyId: KeyId.replace('us-east-1', 'us-west-2'), ReplicaRegion: 'eu-west-1' },
        'us-west-2',
      );
    }),
    'kms:test_rotate_key_on_demand_on_external_key_with_no_key_material': async ([spec = '']) => {
      const KeyId = await external(spec);
      return {
        [`rotate-key-on-demand-error-response-${spec}`]: () => kms('RotateKeyOnDemand', { KeyId }),
      };
    },
    'kms:test_rotate_key_on_demand_raises_for_no_pending_key_material': one(
      'rotate-key-on-demand-invalid-state-error',
      async () => {
        const KeyId = await external('SYMMETRIC_DEFAULT');
        const { ImportToken, PublicKey } = await wire.kmsJson<{ ImportToken: string; PublicKey: string }>(
          'GetParametersForImport',
          { KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' },
        );
        const wrapping = createPublicKey({ key: Buffer.from(PublicKey, 'base64'), format: 'der', type: 'spki' });
        const EncryptedKeyMaterial = b64(
          publicEncrypt(
            { key: wrapping, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
            randomBytes(32),
          ),
        );
        await wire.kmsJson('ImportKeyMaterial', {
          KeyId,
          ImportToken,
          EncryptedKeyMaterial,
          ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
        });
        return kms('RotateKeyOnDemand', { KeyId });
      },
    ),
  };
}
