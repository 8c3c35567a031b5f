import { createHash, randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { CreateGrantCommand, CreateKeyCommand, ListKeysCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { CreateNamespaceCommand, CreateTableBucketCommand, ListNamespacesCommand } from '@aws-sdk/client-s3tables';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorldClock, WorldSetting } from '../../lib/contract/world.ts';
import { actorsOf, allow, makeBucket } from './actors.ts';
import { ACCOUNT, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;

beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

interface Snapshot {
  readonly account: string;
  readonly seal: string;
  readonly tables: readonly { readonly name: string; readonly rows: readonly unknown[][] }[];
  readonly files: Readonly<Record<string, string>>;
}

const take = (account: string) => emulator.admin<Snapshot>(`snapshot?account=${account}`);
const restore = (account: string, snapshot: unknown) =>
  emulator.admin<{ rows: number }>(`snapshot?account=${account}`, { body: snapshot });

/** What a snapshot says beside the moment at which it was taken. */
const contentOf = ({ tables, files, account }: Snapshot) =>
  createHash('sha256').update(JSON.stringify({ tables, files, account })).digest('hex');

test('a snapshot brings back everything: keys, identities, objects small and large, parts, clock and settings', async () => {
  const actors = actorsOf(emulator);
  const s3 = emulator.s3();
  const key = await actors.key();
  const user = await actors.user(allow(['s3:*', 'kms:*']));
  await makeBucket(s3, 'kept', { key, bucketKey: true });
  const large = randomBytes(200_000);
  await user.s3.send(new PutObjectCommand({ Bucket: 'kept', Key: 'small', Body: 'few bytes' }));
  await user.s3.send(new PutObjectCommand({ Bucket: 'kept', Key: 'large', Body: large }));
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: 'kept', Key: 'parts' }));
  await s3.send(
    new UploadPartCommand({ Bucket: 'kept', Key: 'parts', UploadId, PartNumber: 1, Body: randomBytes(70_000) }),
  );
  await emulator.s3tables().send(new CreateTableBucketCommand({ name: 'kept-tables' }));
  const tableBucketARN = `arn:aws:s3tables:us-east-1:${ACCOUNT}:bucket/kept-tables`;
  await emulator.s3tables().send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['sales'] }));
  await emulator.admin('settings', { method: 'PUT', body: { bucketKeyLifetime: 77 } });
  await emulator.admin('clock', { body: { advanceSeconds: 3600 } });
  const saved = await take(ACCOUNT);
  expect(Object.keys(saved.files)).toHaveLength(2);
  expect(JSON.stringify(saved)).not.toContain('few bytes');

  // Everything changes, and numbers that went free are taken by somebody else.
  await s3.send(new DeleteObjectCommand({ Bucket: 'kept', Key: 'large' }));
  await emulator.kms().send(new ScheduleKeyDeletionCommand({ KeyId: key, PendingWindowInDays: 7 }));
  await emulator.admin('reset', { body: {} });
  const other = emulator.s3({ credentials: rootOf('444455556666') });
  await makeBucket(other, 'others');
  for (const Key of ['a', 'b', 'c']) await other.send(new PutObjectCommand({ Bucket: 'others', Key, Body: Key }));

  const { rows } = await restore(ACCOUNT, saved);
  expect(rows).toBe(saved.tables.reduce((sum, table) => sum + table.rows.length, 0));
  const read = async (Key: string) =>
    Buffer.from(
      (await (await user.s3.send(new GetObjectCommand({ Bucket: 'kept', Key }))).Body?.transformToByteArray()) ?? [],
    );
  expect((await read('small')).toString()).toBe('few bytes');
  expect((await read('large')).equals(large)).toBe(true);
  const { Parts = [] } = await s3.send(new ListPartsCommand({ Bucket: 'kept', Key: 'parts', UploadId }));
  expect(Parts.map(({ Size }) => Size)).toEqual([70_000]);
  const { namespaces } = await emulator.s3tables().send(new ListNamespacesCommand({ tableBucketARN }));
  expect(namespaces?.map(({ namespace }) => namespace)).toEqual([['sales']]);
  const settings = await emulator.admin<WorldSetting[]>('settings');
  expect(settings.find(({ name }) => name === 'bucketKeyLifetime')?.value).toBe(77);
  expect((await emulator.admin<WorldClock>('clock')).ahead).toBe(3600);
  expect(await (await other.send(new GetObjectCommand({ Bucket: 'others', Key: 'b' }))).Body?.transformToString()).toBe(
    'b',
  );
});

test('restoring twice is restoring once, and what came after the snapshot is gone', async () => {
  const account = '222233334444';
  const kms = emulator.kms({ credentials: rootOf(account) });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  await kms.send(
    new CreateGrantCommand({
      KeyId: KeyMetadata?.KeyId,
      GranteePrincipal: `arn:aws:iam::${account}:root`,
      Operations: ['Decrypt'],
    }),
  );
  const saved = await take(account);
  await kms.send(new CreateKeyCommand({}));
  await restore(account, saved);
  await restore(account, saved);
  const { Keys = [] } = await kms.send(new ListKeysCommand({}));
  expect(Keys.map(({ KeyId }) => KeyId)).toEqual([KeyMetadata?.KeyId]);
  expect(contentOf(await take(account))).toBe(contentOf(saved));
});

test('bad input is refused in one sentence, and nothing changes', async () => {
  const account = '333344445555';
  const s3 = emulator.s3({ credentials: rootOf(account) });
  await makeBucket(s3, 'wanted');
  await s3.send(new PutObjectCommand({ Bucket: 'wanted', Key: 'one', Body: randomBytes(100_000) }));
  const saved = await take(account);
  const before = contentOf(await take(account));
  for (const [bad, sentence] of [
    [{}, 'The body takes a snapshot'],
    [[], 'The body takes a snapshot'],
    [{ ...saved, format: 'another' }, 'has a format that is not known'],
    [{ ...saved, seal: 'x' }, 'was changed, or was saved with another root key'],
    [{ ...saved, tables: saved.tables.slice(1) }, 'was changed'],
    [{ ...saved, files: { '../../etc/passwd': 'AAAA' } }, 'was changed'],
    [{ ...saved, account: '999988887777' }, 'was changed'],
  ] as const) {
    await expect(restore(account, bad)).rejects.toThrow(sentence);
  }
  await expect(restore('999988887777', saved)).rejects.toThrow('409 This snapshot is of account 333344445555');
  expect(contentOf(await take(account))).toBe(before);

  // Somebody else has the bucket's name by now.
  await emulator.admin(`reset?account=${account}`, { body: {} });
  await makeBucket(emulator.s3({ credentials: rootOf('666677778888') }), 'wanted');
  const empty = contentOf(await take(account));
  await expect(restore(account, saved)).rejects.toThrow('409 Something of this snapshot belongs to another account');
  expect(contentOf(await take(account))).toBe(empty);
});

test('every table of the state belongs to a snapshot', async () => {
  const { tables } = await take(ACCOUNT);
  const database = new DatabaseSync(`${emulator.dataDir}/state.db`, { readOnly: true });
  const all = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'migration'")
    .all();
  database.close();
  expect(tables.map(({ name }) => name).toSorted()).toEqual(all.map(({ name }) => String(name)).toSorted());
});
