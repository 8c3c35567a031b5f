import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { INSUFFICIENT_MAINTENANCE_ACCESS } from './errors.ts';
import { MAINTENANCE_PRINCIPAL } from './maintainer.ts';
import { ACCOUNT, caller, KEY_A, KEY_B, keyFacts, REGION, refusal, startTables, type TestTables } from './testing.ts';

const KMS_A = { sseAlgorithm: 'aws:kms', kmsKeyArn: KEY_A };
const KMS_B = { sseAlgorithm: 'aws:kms', kmsKeyArn: KEY_B };
const AES = { sseAlgorithm: 'AES256' };

let tables: TestTables;
let tableBucketARN: string;

beforeEach(async () => {
  tables = startTables();
  ({ arn: tableBucketARN } = await tables.call<{ arn: string }>('CreateTableBucket', { name: 'lake' }));
  await tables.call('CreateNamespace', { tableBucketARN, namespace: ['sales'] });
});
afterEach(() => tables.close());

const create = (name: string, more: object = {}, by = caller('ana')) =>
  tables.call<{ tableARN: string; versionToken: string }>(
    'CreateTable',
    { tableBucketARN, namespace: 'sales', name, format: 'ICEBERG', ...more },
    by,
  );
const put = (encryptionConfiguration: object) =>
  tables.call('PutTableBucketEncryption', { tableBucketARN, encryptionConfiguration });
const bucketEncryption = () => tables.call('GetTableBucketEncryption', { tableBucketARN });
const tableEncryption = (name: string) =>
  tables.call('GetTableEncryption', { tableBucketARN, namespace: 'sales', name });

describe('defaults and precedence', () => {
  test('TB-01 TB-03 a table bucket without configuration answers AES256 and no key, and so do its tables', async () => {
    expect(await bucketEncryption()).toEqual({ encryptionConfiguration: AES });
    await create('orders');
    expect(await tableEncryption('orders')).toEqual({ encryptionConfiguration: AES });
    expect(tables.uses).toEqual([]);
  });

  test('TB-05 tables inherit the default that the bucket was created with', async () => {
    const { arn } = await tables.call<{ arn: string }>('CreateTableBucket', {
      name: 'vault',
      encryptionConfiguration: KMS_A,
    });
    await tables.call('CreateNamespace', { tableBucketARN: arn, namespace: ['sales'] });
    await tables.call('CreateTable', { tableBucketARN: arn, namespace: 'sales', name: 't', format: 'ICEBERG' });
    expect(await tables.call('GetTableEncryption', { tableBucketARN: arn, namespace: 'sales', name: 't' })).toEqual({
      encryptionConfiguration: KMS_A,
    });
  });

  test('TB-06 TB-07 TB-34 a change of the default leaves existing tables alone', async () => {
    await put(KMS_A);
    await create('t1');
    await put(KMS_B);
    await create('t2');
    expect(await tableEncryption('t1')).toEqual({ encryptionConfiguration: KMS_A });
    expect(await tableEncryption('t2')).toEqual({ encryptionConfiguration: KMS_B });
    await tables.call('DeleteTableBucketEncryption', { tableBucketARN });
    expect(await tableEncryption('t1')).toEqual({ encryptionConfiguration: KMS_A });
  });

  test('TB-08 TB-36 after DeleteTableBucketEncryption the bucket and its new tables use AES256', async () => {
    await put(KMS_A);
    expect(await tables.call('DeleteTableBucketEncryption', { tableBucketARN })).toEqual({});
    expect(await bucketEncryption()).toEqual({ encryptionConfiguration: AES });
    await create('t');
    expect(await tableEncryption('t')).toEqual({ encryptionConfiguration: AES });
  });

  test("TB-09 a table's own setting goes before the bucket's default, in both directions", async () => {
    await put(KMS_A);
    await create('other_key', { encryptionConfiguration: KMS_B });
    await create('no_key', { encryptionConfiguration: AES });
    expect(await tableEncryption('other_key')).toEqual({ encryptionConfiguration: KMS_B });
    expect(await tableEncryption('no_key')).toEqual({ encryptionConfiguration: AES });
  });

  test('TB-10 TB-45 nothing changes the encryption of a table, renaming neither', async () => {
    await create('t', { encryptionConfiguration: KMS_A });
    expect(tables.service.operations['PutTableEncryption']).toBeUndefined();
    await tables.call('RenameTable', { tableBucketARN, namespace: 'sales', name: 't', newName: 'u' });
    expect(await tableEncryption('u')).toEqual({ encryptionConfiguration: KMS_A });
  });
});

describe('what a configuration may say', () => {
  test.each([
    ['TB-15 a key id', { sseAlgorithm: 'aws:kms', kmsKeyArn: 'aaaaaaaa-0000-4000-8000-000000000000' }],
    ['TB-15 an alias', { sseAlgorithm: 'aws:kms', kmsKeyArn: 'alias/lake' }],
    ['TB-15 an alias ARN', { sseAlgorithm: 'aws:kms', kmsKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/lake` }],
    ['TB-16 aws:kms without a key', { sseAlgorithm: 'aws:kms' }],
    ['TB-16 AES256 with a key', { sseAlgorithm: 'AES256', kmsKeyArn: KEY_A }],
    ['TB-16 another algorithm', { sseAlgorithm: 'aws:kms:dsse', kmsKeyArn: KEY_A }],
    ['TB-16 no algorithm', { kmsKeyArn: KEY_A }],
  ])('%s is refused by all three operations', async (_name, configuration) => {
    const calls = [
      () => put(configuration),
      () => create('t', { encryptionConfiguration: configuration }),
      () => tables.call('CreateTableBucket', { name: 'other', encryptionConfiguration: configuration }),
    ];
    for (const call of calls) {
      expect(await refusal(call())).toMatchObject({ code: 'BadRequestException', status: 400 });
    }
  });

  test('TB-04 an AWS managed key is refused', async () => {
    tables.keys.set(KEY_B, { facts: keyFacts(KEY_B, { manager: 'AWS' }) });
    for (const call of [() => put(KMS_B), () => create('t', { encryptionConfiguration: KMS_B })]) {
      expect(await refusal(call())).toMatchObject({ code: 'BadRequestException', status: 400 });
    }
    expect(await bucketEncryption()).toEqual({ encryptionConfiguration: AES });
  });

  test('TB-21 a key of another Region is refused', async () => {
    const foreign = { ...KMS_A, kmsKeyArn: KEY_A.replace(REGION, 'eu-west-1') };
    for (const call of [() => put(foreign), () => create('t', { encryptionConfiguration: foreign })]) {
      expect(await refusal(call())).toMatchObject({ code: 'BadRequestException', status: 400 });
    }
  });

  test('TB-20 a key that cannot encrypt symmetrically is refused when a table is made', async () => {
    tables.keys.set(KEY_B, { facts: keyFacts(KEY_B, { spec: 'RSA_2048' }) });
    expect(await refusal(create('t', { encryptionConfiguration: KMS_B }))).toMatchObject({
      code: 'BadRequestException',
    });
    tables.keys.set(KEY_B, { facts: keyFacts(KEY_B, { usage: 'SIGN_VERIFY', spec: 'ECC_NIST_P256' }) });
    expect(await refusal(create('t', { encryptionConfiguration: KMS_B }))).toMatchObject({
      code: 'BadRequestException',
    });
  });
});

describe('the maintenance check', () => {
  test('TB-17 PERM-02 PERM-03 CreateTable uses the key as the maintenance principal, for the table that is made', async () => {
    const { tableARN } = await create('t', { encryptionConfiguration: KMS_A });
    expect(tables.uses.map(({ operation }) => operation)).toEqual(['GenerateDataKey', 'Decrypt']);
    for (const { use } of tables.uses) {
      expect(use.caller.principal).toMatchObject({ kind: 'AWSService', serviceName: MAINTENANCE_PRINCIPAL });
      expect(use).toMatchObject({ keyId: KEY_A, sourceArn: tableARN, sourceAccount: ACCOUNT });
      expect(use.encryptionContext['aws:s3:arn']?.startsWith(`${tableARN}/`)).toBe(true);
    }
    expect([...tables.objects.values()].map(({ body, by }) => [body.length, by])).toEqual([[0, MAINTENANCE_PRINCIPAL]]);
  });

  test.each(['GenerateDataKey', 'Decrypt', MAINTENANCE_PRINCIPAL])(
    'TB-17 TB-18 PERM-01 when the principal lacks %s, CreateTable fails and no table exists',
    async (refused) => {
      tables.keys.set(KEY_A, { facts: keyFacts(KEY_A), refuses: [refused] });
      expect(await refusal(create('t', { encryptionConfiguration: KMS_A }))).toEqual({
        code: 'BadRequestException',
        status: 400,
        message: INSUFFICIENT_MAINTENANCE_ACCESS,
      });
      expect(await refusal(tableEncryption('t'))).toMatchObject({ code: 'NotFoundException' });
      expect(await tables.call('ListTables', { tableBucketARN })).toEqual({ tables: [] });
    },
  );

  test('TB-17 a disabled and an unknown key fail the same way, an inherited one too', async () => {
    tables.keys.set(KEY_A, { facts: keyFacts(KEY_A, { state: 'Disabled' }) });
    tables.keys.delete(KEY_B);
    await put(KMS_B);
    for (const more of [{ encryptionConfiguration: KMS_A }, {}]) {
      expect(await refusal(create('t', more))).toMatchObject({ message: INSUFFICIENT_MAINTENANCE_ACCESS });
    }
  });

  test('TB-19 setting a default does not ask whether maintenance can use the key', async () => {
    tables.keys.set(KEY_A, { facts: keyFacts(KEY_A), refuses: [MAINTENANCE_PRINCIPAL] });
    tables.keys.delete(KEY_B);
    await put(KMS_A);
    await put(KMS_B);
    await tables.call('CreateTableBucket', { name: 'vault', encryptionConfiguration: KMS_A });
    expect(tables.uses).toEqual([]);
  });

  test('TB-20 DescribeKey in the caller’s name is asked only where the world says so', async () => {
    tables.keys.set(KEY_A, { facts: keyFacts(KEY_A), refuses: ['DescribeKey'] });
    await create('t1', { encryptionConfiguration: KMS_A });
    tables.world.change(ACCOUNT, { describeKeyAtCreateTable: true });
    tables.uses.length = 0;
    expect(await refusal(create('t2', { encryptionConfiguration: KMS_A }))).toMatchObject({
      code: 'ForbiddenException',
      status: 403,
    });
    expect(tables.uses).toHaveLength(1);
    expect(tables.uses[0]).toMatchObject({
      operation: 'DescribeKey',
      use: { caller: caller('ana'), viaService: `s3tables.${REGION}.amazonaws.com` },
    });
  });
});

describe('maintenance jobs', () => {
  const status = (name = 't') =>
    tables.call<{ status: Record<string, { status: string; failureMessage?: string }> }>(
      'GetTableMaintenanceJobStatus',
      { tableBucketARN, namespace: 'sales', name },
    );
  const run = () =>
    tables.runMaintenance({ accountId: ACCOUNT, region: REGION, tableBucketARN, namespace: 'sales', name: 't' });

  test('TB-49 before the first run the jobs have not run yet; a disabled one says so', async () => {
    await create('t');
    await tables.call('PutTableMaintenanceConfiguration', {
      tableBucketARN,
      namespace: 'sales',
      name: 't',
      type: 'icebergCompaction',
      value: { status: 'disabled' },
    });
    expect((await status()).status).toEqual({
      icebergCompaction: { status: 'Disabled' },
      icebergSnapshotManagement: { status: 'Not_Yet_Run' },
      icebergUnreferencedFileRemoval: { status: 'Not_Yet_Run' },
    });
  });

  test('TB-60 a key that becomes unusable fails the job with this sentence, and a usable one mends it', async () => {
    await create('t', { encryptionConfiguration: KMS_A });
    tables.keys.set(KEY_A, { facts: keyFacts(KEY_A, { state: 'Disabled' }) });
    await run();
    expect((await status()).status['icebergCompaction']).toMatchObject({
      status: 'Failed',
      failureMessage:
        'Insufficient access to perform table maintenance. Ensure that the key used to encrypt the table is active, exists, and has a resource policy granting access to the S3 service principal maintenance.s3tables.amazonaws.com.',
    });
    tables.keys.set(KEY_A, { facts: keyFacts(KEY_A) });
    await run();
    expect((await status()).status['icebergCompaction']).toMatchObject({ status: 'Successful' });
    expect((await status()).status['icebergCompaction']).not.toHaveProperty('failureMessage');
  });

  test('TB-17 PERM-04 a run reads the metadata as the maintenance principal and removes the zero-byte objects', async () => {
    await create('t', {
      encryptionConfiguration: KMS_A,
      metadata: { iceberg: { schema: { fields: [{ name: 'id', type: 'long' }] } } },
    });
    tables.uses.length = 0;
    const { jobs } = await run();
    expect(Object.values(jobs).map((job) => job?.status)).toEqual(['Successful', 'Successful', 'Successful']);
    expect(new Set(tables.uses.map(({ use }) => use.caller.requester))).toEqual(new Set([MAINTENANCE_PRINCIPAL]));
    expect(tables.uses.map(({ operation }) => operation)).toContain('Decrypt');
    expect([...tables.objects.keys()].every((key) => key.endsWith('.metadata.json'))).toBe(true);
  });

  test('CT-07 each job of a run leaves a TablesMaintenanceEvent of the service principal', async () => {
    const { tableARN } = await create('t');
    await run();
    expect(tables.events.map((event) => event.serviceEventDetails)).toEqual([
      { activityType: 'icebergCompaction' },
      { activityType: 'icebergSnapshotManagement' },
      { activityType: 'icebergUnreferencedFileRemoval' },
    ]);
    expect(tables.records[0]?.ledger).toMatchObject({ principalArn: MAINTENANCE_PRINCIPAL, resource: tableARN });
    expect(tables.events[0]).toMatchObject({
      eventSource: 's3tables.amazonaws.com',
      eventName: 'TablesMaintenanceEvent',
      invokedBy: MAINTENANCE_PRINCIPAL,
      resources: [
        { type: 'AWS::S3Tables::TableBucket', ARN: tableBucketARN },
        { type: 'AWS::S3Tables::Table', ARN: tableARN },
      ],
    });
  });

  test('TB-59 a run for a table that does not exist says so', async () => {
    expect(await refusal(run())).toMatchObject({ message: 'The specified table does not exist.' });
  });
});
