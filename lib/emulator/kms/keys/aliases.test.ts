import type { CreateKeyResponse, ListAliasesResponse } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT, allowing, type Kms, keyPolicy, REGION, startKms, user } from '../testing.ts';

let kms: Kms;
beforeAll(() => {
  kms = startKms();
});
afterAll(() => kms.close());

async function createKey(input: object = {}) {
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', input);
  return KeyMetadata?.KeyId ?? '';
}
const list = (input: object = {}) => kms.run<ListAliasesResponse>('ListAliases', input);

test('KMS-12 an alias is made, listed, moved and removed; it is no part of the key', async () => {
  const [one, two] = [await createKey(), await createKey()];
  const AliasName = 'alias/team/blue_1-x';
  await kms.run('CreateAlias', { AliasName, TargetKeyId: one });
  expect((await list({ KeyId: one })).Aliases).toMatchObject([
    { AliasName, AliasArn: `arn:aws:kms:${REGION}:${ACCOUNT}:${AliasName}`, TargetKeyId: one },
  ]);
  expect(JSON.stringify(await kms.run('DescribeKey', { KeyId: AliasName }))).not.toContain('alias');
  await kms.run('UpdateAlias', { AliasName, TargetKeyId: two });
  expect((await list({ KeyId: one })).Aliases).toEqual([]);
  expect(await kms.run('DescribeKey', { KeyId: AliasName })).toMatchObject({ KeyMetadata: { KeyId: two } });
  await kms.run('DeleteAlias', { AliasName });
  expect((await kms.refusal('DescribeKey', { KeyId: AliasName })).code).toBe('NotFoundException');
  expect((await kms.refusal('DeleteAlias', { AliasName })).code).toBe('NotFoundException');
});

test('KMS-12 what is there already, reserved or no alias is refused', async () => {
  const TargetKeyId = await createKey();
  await kms.run('CreateAlias', { AliasName: 'alias/taken', TargetKeyId });
  expect(await kms.refusal('CreateAlias', { AliasName: 'alias/taken', TargetKeyId })).toEqual({
    code: 'AlreadyExistsException',
    status: 400,
    message: `An alias with the name arn:aws:kms:${REGION}:${ACCOUNT}:alias/taken already exists`,
  });
  expect((await kms.refusal('CreateAlias', { AliasName: 'taken', TargetKeyId })).message).toMatch(
    /^Alias must start with the prefix "alias\/"\./,
  );
  for (const AliasName of ['alias/aws/s3', 'alias/']) {
    expect((await kms.refusal('CreateAlias', { AliasName, TargetKeyId })).code).toBe('InvalidAliasNameException');
  }
});

test('KMS-12 an alias moves only between keys of one type and usage', async () => {
  const symmetric = await createKey();
  const hmac = await createKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  await kms.run('CreateAlias', { AliasName: 'alias/typed', TargetKeyId: symmetric });
  expect((await kms.refusal('UpdateAlias', { AliasName: 'alias/typed', TargetKeyId: hmac })).code).toBe(
    'ValidationException',
  );
});

test('LIM-05 a key has 50 aliases at most', async () => {
  const TargetKeyId = await createKey();
  for (let at = 0; at < 50; at += 1) await kms.run('CreateAlias', { AliasName: `alias/many-${at}`, TargetKeyId });
  expect((await kms.refusal('CreateAlias', { AliasName: 'alias/many-50', TargetKeyId })).code).toBe(
    'LimitExceededException',
  );
  const names: (string | undefined)[] = [];
  let Marker: string | undefined;
  do {
    const page: ListAliasesResponse = await list({ KeyId: TargetKeyId, Limit: 20, Marker });
    names.push(...(page.Aliases ?? []).map((alias) => alias.AliasName));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  expect(new Set(names).size).toBe(50);
});

test('KMS-12 an alias needs permission on the alias and on the key', async () => {
  const henry = user('henry');
  const TargetKeyId = await createKey({
    Policy: keyPolicy(
      { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*' },
      { Principal: { AWS: henry.principal.arn }, Action: 'kms:CreateAlias' },
    ),
  });
  const input = { AliasName: 'alias/henry', TargetKeyId };
  expect((await kms.refusal('CreateAlias', input, kms.as(henry))).message).toContain(':alias/henry');
  kms.grantIdentity(henry, allowing('kms:CreateAlias'));
  await kms.run('CreateAlias', input, kms.as(henry));
});

describe('tags', () => {
  test('they are set, replaced, listed in pages and removed', async () => {
    const KeyId = await createKey({ Tags: [{ TagKey: 'a', TagValue: '1' }] });
    await kms.run('TagResource', {
      KeyId,
      Tags: [
        { TagKey: 'a', TagValue: '2' },
        { TagKey: 'b', TagValue: '' },
        { TagKey: 'c', TagValue: '3' },
      ],
    });
    const first = await kms.run<{ NextMarker: string }>('ListResourceTags', { KeyId, Limit: 2 });
    expect(first).toMatchObject({
      Truncated: true,
      Tags: [
        { TagKey: 'a', TagValue: '2' },
        { TagKey: 'b', TagValue: '' },
      ],
    });
    expect(await kms.run('ListResourceTags', { KeyId, Marker: first.NextMarker })).toEqual({
      Truncated: false,
      Tags: [{ TagKey: 'c', TagValue: '3' }],
    });
    await kms.run('UntagResource', { KeyId, TagKeys: ['a', 'c', 'none'] });
    expect(await kms.run('ListResourceTags', { KeyId })).toMatchObject({ Tags: [{ TagKey: 'b' }] });
  });

  test('fifty and not one more', async () => {
    const KeyId = await createKey();
    const tags = (from: number, count: number) =>
      Array.from({ length: count }, (_, at) => ({ TagKey: `k${from + at}`, TagValue: '' }));
    await kms.run('TagResource', { KeyId, Tags: tags(0, 50) });
    expect(await kms.refusal('TagResource', { KeyId, Tags: tags(50, 1) })).toMatchObject({
      code: 'TagException',
      message: 'Too many tags',
    });
  });
});
