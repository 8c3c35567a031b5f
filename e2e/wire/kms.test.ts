import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  type KMSClient,
  ListGrantsCommand,
  ListKeysCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT, type Credentials, refusal, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
let kms: KMSClient;
beforeAll(async () => {
  emulator = await startTestEmulator();
  kms = emulator.kms();
});
afterAll(() => emulator.close());

const DAY = 86_400;

async function createKey(input: CreateKeyCommandInput = {}, client = kms) {
  const { KeyMetadata } = await client.send(new CreateKeyCommand(input));
  return { KeyId: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
}

/** A user with an access key, and the actions on everything that its policy allows. */
async function createUser(UserName: string, ...actions: string[]): Promise<{ arn: string; credentials: Credentials }> {
  const iam = emulator.iam();
  const { User } = await iam.send(new CreateUserCommand({ UserName }));
  if (actions.length > 0) {
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
    });
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  };
  return { arn: User?.Arn ?? '', credentials };
}

const dataKey = (KeyId: string, more: object = {}) =>
  new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', ...more });

describe('the main way', () => {
  test('KMS-01 KMS-11 WIRE-01 a key is made, encrypts, and decrypts under its context alone', async () => {
    const { KeyId, arn } = await createKey({ Description: 'über', Tags: [{ TagKey: 'team', TagValue: 'blue' }] });
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata).toMatchObject({ Arn: arn, KeyState: 'Enabled', Description: 'über' });
    expect(KeyMetadata?.CreationDate).toBeInstanceOf(Date);
    const EncryptionContext = { 'aws:s3:arn': 'arn:aws:s3:::bucket' };
    const made = await kms.send(dataKey(KeyId, { EncryptionContext }));
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, EncryptionContext }));
    expect(opened.Plaintext).toEqual(made.Plaintext);
    expect(await refusal(kms.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob })))).toMatchObject({
      code: 'InvalidCiphertextException',
      status: 400,
    });
  });

  test('KMS-04 KMS-10 the errors keep their names on the wire, with status 400', async () => {
    const { KeyId, arn } = await createKey();
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
    const other = await createKey();
    expect(await refusal(kms.send(new DecryptCommand({ CiphertextBlob, KeyId: other.KeyId })))).toEqual({
      code: 'IncorrectKeyException',
      status: 400,
      message: 'The key ID in the request does not identify a CMK that can perform this operation.',
    });
    await kms.send(new DisableKeyCommand({ KeyId }));
    expect(await refusal(kms.send(dataKey(KeyId)))).toEqual({
      code: 'DisabledException',
      status: 400,
      message: `${arn} is disabled.`,
    });
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    expect(await refusal(kms.send(dataKey(KeyId)))).toEqual({
      code: 'KMSInvalidStateException',
      status: 400,
      message: `${arn} is pending deletion.`,
    });
  });

  test('KMS-06 a key is gone when the clock of the world has passed its window', async () => {
    const account = '222233334444';
    const client = emulator.kms({ credentials: rootOf(account) });
    const { KeyId, arn } = await createKey({}, client);
    await client.send(new CreateAliasCommand({ AliasName: 'alias/short', TargetKeyId: KeyId }));
    await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await emulator.admin(`clock?account=${account}`, { body: { advanceSeconds: 7 * DAY + 1 } });
    expect(await refusal(client.send(new DescribeKeyCommand({ KeyId })))).toMatchObject({
      code: 'NotFoundException',
      message: `Key '${arn}' does not exist`,
    });
    expect((await client.send(new ListKeysCommand({}))).Keys).toEqual([]);
  });
});

describe('who may', () => {
  test('KMS-21 KMS-22 KMS-24 ERR-05 IAM policies count through delegation, the key policy by itself', async () => {
    const reader = await createUser('reader', 'kms:Decrypt');
    const writer = await createUser('writer');
    const { KeyId, arn } = await createKey();
    const asReader = emulator.kms({ credentials: reader.credentials });
    const asWriter = emulator.kms({ credentials: writer.credentials });
    const { CiphertextBlob } = await kms.send(dataKey(KeyId));
    await asReader.send(new DecryptCommand({ CiphertextBlob }));
    expect(await refusal(asReader.send(dataKey(KeyId)))).toEqual({
      code: 'AccessDeniedException',
      status: 400,
      message: `User: ${reader.arn} is not authorized to perform: kms:GenerateDataKey on resource: ${arn} because no identity-based policy allows the kms:GenerateDataKey action`,
    });
    const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
    const policy: { Statement: object[] } = JSON.parse(Policy ?? '');
    policy.Statement.push({
      Effect: 'Allow',
      Principal: { AWS: writer.arn },
      Action: 'kms:GenerateDataKey',
      Resource: '*',
    });
    await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify(policy) }));
    await asWriter.send(dataKey(KeyId));
    policy.Statement.push({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/never-made` },
      Action: 'kms:Decrypt',
      Resource: '*',
    });
    expect(await refusal(kms.send(new PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify(policy) })))).toMatchObject({
      code: 'MalformedPolicyDocumentException',
      message: 'Policy contains a statement with one or more invalid principals.',
    });
  });

  test('KMS-40 KMS-44 KMS-45 a grant lets in, by token before it has spread, until it is revoked or retired', async () => {
    const account = ACCOUNT;
    const grantee = await createUser('grantee');
    const retirer = await createUser('retirer');
    const asGrantee = emulator.kms({ credentials: grantee.credentials });
    const { KeyId, arn } = await createKey();
    await emulator.admin(`settings?account=${account}`, { method: 'PUT', body: { grantPropagationDelay: 60 } });
    const { GrantId, GrantToken = '' } = await kms.send(
      new CreateGrantCommand({
        KeyId,
        GranteePrincipal: grantee.arn,
        RetiringPrincipal: retirer.arn,
        Operations: ['GenerateDataKey'],
        Constraints: { EncryptionContextSubset: { tenant: 'a' } },
      }),
    );
    const tenant = (value: string) => ({ EncryptionContext: { tenant: value } });
    expect((await refusal(asGrantee.send(dataKey(KeyId, tenant('a'))))).code).toBe('AccessDeniedException');
    await asGrantee.send(dataKey(KeyId, { ...tenant('a'), GrantTokens: [GrantToken] }));
    await emulator.admin(`clock?account=${account}`, { body: { advanceSeconds: 60 } });
    await asGrantee.send(dataKey(KeyId, tenant('a')));
    expect((await refusal(asGrantee.send(dataKey(KeyId, tenant('b'))))).code).toBe('AccessDeniedException');
    await emulator.admin(`settings?account=${account}`, { method: 'PUT', body: { grantPropagationDelay: 0 } });
    await emulator.kms({ credentials: retirer.credentials }).send(new RetireGrantCommand({ KeyId: arn, GrantId }));
    expect((await refusal(asGrantee.send(dataKey(KeyId, tenant('a'))))).code).toBe('AccessDeniedException');
    const second = await kms.send(
      new CreateGrantCommand({ KeyId, GranteePrincipal: grantee.arn, Operations: ['GenerateDataKey'] }),
    );
    await asGrantee.send(dataKey(KeyId));
    await kms.send(new RevokeGrantCommand({ KeyId, GrantId: second.GrantId }));
    expect((await kms.send(new ListGrantsCommand({ KeyId }))).Grants).toEqual([]);
    expect((await refusal(asGrantee.send(dataKey(KeyId)))).code).toBe('AccessDeniedException');
  });

  test('KMS-23 ERR-06 the root of another account is let in by the key policy alone', async () => {
    const there = emulator.kms({ credentials: rootOf('444455556666') });
    const { KeyId, arn } = await createKey();
    expect((await refusal(there.send(dataKey(arn)))).message).toContain(
      'because the resource does not exist in this Region',
    );
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: [`arn:aws:iam::${ACCOUNT}:root`, '444455556666'] },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    });
    await kms.send(new PutKeyPolicyCommand({ KeyId, Policy }));
    const made = await there.send(dataKey(arn));
    expect(made.KeyId).toBe(arn);
    const mine = await createKey({}, there);
    const moved = await there.send(
      new ReEncryptCommand({ CiphertextBlob: made.CiphertextBlob, DestinationKeyId: mine.KeyId }),
    );
    expect(moved).toMatchObject({ SourceKeyId: arn, KeyId: mine.arn });
  });

  test('KMS-40 a role is granted by its ARN', async () => {
    const iam = emulator.iam();
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' }],
    });
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'granted', AssumeRolePolicyDocument }));
    const { KeyId } = await createKey();
    await kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal: Role?.Arn, Operations: ['Decrypt'] }));
    const missing = {
      KeyId,
      GranteePrincipal: `arn:aws:iam::${ACCOUNT}:role/missing`,
      Operations: ['Decrypt' as const],
    };
    expect((await refusal(kms.send(new CreateGrantCommand(missing)))).code).toBe('InvalidArnException');
  });
});

test('what was made outlives a restart: keys, policies, grants, and data under them', async () => {
  const first = await startTestEmulator();
  const { KeyId } = await createKey({ Description: 'kept' }, first.kms());
  await first.kms().send(new CreateAliasCommand({ AliasName: 'alias/kept', TargetKeyId: KeyId }));
  const grant = { KeyId, GranteePrincipal: `arn:aws:iam::${ACCOUNT}:root`, Operations: ['Decrypt' as const] };
  const { GrantId } = await first.kms().send(new CreateGrantCommand(grant));
  const { CiphertextBlob, Plaintext } = await first.kms().send(dataKey(KeyId));
  await first.close(true);
  const second = await startTestEmulator({ dataDir: first.dataDir });
  const opened = await second.kms().send(new DecryptCommand({ CiphertextBlob, KeyId: 'alias/kept' }));
  expect(opened.Plaintext).toEqual(Plaintext);
  const { Grants } = await second.kms().send(new ListGrantsCommand({ KeyId }));
  expect(Grants?.map((it) => it.GrantId)).toEqual([GrantId]);
  await second.close();
});
