import type { CreateKeyResponse, KeyState } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT, type Kms, startKms } from '../testing.ts';
import { CHANGEABLE, demandState, ENABLED, GRANTABLE, SWITCHABLE, USABLE } from './states.ts';

let kms: Kms;
let store = '';
beforeAll(async () => {
  kms = startKms();
  const made = await kms.run<{ CustomKeyStoreId: string }>('CreateCustomKeyStore', {
    CustomKeyStoreName: 'cluster',
    CloudHsmClusterId: 'cluster-234567abcde',
    KeyStorePassword: 'kmsPswd',
    TrustAnchorCertificate: 'certificate',
  });
  store = made.CustomKeyStoreId;
});
afterAll(() => kms.close());

interface Subject {
  KeyId: string;
  arn: string;
  grantId: string;
}

/** A key brought into a state, with an alias, a tag and a grant where the state lets it have them. */
async function keyIn(state: State): Promise<Subject> {
  const external = state === 'PendingImport';
  if (state === 'Unavailable') await kms.run('ConnectCustomKeyStore', { CustomKeyStoreId: store });
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', {
    ...(external && { Origin: 'EXTERNAL' }),
    ...(state === 'Unavailable' && { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: store }),
    ...(state === 'PendingReplicaDeletion' && { MultiRegion: true }),
  });
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
  if (state === 'Unavailable') await kms.run('DisconnectCustomKeyStore', { CustomKeyStoreId: store });
  if (state === 'PendingReplicaDeletion') {
    await kms.run('ReplicateKey', { KeyId, ReplicaRegion: 'eu-west-1' });
    await kms.run('ScheduleKeyDeletion', { KeyId });
  }
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
type Answer = (arn: string) => object | undefined;
type Answers = Readonly<Record<State, Answer>>;

const COLUMNS = [
  'Enabled',
  'Disabled',
  'PendingDeletion',
  'PendingImport',
  'Unavailable',
  'PendingReplicaDeletion',
] as const;
type State = (typeof COLUMNS)[number];

const wrongOrigin = (origin: string) => (arn: string) => ({
  code: 'UnsupportedOperationException',
  status: 400,
  message: `${arn} origin is ${origin} which is not valid for this operation.`,
});

const USE: Answers = {
  Enabled: ok,
  Disabled: disabled,
  PendingDeletion: invalid('pending deletion'),
  PendingImport: invalid('pending import'),
  Unavailable: invalid('unavailable'),
  PendingReplicaDeletion: invalid('pending replica deletion'),
};
const GRANT: Answers = { ...USE, Unavailable: ok };
const SWITCH: Answers = { ...USE, Disabled: ok };
const CHANGE: Answers = { ...USE, Disabled: ok, PendingImport: ok, Unavailable: ok };
const READ: Answers = { ...CHANGE, PendingDeletion: ok, PendingReplicaDeletion: ok };
const notDeleting = invalid('not pending deletion');
const CANCEL: Answers = {
  Enabled: notDeleting,
  Disabled: notDeleting,
  PendingDeletion: ok,
  PendingImport: notDeleting,
  Unavailable: notDeleting,
  PendingReplicaDeletion: ok,
};
/** The columns PendingImport and Unavailable are those of keys whose origin no rotation is for. */
const ROTATE: Answers = { ...USE, PendingImport: wrongOrigin('EXTERNAL'), Unavailable: wrongOrigin('AWS_CLOUDHSM') };

const POLICY = `{"Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}`;

/** KMSDG key-state: operations, and what they answer in each state. */
const TABLE: readonly [string, Answers, (subject: Subject) => object][] = [
  ['Encrypt', USE, (s) => ({ KeyId: s.KeyId, Plaintext: Buffer.from('x') })],
  ['GenerateDataKey', USE, (s) => ({ KeyId: s.KeyId, KeySpec: 'AES_256' })],
  ['GenerateDataKeyWithoutPlaintext', USE, (s) => ({ KeyId: s.KeyId })],
  ['GenerateDataKeyPair', USE, (s) => ({ KeyId: s.KeyId, KeyPairSpec: 'ECC_NIST_P256' })],
  ['GenerateDataKeyPairWithoutPlaintext', USE, (s) => ({ KeyId: s.KeyId, KeyPairSpec: 'ECC_NIST_P256' })],
  [
    'CreateGrant',
    GRANT,
    (s) => ({ KeyId: s.KeyId, GranteePrincipal: `arn:aws:iam::${ACCOUNT}:user/g`, Operations: ['Decrypt'] }),
  ],
  ['DescribeKey', READ, (s) => ({ KeyId: s.KeyId })],
  ['GetKeyPolicy', READ, (s) => ({ KeyId: s.KeyId })],
  ['ListKeyPolicies', READ, (s) => ({ KeyId: s.KeyId })],
  ['PutKeyPolicy', READ, (s) => ({ KeyId: s.KeyId, Policy: POLICY })],
  ['ListGrants', READ, (s) => ({ KeyId: s.KeyId })],
  ['ListAliases', READ, (s) => ({ KeyId: s.KeyId })],
  ['ListResourceTags', READ, (s) => ({ KeyId: s.KeyId })],
  ['GetKeyRotationStatus', READ, (s) => ({ KeyId: s.KeyId })],
  ['ListKeyRotations', READ, (s) => ({ KeyId: s.KeyId })],
  ['GetKeyLastUsage', READ, (s) => ({ KeyId: s.KeyId })],
  ['DeleteAlias', READ, (s) => ({ AliasName: `alias/${s.KeyId}` })],
  ['CreateAlias', CHANGE, (s) => ({ AliasName: `alias/2/${s.KeyId}`, TargetKeyId: s.KeyId })],
  ['TagResource', CHANGE, (s) => ({ KeyId: s.KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] })],
  ['UntagResource', CHANGE, (s) => ({ KeyId: s.KeyId, TagKeys: ['a'] })],
  ['UpdateKeyDescription', CHANGE, (s) => ({ KeyId: s.KeyId, Description: 'new' })],
  ['EnableKey', SWITCH, (s) => ({ KeyId: s.KeyId })],
  ['DisableKey', SWITCH, (s) => ({ KeyId: s.KeyId })],
  ['EnableKeyRotation', ROTATE, (s) => ({ KeyId: s.KeyId })],
  ['DisableKeyRotation', ROTATE, (s) => ({ KeyId: s.KeyId })],
  ['RotateKeyOnDemand', USE, (s) => ({ KeyId: s.KeyId })],
  ['ScheduleKeyDeletion', CHANGE, (s) => ({ KeyId: s.KeyId })],
  ['CancelKeyDeletion', CANCEL, (s) => ({ KeyId: s.KeyId })],
];

async function succeeds(name: string, input: object): Promise<'done'> {
  await kms.run(name, input);
  return 'done';
}

describe.each(TABLE)('%s', (name, answers, input) => {
  test.each(COLUMNS)('KMS-04 KMS-05 KMS-46 in state %s', async (state) => {
    const subject = await keyIn(state);
    const expected = answers[state](subject.arn);
    const outcome =
      expected === undefined ? await succeeds(name, input(subject)) : await kms.refusal(name, input(subject));
    expect(outcome).toEqual(expected ?? 'done');
  });
});

test('KMS-04 a replica that is being made can not be used yet, a key that is being updated can', () => {
  const key = { arn: 'ARN' };
  const check = (state: KeyState, states: readonly KeyState[]) => () => demandState({ ...key, state }, states);
  for (const states of [USABLE, GRANTABLE, SWITCHABLE, CHANGEABLE, ENABLED]) {
    expect(check('Creating', states)).toThrow('ARN is creating.');
  }
  expect(check('Updating', USABLE)).not.toThrow();
  expect(check('Updating', GRANTABLE)).not.toThrow();
  expect(check('Updating', ENABLED)).toThrow('ARN is updating.');
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
    const expected = state === 'Disabled' ? disabled(arn) : USE.PendingDeletion(arn);
    expect(await kms.refusal('Decrypt', { CiphertextBlob })).toEqual(expected);
    expect(await kms.refusal('ReEncrypt', { CiphertextBlob, DestinationKeyId: KeyId })).toEqual(expected);
  },
);

test.each(['Disabled', 'PendingDeletion', 'Unavailable', 'PendingReplicaDeletion'] as const)(
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
