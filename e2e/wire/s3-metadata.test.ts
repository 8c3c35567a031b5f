/** S3 Metadata: the journal of a general purpose bucket in a table of S3 Tables, written by its own service principal. */

import { DisableKeyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  CreateBucketMetadataConfigurationCommand,
  CreateBucketMetadataTableConfigurationCommand,
  DeleteBucketMetadataConfigurationCommand,
  DeleteObjectCommand,
  GetBucketMetadataConfigurationCommand,
  GetBucketMetadataTableConfigurationCommand,
  GetObjectCommand,
  PutObjectCommand,
  UpdateBucketMetadataJournalTableConfigurationCommand,
} from '@aws-sdk/client-s3';
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  GetTableCommand,
  GetTableEncryptionCommand,
  ListTableBucketsCommand,
} from '@aws-sdk/client-s3tables';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readManifestList } from '../../lib/iceberg/manifest.ts';
import { currentSchema, currentSnapshot, parseMetadata } from '../../lib/iceberg/metadata.ts';
import { readRows } from '../../lib/iceberg/read-rows.ts';
import { liveEntries, readManifest } from '../../lib/iceberg/rewrite.ts';
import type { Row } from '../../lib/iceberg/values.ts';
import type { Statement } from '../../lib/scenarios/policies.ts';
import { type Actors, actorsOf } from './actors.ts';
import { ACCOUNT, refusal, startTestEmulator, type TestEmulator } from './harness.ts';

const MANAGED = `arn:aws:s3tables:us-east-1:${ACCOUNT}:bucket/aws-s3`;

let emulator: TestEmulator;
let actors: Actors;
let counter = 0;

beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
});
afterAll(() => emulator.close());

const namespaceOf = (bucket: string) => `b_${bucket.replaceAll('-', '_')}`;

const services = (...names: readonly string[]): Statement => ({
  Sid: 'Services',
  Effect: 'Allow',
  Principal: { Service: names },
  Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
  Resource: '*',
  Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': `${MANAGED}/*` } },
});
const BOTH = services('maintenance.s3tables.amazonaws.com', 'metadata.s3.amazonaws.com');

async function makeBucket(): Promise<string> {
  counter += 1;
  const Bucket = `watched-${counter}`;
  await emulator.s3().send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

const configure = (Bucket: string, KmsKeyArn?: string) =>
  emulator.s3().send(
    new CreateBucketMetadataConfigurationCommand({
      Bucket,
      MetadataConfiguration: {
        JournalTableConfiguration: {
          RecordExpiration: { Expiration: 'ENABLED', Days: 30 },
          ...(KmsKeyArn !== undefined && { EncryptionConfiguration: { SseAlgorithm: 'aws:kms', KmsKeyArn } }),
        },
      },
    }),
  );

async function journalOf(Bucket: string) {
  const answer = await emulator.s3().send(new GetBucketMetadataConfigurationCommand({ Bucket }));
  const result = answer.GetBucketMetadataConfigurationResult?.MetadataConfigurationResult;
  return { ...result?.JournalTableConfigurationResult, destination: result?.DestinationResult };
}

/** Answers once everything that was written down is in its table. */
const settled = () => emulator.admin('clock', { body: { advanceSeconds: 1 } });

async function get(location: string): Promise<Buffer> {
  const [, , Bucket = '', ...key] = location.split('/');
  const { Body } = await emulator.s3().send(new GetObjectCommand({ Bucket, Key: key.join('/') }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

/** The rows of a table in the order in which they were added. */
async function rowsOf(tableArn: string): Promise<Row[]> {
  const { metadataLocation = '' } = await emulator.s3tables().send(new GetTableCommand({ tableArn }));
  const metadata = parseMetadata(String(await get(metadataLocation)));
  const list = currentSnapshot(metadata)?.['manifest-list'];
  const rows: Row[] = [];
  for (const listed of list === undefined ? [] : readManifestList(await get(list)).toReversed()) {
    for (const { data_file: file } of liveEntries(readManifest(await get(listed.manifest_path), listed))) {
      rows.push(...(await readRows(await get(file.file_path), currentSchema(metadata))));
    }
  }
  return rows;
}

test('TB-22 PERM-07 every change of an object becomes a row of the journal table, under the key that was configured', async () => {
  const Bucket = await makeBucket();
  const key = await actors.key(BOTH);
  await configure(Bucket, key);
  const journal = await journalOf(Bucket);
  expect(journal).toMatchObject({
    TableStatus: 'ACTIVE',
    TableName: 'journal',
    RecordExpiration: { Expiration: 'ENABLED', Days: 30 },
    destination: { TableBucketType: 'aws', TableBucketArn: MANAGED, TableNamespace: namespaceOf(Bucket) },
  });
  const s3 = emulator.s3();
  await s3.send(
    new PutObjectCommand({ Bucket, Key: 'a', Body: 'hello', ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key }),
  );
  await s3.send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'plain' }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
  await settled();
  const rows = await rowsOf(journal.TableArn ?? '');
  expect(rows).toMatchObject([
    {
      bucket: Bucket,
      key: 'a',
      record_type: 'CREATE',
      size: 5n,
      encryption_status: 'SSE-KMS',
      kms_key_arn: key,
      requester: ACCOUNT,
      source_ip_address: '127.0.0.1',
    },
    { key: 'b', record_type: 'CREATE', encryption_status: 'SSE-S3', kms_key_arn: null },
    { key: 'a', record_type: 'DELETE', size: null },
  ]);
  const numbers = rows.map((row) => String(row['sequence_number']));
  expect(numbers).toEqual(numbers.toSorted((one, other) => (one < other ? -1 : 1)));
  const table = await emulator.s3tables().send(new GetTableCommand({ tableArn: journal.TableArn ?? '' }));
  expect(table.type).toBe('aws');
  const encryption = await emulator
    .s3tables()
    .send(new GetTableEncryptionCommand({ tableBucketARN: MANAGED, namespace: namespaceOf(Bucket), name: 'journal' }));
  expect(encryption.encryptionConfiguration).toEqual({ sseAlgorithm: 'aws:kms', kmsKeyArn: key });
  const { records } = await emulator.admin<{ records: { principalArn: string }[] }>(
    `ledger?resource=${encodeURIComponent(journal.TableArn ?? '')}`,
  );
  expect(records.map((record) => record.principalArn)).toContain('metadata.s3.amazonaws.com');
});

test('TB-22 the AWS managed bucket is one of its own type, and only services create and write tables there', async () => {
  await configure(await makeBucket());
  const tables = emulator.s3tables();
  const list = async (type?: 'aws') =>
    (await tables.send(new ListTableBucketsCommand({ type }))).tableBuckets?.map((bucket) => [
      bucket.name,
      bucket.type,
    ]);
  expect(await list('aws')).toEqual([['aws-s3', 'aws']]);
  expect(await list()).toEqual([]);
  const namespace = { tableBucketARN: MANAGED, namespace: ['mine'] };
  expect(await refusal(tables.send(new CreateNamespaceCommand(namespace)))).toMatchObject({ status: 403 });
  const named = { tableBucketARN: MANAGED, namespace: namespaceOf(`watched-${counter}`), name: 'mine' };
  expect(await refusal(tables.send(new CreateTableCommand({ ...named, format: 'ICEBERG' })))).toMatchObject({
    status: 403,
  });
  const { warehouseLocation = '' } = await tables.send(new GetTableCommand({ ...named, name: 'journal' }));
  const write = new PutObjectCommand({ Bucket: warehouseLocation.slice(5), Key: 'data/x', Body: 'x' });
  expect(await refusal(emulator.s3().send(write))).toMatchObject({ status: 403 });
});

test.each([
  ['no service', []],
  ['maintenance alone', [services('maintenance.s3tables.amazonaws.com')]],
])(
  'TB-13 PERM-07 a key that lets %s in: the request succeeds, the table fails with the documented sentence',
  async (_name, statements) => {
    const Bucket = await makeBucket();
    await configure(Bucket, await actors.key(...statements));
    const journal = await journalOf(Bucket);
    expect(journal).toMatchObject({ TableStatus: 'FAILED', Error: { ErrorCode: 'AccessDeniedCreatingResources' } });
    expect(journal.Error?.ErrorMessage).toContain(
      "granting access to the S3 service principals 'maintenance.s3tables.amazonaws.com' and 'metadata.s3.amazonaws.com'.",
    );
    expect(journal.TableArn).toBeUndefined();
  },
);

test('PERM-07 a principal that loses the key ends the journal, with the documented sentence; objects are not touched by it', async () => {
  const Bucket = await makeBucket();
  const key = await actors.key(BOTH);
  await configure(Bucket, key);
  const s3 = emulator.s3();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'before', Body: 'x' }));
  await settled();
  await emulator.kms().send(new DisableKeyCommand({ KeyId: key }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'after', Body: 'x' }));
  await settled();
  expect(await journalOf(Bucket)).toMatchObject({
    TableStatus: 'FAILED',
    Error: {
      ErrorCode: 'AccessDeniedWritingToTable',
      ErrorMessage:
        'Unable to write to the metadata table because of missing resource permissions. To fix the resource policy, Amazon S3 needs to create a new metadata table. To create a new metadata table, you must delete the metadata configuration for this bucket, and then create a new metadata configuration.',
    },
  });
  // The table is still there, so a new configuration says so.
  await s3.send(new DeleteBucketMetadataConfigurationCommand({ Bucket }));
  expect(await refusal(journalOf(Bucket))).toMatchObject({ code: 'MetadataConfigurationNotFound', status: 404 });
  await configure(Bucket);
  expect(await journalOf(Bucket)).toMatchObject({ Error: { ErrorCode: 'JournalTableAlreadyExists' } });
});

test('version 1 writes into a table bucket of ones own, under its default', async () => {
  const Bucket = await makeBucket();
  const { arn = '' } = await emulator.s3tables().send(new CreateTableBucketCommand({ name: 'own' }));
  const destination = (TableBucketArn: string) =>
    emulator.s3().send(
      new CreateBucketMetadataTableConfigurationCommand({
        Bucket,
        MetadataTableConfiguration: { S3TablesDestination: { TableBucketArn, TableName: 'changes' } },
      }),
    );
  await destination(arn);
  await emulator.s3().send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }));
  await settled();
  const answer = await emulator.s3().send(new GetBucketMetadataTableConfigurationCommand({ Bucket }));
  expect(answer.GetBucketMetadataTableConfigurationResult?.Status).toBe('ACTIVE');
  const it = answer.GetBucketMetadataTableConfigurationResult?.MetadataTableConfigurationResult;
  expect(it?.S3TablesDestinationResult).toMatchObject({ TableNamespace: 'aws_s3_metadata', TableName: 'changes' });
  expect(await rowsOf(it?.S3TablesDestinationResult?.TableArn ?? '')).toMatchObject([{ key: 'a' }]);
  expect(await refusal(destination(arn))).toMatchObject({ status: 409 });
});

test('record expiration takes seven days or more', async () => {
  const Bucket = await makeBucket();
  await configure(Bucket);
  const update = (Days: number) =>
    emulator.s3().send(
      new UpdateBucketMetadataJournalTableConfigurationCommand({
        Bucket,
        JournalTableConfiguration: { RecordExpiration: { Expiration: 'ENABLED', Days } },
      }),
    );
  expect(await refusal(update(6))).toMatchObject({ status: 400 });
  await update(7);
  expect(await journalOf(Bucket)).toMatchObject({ RecordExpiration: { Days: 7 } });
});
