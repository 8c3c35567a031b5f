/** Maintenance of tables, run as AWS runs it: in the name of the service principal, on the files that lie there. */

import { DisableKeyCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  GetTableMaintenanceJobStatusCommand,
  GetTableMetadataLocationCommand,
  PutTableMaintenanceConfigurationCommand,
} from '@aws-sdk/client-s3tables';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readManifestList } from '../../lib/iceberg/manifest.ts';
import { currentSchema, currentSnapshot, parseMetadata, type TableMetadata } from '../../lib/iceberg/metadata.ts';
import { readRows } from '../../lib/iceberg/read-rows.ts';
import { liveEntries, readManifest } from '../../lib/iceberg/rewrite.ts';
import { maintenanceStatement } from '../../lib/scenarios/policies.ts';
import { openTable } from '../../lib/uploads/iceberg/append.ts';
import { type Actors, actorsOf } from './actors.ts';
import { ACCOUNT, startTestEmulator, type TestEmulator } from './harness.ts';

const BUCKET = `arn:aws:s3tables:us-east-1:${ACCOUNT}:bucket/lake`;
const DAY = 86_400;

let emulator: TestEmulator;
let actors: Actors;

beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
  const tables = emulator.s3tables();
  await tables.send(new CreateTableBucketCommand({ name: 'lake' }));
  await tables.send(new CreateNamespaceCommand({ tableBucketARN: BUCKET, namespace: ['sales'] }));
  await emulator.admin('settings', { method: 'PUT', body: { maintenanceInterval: 0 } });
});
afterAll(() => emulator.close());

const named = (name: string) => ({ tableBucketARN: BUCKET, namespace: 'sales', name });
const advance = (advanceSeconds: number) => emulator.admin('clock', { body: { advanceSeconds } });
const run = (name: string) => emulator.admin<{ requestId: string }>('maintenance', { body: named(name) });

async function makeTable(name: string, kmsKeyArn?: string): Promise<void> {
  await emulator.s3tables().send(
    new CreateTableCommand({
      ...named(name),
      format: 'ICEBERG',
      metadata: {
        iceberg: {
          schema: {
            fields: [
              { name: 'id', type: 'long', required: true },
              { name: 'at', type: 'timestamptz' },
              { name: 'note', type: 'string' },
            ],
          },
        },
      },
      ...(kmsKeyArn !== undefined && { encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn } }),
    }),
  );
}

/** Appends files of three rows each, one snapshot a file. */
async function append(name: string, files: number): Promise<void> {
  const writer = await openTable({ s3: emulator.s3(), s3tables: emulator.s3tables(), table: named(name) });
  for (let file = 0; file < files; file += 1) {
    const rows = [0, 1, 2].map((row) => ({
      id: file * 3 + row,
      at: new Date(file * 1000),
      note: row === 1 ? null : 'ü',
    }));
    await writer.commit([await writer.writeDataFile(rows)]);
  }
}

async function get(location: string): Promise<Buffer | undefined> {
  const [, , Bucket = '', ...key] = location.split('/');
  const answer = await emulator
    .s3()
    .send(new GetObjectCommand({ Bucket, Key: key.join('/') }))
    .catch(() => undefined);
  return answer && Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
}

async function metadataOf(name: string): Promise<TableMetadata> {
  const { metadataLocation = '' } = await emulator.s3tables().send(new GetTableMetadataLocationCommand(named(name)));
  return parseMetadata(String(await get(metadataLocation)));
}

/** Data files and rows of the current snapshot, as a reader finds them. */
async function scan(name: string) {
  const metadata = await metadataOf(name);
  const list = readManifestList((await get(currentSnapshot(metadata)?.['manifest-list'] ?? '')) ?? Buffer.alloc(0));
  const files: string[] = [];
  const ids: number[] = [];
  for (const listed of list) {
    const manifest = readManifest((await get(listed.manifest_path)) ?? Buffer.alloc(0), listed);
    for (const { data_file: file } of liveEntries(manifest)) {
      files.push(file.file_path);
      const rows = await readRows((await get(file.file_path)) ?? new Uint8Array(), currentSchema(metadata));
      ids.push(...rows.map((row) => Number(row['id'])));
    }
  }
  return { metadata, files, ids: ids.toSorted((a, b) => a - b) };
}

async function statusOf(name: string) {
  const { status } = await emulator.s3tables().send(new GetTableMaintenanceJobStatusCommand(named(name)));
  return Object.fromEntries(Object.entries(status ?? {}).map(([job, it]) => [job, it.status]));
}

const ALL_SUCCESSFUL = {
  icebergCompaction: 'Successful',
  icebergSnapshotManagement: 'Successful',
  icebergUnreferencedFileRemoval: 'Successful',
};

describe('compaction', () => {
  test('PERM-04 small files become one under the key of the table, and every row stays', async () => {
    const key = await actors.key(maintenanceStatement(BUCKET));
    await makeTable('small', key);
    await append('small', 6);
    const before = await scan('small');
    expect(before.files).toHaveLength(6);
    await run('small');
    const after = await scan('small');
    expect(after.files).toHaveLength(1);
    expect(after.ids).toEqual(before.ids);
    expect(currentSnapshot(after.metadata)?.summary).toMatchObject({
      operation: 'replace',
      'added-data-files': '1',
      'deleted-data-files': '6',
      'total-records': '18',
      'total-data-files': '1',
    });
    expect(await statusOf('small')).toEqual(ALL_SUCCESSFUL);
    const [, , Bucket = '', ...rest] = String(after.files[0]).split('/');
    const file = await emulator.s3().send(new GetObjectCommand({ Bucket, Key: rest.join('/') }));
    expect(file.SSEKMSKeyId).toBe(key);
  });

  test('the snapshots before it still read the files that they name', async () => {
    await makeTable('history');
    await append('history', 3);
    const before = await metadataOf('history');
    await run('history');
    const list = readManifestList((await get(currentSnapshot(before)?.['manifest-list'] ?? '')) ?? Buffer.alloc(0));
    expect(list).toHaveLength(3);
    // A second run finds nothing to do.
    const once = await metadataOf('history');
    await run('history');
    expect(await metadataOf('history')).toEqual(once);
  });

  test('TB-49 a job that is switched off does nothing', async () => {
    await makeTable('off');
    await append('off', 3);
    await emulator.s3tables().send(
      new PutTableMaintenanceConfigurationCommand({
        ...named('off'),
        type: 'icebergCompaction',
        value: { status: 'disabled' },
      }),
    );
    await run('off');
    expect((await scan('off')).files).toHaveLength(3);
    expect(await statusOf('off')).toMatchObject({ icebergCompaction: 'Disabled' });
  });

  test('a file that is no Parquet fails the job with a sentence, and the table stays', async () => {
    await makeTable('broken');
    await append('broken', 2);
    const before = await scan('broken');
    const [, , Bucket = '', ...rest] = String(before.files[0]).split('/');
    await emulator.s3().send(new PutObjectCommand({ Bucket, Key: rest.join('/'), Body: 'no Parquet at all' }));
    await run('broken');
    expect(await statusOf('broken')).toEqual({ ...ALL_SUCCESSFUL, icebergCompaction: 'Failed' });
    expect(await metadataOf('broken')).toEqual(before.metadata);
  });
});

test('snapshots older than the limit expire, their files go days later, and the table reads on', async () => {
  await makeTable('old');
  await append('old', 4);
  await run('old');
  const before = await scan('old');
  const lists = before.metadata.snapshots?.map((it) => it['manifest-list']) ?? [];
  await advance(6 * DAY);
  await run('old');
  const expired = await scan('old');
  expect(expired.metadata.snapshots).toHaveLength(1);
  // Noncurrent now, deleted ten days later.
  expect(await get(lists[0] ?? '')).toBeDefined();
  await advance(11 * DAY);
  await run('old');
  expect(await get(lists[0] ?? '')).toBeUndefined();
  expect((await scan('old')).ids).toEqual(before.ids);
});

test('TB-60 a disabled key fails every job, and the table stays as it is', async () => {
  const key = await actors.key(maintenanceStatement(BUCKET));
  await makeTable('locked', key);
  await append('locked', 3);
  const { metadataLocation } = await emulator.s3tables().send(new GetTableMetadataLocationCommand(named('locked')));
  await emulator.kms().send(new DisableKeyCommand({ KeyId: key }));
  await run('locked');
  expect(new Set(Object.values(await statusOf('locked')))).toEqual(new Set(['Failed']));
  const after = await emulator.s3tables().send(new GetTableMetadataLocationCommand(named('locked')));
  expect(after.metadataLocation).toBe(metadataLocation);
});

test('runs by itself once the interval has passed on the world clock', async () => {
  await makeTable('by_itself');
  await append('by_itself', 3);
  await emulator.admin('settings', { method: 'PUT', body: { maintenanceInterval: DAY } });
  await advance(DAY - 3600);
  expect((await scan('by_itself')).files).toHaveLength(3);
  await advance(3601);
  expect((await scan('by_itself')).files).toHaveLength(1);
  expect(await statusOf('by_itself')).toEqual(ALL_SUCCESSFUL);
});
