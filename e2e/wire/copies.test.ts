/** The ways to another key, over the wire: objects of a directory bucket, and rows of a table. */

import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  GetTableEncryptionCommand,
  GetTableMetadataLocationCommand,
} from '@aws-sdk/client-s3tables';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyObjects } from '../../lib/copies/copy-objects.ts';
import { copyTable, openSource } from '../../lib/copies/copy-table.ts';
import type { CopyProgress } from '../../lib/copies/record.ts';
import { readRows } from '../../lib/iceberg/read-rows.ts';
import { appendToTable } from '../../lib/uploads/iceberg/append.ts';
import { makeDirectoryBucket } from './actors.ts';
import { ACCOUNT, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
beforeAll(async () => void (emulator = await startTestEmulator()));
afterAll(() => emulator.close());

const never = new AbortController().signal;
async function key(): Promise<string> {
  const statement = (Principal: object) => ({ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' });
  const Statement = [
    statement({ AWS: `arn:aws:iam::${ACCOUNT}:root` }),
    statement({ Service: 'maintenance.s3tables.amazonaws.com' }),
  ];
  const { KeyMetadata } = await emulator
    .kms()
    .send(new CreateKeyCommand({ Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  return KeyMetadata?.Arn ?? '';
}

test('DB-11 all objects of a directory bucket get the key of the new one', async () => {
  const s3 = emulator.s3();
  const [old, next] = [await key(), await key()];
  const [from, to] = ['from--use1-az4--x-s3', 'to--use1-az4--x-s3'];
  await makeDirectoryBucket(s3, from, old);
  await makeDirectoryBucket(s3, to, next);
  const names = ['a', 'in/b c', 'ünï?&'];
  for (const Key of names) await s3.send(new PutObjectCommand({ Bucket: from, Key, Body: Key }));
  let progress: CopyProgress = {};
  await copyObjects(s3, from, to, never, (more) => (progress = { ...progress, ...more }));
  expect(progress).toMatchObject({ total: 3, done: 3, failed: 0 });
  for (const Key of names) {
    const head = await s3.send(new HeadObjectCommand({ Bucket: to, Key }));
    expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: next });
  }
});

test('TB-10 the rows of a table come into a new one with another key, all in one snapshot', async () => {
  const [s3, s3tables] = [emulator.s3(), emulator.s3tables()];
  const { arn: tableBucketARN } = await s3tables.send(new CreateTableBucketCommand({ name: 'lake' }));
  const names = { tableBucketARN: tableBucketARN ?? '', namespace: 'web' };
  await s3tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['web'] }));
  const next = await key();
  const fields = [
    { name: 'id', type: 'long' },
    { name: 'who', type: 'string' },
  ];
  const make = (name: string, kmsKeyArn?: string) =>
    s3tables.send(
      new CreateTableCommand({
        ...names,
        name,
        format: 'ICEBERG',
        metadata: { iceberg: { schema: { fields } } },
        ...(kmsKeyArn ? { encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn } } : {}),
      }),
    );
  await make('old');
  await make('new', next);
  const from = { ...names, name: 'old' };
  const to = { ...names, name: 'new' };
  const rows = [
    { id: 1n, who: 'mia' },
    { id: 2n, who: null },
  ];
  for (const row of rows) await appendToTable({ s3, s3tables, table: from, rows: [row] });
  let progress: CopyProgress = {};
  await copyTable({ s3, s3tables }, from, to, never, (more) => (progress = { ...progress, ...more }));
  expect(progress).toMatchObject({ total: 2, done: 2, rows: 2 });
  const { files, schema, paths } = await openSource({ s3, s3tables }, to);
  const copied = await Promise.all(
    paths.map(async (path) => (schema ? readRows(await files.get('data', path), schema) : [])),
  );
  expect(copied.flat()).toEqual(expect.arrayContaining(rows));
  expect(copied.flat()).toHaveLength(2);
  const encryption = await s3tables.send(new GetTableEncryptionCommand(to));
  expect(encryption.encryptionConfiguration?.kmsKeyArn).toBe(next);
});

test('a copy that is stopped leaves the new table as it was', async () => {
  const [s3, s3tables] = [emulator.s3(), emulator.s3tables()];
  const tableBucketARN = `arn:aws:s3tables:us-east-1:${ACCOUNT}:bucket/lake`;
  const names = { tableBucketARN, namespace: 'web' };
  await s3tables.send(
    new CreateTableCommand({
      ...names,
      name: 'stopped',
      format: 'ICEBERG',
      metadata: {
        iceberg: {
          schema: {
            fields: [
              { name: 'id', type: 'long' },
              { name: 'who', type: 'string' },
            ],
          },
        },
      },
    }),
  );
  const to = { ...names, name: 'stopped' };
  const before = await s3tables.send(new GetTableMetadataLocationCommand(to));
  const stop = new AbortController();
  const copy = copyTable({ s3, s3tables }, { ...names, name: 'old' }, to, stop.signal, ({ done }) => {
    if (done === 1) stop.abort();
  });
  await expect(copy).rejects.toThrow(/abort/i);
  const after = await s3tables.send(new GetTableMetadataLocationCommand(to));
  expect(after.metadataLocation).toBe(before.metadataLocation);
});
