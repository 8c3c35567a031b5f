import type { CreateKeyResponse, GetKeyPolicyResponse } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT, allowing, type Kms, keyPolicy, OTHER_ACCOUNT, REGION, session, startKms, user } from '../testing.ts';

let kms: Kms;
beforeAll(() => {
  kms = startKms();
});
afterAll(() => kms.close());

const ROOT = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
const DELEGATION = { Sid: 'Delegate', Principal: ROOT, Action: 'kms:*' };

async function createKey(Policy?: string, where = kms.context()) {
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', { Policy }, where);
  return { KeyId: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
}

const dataKey = (KeyId: string) => ({ KeyId, KeySpec: 'AES_256' });
const LOCKED_OUT = {
  code: 'MalformedPolicyDocumentException',
  status: 400,
  message: 'The new key policy will not allow you to update the key policy in the future.',
};

test('KMS-21 a key made without a policy delegates to its account', async () => {
  const { KeyId } = await createKey();
  const { Policy, PolicyName } = await kms.run<GetKeyPolicyResponse>('GetKeyPolicy', { KeyId });
  expect(PolicyName).toBe('default');
  expect(JSON.parse(Policy ?? '')).toMatchObject({
    Statement: [{ Effect: 'Allow', Principal: ROOT, Action: 'kms:*', Resource: '*' }],
  });
  expect(await kms.run('ListKeyPolicies', { KeyId })).toMatchObject({ PolicyNames: ['default'] });
});

test('KMS-21 ERR-05 with delegation IAM policies decide, without it they count for nothing', async () => {
  const alice = user('alice');
  kms.grantIdentity(alice, allowing('kms:GenerateDataKey'));
  const open = await createKey();
  await kms.run('GenerateDataKey', dataKey(open.KeyId), kms.as(alice));
  const bob = user('bob');
  expect(await kms.refusal('GenerateDataKey', dataKey(open.KeyId), kms.as(bob))).toEqual({
    code: 'AccessDeniedException',
    status: 400,
    message: `User: ${bob.principal.arn} is not authorized to perform: kms:GenerateDataKey on resource: ${open.arn} because no identity-based policy allows the kms:GenerateDataKey action`,
  });
  const admin = user('admin');
  const closed = await createKey(
    keyPolicy({ Principal: { AWS: admin.principal.arn }, Action: 'kms:*' }),
    await creator(admin),
  );
  expect(await kms.refusal('GenerateDataKey', dataKey(closed.KeyId), kms.as(alice))).toMatchObject({
    message: `User: ${alice.principal.arn} is not authorized to perform: kms:GenerateDataKey on resource: ${closed.arn} because no resource-based policy allows the kms:GenerateDataKey action`,
  });
});

async function creator(who: ReturnType<typeof user>) {
  kms.grantIdentity(who, allowing('kms:CreateKey'));
  return kms.as(who);
}

test('KMS-22 a principal named in the key policy needs no IAM statement', async () => {
  const carol = user('carol');
  const { KeyId } = await createKey(
    keyPolicy(DELEGATION, { Principal: { AWS: carol.principal.arn }, Action: 'kms:GenerateDataKey' }),
  );
  await kms.run('GenerateDataKey', dataKey(KeyId), kms.as(carol));
  expect((await kms.refusal('Encrypt', { KeyId, Plaintext: Buffer.from('x') }, kms.as(carol))).code).toBe(
    'AccessDeniedException',
  );
});

test('KMS-20 an explicit deny wins over every allow', async () => {
  const dave = session('dave');
  const { KeyId, arn } = await createKey(
    keyPolicy(
      DELEGATION,
      { Principal: { AWS: 'arn:aws:iam::111122223333:role/dave' }, Action: 'kms:*' },
      { Effect: 'Deny', Principal: '*', Action: 'kms:GenerateDataKey' },
    ),
  );
  expect(await kms.refusal('GenerateDataKey', dataKey(KeyId), kms.as(dave))).toMatchObject({
    message: `User: ${dave.principal.arn} is not authorized to perform: kms:GenerateDataKey on resource: ${arn} with an explicit deny in a resource-based policy`,
  });
});

test('KMS-23 another account needs the key policy and its own IAM policies', async () => {
  const guest = user('guest', OTHER_ACCOUNT);
  const stranger = user('stranger', OTHER_ACCOUNT);
  const { arn } = await createKey(
    keyPolicy(DELEGATION, { Principal: { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` }, Action: 'kms:GenerateDataKey' }),
  );
  kms.grantIdentity(guest, allowing('kms:GenerateDataKey'));
  const where = kms.as(guest);
  await kms.run('GenerateDataKey', dataKey(arn), where);
  expect((await kms.refusal('GenerateDataKey', dataKey(arn), kms.as(stranger))).message).toContain(
    'because no identity-based policy allows',
  );
  // The server copies the request's own event into the trail of the account that its resource belongs to.
  expect(where.trail.event).toMatchObject({
    recipientAccountId: OTHER_ACCOUNT,
    resources: [{ accountId: ACCOUNT, ARN: arn }],
  });
});

describe('conditions', () => {
  async function allowedWhen(Condition: object, input: object = {}, who = user('eve'), KeyName?: string) {
    const { KeyId, arn } = await createKey(
      keyPolicy(DELEGATION, { Principal: { AWS: who.principal.arn }, Action: 'kms:*', Condition }),
    );
    if (KeyName !== undefined) await kms.run('CreateAlias', { AliasName: KeyName, TargetKeyId: KeyId });
    try {
      await kms.run('GenerateDataKey', { ...dataKey(KeyName ?? arn), ...input }, kms.as(who));
      return true;
    } catch {
      return false;
    }
  }
  const equals = (name: string, value: string) => ({ StringEquals: { [name]: value } });

  test('KMS-27 the value of an encryption context pair, its name in any case', async () => {
    const input = { EncryptionContext: { Project: 'Apollo' } };
    expect(await allowedWhen(equals('kms:EncryptionContext:project', 'Apollo'), input)).toBe(true);
    expect(await allowedWhen(equals('kms:EncryptionContext:project', 'apollo'), input)).toBe(false);
    expect(await allowedWhen(equals('kms:EncryptionContext:project', 'Apollo'))).toBe(false);
    expect(await allowedWhen({ StringEqualsIgnoreCase: { 'kms:EncryptionContext:project': 'APOLLO' } }, input)).toBe(
      true,
    );
    expect(await allowedWhen({ StringNotEquals: { 'kms:EncryptionContext:project': 'x' } })).toBe(true);
    expect(await allowedWhen({ 'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': 'Project' } }, input)).toBe(
      true,
    );
  });

  test('KMS-28 what is true of the key', async () => {
    expect(await allowedWhen(equals('kms:KeyOrigin', 'AWS_KMS'))).toBe(true);
    expect(await allowedWhen(equals('kms:KeyOrigin', 'EXTERNAL'))).toBe(false);
    expect(await allowedWhen(equals('kms:KeySpec', 'SYMMETRIC_DEFAULT'))).toBe(true);
    expect(await allowedWhen(equals('kms:KeyUsage', 'SIGN_VERIFY'))).toBe(false);
    expect(await allowedWhen({ Bool: { 'kms:MultiRegion': 'false' } })).toBe(true);
    expect(await allowedWhen(equals('kms:EncryptionAlgorithm', 'SYMMETRIC_DEFAULT'))).toBe(true);
  });

  test('KMS-28 the alias in the request and the aliases of the key', async () => {
    const eve = user('eve');
    expect(await allowedWhen(equals('kms:RequestAlias', 'alias/a1'), {}, eve, 'alias/a1')).toBe(true);
    expect(await allowedWhen(equals('kms:RequestAlias', 'alias/a2'), {}, eve)).toBe(false);
    const owner = user('owner');
    kms.grantIdentity(
      owner,
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'kms:GenerateDataKey',
            Resource: '*',
            Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/a3' } },
          },
        ],
      }),
    );
    const { KeyId } = await createKey();
    expect((await kms.refusal('GenerateDataKey', dataKey(KeyId), kms.as(owner))).code).toBe('AccessDeniedException');
    await kms.run('CreateAlias', { AliasName: 'alias/a3', TargetKeyId: KeyId });
    await kms.run('GenerateDataKey', dataKey(KeyId), kms.as(owner));
  });

  test('KMS-26 the account of the caller', async () => {
    expect(await allowedWhen(equals('kms:CallerAccount', ACCOUNT))).toBe(true);
    expect(await allowedWhen(equals('kms:CallerAccount', OTHER_ACCOUNT))).toBe(false);
  });

  test('KMS-25 a direct call has no kms:ViaService', async () => {
    expect(await allowedWhen(equals('kms:ViaService', `s3.${REGION}.amazonaws.com`))).toBe(false);
    expect(await allowedWhen({ Null: { 'kms:ViaService': 'true' } })).toBe(true);
  });

  test('tags of the key', async () => {
    const frank = user('frank');
    const { KeyId } = await createKey(
      keyPolicy(DELEGATION, {
        Principal: { AWS: frank.principal.arn },
        Action: 'kms:*',
        Condition: equals('aws:ResourceTag/Team', 'blue'),
      }),
    );
    expect((await kms.refusal('GenerateDataKey', dataKey(KeyId), kms.as(frank))).code).toBe('AccessDeniedException');
    await kms.run('TagResource', { KeyId, Tags: [{ TagKey: 'Team', TagValue: 'blue' }] });
    await kms.run('GenerateDataKey', dataKey(KeyId), kms.as(frank));
  });
});

describe('PutKeyPolicy', () => {
  test('KMS-24 a policy that would lock the caller out is refused, unless the check is bypassed', async () => {
    const { KeyId } = await createKey();
    const Policy = keyPolicy({ Principal: { AWS: user('someone').principal.arn }, Action: 'kms:*' });
    expect(await kms.refusal('PutKeyPolicy', { KeyId, Policy })).toEqual(LOCKED_OUT);
    expect(await kms.refusal('CreateKey', { Policy })).toEqual(LOCKED_OUT);
    const denied = keyPolicy(DELEGATION, { Effect: 'Deny', Principal: '*', Action: 'kms:PutKeyPolicy' });
    expect(await kms.refusal('PutKeyPolicy', { KeyId, Policy: denied })).toEqual(LOCKED_OUT);
    await kms.run('PutKeyPolicy', { KeyId, Policy, BypassPolicyLockoutSafetyCheck: true });
    expect((await kms.refusal('GetKeyPolicy', { KeyId })).code).toBe('AccessDeniedException');
  });

  test('KMS-24 the check leaves no decision in the trail but its own', async () => {
    const { KeyId } = await createKey();
    const where = kms.context();
    await kms.run('PutKeyPolicy', { KeyId, Policy: keyPolicy(DELEGATION) }, where);
    expect(where.trail.decisions.map(({ request }) => request.action)).toEqual(['kms:PutKeyPolicy']);
  });

  test('KMS-24 a principal that does not exist is refused', async () => {
    const { KeyId } = await createKey();
    const gone = user('gone').principal.arn;
    kms.removePrincipal(gone);
    expect(
      await kms.refusal('PutKeyPolicy', {
        KeyId,
        Policy: keyPolicy(DELEGATION, { Principal: { AWS: ['*', gone] }, Action: 'kms:Decrypt' }),
      }),
    ).toEqual({
      code: 'MalformedPolicyDocumentException',
      status: 400,
      message: 'Policy contains a statement with one or more invalid principals.',
    });
  });

  test('KMS-24 LIM-05 32,768 bytes fit, one more does not', async () => {
    const { KeyId } = await createKey();
    const base = keyPolicy(DELEGATION);
    const fits = base.padEnd(32_768, ' ');
    await kms.run('PutKeyPolicy', { KeyId, Policy: fits });
    expect((await kms.refusal('PutKeyPolicy', { KeyId, Policy: `${fits} ` })).code).toBe('LimitExceededException');
    // Bytes count, not characters.
    expect(
      (await kms.refusal('PutKeyPolicy', { KeyId, Policy: base.padEnd(32_767, ' ').replace('Delegate', 'Délègate') }))
        .code,
    ).toBe('LimitExceededException');
  });

  test.each([
    'not json',
    '{}',
    '{"Statement":[]}',
    '{"Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}',
    '[1]',
    '"x"',
  ])('KMS-24 %s is no key policy', async (Policy) => {
    const { KeyId } = await createKey();
    expect((await kms.refusal('PutKeyPolicy', { KeyId, Policy })).code).toBe('MalformedPolicyDocumentException');
  });

  test('KMS-22 a statement without an action or resource is taken and has no effect', async () => {
    const grace = user('grace');
    const { KeyId } = await createKey();
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: ROOT, Action: 'kms:*', Resource: '*' },
        { Effect: 'Allow', Principal: { AWS: grace.principal.arn }, Action: 'kms:GenerateDataKey' },
      ],
    });
    await kms.run('PutKeyPolicy', { KeyId, Policy });
    expect((await kms.refusal('GenerateDataKey', dataKey(KeyId), kms.as(grace))).code).toBe('AccessDeniedException');
  });
});
