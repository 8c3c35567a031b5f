import type { CreateKeyResponse } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT, type Kms, startKms } from '../testing.ts';

let kms: Kms;
beforeAll(() => {
  kms = startKms();
});
afterAll(() => kms.close());

type State = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport';

interface Subject {
  KeyId: string;
  arn: string;
  grantId: string;
}

/** A key brought into a state, with an alias, a tag and a grant where the state lets it have them. */
async function keyIn(state: State): Promise<Subject> {
  const external = state === 'PendingImport';
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', external ? { Origin: 'EXTERNAL' } : {});
  const KeyId = KeyMetadata?.KeyId ?? '';
  const arn = KeyMetadata?.Arn ?? '';
  await kms.run('CreateAlias', { AliasName: `alias/${KeyId}`, TargetKeyId: KeyId });
  const grant = external
    ? { GrantId: '0'.repeat(64) }
    : await kms.run<{ GrantId: string }>('CreateGrant', {
        KeyId,
        GranteePrincipal: `arn:aws:iam::${ACCOUNT}:user/grantee`,
        Operations: ['Decrypt'],
      });
  if (state === 'Disabled') await kms.run('DisableKey', { KeyId });
  if (state === 'PendingDeletion') await kms.run('ScheduleKeyDeletion', { KeyId });
  return { KeyId, arn, grantId: grant.GrantId };
}

const disabled = (arn: string) => ({ code: 'DisabledException', status: 400, message: `${arn} is disabled.` });
const invalid = (state: string) => (arn: string) => ({
  code: 'KMSInvalidStateException',
  status: 400,
  message: `${arn} is ${state}.`,
});
const ok = () => undefined;
const deleting = invalid('pending deletion');
const importing = invalid('pending import');
const notDeleting = invalid('not pending deletion');

type Answer = (arn: string) => object | undefined;

/** KMSDG key-state: rows are operations, columns Enabled, Disabled, PendingDeletion, PendingImport. */
const TABLE: readonly [string, (subject: Subject) => object, Answer, Answer, Answer, Answer][] = [
  ['Encrypt', (s) => ({ KeyId: s.KeyId, Plaintext: Buffer.from('x') }), ok, disabled, deleting, importing],
  ['GenerateDataKey', (s) => ({ KeyId: s.KeyId, KeySpec: 'AES_256' }), ok, disabled, deleting, importing],
  ['GenerateDataKeyWithoutPlaintext', (s) => ({ KeyId: s.KeyId }), ok, disabled, deleting, importing],
  ['GenerateDataKeyPair', (s) => ({ KeyId: s.KeyId, KeyPairSpec: 'ECC_NIST_P256' }), ok, disabled, deleting, importing],
  [
    'CreateGrant',
    (s) => ({ KeyId: s.KeyId, GranteePrincipal: `arn:aws:iam::${ACCOUNT}:user/g`, Operations: ['Decrypt'] }),
    ok,
    disabled,
    deleting,
    importing,
  ],
  ['DescribeKey', (s) => ({ KeyId: s.KeyId }), ok, ok, ok, ok],
  ['GetKeyPolicy', (s) => ({ KeyId: s.KeyId }), ok, ok, ok, ok],
  ['ListKeyPolicies', (s) => ({ KeyId: s.KeyId }), ok, ok, ok, ok],
  [
    'PutKeyPolicy',
    (s) => ({
      KeyId: s.KeyId,
      Policy: `{"Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}`,
    }),
    ok,
    ok,
    ok,
    ok,
  ],
  ['ListGrants', (s) => ({ KeyId: s.KeyId }), ok, ok, ok, ok],
  ['ListAliases', (s) => ({ KeyId: s.KeyId }), ok, ok, ok, ok],
  ['ListResourceTags', (s) => ({ KeyId: s.KeyId }), ok, ok, ok, ok],
  ['GetKeyRotationStatus', (s) => ({ KeyId: s.KeyId }), ok, ok, ok, ok],
  ['DeleteAlias', (s) => ({ AliasName: `alias/${s.KeyId}` }), ok, ok, ok, ok],
  ['CreateAlias', (s) => ({ AliasName: `alias/2/${s.KeyId}`, TargetKeyId: s.KeyId }), ok, ok, deleting, ok],
  ['TagResource', (s) => ({ KeyId: s.KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] }), ok, ok, deleting, ok],
  ['UntagResource', (s) => ({ KeyId: s.KeyId, TagKeys: ['a'] }), ok, ok, deleting, ok],
  ['UpdateKeyDescription', (s) => ({ KeyId: s.KeyId, Description: 'new' }), ok, ok, deleting, ok],
  ['EnableKey', (s) => ({ KeyId: s.KeyId }), ok, ok, deleting, importing],
  ['DisableKey', (s) => ({ KeyId: s.KeyId }), ok, ok, deleting, importing],
  ['ScheduleKeyDeletion', (s) => ({ KeyId: s.KeyId }), ok, ok, deleting, ok],
  ['CancelKeyDeletion', (s) => ({ KeyId: s.KeyId }), notDeleting, notDeleting, ok, notDeleting],
];
const COLUMNS: readonly State[] = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport'];

async function succeeds(name: string, input: object): Promise<'done'> {
  await kms.run(name, input);
  return 'done';
}

describe.each(TABLE)('%s', (name, input, ...answers) => {
  test.each(COLUMNS.map((state, index) => [state, answers[index] ?? ok] as const))(
    'KMS-04 KMS-05 KMS-46 in state %s',
    async (state, answer) => {
      const subject = await keyIn(state);
      const expected = answer(subject.arn);
      const outcome =
        expected === undefined ? await succeeds(name, input(subject)) : await kms.refusal(name, input(subject));
      expect(outcome).toEqual(expected ?? 'done');
    },
  );
});

test.each(['Disabled', 'PendingDeletion'] as const)(
  'KMS-04 what a key encrypted cannot be read while it is %s',
  async (state) => {
    const { KeyId, arn } = await keyIn('Enabled');
    const { CiphertextBlob } = await kms.run<{ CiphertextBlob: Uint8Array }>('Encrypt', {
      KeyId,
      Plaintext: Buffer.from('x'),
    });
    await kms.run(state === 'Disabled' ? 'DisableKey' : 'ScheduleKeyDeletion', { KeyId });
    const expected = state === 'Disabled' ? disabled(arn) : deleting(arn);
    expect(await kms.refusal('Decrypt', { CiphertextBlob })).toEqual(expected);
    expect(await kms.refusal('ReEncrypt', { CiphertextBlob, DestinationKeyId: KeyId })).toEqual(expected);
  },
);

test.each(['Disabled', 'PendingDeletion'] as const)(
  'KMS-05 KMS-46 grants of a key that is %s can be ended',
  async (state) => {
    const revoked = await keyIn(state);
    await kms.run('RevokeGrant', { KeyId: revoked.KeyId, GrantId: revoked.grantId });
    const retired = await keyIn(state);
    await kms.run('RetireGrant', { KeyId: retired.arn, GrantId: retired.grantId });
    for (const { KeyId } of [revoked, retired])
      expect(await kms.run('ListGrants', { KeyId })).toMatchObject({ Grants: [] });
  },
);
