/** Every error that was recorded of KMS on AWS, asked for again through the SDK: code, status and sentence. */

import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  type KMSClient,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
  TagResourceCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT, refusal, startTestEmulator, type TestEmulator } from './harness.ts';

const folder = process.env['CONFORMANCE_DIR'] ?? join(process.cwd(), '../shared/conformance');
const file = join(folder, 'recorded-errors.tsv');
const present = existsSync(file);
if (!present) console.warn(`Recorded errors of KMS are not compared: ${file} is absent (set CONFORMANCE_DIR).`);

interface Row {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly step: string;
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

function rows(): readonly Row[] {
  if (!present) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([name = '']) => name.startsWith('kms:'))
    .map(([name = '', step = '', code = '', status = '', message = '']) => {
      const [, plain = '', parameters = ''] = /^kms:(\w+)(?:\[(.*)\])?$/.exec(name) ?? [];
      return { name: plain, parameters: parameters.split('-'), step, code, status: Number(status), message };
    });
}

let emulator: TestEmulator;
let kms: KMSClient;
beforeAll(async () => {
  emulator = await startTestEmulator();
  kms = emulator.kms();
});
afterAll(() => emulator.close());

/** What the SDK's types would not let through. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion typescript/no-unnecessary-type-parameters -- wrong on purpose
const wrong = <T>(value: unknown) => value as T;

async function createKey(input: object = {}) {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
  return { KeyId: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
}

interface Outcome {
  readonly answer: { code: string; status: number | undefined; message: string };
  /** What stands for the placeholders of the recorded sentence. */
  readonly arn?: string;
}

const quoted = ({ message }: Row) => /Value '([^']*)'/.exec(message)?.[1] ?? '';
const digits = ({ message }: Row) => Number(/larger than (\d+) bytes/.exec(message)?.[1]);

const SCENARIOS: Readonly<Record<string, (row: Row) => Promise<Outcome>>> = {
  async test_encrypt_validate_plaintext_size_per_key_type(row) {
    const [KeySpec, EncryptionAlgorithm] = row.parameters;
    const { KeyId } = await createKey({ KeySpec, KeyUsage: 'ENCRYPT_DECRYPT' });
    const encrypt = (size: number) =>
      kms.send(
        new EncryptCommand({ KeyId, EncryptionAlgorithm: wrong(EncryptionAlgorithm), Plaintext: randomBytes(size) }),
      );
    await encrypt(digits(row));
    return { answer: await refusal(encrypt(digits(row) + 1)) };
  },
  async test_replicate_key() {
    const { KeyId } = await createKey({ MultiRegion: true });
    await kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'us-west-1' }));
    const there = emulator.kms({ region: 'ap-southeast-1' });
    const arn = `arn:aws:kms:ap-southeast-1:${ACCOUNT}:key/${KeyId}`;
    return { answer: await refusal(there.send(new DescribeKeyCommand({ KeyId }))), arn };
  },
  async test_create_alias() {
    const { KeyId } = await createKey();
    return { answer: await refusal(kms.send(new CreateAliasCommand({ AliasName: 'no-prefix', TargetKeyId: KeyId }))) };
  },
  async test_hmac_create_key_invalid_operations({ step }) {
    const inputs: Readonly<Record<string, object>> = {
      'create-hmac-key-without-key-usage': { KeySpec: 'HMAC_256' },
      'create-hmac-key-invalid-spec': { KeySpec: 'HMAC_random', KeyUsage: 'GENERATE_VERIFY_MAC' },
      'create-hmac-key-invalid-key-usage': { KeySpec: 'HMAC_256', KeyUsage: 'RANDOM' },
    };
    return { answer: await refusal(createKey(inputs[step])) };
  },
  async test_generate_and_verify_mac({ step, parameters: [, MacAlgorithm] }) {
    const input = { KeyId: 'key_id', Message: Buffer.from('m'), MacAlgorithm: wrong<'HMAC_SHA_256'>(MacAlgorithm) };
    return {
      answer: step.startsWith('generate')
        ? await refusal(kms.send(new GenerateMacCommand(input)))
        : await refusal(kms.send(new VerifyMacCommand({ ...input, Mac: Buffer.from('m') }))),
    };
  },
  async test_invalid_verify_mac({ parameters: [KeySpec, algorithm, text = ''] }) {
    const { KeyId } = await createKey({ KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC' });
    const Message = Buffer.from('some important message');
    const { Mac } = await kms.send(new GenerateMacCommand({ KeyId, Message, MacAlgorithm: 'HMAC_SHA_256' }));
    const input = { KeyId, Message: Buffer.from(text), MacAlgorithm: wrong<'HMAC_SHA_256'>(algorithm), Mac };
    return { answer: await refusal(kms.send(new VerifyMacCommand(input))) };
  },
  async test_plaintext_size_for_encrypt() {
    const { KeyId } = await createKey();
    await kms.send(new EncryptCommand({ KeyId, Plaintext: randomBytes(4096) }));
    return { answer: await refusal(kms.send(new EncryptCommand({ KeyId, Plaintext: randomBytes(4097) }))) };
  },
  async test_encryption_context_generate_data_key() {
    const { KeyId } = await createKey();
    const made = await kms.send(
      new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext: { context: 'test' } }),
    );
    return { answer: await refusal(kms.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }))) };
  },
  async test_encryption_context_generate_data_key_without_plaintext() {
    const { KeyId } = await createKey();
    const made = await kms.send(
      new GenerateDataKeyWithoutPlaintextCommand({
        KeyId,
        KeySpec: 'AES_256',
        EncryptionContext: { context: 'test' },
      }),
    );
    return { answer: await refusal(kms.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }))) };
  },
  async test_get_parameters_for_import() {
    const { KeyId, arn } = await createKey();
    const input = { KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const;
    return { answer: await refusal(kms.send(new GetParametersForImportCommand(input))), arn };
  },
  async test_tag_key_with_duplicate_tag_keys_raises_error() {
    const { KeyId } = await createKey();
    const tag = { TagKey: 'same', TagValue: 'v' };
    return { answer: await refusal(kms.send(new TagResourceCommand({ KeyId, Tags: [tag, tag] }))) };
  },
  async test_create_key_with_too_many_tags_raises_error() {
    const Tags = Array.from({ length: 51 }, (_, at) => ({ TagKey: `k${at}`, TagValue: 'v' }));
    return { answer: await refusal(createKey({ Tags })) };
  },
  test_key_with_long_tag_value_raises_error: async (row) => ({
    answer: await refusal(createKey({ Tags: [{ TagKey: 'k', TagValue: quoted(row) }] })),
  }),
  async test_create_key_with_invalid_tag_key(row) {
    const [kind] = row.parameters;
    const names: Readonly<Record<string, string>> = { lowercase_prefix: 'aws:Key', uppercase_prefix: 'AWS:Key' };
    const TagKey = names[kind ?? ''] ?? quoted(row);
    return { answer: await refusal(createKey({ Tags: [{ TagKey, TagValue: 'v' }] })) };
  },
  async test_rotate_key_on_demand_raises_error_given_key_is_disabled() {
    const { KeyId, arn } = await createKey();
    await kms.send(new DisableKeyCommand({ KeyId }));
    return { answer: await refusal(kms.send(new RotateKeyOnDemandCommand({ KeyId }))), arn };
  },
  async test_rotate_key_on_demand_raises_error_given_key_that_does_not_exist() {
    const KeyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
    const arn = `arn:aws:kms:us-east-1:${ACCOUNT}:key/${KeyId}`;
    return { answer: await refusal(kms.send(new RotateKeyOnDemandCommand({ KeyId }))), arn };
  },
  async test_rotate_key_on_demand_raises_error_given_non_symmetric_key() {
    const { KeyId } = await createKey({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    return { answer: await refusal(kms.send(new RotateKeyOnDemandCommand({ KeyId }))) };
  },
  async test_generate_data_key_pair_without_plaintext_dry_run() {
    const { KeyId } = await createKey();
    const input = { KeyId, KeyPairSpec: 'RSA_2048', DryRun: true } as const;
    return { answer: await refusal(kms.send(new GenerateDataKeyPairWithoutPlaintextCommand(input))) };
  },
  async test_replicate_replica_key_should_fail() {
    const { KeyId } = await createKey({ MultiRegion: true });
    await kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'us-west-1' }));
    const there = emulator.kms({ region: 'us-west-1' });
    const again = there.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-west-1' }));
    return { answer: await refusal(again), arn: `arn:aws:kms:us-west-1:${ACCOUNT}:key/${KeyId}` };
  },
  async test_rotate_key_on_demand_on_external_key_with_no_key_material({ parameters: [KeySpec] }) {
    const { KeyId, arn } = await createKey({ KeySpec, KeyUsage: 'ENCRYPT_DECRYPT', Origin: 'EXTERNAL' });
    return { answer: await refusal(kms.send(new RotateKeyOnDemandCommand({ KeyId }))), arn };
  },
  async test_rotate_key_on_demand_raises_for_no_pending_key_material() {
    const { KeyId, arn } = await createKey({ Origin: 'EXTERNAL' });
    const { PublicKey, ImportToken } = await kms.send(
      new GetParametersForImportCommand({
        KeyId,
        WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
        WrappingKeySpec: 'RSA_2048',
      }),
    );
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    const EncryptedKeyMaterial = publicEncrypt(
      { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      randomBytes(32),
    );
    const ExpirationModel = 'KEY_MATERIAL_DOES_NOT_EXPIRE';
    await kms.send(new ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel }));
    return { answer: await refusal(kms.send(new RotateKeyOnDemandCommand({ KeyId }))), arn };
  },
};

/** The SDK prints the code where AWS gives no message. */
const spoken = (message: string, code: string) => (message === code || message === 'UnknownError' ? '' : message);

async function check(row: Row): Promise<void> {
  const scenario = SCENARIOS[row.name];
  if (scenario === undefined) throw new Error(`nothing asks for ${row.name}`);
  const { answer, arn = '' } = await scenario(row);
  const expected = row.message.replace(/arn:<partition>:kms:[^:]+:\d{12}:key\/<[^>]+>|<(?:mrk-)?key-arn>/g, arn);
  expect({ ...answer, message: spoken(answer.message, answer.code) }).toEqual({
    code: row.code,
    status: row.status,
    message: expected,
  });
}

const claimed = new Set<string>();
/** The recorded rows of these cases. */
function of(...names: (keyof typeof SCENARIOS)[]): readonly Row[] {
  for (const name of names) claimed.add(name);
  return rows().filter((row) => names.includes(row.name));
}

// The sentences themselves are compared in `check`.
/* oxlint-disable vitest/expect-expect */
describe.skipIf(!present)('recorded on AWS', () => {
  test.each(of('test_hmac_create_key_invalid_operations'))('KMS-01 KMS-03 $name $step', check);
  test.each(of('test_generate_and_verify_mac', 'test_rotate_key_on_demand_raises_error_given_key_that_does_not_exist'))(
    'KMS-02 KMS-03 $name $parameters $step',
    check,
  );
  test.each(of('test_rotate_key_on_demand_raises_error_given_key_is_disabled'))('KMS-04 $name', check);
  test.each(
    of(
      'test_rotate_key_on_demand_raises_error_given_non_symmetric_key',
      'test_rotate_key_on_demand_on_external_key_with_no_key_material',
      'test_rotate_key_on_demand_raises_for_no_pending_key_material',
    ),
  )('KMS-07 $name $parameters', check);
  test.each(of('test_replicate_key', 'test_replicate_replica_key_should_fail'))('KMS-08 $name', check);
  test.each(of('test_get_parameters_for_import'))('KMS-09 $name', check);
  test.each(
    of(
      'test_encryption_context_generate_data_key',
      'test_encryption_context_generate_data_key_without_plaintext',
      'test_invalid_verify_mac',
    ),
  )('KMS-10 $name $parameters', check);
  test.each(of('test_encrypt_validate_plaintext_size_per_key_type', 'test_plaintext_size_for_encrypt'))(
    'KMS-11 $name $parameters',
    check,
  );
  test.each(of('test_create_alias'))('KMS-12 $name', check);
  test.each(of('test_generate_data_key_pair_without_plaintext_dry_run'))('KMS-14 $name', check);
  test.each(
    of(
      'test_tag_key_with_duplicate_tag_keys_raises_error',
      'test_create_key_with_too_many_tags_raises_error',
      'test_key_with_long_tag_value_raises_error',
      'test_create_key_with_invalid_tag_key',
    ),
  )('tags: $name $parameters', check);

  test('nothing that was recorded of KMS is left out', () => {
    expect(rows().filter(({ name }) => !claimed.has(name))).toEqual([]);
    expect(rows().length).toBeGreaterThan(30);
  });
});
