import { CreateUserCommand } from '@aws-sdk/client-iam';
import { CreateGrantCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateTableBucketCommand } from '@aws-sdk/client-s3tables';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerPage, LedgerRecord } from '../../lib/contract/ledger.ts';
import type { WorldClock } from '../../lib/contract/world.ts';
import { actorsOf, allow, makeBucket } from './actors.ts';
import { rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;

beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

const CLOCK = '2026-03-02T09:00:00.000Z';

/** A little of everything that makes ids, in an account that begins anew. Gives all that can be seen of it. */
async function story(account: string, seed: string | undefined) {
  await emulator.admin('reset', { body: { account, clock: CLOCK, ...(seed !== undefined && { seed }) } });
  const root = { credentials: rootOf(account) };
  const actors = actorsOf(emulator, account);
  const kms = emulator.kms(root);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const { User } = await emulator.iam(root).send(new CreateUserCommand({ UserName: 'mia' }));
  const grant = await kms.send(
    new CreateGrantCommand({ KeyId: KeyMetadata?.KeyId, GranteePrincipal: User?.Arn, Operations: ['Decrypt'] }),
  );
  const role = await actors.role('Writer', allow(['s3:*', 'kms:*']));
  const { Credentials } = await emulator
    .sts(root)
    .send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'one' }));
  const bucket = `story-${account}`;
  await makeBucket(emulator.s3(root), bucket, { key: KeyMetadata?.Arn ?? '', bucketKey: true });
  const { ETag } = await emulator.s3(root).send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'a' }));
  await emulator.admin('clock', { body: { account, advanceSeconds: 60 } });
  const tables = await emulator.s3tables(root).send(new CreateTableBucketCommand({ name: 'tables' }));
  const { records } = await emulator.admin<LedgerPage>(`ledger?account=${account}&limit=200`);
  return {
    key: KeyMetadata?.KeyId,
    created: KeyMetadata?.CreationDate?.toISOString(),
    user: User?.UserId,
    grant: grant.GrantId,
    session: Credentials?.AccessKeyId,
    expires: Credentials?.Expiration?.toISOString(),
    ETag,
    tables: tables.arn,
    // The one thing that no seed repeats is how long the machine took.
    ledger: records.map((record): LedgerRecord => ({ ...record, durationMs: 0 })),
  };
}

test('one seed and one clock give the same ids, ARNs, times and request ids again', async () => {
  const first = await story('121212121212', 'one key for life');
  const second = await story('121212121212', 'one key for life');
  expect(second).toEqual(first);
  expect(first.created).toBe(CLOCK);
  expect(first.ledger.length).toBeGreaterThan(8);
  expect(new Set(first.ledger.map(({ requestId }) => requestId)).size).toBe(first.ledger.length);
});

test('another seed, another account or none gives other ids; secrets never repeat', async () => {
  const first = await story('121212121212', 'one');
  const others = [
    await story('121212121212', 'two'),
    await story('343434343434', 'one'),
    await story('343434343434', undefined),
  ];
  const ids = [first, ...others].flatMap(({ key, user, grant, session, ETag }) => [key, user, grant, session, ETag]);
  expect(new Set(ids).size).toBe(ids.length);
  const root = { credentials: rootOf('343434343434') };
  const secret = async () => {
    await emulator.admin('reset', { body: { account: '343434343434', seed: 'one', clock: CLOCK } });
    const arn = await actorsOf(emulator, '343434343434').role('Writer', allow(['s3:*']));
    const answer = await emulator.sts(root).send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'one' }));
    return answer.Credentials;
  };
  const [a, b] = [await secret(), await secret()];
  expect(a?.AccessKeyId).toBe(b?.AccessKeyId);
  expect(a?.SecretAccessKey).not.toBe(b?.SecretAccessKey);
});

test('a clock that stands moves only when it is told to', async () => {
  const account = '565656565656';
  const clock = () => emulator.admin<WorldClock>(`clock?account=${account}`);
  await emulator.admin('reset', { body: { account, clock: CLOCK } });
  expect(await clock()).toMatchObject({ now: CLOCK, standing: true });
  await emulator.admin('clock', { body: { account, advanceSeconds: 90 } });
  expect((await clock()).now).toBe('2026-03-02T09:01:30.000Z');
  await emulator.admin('reset', { body: { account } });
  expect(await clock()).toEqual({ now: expect.any(String), ahead: 0 });
  await expect(emulator.admin('reset', { body: { account, clock: 'noon' } })).rejects.toThrow('400 clock takes');
  await expect(emulator.admin('reset', { body: { account, seed: 7 } })).rejects.toThrow('400 seed takes');
  await expect(emulator.admin('reset', { body: { account, seed: 'x'.repeat(200) } })).rejects.toThrow('400 seed takes');
});
