import type { CreateGrantResponse, CreateKeyResponse, ListGrantsResponse } from '@aws-sdk/client-kms';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../context.ts';
import {
  ACCOUNT,
  allowing,
  type Kms,
  OTHER_ACCOUNT,
  refused,
  root,
  service,
  session,
  startKms,
  user,
} from '../testing.ts';

let kms: Kms;
beforeAll(() => {
  kms = startKms();
});
afterAll(() => kms.close());
afterEach(() => {
  kms.world.change(ACCOUNT, { grantPropagationDelay: 0 });
});

async function createKey(input: object = {}) {
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', input);
  return { KeyId: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
}

/** A grant on a key; `Operations` is Decrypt and GenerateDataKey unless said otherwise. */
async function grant(KeyId: string, to: Caller | string, more: object = {}, by?: Caller) {
  const GranteePrincipal = typeof to === 'string' ? to : (to.principal.roleArn ?? to.principal.arn);
  const input = { KeyId, GranteePrincipal, Operations: ['Decrypt', 'GenerateDataKey'], ...more };
  const answer = await kms.run<CreateGrantResponse>('CreateGrant', input, kms.context(by));
  return { GrantId: answer.GrantId ?? '', GrantToken: answer.GrantToken ?? '' };
}

const listGrants = (input: object) => kms.run<ListGrantsResponse>('ListGrants', input);
const dataKey = (KeyId: string, more: object = {}) => ({ KeyId, KeySpec: 'AES_256', ...more });
const makeDataKey = (KeyId: string, who: Caller, more: object = {}) =>
  kms.run<{ CiphertextBlob: Uint8Array }>('GenerateDataKey', dataKey(KeyId, more), kms.as(who));
const denied = async (KeyId: string, who: Caller, more: object = {}) =>
  (await kms.refusal('GenerateDataKey', dataKey(KeyId, more), kms.as(who))).code === 'AccessDeniedException';

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

describe('propagation', () => {
  test('KMS-44 a new grant counts with its token at once and without it after the delay', async () => {
    kms.world.change(ACCOUNT, { grantPropagationDelay: 300 });
    const { KeyId } = await createKey();
    const erin = user('erin');
    const { GrantToken } = await grant(KeyId, erin);
    expect(await denied(KeyId, erin)).toBe(true);
    const { CiphertextBlob } = await makeDataKey(KeyId, erin, { GrantTokens: [GrantToken] });
    await kms.run('Decrypt', { CiphertextBlob, GrantTokens: [GrantToken] }, kms.as(erin));
    kms.advance(299);
    expect(await denied(KeyId, erin)).toBe(true);
    kms.advance(1);
    await makeDataKey(KeyId, erin);
  });

  test('KMS-44 a token is of no use to anybody but the grantee, nor on another key', async () => {
    kms.world.change(ACCOUNT, { grantPropagationDelay: 300 });
    const [key, other] = [await createKey(), await createKey()];
    const { GrantToken } = await grant(key.KeyId, user('fay'));
    expect(await denied(key.KeyId, user('mallory'), { GrantTokens: [GrantToken] })).toBe(true);
    expect(await denied(other.KeyId, user('fay'), { GrantTokens: [GrantToken] })).toBe(true);
  });

  test('KMS-44 a made-up token is refused', async () => {
    const { KeyId } = await createKey();
    for (const token of ['x', Buffer.alloc(80, 7).toString('base64')]) {
      expect((await kms.refusal('GenerateDataKey', dataKey(KeyId, { GrantTokens: [token] }))).code).toBe(
        'InvalidGrantTokenException',
      );
    }
  });

  test('KMS-44 a revoked grant is listed no more and counts until the news has spread', async () => {
    const { KeyId } = await createKey();
    const gus = user('gus');
    const { GrantId } = await grant(KeyId, gus);
    kms.world.change(ACCOUNT, { grantPropagationDelay: 120 });
    await kms.run('RevokeGrant', { KeyId, GrantId });
    expect(await listGrants({ KeyId })).toMatchObject({ Grants: [] });
    await makeDataKey(KeyId, gus);
    expect((await kms.refusal('RevokeGrant', { KeyId, GrantId })).code).toBe('NotFoundException');
    kms.advance(120);
    expect(await denied(KeyId, gus)).toBe(true);
  });
});

describe('lists', () => {
  test('KMS-45 ListGrants shows what was granted, never a token', async () => {
    const { KeyId, arn } = await createKey();
    const Constraints = { EncryptionContextEquals: { a: 'b' } };
    const RetiringPrincipal = `arn:aws:iam::${ACCOUNT}:user/retirer`;
    const { GrantId, GrantToken } = await grant(KeyId, user('hal'), { Name: 'shown', Constraints, RetiringPrincipal });
    const page = await listGrants({ KeyId });
    expect(page).toMatchObject({
      Truncated: false,
      Grants: [
        {
          KeyId: arn,
          GrantId,
          Name: 'shown',
          GranteePrincipal: `arn:aws:iam::${ACCOUNT}:user/hal`,
          RetiringPrincipal,
          IssuingAccount: `arn:aws:iam::${ACCOUNT}:root`,
          Operations: ['Decrypt', 'GenerateDataKey'],
          Constraints,
        },
      ],
    });
    expect(JSON.stringify(page)).not.toContain(GrantToken);
  });

  test('KMS-45 filters and pages', async () => {
    const { KeyId } = await createKey();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'a', 'a']) ids.push((await grant(KeyId, user(name))).GrantId);
    const pages: (string | undefined)[][] = [];
    let Marker: string | undefined;
    do {
      const page: ListGrantsResponse = await listGrants({ KeyId, Limit: 3, Marker });
      pages.push((page.Grants ?? []).map((it) => it.GrantId));
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(pages).toEqual([ids.slice(0, 3), ids.slice(3)]);
    const ofA = await listGrants({ KeyId, GranteePrincipal: user('a').principal.arn });
    expect(ofA.Grants?.map((it) => it.GrantId)).toEqual([ids[0], ids[2], ids[3]]);
    const one = await listGrants({ KeyId, GrantId: ids[1] });
    expect(one.Grants?.map((it) => it.GrantId)).toEqual([ids[1]]);
    expect((await kms.refusal('ListGrants', { KeyId, GrantId: 'nonsense' })).code).toBe('InvalidGrantIdException');
  });

  test('KMS-45 ListRetirableGrants lists by retiring principal of the own account', async () => {
    const [one, two] = [await createKey(), await createKey()];
    const RetiringPrincipal = `arn:aws:iam::${ACCOUNT}:user/cleaner`;
    const ids = [
      (await grant(one.KeyId, user('i'), { RetiringPrincipal })).GrantId,
      (await grant(two.KeyId, user('j'), { RetiringPrincipal })).GrantId,
    ];
    await grant(one.KeyId, user('k'));
    const page = await kms.run<ListGrantsResponse>('ListRetirableGrants', { RetiringPrincipal });
    expect(page.Grants?.map((it) => it.GrantId)).toEqual(ids);
    const foreign = { RetiringPrincipal: `arn:aws:iam::${OTHER_ACCOUNT}:user/cleaner` };
    expect((await kms.refusal('ListRetirableGrants', foreign)).code).toBe('AccessDeniedException');
  });
});

describe('retiring and revoking', () => {
  const may = async (name: string, input: object, who: Caller) => {
    try {
      await kms.run(name, input, kms.as(who));
      return true;
    } catch {
      return false;
    }
  };

  test('KMS-45 the retiring principal, the account and a grantee with RetireGrant may retire', async () => {
    const { KeyId, arn } = await createKey();
    const retirer = user('retirer');
    const RetiringPrincipal = retirer.principal.arn;
    const cases: [Caller, object, boolean][] = [
      [retirer, { RetiringPrincipal }, true],
      [retirer, {}, false],
      [user('l'), {}, false],
      [user('l'), { Operations: ['Decrypt', 'RetireGrant'] }, true],
      [root(), {}, true],
      [root(OTHER_ACCOUNT), {}, false],
    ];
    for (const [who, more, expected] of cases) {
      const { GrantId } = await grant(KeyId, user('l'), more);
      expect(
        await may('RetireGrant', { KeyId: arn, GrantId }, who),
        `${who.principal.arn} ${JSON.stringify(more)}`,
      ).toBe(expected);
      const { Grants } = await listGrants({ KeyId, GrantId });
      expect(Grants).toHaveLength(expected ? 0 : 1);
    }
  });

  test('KMS-45 the account may pass the right to retire on through IAM', async () => {
    const { KeyId, arn } = await createKey();
    const helper = user('helper');
    const { GrantId } = await grant(KeyId, user('l'));
    kms.grantIdentity(helper, allowing('kms:RetireGrant'));
    expect(await may('RetireGrant', { KeyId: arn, GrantId }, helper)).toBe(true);
  });

  test('KMS-45 a token alone retires its grant; a token with an id beside it does not', async () => {
    const { KeyId, arn } = await createKey();
    const { GrantId, GrantToken } = await grant(KeyId, user('m'));
    expect((await kms.refusal('RetireGrant', { GrantToken, KeyId: arn, GrantId })).code).toBe('ValidationException');
    expect((await kms.refusal('RetireGrant', { KeyId: arn })).code).toBe('ValidationException');
    await kms.run('RetireGrant', { GrantToken });
    expect(await listGrants({ KeyId })).toMatchObject({ Grants: [] });
    expect((await kms.refusal('RetireGrant', { GrantToken })).code).toBe('NotFoundException');
  });

  test('KMS-45 RevokeGrant takes kms:RevokeGrant and ends the access', async () => {
    const { KeyId } = await createKey();
    const grantee = user('n2');
    const { GrantId } = await grant(KeyId, grantee);
    await makeDataKey(KeyId, grantee);
    expect(await may('RevokeGrant', { KeyId, GrantId }, grantee)).toBe(false);
    expect((await kms.refusal('RevokeGrant', { KeyId, GrantId, DryRun: true })).code).toBe('DryRunOperationException');
    await kms.run('RevokeGrant', { KeyId, GrantId });
    expect(await denied(KeyId, grantee)).toBe(true);
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
