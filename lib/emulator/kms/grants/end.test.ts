import type { ListGrantsResponse } from '@aws-sdk/client-kms';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../context.ts';
import { ACCOUNT, allowing, OTHER_ACCOUNT, root, user } from '../testing.ts';
import { startGrants } from './testing.ts';

const { kms, dataKey, createKey, listGrants, makeDataKey, denied, grant } = startGrants();
afterAll(() => kms.close());
afterEach(() => {
  kms.world.change(ACCOUNT, { grantPropagationDelay: 0 });
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
