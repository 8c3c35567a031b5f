import type {
  CreateKeyResponse,
  CustomKeyStoresListEntry,
  DescribeCustomKeyStoresResponse,
  KeyMetadata,
} from '@aws-sdk/client-kms';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { elements } from '../../cloudtrail/parameters.ts';
import { ACCOUNT, allowing, type Kms, startKms, user } from '../testing.ts';

let kms: Kms;
beforeEach(() => {
  kms = startKms();
});
afterEach(() => kms.close());

const CLUSTER = {
  CustomKeyStoreName: 'cluster',
  CloudHsmClusterId: 'cluster-234567abcde',
  KeyStorePassword: 'kmsPswd',
  TrustAnchorCertificate: 'certificate',
};
const PROXY = {
  CustomKeyStoreName: 'outside',
  CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
  XksProxyConnectivity: 'PUBLIC_ENDPOINT',
  XksProxyUriEndpoint: 'https://xks.example.com',
  XksProxyUriPath: '/kms/xks/v1',
  XksProxyAuthenticationCredential: { AccessKeyId: 'ABCDE12345670EXAMPLE', RawSecretAccessKey: 'x'.repeat(43) },
} as const;

async function create(input: object): Promise<string> {
  const made = await kms.run<{ CustomKeyStoreId: string }>('CreateCustomKeyStore', input);
  return made.CustomKeyStoreId;
}
const connect = (CustomKeyStoreId: string) => kms.run('ConnectCustomKeyStore', { CustomKeyStoreId });
const disconnect = (CustomKeyStoreId: string) => kms.run('DisconnectCustomKeyStore', { CustomKeyStoreId });

async function describeStore(input: object = {}): Promise<CustomKeyStoresListEntry> {
  const { CustomKeyStores = [] } = await kms.run<DescribeCustomKeyStoresResponse>('DescribeCustomKeyStores', input);
  return CustomKeyStores[0] ?? {};
}

async function keyIn(store: string, more: object = { Origin: 'AWS_CLOUDHSM' }): Promise<Partial<KeyMetadata>> {
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', { CustomKeyStoreId: store, ...more });
  return KeyMetadata ?? {};
}

test('KMS-01 KMS-04 keys of a CloudHSM key store work while it is connected, and are unavailable while not', async () => {
  const store = await create(CLUSTER);
  expect(store).toMatch(/^cks-[0-9a-f]{17}$/);
  expect(await describeStore()).toMatchObject({
    CustomKeyStoreId: store,
    CustomKeyStoreType: 'AWS_CLOUDHSM',
    ConnectionState: 'DISCONNECTED',
    CloudHsmClusterId: CLUSTER.CloudHsmClusterId,
    TrustAnchorCertificate: 'certificate',
  });
  expect(await kms.refusal('CreateKey', { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: store })).toMatchObject({
    code: 'CustomKeyStoreInvalidStateException',
    status: 400,
  });
  await connect(store);
  expect(await describeStore({ CustomKeyStoreName: 'cluster' })).toMatchObject({ ConnectionState: 'CONNECTED' });
  const { KeyId, Arn, ...facts } = await keyIn(store);
  expect(facts).toMatchObject({
    Origin: 'AWS_CLOUDHSM',
    KeyState: 'Enabled',
    CustomKeyStoreId: store,
    CloudHsmClusterId: CLUSTER.CloudHsmClusterId,
  });
  const { CiphertextBlob } = await kms.run<{ CiphertextBlob: Uint8Array }>('Encrypt', {
    KeyId,
    Plaintext: Buffer.from('x'),
  });
  await disconnect(store);
  const unavailable = { code: 'KMSInvalidStateException', status: 400, message: `${Arn} is unavailable.` };
  expect(await kms.refusal('Decrypt', { CiphertextBlob })).toEqual(unavailable);
  expect(await kms.run('DescribeKey', { KeyId })).toMatchObject({
    KeyMetadata: { KeyState: 'Unavailable', Enabled: false },
  });
  // A change of the key meanwhile does not make it Unavailable for good.
  await kms.run('UpdateKeyDescription', { KeyId, Description: 'changed' });
  await connect(store);
  expect(await kms.run('Decrypt', { CiphertextBlob })).toMatchObject({ Plaintext: Buffer.from('x') });
  await kms.run('DisableKey', { KeyId });
  await disconnect(store);
  await connect(store);
  expect(await kms.refusal('Decrypt', { CiphertextBlob })).toMatchObject({ code: 'DisabledException' });
});

test('KMS-05 KMS-06 a store can be deleted when it is disconnected and its last key is gone', async () => {
  const store = await create(CLUSTER);
  await connect(store);
  const { KeyId } = await keyIn(store);
  const remove = { CustomKeyStoreId: store };
  expect(await kms.refusal('DeleteCustomKeyStore', remove)).toMatchObject({
    code: 'CustomKeyStoreInvalidStateException',
  });
  await disconnect(store);
  await kms.run('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
  expect(await kms.refusal('DeleteCustomKeyStore', remove)).toMatchObject({
    code: 'CustomKeyStoreHasCMKsException',
    status: 400,
  });
  kms.advance(8 * 86_400);
  await kms.run('DeleteCustomKeyStore', remove);
  expect(await kms.refusal('DeleteCustomKeyStore', remove)).toMatchObject({ code: 'CustomKeyStoreNotFoundException' });
});

test('KMS-01 a key of an external key store stands for one key outside', async () => {
  const store = await create(PROXY);
  await connect(store);
  const input = { Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId: store, XksKeyId: 'bb8562717f809024' };
  const facts = await keyIn(store, input);
  expect(facts).toMatchObject({ Origin: 'EXTERNAL_KEY_STORE', XksKeyConfiguration: { Id: 'bb8562717f809024' } });
  expect(await kms.refusal('CreateKey', input)).toMatchObject({ code: 'XksKeyAlreadyInUseException', status: 400 });
  const refused = async (more: object) => kms.refusal('CreateKey', { ...input, XksKeyId: 'other', ...more });
  expect(await refused({ XksKeyId: undefined })).toMatchObject({ code: 'ValidationException' });
  expect(await refused({ Origin: 'AWS_CLOUDHSM', XksKeyId: undefined })).toMatchObject({ code: 'ValidationException' });
  expect(await refused({ CustomKeyStoreId: undefined })).toMatchObject({ code: 'ValidationException' });
  expect(await refused({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })).toMatchObject({
    code: 'UnsupportedOperationException',
  });
  expect(await refused({ MultiRegion: true })).toMatchObject({ code: 'UnsupportedOperationException' });
  expect(await refused({ Origin: 'AWS_KMS', XksKeyId: undefined })).toMatchObject({ code: 'ValidationException' });
  expect(await refused({ CustomKeyStoreId: `cks-${'0'.repeat(17)}` })).toMatchObject({
    code: 'CustomKeyStoreNotFoundException',
  });
  expect(await kms.refusal('GenerateDataKeyPair', { KeyId: facts.KeyId, KeyPairSpec: 'ECC_NIST_P256' })).toMatchObject({
    code: 'UnsupportedOperationException',
  });
});

test('KMS-07 keys of a custom key store are not rotated', async () => {
  const store = await create(CLUSTER);
  await connect(store);
  const { KeyId, Arn } = await keyIn(store);
  for (const name of ['EnableKeyRotation', 'RotateKeyOnDemand']) {
    expect(await kms.refusal(name, { KeyId })).toEqual({
      code: 'UnsupportedOperationException',
      status: 400,
      message: `${Arn} origin is AWS_CLOUDHSM which is not valid for this operation.`,
    });
  }
});

test('KMS-05 a connected store lets its name change and nothing else', async () => {
  const store = await create(PROXY);
  await connect(store);
  const update = (more: object) => ({ CustomKeyStoreId: store, ...more });
  await kms.run('UpdateCustomKeyStore', update({ NewCustomKeyStoreName: 'renamed' }));
  expect(await kms.refusal('UpdateCustomKeyStore', update({ XksProxyUriPath: '/new/kms/xks/v1' }))).toMatchObject({
    code: 'CustomKeyStoreInvalidStateException',
  });
  await disconnect(store);
  expect(await kms.refusal('DisconnectCustomKeyStore', { CustomKeyStoreId: store })).toMatchObject({
    code: 'CustomKeyStoreInvalidStateException',
  });
  await kms.run('UpdateCustomKeyStore', update({ XksProxyUriPath: '/new/kms/xks/v1' }));
  expect(await describeStore()).toMatchObject({
    CustomKeyStoreName: 'renamed',
    XksProxyConfiguration: { UriPath: '/new/kms/xks/v1', AccessKeyId: 'ABCDE12345670EXAMPLE' },
  });
  for (const more of [{}, { KeyStorePassword: 'password' }, { XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' }]) {
    expect(await kms.refusal('UpdateCustomKeyStore', update(more))).toMatchObject({ code: 'ValidationException' });
  }
});

test.each([
  ['CustomKeyStoreNameInUseException', { ...CLUSTER, CloudHsmClusterId: 'cluster-other234567' }],
  ['CloudHsmClusterInUseException', { ...CLUSTER, CustomKeyStoreName: 'other' }],
  ['XksProxyUriInUseException', { ...PROXY, CustomKeyStoreName: 'other' }],
  [
    'XksProxyUriEndpointInUseException',
    {
      ...PROXY,
      CustomKeyStoreName: 'other',
      XksProxyUriPath: '/other/kms/xks/v1',
      XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
      XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-1',
    },
  ],
  ['ValidationException', { ...CLUSTER, CustomKeyStoreName: 'other', CloudHsmClusterId: undefined }],
  ['ValidationException', { ...CLUSTER, CustomKeyStoreName: 'other', XksProxyUriPath: '/kms/xks/v1' }],
  ['ValidationException', { ...PROXY, CustomKeyStoreName: 'other', XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' }],
])('KMS-03 LIM-05 a second store is refused with %s', async (code, input) => {
  await create(CLUSTER);
  await create(PROXY);
  expect(await kms.refusal('CreateCustomKeyStore', input)).toMatchObject({ code, status: 400 });
  expect(await kms.run('DescribeCustomKeyStores', {})).toHaveProperty('CustomKeyStores.length', 2);
});

test('LIM-05 an account has ten custom key stores in a Region, read page by page', async () => {
  const made: string[] = [];
  for (let number = 0; number < 10; number += 1) {
    made.push(await create({ ...CLUSTER, CustomKeyStoreName: `s${number}`, CloudHsmClusterId: `cluster-${number}` }));
  }
  expect(await kms.refusal('CreateCustomKeyStore', { ...CLUSTER, CustomKeyStoreName: 'one more' })).toMatchObject({
    code: 'LimitExceededException',
  });
  const seen: (string | undefined)[] = [];
  let Marker: string | undefined;
  do {
    const page: DescribeCustomKeyStoresResponse = await kms.run('DescribeCustomKeyStores', { Limit: 4, Marker });
    seen.push(...(page.CustomKeyStores ?? []).map((store) => store.CustomKeyStoreId));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  expect(seen).toEqual(made.toSorted());
  expect(await kms.refusal('DescribeCustomKeyStores', { Marker: 'nonsense' })).toMatchObject({
    code: 'InvalidMarkerException',
  });
});

test('KMS-20 custom key stores need permission, and GenerateRandom a connected cluster', async () => {
  const store = await create(CLUSTER);
  const nobody = kms.as(user('nobody'));
  for (const name of ['Connect', 'Disconnect', 'Delete', 'Update']) {
    expect(await kms.refusal(`${name}CustomKeyStore`, { CustomKeyStoreId: store }, nobody)).toMatchObject({
      code: 'AccessDeniedException',
      message: `User: arn:aws:iam::${ACCOUNT}:user/nobody is not authorized to perform: kms:${name}CustomKeyStore on resource: * because no identity-based policy allows the kms:${name}CustomKeyStore action`,
    });
  }
  kms.grantIdentity(user('nobody'), allowing('kms:ConnectCustomKeyStore', 'kms:GenerateRandom'));
  const random = { NumberOfBytes: 8, CustomKeyStoreId: store };
  expect(await kms.refusal('GenerateRandom', random, nobody)).toMatchObject({
    code: 'CustomKeyStoreInvalidStateException',
  });
  await kms.run('ConnectCustomKeyStore', { CustomKeyStoreId: store }, nobody);
  expect(await kms.run('GenerateRandom', random, nobody)).toHaveProperty('Plaintext.length', 8);
});

test('CT-05 no password of a store stands in an event', () => {
  expect(JSON.stringify(elements({ ...CLUSTER, ...PROXY }))).not.toMatch(/kmsPswd|xxxx/);
});

test('LIM-01 LIM-03 a custom key store serves 1,800 requests a second, whatever their keys', async () => {
  const store = await create(CLUSTER);
  await connect(store);
  const keys = [await keyIn(store), await keyIn(store)];
  kms.world.change(ACCOUNT, { quotasEnforced: true });
  for (let round = 0; round < 900; round += 1) {
    for (const { KeyId } of keys) await kms.run('GenerateDataKey', { KeyId, KeySpec: 'AES_128' });
  }
  expect(await kms.refusal('GenerateDataKey', { KeyId: keys[0]?.KeyId, KeySpec: 'AES_128' })).toMatchObject({
    code: 'ThrottlingException',
  });
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', {});
  await kms.run('GenerateDataKey', { KeyId: KeyMetadata?.KeyId, KeySpec: 'AES_128' });
});
