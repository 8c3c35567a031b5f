import { afterAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../context.ts';
import { ACCOUNT, refused, service, session, user } from '../testing.ts';
import { startGrants } from './testing.ts';

const { kms, createKey, makeDataKey, denied, grant } = startGrants();
afterAll(() => kms.close());

describe('CreateGrant', () => {
  test('KMS-40 a grant lets its grantee in, for its operations, on its key', async () => {
    const alice = user('alice');
    const [key, other] = [await createKey(), await createKey()];
    expect(await denied(key.KeyId, alice)).toBe(true);
    const { GrantId, GrantToken } = await grant(key.KeyId, alice);
    expect(GrantId).toMatch(/^[0-9a-f]{64}$/);
    expect(GrantToken.length).toBeGreaterThan(40);
    const { CiphertextBlob } = await makeDataKey(key.KeyId, alice);
    await kms.run('Decrypt', { CiphertextBlob }, kms.as(alice));
    expect((await kms.refusal('Encrypt', { KeyId: key.KeyId, Plaintext: Buffer.from('x') }, kms.as(alice))).code).toBe(
      'AccessDeniedException',
    );
    expect(await denied(other.KeyId, alice)).toBe(true);
    expect(await denied(key.KeyId, user('alicia'))).toBe(true);
  });

  test('KMS-40 a role is granted in all its sessions, an account in all its principals', async () => {
    const { KeyId } = await createKey();
    await grant(KeyId, session('worker'));
    await makeDataKey(KeyId, session('worker', 'one'));
    await makeDataKey(KeyId, session('worker', 'two'));
    expect(await denied(KeyId, session('idler'))).toBe(true);
  });

  test('KMS-20 an explicit deny in an IAM policy wins over a grant', async () => {
    const bob = user('bob-denied');
    const { KeyId } = await createKey();
    await grant(KeyId, bob);
    kms.grantIdentity(
      bob,
      JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'kms:*', Resource: '*' }] }),
    );
    expect(await denied(KeyId, bob)).toBe(true);
  });

  test.each([
    [{ GranteePrincipal: undefined }, 'neither grantee'],
    [{ GranteeServicePrincipal: 'dynamodb.amazonaws.com' }, 'both grantees'],
    [{ GranteePrincipal: undefined, GranteeServicePrincipal: 'dynamodb.amazonaws.com' }, 'a service without a source'],
    [
      {
        GranteePrincipal: undefined,
        GranteeServicePrincipal: 'dynamodb.amazonaws.com',
        Constraints: { SourceArn: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/t` },
      },
      'a service that nobody can retire',
    ],
    [
      { RetiringPrincipal: `arn:aws:iam::${ACCOUNT}:user/r`, RetiringServicePrincipal: 'dynamodb.amazonaws.com' },
      'two to retire it',
    ],
    [{ Operations: ['Sign'] }, 'an operation of another kind of key'],
    [{ Operations: [] }, 'no operation'],
    [
      { Constraints: { EncryptionContextSubset: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [i, 'x'])) } },
      'nine pairs',
    ],
    [{ Constraints: { EncryptionContextEquals: { a: 'x'.repeat(385) } } }, 'a long value'],
  ])('KMS-40 KMS-41 KMS-42 %j is refused: %s', async (more, _why) => {
    const { KeyId } = await createKey();
    const input = { KeyId, GranteePrincipal: `arn:aws:iam::${ACCOUNT}:user/g`, Operations: ['Decrypt'], ...more };
    expect((await kms.refusal('CreateGrant', input)).code).toBe('ValidationException');
  });

  test('KMS-42 operations follow the kind of key', async () => {
    const signing = await createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    await grant(signing.KeyId, user('signer'), { Operations: ['Sign', 'Verify', 'GetPublicKey', 'DescribeKey'] });
    const where = kms.as(user('signer'));
    await kms.run(
      'Sign',
      { KeyId: signing.KeyId, Message: Buffer.from('m'), SigningAlgorithm: 'ECDSA_SHA_256' },
      where,
    );
    const input = { KeyId: signing.KeyId, GranteePrincipal: `arn:aws:iam::${ACCOUNT}:user/g` };
    expect((await kms.refusal('CreateGrant', { ...input, Operations: ['Decrypt'] })).code).toBe('ValidationException');
    const Constraints = { EncryptionContextEquals: { a: 'b' } };
    expect((await kms.refusal('CreateGrant', { ...input, Operations: ['Sign'], Constraints })).code).toBe(
      'ValidationException',
    );
  });

  test('KMS-24 KMS-40 a grantee that does not exist is refused', async () => {
    const { KeyId } = await createKey();
    const GranteePrincipal = `arn:aws:iam::${ACCOUNT}:role/never`;
    kms.removePrincipal(GranteePrincipal);
    expect((await kms.refusal('CreateGrant', { KeyId, GranteePrincipal, Operations: ['Decrypt'] })).code).toBe(
      'InvalidArnException',
    );
  });

  test('KMS-43 the same name and parameters give the same grant and another token', async () => {
    const { KeyId } = await createKey();
    const named = { Name: 'nightly', Constraints: { EncryptionContextSubset: { a: '1', b: '2' } } };
    const first = await grant(KeyId, user('n'), named);
    const again = await grant(KeyId, user('n'), {
      Name: 'nightly',
      Constraints: { EncryptionContextSubset: { b: '2', a: '1' } },
      Operations: ['GenerateDataKey', 'Decrypt'],
    });
    expect(again.GrantId).toBe(first.GrantId);
    expect(again.GrantToken).not.toBe(first.GrantToken);
    const others = [
      await grant(KeyId, user('n'), { ...named, Operations: ['Decrypt'] }),
      await grant(KeyId, user('m'), named),
      await grant(KeyId, user('n')),
      await grant(KeyId, user('n')),
    ];
    expect(new Set([first, ...others].map((it) => it.GrantId)).size).toBe(5);
  });
});

describe('constraints', () => {
  test('KMS-41 EncryptionContextEquals wants the context and nothing else; names in any case, values not', async () => {
    const { KeyId } = await createKey();
    const carol = user('carol');
    await grant(KeyId, carol, { Constraints: { EncryptionContextEquals: { Project: 'x' } } });
    const context = (EncryptionContext?: object) => ({ EncryptionContext });
    await makeDataKey(KeyId, carol, context({ Project: 'x' }));
    await makeDataKey(KeyId, carol, context({ project: 'x' }));
    for (const other of [undefined, {}, { Project: 'X' }, { Project: 'x', more: 'y' }, { more: 'x' }]) {
      expect([other, await denied(KeyId, carol, context(other))]).toEqual([other, true]);
    }
  });

  test('KMS-41 EncryptionContextSubset wants at least its pairs', async () => {
    const { KeyId } = await createKey();
    const dan = user('dan');
    await grant(KeyId, dan, {
      Operations: ['GenerateDataKey', 'DescribeKey'],
      Constraints: { EncryptionContextSubset: { a: '1', b: '2' } },
    });
    await makeDataKey(KeyId, dan, { EncryptionContext: { a: '1', b: '2' } });
    await makeDataKey(KeyId, dan, { EncryptionContext: { c: '3', b: '2', a: '1' } });
    expect(await denied(KeyId, dan, { EncryptionContext: { a: '1' } })).toBe(true);
    expect(await denied(KeyId, dan)).toBe(true);
    // Operations without a context are not held by it.
    await kms.run('DescribeKey', { KeyId }, kms.as(dan));
  });

  test('KMS-41 a service gets in for its source alone', async () => {
    const { KeyId } = await createKey();
    const name = 'maintenance.s3tables.amazonaws.com';
    const source = `arn:aws:s3tables:us-east-1:${ACCOUNT}:bucket/lake`;
    await kms.run('CreateGrant', {
      KeyId,
      GranteeServicePrincipal: name,
      RetiringPrincipal: `arn:aws:iam::${ACCOUNT}:root`,
      Operations: ['Decrypt', 'GenerateDataKey'],
      Constraints: { SourceArn: source },
    });
    const use = (sourceArn: string) => ({
      context: kms.context(service(name)),
      caller: service(name),
      keyId: KeyId,
      accountId: ACCOUNT,
      region: 'us-east-1',
      encryptionContext: {},
      viaService: 's3.us-east-1.amazonaws.com',
      sourceArn,
    });
    expect(kms.port.generateDataKey(use(source)).plaintext).toHaveLength(32);
    expect((await refused(() => kms.port.generateDataKey(use(`${source}-other`)))).code).toBe('AccessDeniedException');
  });
});

describe('passing on', () => {
  test('KMS-47 a grantee with CreateGrant passes on no more than it has', async () => {
    const { KeyId } = await createKey();
    const parent = user('parent');
    await grant(KeyId, parent, {
      Operations: ['Decrypt', 'CreateGrant'],
      Constraints: { EncryptionContextSubset: { dept: 'hr' } },
    });
    const pass = async (more: object) =>
      (
        await refused(async () => {
          await grant(KeyId, user('child'), { Operations: ['Decrypt'], ...more }, parent);
          throw new Error('passed');
        }).catch((error: Error) => ({ code: error.message }))
      ).code;
    expect(await pass({ Constraints: { EncryptionContextSubset: { dept: 'hr' } } })).toBe('passed');
    expect(await pass({ Constraints: { EncryptionContextSubset: { dept: 'hr', more: 'x' } } })).toBe('passed');
    expect(await pass({ Constraints: { EncryptionContextEquals: { dept: 'hr' } } })).toBe('passed');
    expect(await pass({})).toBe('AccessDeniedException');
    expect(await pass({ Constraints: { EncryptionContextSubset: { dept: 'it' } } })).toBe('AccessDeniedException');
    const strict = { Constraints: { EncryptionContextSubset: { dept: 'hr' } } };
    expect(await pass({ ...strict, Operations: ['Decrypt', 'Encrypt'] })).toBe('AccessDeniedException');
  });
});

test('KMS-28 conditions on what is granted', async () => {
  const admin = user('grant-admin');
  const principal = { AWS: admin.principal.arn };
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
      {
        Effect: 'Allow',
        Principal: principal,
        Action: 'kms:CreateGrant',
        Resource: '*',
        Condition: {
          'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Decrypt', 'DescribeKey'] },
          StringEquals: {
            'kms:GrantConstraintType': 'EncryptionContextSubset',
            'kms:GranteePrincipal': `arn:aws:iam::${ACCOUNT}:user/only`,
            'kms:RetiringPrincipal': `arn:aws:iam::${ACCOUNT}:user/janitor`,
          },
          Bool: { 'kms:GrantIsForAWSResource': 'false' },
        },
      },
    ],
  });
  const { KeyId } = await createKey({ Policy });
  const good = {
    Operations: ['Decrypt'],
    Constraints: { EncryptionContextSubset: { a: 'b' } },
    RetiringPrincipal: `arn:aws:iam::${ACCOUNT}:user/janitor`,
  };
  await grant(KeyId, user('only'), good, admin);
  const bad: [Caller, object][] = [
    [user('other'), good],
    [user('only'), { ...good, Operations: ['Decrypt', 'Encrypt'] }],
    [user('only'), { ...good, Constraints: { EncryptionContextEquals: { a: 'b' } } }],
    [user('only'), { ...good, RetiringPrincipal: undefined }],
  ];
  for (const [to, more] of bad) {
    expect((await refused(async () => grant(KeyId, to, more, admin))).code).toBe('AccessDeniedException');
  }
});
