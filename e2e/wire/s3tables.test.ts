/** S3 Tables over the wire: the official clients against a running emulator, with the real KMS, S3 and CloudTrail of it. */

import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, DisableKeyCommand, EnableKeyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  DeleteTableBucketEncryptionCommand,
  DeleteTableBucketPolicyCommand,
  DeleteTableCommand,
  type EncryptionConfiguration,
  GetTableBucketCommand,
  GetTableBucketEncryptionCommand,
  GetTableCommand,
  GetTableEncryptionCommand,
  GetTableMaintenanceJobStatusCommand,
  GetTableMetadataLocationCommand,
  ListTablesCommand,
  PutTableBucketEncryptionCommand,
  PutTableBucketPolicyCommand,
  RenameTableCommand,
  UpdateTableMetadataLocationCommand,
} from '@aws-sdk/client-s3tables';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LedgerPage } from '../../lib/contract/ledger.ts';
import { appendToTable, openTable } from '../../lib/uploads/iceberg/append.ts';
import type { ObjectEvent } from '../../lib/uploads/iceberg/storage.ts';
import { ACCOUNT, refusal, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

const MAINTENANCE = 'maintenance.s3tables.amazonaws.com';
const INSUFFICIENT =
  'Insufficient access to perform table maintenance. Ensure that the key used to encrypt the table is active, exists, and has a resource policy granting access to the S3 service principal maintenance.s3tables.amazonaws.com.';

let emulator: TestEmulator;
let counter = 0;

beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

/** A key policy with the root statement and, unless told otherwise, the one that maintenance needs (PERM-03). */
function keyPolicy(more: readonly object[] = [maintenanceStatement('*')]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
      ...more,
    ],
  });
}

function maintenanceStatement(arnPattern: string, service = MAINTENANCE): object {
  return {
    Effect: 'Allow',
    Principal: { Service: service },
    Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
    Resource: '*',
    Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': arnPattern } },
  };
}

async function makeKey(policy = keyPolicy()): Promise<string> {
  const { KeyMetadata } = await emulator.kms().send(new CreateKeyCommand({ Policy: policy }));
  return KeyMetadata?.Arn ?? '';
}

/** A table bucket with namespace `sales`, optionally with a key as its default. */
async function makeBucket(kmsKeyArn?: string): Promise<string> {
  counter += 1;
  const tables = emulator.s3tables();
  const { arn = '' } = await tables.send(
    new CreateTableBucketCommand({
      name: `lake-${counter}`,
      ...(kmsKeyArn !== undefined && { encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn } }),
    }),
  );
  await tables.send(new CreateNamespaceCommand({ tableBucketARN: arn, namespace: ['sales'] }));
  return arn;
}

const named = (tableBucketARN: string, name: string) => ({ tableBucketARN, namespace: 'sales', name });
const makeTable = (tableBucketARN: string, name: string, kmsKeyArn?: string) =>
  emulator.s3tables().send(
    new CreateTableCommand({
      ...named(tableBucketARN, name),
      format: 'ICEBERG',
      ...(kmsKeyArn !== undefined && { encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn } }),
    }),
  );
const encryptionOf = async (tableBucketARN: string, name: string) =>
  (await emulator.s3tables().send(new GetTableEncryptionCommand(named(tableBucketARN, name)))).encryptionConfiguration;

/** A user with this identity policy, and its clients. */
async function makeUser(...Statement: readonly object[]) {
  counter += 1;
  const UserName = `user-${counter}`;
  const iam = emulator.iam();
  const { User } = await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(
    new PutUserPolicyCommand({
      UserName,
      PolicyName: 'all',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  };
  return { arn: User?.Arn ?? '', s3: emulator.s3({ credentials }), s3tables: emulator.s3tables({ credentials }) };
}

const warehouseOf = async (tableBucketARN: string, name: string): Promise<string> => {
  const { warehouseLocation = '' } = await emulator
    .s3tables()
    .send(new GetTableMetadataLocationCommand(named(tableBucketARN, name)));
  return warehouseLocation.slice('s3://'.length);
};

describe('encryption settings', () => {
  test('TB-01 TB-30 TB-35 a new table bucket answers AES256, 200 and no key', async () => {
    const tableBucketARN = await makeBucket();
    const answer = await emulator.s3tables().send(new GetTableBucketEncryptionCommand({ tableBucketARN }));
    expect(answer.$metadata.httpStatusCode).toBe(200);
    expect(answer.encryptionConfiguration).toEqual({ sseAlgorithm: 'AES256' });
  });

  test('TB-05 TB-06 TB-07 TB-08 TB-09 TB-42 defaults, changes, precedence', async () => {
    const [keyA, keyB] = [await makeKey(), await makeKey()];
    const tableBucketARN = await makeBucket(keyA);
    const tables = emulator.s3tables();
    await makeTable(tableBucketARN, 't1');
    const change = await tables.send(
      new PutTableBucketEncryptionCommand({
        tableBucketARN,
        encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn: keyB },
      }),
    );
    expect(change.$metadata.httpStatusCode).toBe(200);
    await makeTable(tableBucketARN, 't2');
    await makeTable(tableBucketARN, 't3', keyA);
    const removal = await tables.send(new DeleteTableBucketEncryptionCommand({ tableBucketARN }));
    expect(removal.$metadata.httpStatusCode).toBe(204);
    await makeTable(tableBucketARN, 't4');
    expect(await encryptionOf(tableBucketARN, 't1')).toEqual({ sseAlgorithm: 'aws:kms', kmsKeyArn: keyA });
    expect(await encryptionOf(tableBucketARN, 't2')).toEqual({ sseAlgorithm: 'aws:kms', kmsKeyArn: keyB });
    expect(await encryptionOf(tableBucketARN, 't3')).toEqual({ sseAlgorithm: 'aws:kms', kmsKeyArn: keyA });
    expect(await encryptionOf(tableBucketARN, 't4')).toEqual({ sseAlgorithm: 'AES256' });
  });

  test('TB-15 TB-16 the wire refuses key ids, aliases and incomplete configurations with 400', async () => {
    const tableBucketARN = await makeBucket();
    const keyArn = await makeKey();
    const configurations: readonly { sseAlgorithm: string; kmsKeyArn?: string }[] = [
      { sseAlgorithm: 'aws:kms', kmsKeyArn: keyArn.slice(keyArn.indexOf('/') + 1) },
      { sseAlgorithm: 'aws:kms', kmsKeyArn: 'alias/lake' },
      { sseAlgorithm: 'aws:kms' },
      { sseAlgorithm: 'AES256', kmsKeyArn: keyArn },
      { sseAlgorithm: 'aws:kms:dsse', kmsKeyArn: keyArn },
    ];
    for (const configuration of configurations) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one of them is an algorithm that does not exist
      const encryptionConfiguration = configuration as EncryptionConfiguration;
      expect(
        await refusal(
          emulator.s3tables().send(new PutTableBucketEncryptionCommand({ tableBucketARN, encryptionConfiguration })),
        ),
      ).toMatchObject({ status: 400 });
    }
  });

  test('TB-58 TB-59 errors carry their type and sentence over the wire', async () => {
    const tableBucketARN = `arn:aws:s3tables:us-east-1:${ACCOUNT}:bucket/nobody`;
    expect(await refusal(emulator.s3tables().send(new GetTableBucketCommand({ tableBucketARN })))).toEqual({
      code: 'NotFoundException',
      status: 404,
      message: 'The specified bucket does not exist.',
    });
    const real = await makeBucket();
    await makeTable(real, 'orders');
    expect(await refusal(makeTable(real, 'orders'))).toEqual({
      code: 'ConflictException',
      status: 409,
      message: 'A table with an identical name already exists in the namespace.',
    });
  });
});

describe('the maintenance principal', () => {
  test('TB-17 TB-18 PERM-02 PERM-03 a key whose policy does not know it cannot encrypt a table', async () => {
    const key = await makeKey(keyPolicy([]));
    const tableBucketARN = await makeBucket(key);
    expect(await refusal(makeTable(tableBucketARN, 'orders'))).toEqual({
      code: 'BadRequestException',
      status: 400,
      message: INSUFFICIENT,
    });
    expect((await emulator.s3tables().send(new ListTablesCommand({ tableBucketARN }))).tables).toEqual([]);
    await emulator.kms().send(new PutKeyPolicyCommand({ KeyId: key, Policy: keyPolicy() }));
    await makeTable(tableBucketARN, 'orders');
  });

  test('PERM-03 PERM-12 TB-62 the context is the table ARN with a path: a pattern without /* or for another service fails', async () => {
    const key = await makeKey();
    const tableBucketARN = await makeBucket(key);
    const kms = emulator.kms();
    const outcomes: string[] = [];
    for (const [statement, works] of [
      [maintenanceStatement(`${tableBucketARN}/*`), true],
      [maintenanceStatement(tableBucketARN), false],
      [maintenanceStatement('*', 's3tables.amazonaws.com'), false],
    ] as const) {
      await kms.send(new PutKeyPolicyCommand({ KeyId: key, Policy: keyPolicy([statement]) }));
      counter += 1;
      const made = makeTable(tableBucketARN, `t${counter}`);
      outcomes.push(works ? await made.then(() => '') : (await refusal(made)).message);
    }
    expect(outcomes).toEqual(['', INSUFFICIENT, INSUFFICIENT]);
  });

  test('TB-60 CT-07 maintenance of a table with a disabled key fails and says why; enabled again it succeeds', async () => {
    const key = await makeKey();
    const tableBucketARN = await makeBucket(key);
    const { tableARN } = await makeTable(tableBucketARN, 'orders');
    const run = () => emulator.admin<{ requestId: string }>('maintenance', { body: named(tableBucketARN, 'orders') });
    const compaction = async () =>
      (await emulator.s3tables().send(new GetTableMaintenanceJobStatusCommand(named(tableBucketARN, 'orders'))))
        .status?.['icebergCompaction'];
    expect(await compaction()).toEqual({ status: 'Not_Yet_Run' });
    await emulator.kms().send(new DisableKeyCommand({ KeyId: key }));
    await run();
    expect(await compaction()).toMatchObject({ status: 'Failed', failureMessage: INSUFFICIENT });
    await emulator.kms().send(new EnableKeyCommand({ KeyId: key }));
    const { requestId } = await run();
    expect(await compaction()).toMatchObject({ status: 'Successful', lastRunTimestamp: expect.any(Date) });
    const { Events = [] } = await emulator.cloudtrail().send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'TablesMaintenanceEvent' }],
      }),
    );
    expect(Events.some(({ CloudTrailEvent = '' }) => CloudTrailEvent.includes(tableARN ?? '?'))).toBe(true);
    const { records } = await emulator.admin<LedgerPage>(`ledger?requestId=${requestId}`);
    expect(records[0]).toMatchObject({ principalArn: MAINTENANCE, resource: tableARN, parent: tableBucketARN });
  });
});

describe('table data', () => {
  test('TB-12 TB-61 TB-62 objects of a table are encrypted with its key; a table key spares calls', async () => {
    const key = await makeKey();
    const tableBucketARN = await makeBucket(key);
    const { tableARN } = await makeTable(tableBucketARN, 'orders');
    const Bucket = await warehouseOf(tableBucketARN, 'orders');
    const s3 = emulator.s3();
    const requests: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      const put = await s3.send(new PutObjectCommand({ Bucket, Key: `data/${name}`, Body: name }));
      requests.push(put.$metadata.requestId ?? '');
    }
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'data/a' }))).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: key,
    });
    const operations = await Promise.all(
      requests.map(async (id) => {
        const { records } = await emulator.admin<LedgerPage>(`ledger?requestId=${id}`);
        return records[0]?.keyOperations ?? [];
      }),
    );
    expect(operations.map(([use]) => [use?.kind, use?.operation])).toEqual([
      ['made', 'GenerateDataKey'],
      ['spared', 'GenerateDataKey'],
      ['spared', 'GenerateDataKey'],
    ]);
    const [made] = operations[0] ?? [];
    expect(made).toMatchObject({ keyArn: key, viaService: 's3.us-east-1.amazonaws.com' });
    expect(made?.encryptionContext['aws:s3:arn']?.startsWith(`${tableARN}/`)).toBe(true);
    const body = await s3.send(new GetObjectCommand({ Bucket, Key: 'data/b' }));
    expect(await body.Body?.transformToString()).toBe('b');
  });

  test('TB-61 reading needs s3tables:GetTableData, writing s3tables:PutTableData', async () => {
    const tableBucketARN = await makeBucket();
    await makeTable(tableBucketARN, 'orders');
    const Bucket = await warehouseOf(tableBucketARN, 'orders');
    await emulator.s3().send(new PutObjectCommand({ Bucket, Key: 'data/a', Body: 'a' }));
    const reader = await makeUser({
      Effect: 'Allow',
      Action: 's3tables:GetTableData',
      Resource: `${tableBucketARN}/*`,
    });
    await reader.s3.send(new GetObjectCommand({ Bucket, Key: 'data/a' }));
    expect(await refusal(reader.s3.send(new PutObjectCommand({ Bucket, Key: 'data/b', Body: 'b' })))).toMatchObject({
      code: 'AccessDenied',
      status: 403,
    });
    const outsider = await makeUser({ Effect: 'Allow', Action: 's3:*', Resource: '*' });
    expect(await refusal(outsider.s3.send(new GetObjectCommand({ Bucket, Key: 'data/a' })))).toMatchObject({
      code: 'AccessDenied',
    });
  });

  test('PERM-01 TB-13 a principal without the key can write neither data nor the metadata of a new table', async () => {
    const key = await makeKey();
    const tableBucketARN = await makeBucket(key);
    await makeTable(tableBucketARN, 'orders');
    const Bucket = await warehouseOf(tableBucketARN, 'orders');
    const user = await makeUser({ Effect: 'Allow', Action: 's3tables:*', Resource: '*' });
    const write = () => user.s3.send(new PutObjectCommand({ Bucket, Key: 'data/a', Body: 'a' }));
    const create = (name: string) =>
      user.s3tables.send(
        new CreateTableCommand({
          ...named(tableBucketARN, name),
          format: 'ICEBERG',
          metadata: { iceberg: { schema: { fields: [{ name: 'id', type: 'long' }] } } },
        }),
      );
    expect(await refusal(write())).toMatchObject({
      code: 'AccessDenied',
      status: 403,
      message: expect.stringContaining('kms:GenerateDataKey'),
    });
    expect(await refusal(create('other'))).toMatchObject({
      code: 'ForbiddenException',
      status: 403,
      message: expect.stringContaining('kms:GenerateDataKey'),
    });
    await emulator.kms().send(
      new PutKeyPolicyCommand({
        KeyId: key,
        Policy: keyPolicy([
          maintenanceStatement('*'),
          {
            Effect: 'Allow',
            Principal: { AWS: user.arn },
            Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
            Resource: '*',
            Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': `${tableBucketARN}/*` } },
          },
        ]),
      }),
    );
    await write();
    await create('other');
  });
});

describe('Iceberg appends', () => {
  const COLUMNS = [
    { name: 'id', type: 'long', required: true },
    { name: 'note', type: 'string' },
  ] as const;

  async function rowsOf(tableBucketARN: string, name: string, events: readonly ObjectEvent[]) {
    const Bucket = await warehouseOf(tableBucketARN, name);
    const rows: Record<string, unknown>[] = [];
    for (const { kind, key, error } of events) {
      if (kind !== 'data' || error) continue;
      const { Body } = await emulator.s3().send(new GetObjectCommand({ Bucket, Key: key }));
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      rows.push(...(await parquetReadObjects({ file: new Uint8Array(bytes).buffer })));
    }
    return rows;
  }

  test('TB-12 TB-46 an append makes five requests, told with their ids, and one KMS call serves them all', async () => {
    const key = await makeKey();
    const tableBucketARN = await makeBucket(key);
    await makeTable(tableBucketARN, 'orders');
    const user = await makeUser(
      { Effect: 'Allow', Action: 's3tables:*', Resource: '*' },
      { Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: key },
    );
    const events: ObjectEvent[] = [];
    const commit = await appendToTable({
      ...user,
      table: named(tableBucketARN, 'orders'),
      columns: COLUMNS,
      rows: [{ id: 1, note: 'first' }],
      onObject: (event) => events.push(event),
    });
    expect(events).toHaveLength(5);
    const kinds = new Map<string, number>();
    for (const { requestId } of events) {
      expect(requestId).toBeTruthy();
      const { records } = await emulator.admin<LedgerPage>(`ledger?requestId=${requestId}`);
      for (const { kind } of records[0]?.keyOperations ?? []) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    expect(kinds).toEqual(
      new Map([
        ['made', 1],
        ['spared', 3],
      ]),
    );
    const { metadataLocation } = await emulator.s3tables().send(new GetTableCommand(named(tableBucketARN, 'orders')));
    expect(metadataLocation).toBe(commit.metadataLocation);
    expect(await rowsOf(tableBucketARN, 'orders', events)).toEqual([{ id: 1n, note: 'first' }]);
  });

  test('TB-40 TB-46 TB-59 appends to a table with a schema; concurrent writers lose no row; a stale token is refused', async () => {
    const tableBucketARN = await makeBucket();
    const tables = emulator.s3tables();
    const { versionToken = '' } = await tables.send(
      new CreateTableCommand({
        ...named(tableBucketARN, 'orders'),
        format: 'ICEBERG',
        metadata: { iceberg: { schema: { fields: [{ name: 'id', type: 'long', required: true }] } } },
      }),
    );
    const clients = { s3: emulator.s3(), s3tables: tables, table: named(tableBucketARN, 'orders') };
    const writers = await Promise.all([1, 2, 3].map(() => openTable(clients)));
    const commits = await Promise.all(
      writers.map(async (writer, id) => writer.commit([await writer.writeDataFile([{ id }])])),
    );
    expect(new Set(commits.map(({ snapshotId }) => snapshotId)).size).toBe(3);
    const { metadataLocation = '', warehouseLocation = '' } = await tables.send(
      new GetTableMetadataLocationCommand(named(tableBucketARN, 'orders')),
    );
    const { Body } = await emulator.s3().send(
      new GetObjectCommand({
        Bucket: warehouseLocation.slice('s3://'.length),
        Key: metadataLocation.slice(warehouseLocation.length + 1),
      }),
    );
    const metadata: { snapshots: { summary: object }[] } = JSON.parse((await Body?.transformToString()) ?? '');
    expect(metadata.snapshots).toHaveLength(3);
    expect(metadata.snapshots[2]?.summary).toMatchObject({ 'total-records': '3', 'total-data-files': '3' });
    expect(
      await refusal(
        tables.send(
          new UpdateTableMetadataLocationCommand({
            ...named(tableBucketARN, 'orders'),
            versionToken,
            metadataLocation,
          }),
        ),
      ),
    ).toMatchObject({
      code: 'ConflictException',
      message: 'Provided version token does not match the table version token.',
    });
  });
});

describe('resource policies', () => {
  test('TB-47 TB-63 TB-64 a bucket policy opens tables to another account, and enforces a key', async () => {
    const key = await makeKey();
    const tableBucketARN = await makeBucket(key);
    const { tableARN: tableArn } = await makeTable(tableBucketARN, 'orders');
    const other = emulator.s3tables({ credentials: rootOf('444455556666') });
    const read = () => other.send(new GetTableCommand({ tableArn }));
    expect(await refusal(read())).toMatchObject({ code: 'AccessDeniedException', status: 403 });
    const tables = emulator.s3tables();
    await tables.send(
      new PutTableBucketPolicyCommand({
        tableBucketARN,
        resourcePolicy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: 'arn:aws:iam::444455556666:root' },
              Action: 's3tables:*',
              Resource: [tableBucketARN, `${tableBucketARN}/*`],
            },
            {
              Effect: 'Deny',
              Principal: '*',
              Action: 's3tables:CreateTable',
              Resource: `${tableBucketARN}/*`,
              Condition: { StringNotEquals: { 's3tables:KMSKeyArn': key } },
            },
          ],
        }),
      }),
    );
    expect(await read()).toMatchObject({ name: 'orders' });
    expect(await refusal(other.send(new GetTableEncryptionCommand(named(tableBucketARN, 'orders'))))).toMatchObject({
      status: 403,
    });
    expect(await refusal(makeTable(tableBucketARN, 'other', await makeKey()))).toMatchObject({
      code: 'ForbiddenException',
      message: expect.stringContaining('with an explicit deny in a resource-based policy'),
    });
    await tables.send(new DeleteTableBucketPolicyCommand({ tableBucketARN }));
    expect(await refusal(read())).toMatchObject({ status: 403 });
  });
});

test('TB-44 TB-45 a renamed table keeps its data; a deleted one takes it along', async () => {
  const tableBucketARN = await makeBucket();
  await makeTable(tableBucketARN, 'orders');
  const Bucket = await warehouseOf(tableBucketARN, 'orders');
  const s3 = emulator.s3();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'data/a', Body: 'a' }));
  const tables = emulator.s3tables();
  const renamed = await tables.send(new RenameTableCommand({ ...named(tableBucketARN, 'orders'), newName: 'sold' }));
  expect(renamed.$metadata.httpStatusCode).toBe(204);
  expect(await warehouseOf(tableBucketARN, 'sold')).toBe(Bucket);
  await s3.send(new GetObjectCommand({ Bucket, Key: 'data/a' }));
  const deleted = await tables.send(new DeleteTableCommand(named(tableBucketARN, 'sold')));
  expect(deleted.$metadata.httpStatusCode).toBe(204);
  expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'data/a' })))).toMatchObject({ status: 404 });
});

test('CT-02 control-plane calls stand in CloudTrail without a prefix', async () => {
  const tableBucketARN = await makeBucket();
  await makeTable(tableBucketARN, 'orders');
  await encryptionOf(tableBucketARN, 'orders');
  const cloudtrail = emulator.cloudtrail();
  for (const name of ['CreateTableBucket', 'CreateTable', 'GetTableEncryption']) {
    const { Events = [] } = await cloudtrail.send(
      new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: name }] }),
    );
    expect(Events[0]).toMatchObject({ EventName: name, EventSource: 's3tables.amazonaws.com' });
  }
});
