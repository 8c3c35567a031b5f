import type { CreateKeyResponse } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../context.ts';
import type { KeyUse } from '../ports.ts';
import {
  ACCOUNT,
  allowing,
  type Kms,
  keyPolicy,
  OTHER_ACCOUNT,
  REGION,
  refused,
  root,
  service,
  startKms,
  user,
} from './testing.ts';

let kms: Kms;
beforeAll(() => {
  kms = startKms();
});
afterAll(() => kms.close());

const VIA_S3 = `s3.${REGION}.amazonaws.com`;
const BUCKET = 'arn:aws:s3:::bucket';
const MAINTENANCE = service('maintenance.s3tables.amazonaws.com');

async function createKey(Policy?: string) {
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', { Policy });
  return { KeyId: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
}

/** S3 uses a key for somebody. */
const use = (keyId: string, caller: Caller, more: Partial<KeyUse> = {}): KeyUse => ({
  context: kms.context(caller),
  caller,
  keyId,
  accountId: ACCOUNT,
  region: REGION,
  encryptionContext: { 'aws:s3:arn': BUCKET },
  viaService: VIA_S3,
  ...more,
});

test('KMS-25 CT-05 a service uses a key in the name of its caller, and the trail tells so', async () => {
  const ann = user('ann');
  const { KeyId, arn } = await createKey();
  kms.grantIdentity(ann, allowing('kms:GenerateDataKey', 'kms:Decrypt'));
  const made = use(KeyId, ann);
  const { keyArn, plaintext, ciphertextBlob } = kms.port.generateDataKey(made);
  expect(keyArn).toBe(arn);
  const { trail } = made.context;
  expect(trail.keyOperations).toEqual([
    {
      kind: 'made',
      operation: 'GenerateDataKey',
      keyArn: arn,
      principalArn: ann.principal.arn,
      encryptionContext: { 'aws:s3:arn': BUCKET },
      viaService: VIA_S3,
      answeredBy: 'kms',
      decision: 0,
    },
  ]);
  expect(trail.events).toHaveLength(1);
  expect(trail.events[0]).toMatchObject({
    eventSource: 'kms.amazonaws.com',
    eventName: 'GenerateDataKey',
    readOnly: true,
    principal: ann.principal,
    invokedBy: 's3.amazonaws.com',
    requestParameters: { keyId: KeyId, keySpec: 'AES_256', encryptionContext: { 'aws:s3:arn': BUCKET } },
    responseElements: null,
    resources: [{ accountId: ACCOUNT, type: 'AWS::KMS::Key', ARN: arn }],
    recipientAccountId: ACCOUNT,
  });
  // The request stays S3's own.
  expect([trail.resource, trail.event]).toEqual([undefined, undefined]);
  const opened = kms.port.decrypt(use(KeyId, ann), ciphertextBlob);
  expect(Buffer.from(opened.plaintext)).toEqual(Buffer.from(plaintext));
  const elsewhere = use(KeyId, ann, { encryptionContext: { 'aws:s3:arn': `${BUCKET}-2` } });
  expect((await refused(() => kms.port.decrypt(elsewhere, ciphertextBlob))).code).toBe('InvalidCiphertextException');
});

test('CT-05 KMS-23 the owner of a key sees in its own trail what S3 does with it for another account', async () => {
  const guest = user('guest', OTHER_ACCOUNT);
  kms.grantIdentity(guest, allowing('kms:*'));
  const { arn } = await createKey(
    keyPolicy({ Principal: { AWS: [`arn:aws:iam::${ACCOUNT}:root`, OTHER_ACCOUNT] }, Action: 'kms:*' }),
  );
  const shared = use(arn, guest, { accountId: OTHER_ACCOUNT });
  kms.port.generateDataKey(shared);
  const [theirs, ours] = shared.context.trail.events;
  expect([theirs?.recipientAccountId, ours?.recipientAccountId]).toEqual([OTHER_ACCOUNT, ACCOUNT]);
  expect(theirs?.sharedEventId).toBeDefined();
  expect(ours?.sharedEventId).toBe(theirs?.sharedEventId);
  expect(ours?.eventId).not.toBe(theirs?.eventId);
});

test('KMS-25 a key that is for S3 alone lets nobody in directly', async () => {
  const ben = user('ben');
  const { KeyId } = await createKey(
    keyPolicy(
      { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*' },
      {
        Principal: { AWS: ben.principal.arn },
        Action: 'kms:*',
        Condition: { StringEquals: { 'kms:ViaService': VIA_S3 } },
      },
    ),
  );
  expect(kms.port.generateDataKey(use(KeyId, ben)).plaintext).toHaveLength(32);
  expect((await kms.refusal('GenerateDataKey', { KeyId, KeySpec: 'AES_256' }, kms.as(ben))).code).toBe(
    'AccessDeniedException',
  );
});

test('ERR-01 ERR-05 a refusal stands in the ledger and in CloudTrail with its error', async () => {
  const { KeyId, arn } = await createKey();
  const carl = use(KeyId, user('carl'));
  const { message } = await refused(() => kms.port.generateDataKey(carl));
  expect(message).toBe(
    `User: ${carl.caller.principal.arn} is not authorized to perform: kms:GenerateDataKey on resource: ${arn} because no identity-based policy allows the kms:GenerateDataKey action`,
  );
  expect(carl.context.trail.keyOperations).toMatchObject([
    { keyArn: arn, decision: 0, error: { code: 'AccessDeniedException', message } },
  ]);
  expect(carl.context.trail.events).toMatchObject([{ errorCode: 'AccessDenied', errorMessage: message }]);
  await kms.run('DisableKey', { KeyId });
  const disabled = use(KeyId, root());
  expect(await refused(() => kms.port.generateDataKey(disabled))).toMatchObject({
    code: 'DisabledException',
    message: `${arn} is disabled.`,
  });
  expect(disabled.context.trail.keyOperations).toMatchObject([{ error: { code: 'DisabledException' } }]);
});

test('PERM-03 a service principal needs the key policy, and its conditions hold', async () => {
  const table = `arn:aws:s3tables:${REGION}:${ACCOUNT}:bucket/lake/table/1`;
  const { KeyId } = await createKey(
    keyPolicy(
      { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*' },
      {
        Principal: { Service: 'maintenance.s3tables.amazonaws.com' },
        Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
        Condition: {
          StringLike: { 'kms:EncryptionContext:aws:s3:arn': `${table}/*` },
          StringEquals: { 'aws:SourceAccount': ACCOUNT },
        },
      },
    ),
  );
  const maintenance = (more: Partial<KeyUse> = {}) =>
    use(KeyId, MAINTENANCE, {
      encryptionContext: { 'aws:s3:arn': `${table}/x` },
      sourceArn: table,
      sourceAccount: ACCOUNT,
      ...more,
    });
  const good = maintenance();
  kms.port.generateDataKey(good);
  expect(good.context.trail.events[0]).toMatchObject({
    invokedBy: 'maintenance.s3tables.amazonaws.com',
    recipientAccountId: ACCOUNT,
  });
  for (const bad of [
    maintenance({ encryptionContext: { 'aws:s3:arn': BUCKET } }),
    maintenance({ sourceAccount: OTHER_ACCOUNT }),
  ]) {
    expect((await refused(() => kms.port.generateDataKey(bad))).code).toBe('AccessDeniedException');
  }
  const unnamed = await createKey();
  expect((await refused(() => kms.port.check({ ...good, keyId: unnamed.KeyId }, 'GenerateDataKey'))).message).toContain(
    'because no resource-based policy allows the kms:GenerateDataKey action',
  );
});

test('check decides like the operation and makes no request to KMS', async () => {
  const { KeyId, arn } = await createKey();
  const checked = use(KeyId, root());
  for (const operation of ['GenerateDataKey', 'Decrypt', 'DescribeKey'] as const) {
    expect(kms.port.check(checked, operation)).toEqual({ keyArn: arn });
  }
  expect(checked.context.trail.decisions).toHaveLength(3);
  expect(checked.context.trail.keyOperations).toEqual([]);
  expect(checked.context.trail.events).toEqual([]);
});

test('TB-20 describeKey asks in the name of the caller and is no use of the key', async () => {
  const { KeyId, arn } = await createKey();
  const described = use(KeyId, root(), { viaService: `s3tables.${REGION}.amazonaws.com` });
  expect(kms.port.describeKey(described)).toMatchObject({
    keyArn: arn,
    manager: 'CUSTOMER',
    state: 'Enabled',
    spec: 'SYMMETRIC_DEFAULT',
  });
  expect(described.context.trail.keyOperations).toMatchObject([{ operation: 'DescribeKey', kind: 'made' }]);
  expect(await kms.run('GetKeyLastUsage', { KeyId })).toMatchObject({ KeyLastUsage: {} });
  const nobody = use(KeyId, user('nobody'));
  expect((await refused(() => kms.port.describeKey(nobody))).code).toBe('AccessDeniedException');
});

test('ERR-02 ERR-03 ERR-04 S3 hears what KMS would say', async () => {
  const uuid = '11111111-2222-3333-4444-555555555555';
  const { KeyId, arn } = await createKey();
  await kms.run('ScheduleKeyDeletion', { KeyId });
  const cases: [string, string, string][] = [
    [KeyId, 'KMSInvalidStateException', `${arn} is pending deletion.`],
    ['fake-key-id', 'NotFoundException', "Invalid keyId 'fake-key-id'"],
    [uuid, 'NotFoundException', `Key 'arn:aws:kms:${REGION}:${ACCOUNT}:key/${uuid}' does not exist`],
    [`arn:aws:kms:eu-west-1:${ACCOUNT}:key/${uuid}`, 'NotFoundException', 'Invalid arn eu-west-1'],
  ];
  for (const [keyId, code, message] of cases) {
    expect(await refused(() => kms.port.generateDataKey(use(keyId, root())))).toEqual({ code, status: 400, message });
  }
});

test('facts tells what a key is and records nothing', async () => {
  const { KeyId, arn } = await createKey();
  expect(kms.port.facts(KeyId, ACCOUNT, REGION)).toMatchObject({
    keyArn: arn,
    keyId: KeyId,
    origin: 'AWS_KMS',
    usage: 'ENCRYPT_DECRYPT',
  });
  expect(kms.port.facts(arn, OTHER_ACCOUNT, REGION)).toMatchObject({ keyArn: arn });
  expect(kms.port.facts('nothing', ACCOUNT, REGION)).toBeUndefined();
  expect(kms.port.facts(arn, ACCOUNT, 'eu-west-1')).toBeUndefined();
});

test('GP-07 KMS-26 aws/s3 is made on first use and lets the whole account in, through S3 only', async () => {
  const facts = kms.port.managedKey('alias/aws/s3', ACCOUNT, REGION);
  expect(facts).toMatchObject({ manager: 'AWS', state: 'Enabled', accountId: ACCOUNT });
  expect(kms.port.managedKey('alias/aws/s3', ACCOUNT, REGION)).toEqual(facts);
  expect(kms.port.facts('alias/aws/s3', ACCOUNT, REGION)).toEqual(facts);
  const dora = user('dora');
  const { ciphertextBlob } = kms.port.generateDataKey(use('alias/aws/s3', dora));
  kms.port.decrypt(use(facts.keyArn, user('elsa')), ciphertextBlob);
  const direct = { KeyId: facts.keyId, KeySpec: 'AES_256' };
  expect((await kms.refusal('GenerateDataKey', direct, kms.as(dora))).code).toBe('AccessDeniedException');
  const stranger = user('stranger', OTHER_ACCOUNT);
  kms.grantIdentity(stranger, allowing('kms:*'));
  expect(
    (await refused(() => kms.port.generateDataKey(use(facts.keyArn, stranger, { accountId: OTHER_ACCOUNT })))).code,
  ).toBe('AccessDeniedException');
  expect(await kms.run('DescribeKey', { KeyId: 'alias/aws/s3' })).toMatchObject({ KeyMetadata: { KeyManager: 'AWS' } });
});
