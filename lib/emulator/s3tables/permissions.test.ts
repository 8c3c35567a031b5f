import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ACCOUNT, caller, KEY_A, KEY_B, refusal, startTables, type TestTables } from './testing.ts';

const KMS_A = { sseAlgorithm: 'aws:kms', kmsKeyArn: KEY_A };
const OTHER_ACCOUNT = '444455556666';
const ben = caller('ben');
const foreigner = caller('fay', OTHER_ACCOUNT);
const allow = (...Action: string[]) => ({ Effect: 'Allow', Action, Resource: '*' });

let tables: TestTables;
let tableBucketARN: string;

beforeEach(async () => {
  tables = startTables();
  ({ arn: tableBucketARN } = await tables.call<{ arn: string }>('CreateTableBucket', { name: 'lake' }));
  await tables.call('CreateNamespace', { tableBucketARN, namespace: ['sales'] });
  await tables.call('CreateTable', { tableBucketARN, namespace: 'sales', name: 'orders', format: 'ICEBERG' });
});
afterEach(() => tables.close());

const create = (name: string, more: object = {}, by = ben) =>
  tables.call('CreateTable', { tableBucketARN, namespace: 'sales', name, format: 'ICEBERG', ...more }, by);
const setBucketPolicy = (...Statement: object[]) =>
  tables.call('PutTableBucketPolicy', {
    tableBucketARN,
    resourcePolicy: JSON.stringify({ Version: '2012-10-17', Statement }),
  });

describe('parts of a request need permissions of their own', () => {
  const METADATA = { iceberg: { schema: { fields: [{ name: 'id', type: 'long' }] } } };

  test.each([
    ['PutTableEncryption', { encryptionConfiguration: KMS_A }],
    ['PutTableData', { metadata: METADATA }],
    ['PutTableStorageClass', { storageClassConfiguration: { storageClass: 'STANDARD' } }],
    ['TagResource', { tags: { team: 'blue' } }],
  ])('PERM-09 PERM-09a CreateTable with a part that needs s3tables:%s', async (action, part) => {
    tables.allow(ben, allow('s3tables:CreateTable'));
    await create('plain');
    expect(await refusal(create('t', part))).toMatchObject({
      code: 'ForbiddenException',
      status: 403,
      message: expect.stringContaining(
        `is not authorized to perform: s3tables:${action} on resource: ${tableBucketARN}/table/`,
      ),
    });
    expect(await refusal(tables.call('GetTable', { tableBucketARN, namespace: 'sales', name: 't' }))).toMatchObject({
      code: 'NotFoundException',
    });
    tables.allow(ben, allow('s3tables:CreateTable', `s3tables:${action}`));
    await create('t', part);
  });

  test.each([
    ['PutTableBucketEncryption', { encryptionConfiguration: KMS_A }],
    ['PutTableBucketStorageClass', { storageClassConfiguration: { storageClass: 'STANDARD' } }],
    ['TagResource', { tags: { team: 'blue' } }],
  ])('PERM-09 CreateTableBucket with a part that needs s3tables:%s', async (action, part) => {
    tables.allow(ben, allow('s3tables:CreateTableBucket'));
    await tables.call('CreateTableBucket', { name: 'plain' }, ben);
    expect(await refusal(tables.call('CreateTableBucket', { name: 'more', ...part }, ben))).toMatchObject({
      code: 'ForbiddenException',
      status: 403,
    });
    tables.allow(ben, allow('s3tables:CreateTableBucket', `s3tables:${action}`));
    await tables.call('CreateTableBucket', { name: 'more', ...part }, ben);
  });

  test('PERM-13 a strategy that orders rows needs s3tables:GetTableData too', async () => {
    const strategy = (name: string) =>
      tables.call(
        'PutTableMaintenanceConfiguration',
        {
          tableBucketARN,
          namespace: 'sales',
          name: 'orders',
          type: 'icebergCompaction',
          value: { status: 'enabled', settings: { icebergCompaction: { strategy: name } } },
        },
        ben,
      );
    tables.allow(ben, allow('s3tables:PutTableMaintenanceConfiguration'));
    await strategy('binpack');
    expect(await refusal(strategy('z-order'))).toMatchObject({ status: 403 });
    tables.allow(ben, allow('s3tables:PutTableMaintenanceConfiguration', 's3tables:GetTableData'));
    await strategy('z-order');
  });

  test('PERM-15 a replication role can be given only by who may pass it', async () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/copy`;
    const replicate = () =>
      tables.call(
        'PutTableBucketReplication',
        {
          tableBucketARN,
          configuration: { role, rules: [{ destinations: [{ destinationTableBucketARN: tableBucketARN }] }] },
        },
        ben,
      );
    tables.allow(ben, allow('s3tables:*'));
    expect(await refusal(replicate())).toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining('iam:PassRole'),
    });
    tables.allow(ben, allow('s3tables:*'), {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: role,
      Condition: { StringEquals: { 'iam:PassedToService': 'replication.s3tables.amazonaws.com' } },
    });
    expect(await replicate()).toMatchObject({ versionToken: expect.any(String) });
  });
});

describe('enforcing encryption', () => {
  const deny = (Condition: object, Action = 's3tables:CreateTable') => ({
    Effect: 'Deny',
    Principal: '*',
    Action,
    Resource: `${tableBucketARN}/*`,
    Condition,
  });

  test('TB-63 two Deny statements of the bucket policy leave only tables with that key', async () => {
    await setBucketPolicy(
      deny({ StringNotEquals: { 's3tables:SSEAlgorithm': 'aws:kms' } }),
      deny({ StringNotEquals: { 's3tables:kmsKeyArn': KEY_A } }),
    );
    expect(await refusal(create('t'))).toMatchObject({
      code: 'ForbiddenException',
      message: expect.stringContaining('with an explicit deny in a resource-based policy'),
    });
    expect(await refusal(create('t', { encryptionConfiguration: { ...KMS_A, kmsKeyArn: KEY_B } }))).toMatchObject({
      status: 403,
    });
    await create('t', { encryptionConfiguration: KMS_A });
  });

  test('TB-63 TB-05 an inherited key satisfies the policy as well', async () => {
    await tables.call('PutTableBucketEncryption', { tableBucketARN, encryptionConfiguration: KMS_A });
    await setBucketPolicy(deny({ StringNotEquals: { 's3tables:KMSKeyArn': KEY_A } }));
    expect(await create('t')).toMatchObject({ versionToken: expect.any(String) });
  });

  test('TB-63 one Deny with both keys refuses only where both differ', async () => {
    await setBucketPolicy(
      deny({ StringNotEquals: { 's3tables:SSEAlgorithm': 'aws:kms', 's3tables:KMSKeyArn': KEY_A } }),
    );
    expect(await refusal(create('t'))).toMatchObject({ status: 403 });
    await create('t', { encryptionConfiguration: { ...KMS_A, kmsKeyArn: KEY_B } });
  });

  test('TB-63 an identity policy can demand the key of buckets and of their defaults', async () => {
    tables.allow(ben, allow('s3tables:*'), {
      Effect: 'Deny',
      Action: ['s3tables:CreateTableBucket', 's3tables:PutTableBucketEncryption'],
      Resource: '*',
      Condition: { StringNotEquals: { 's3tables:KMSKeyArn': KEY_A } },
    });
    expect(await refusal(tables.call('CreateTableBucket', { name: 'vault' }, ben))).toMatchObject({ status: 403 });
    await tables.call('CreateTableBucket', { name: 'vault', encryptionConfiguration: KMS_A }, ben);
    const change = (encryptionConfiguration: object) =>
      tables.call('PutTableBucketEncryption', { tableBucketARN, encryptionConfiguration }, ben);
    expect(await refusal(change({ sseAlgorithm: 'AES256' }))).toMatchObject({ status: 403 });
    await change(KMS_A);
  });

  test('TB-63 namespace, table name and tags of the bucket are condition keys', async () => {
    const only = (Condition: object) =>
      tables.allow(ben, { Effect: 'Allow', Action: 's3tables:*', Resource: '*', Condition });
    only({ StringEquals: { 's3tables:namespace': 'sales', 's3tables:tableName': 'mine' } });
    await create('mine');
    expect(await refusal(create('yours'))).toMatchObject({ status: 403 });
    only({ StringEquals: { 's3tables:TableBucketTag/team': 'blue' } });
    expect(await refusal(create('t'))).toMatchObject({ status: 403 });
    await tables.call('TagResource', { resourceArn: tableBucketARN, tags: { team: 'blue' } });
    await create('t');
  });
});

describe('other accounts', () => {
  test('TB-64 a bucket policy opens tables to another account, but never their encryption settings', async () => {
    await setBucketPolicy({
      Effect: 'Allow',
      Principal: { AWS: foreigner.principal.arn },
      Action: 's3tables:*',
      Resource: [tableBucketARN, `${tableBucketARN}/*`],
    });
    const named = { tableBucketARN, namespace: 'sales', name: 'orders' };
    await tables.call('GetTable', named, foreigner);
    await create('theirs', {}, foreigner);
    for (const [operation, input] of [
      ['GetTableBucketEncryption', { tableBucketARN }],
      ['PutTableBucketEncryption', { tableBucketARN, encryptionConfiguration: KMS_A }],
      ['DeleteTableBucketEncryption', { tableBucketARN }],
      ['GetTableEncryption', named],
    ] as const) {
      expect(await refusal(tables.call(operation, input, foreigner))).toMatchObject({ status: 403 });
    }
    expect(await refusal(create('t', { encryptionConfiguration: KMS_A }, foreigner))).toMatchObject({ status: 403 });
  });

  test('TB-64 without a policy another account sees nothing, not even whether a bucket exists', async () => {
    const missing = tableBucketARN.replace('lake', 'none');
    const seen = await refusal(tables.call('GetTableBucket', { tableBucketARN }, foreigner));
    const unseen = await refusal(tables.call('GetTableBucket', { tableBucketARN: missing }, foreigner));
    expect(seen).toMatchObject({ code: 'AccessDeniedException', status: 403 });
    expect(unseen).toEqual({ ...seen, message: seen.message.replace('lake', 'none') });
  });
});

describe('policies', () => {
  const named = () => ({ tableBucketARN, namespace: 'sales', name: 'orders' });

  test('TB-47 both policies are kept letter for letter, and are gone after a delete', async () => {
    const text = ` {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3tables:DeleteTable","Resource":"${tableBucketARN}/*"}]}`;
    await tables.call('PutTableBucketPolicy', { tableBucketARN, resourcePolicy: text });
    await tables.call('PutTablePolicy', { ...named(), resourcePolicy: text });
    expect(await tables.call('GetTableBucketPolicy', { tableBucketARN })).toEqual({ resourcePolicy: text });
    expect(await tables.call('GetTablePolicy', named())).toEqual({ resourcePolicy: text });
    expect(await refusal(tables.call('DeleteTable', named()))).toMatchObject({ status: 403 });
    await tables.call('DeleteTableBucketPolicy', { tableBucketARN });
    expect(await refusal(tables.call('DeleteTable', named()))).toMatchObject({ status: 403 });
    await tables.call('DeleteTablePolicy', named());
    expect(await refusal(tables.call('GetTableBucketPolicy', { tableBucketARN }))).toMatchObject({ status: 404 });
    expect(await refusal(tables.call('GetTablePolicy', named()))).toMatchObject({ status: 404 });
    await tables.call('DeleteTable', named());
  });

  test('TB-47 a text that is no policy is refused and the old one stays', async () => {
    await setBucketPolicy({
      Effect: 'Allow',
      Principal: '*',
      Action: 's3tables:GetTable',
      Resource: `${tableBucketARN}/*`,
    });
    for (const resourcePolicy of ['{', '[]', '{"Statement":[]}', ' '.repeat(20_481)]) {
      expect(await refusal(tables.call('PutTableBucketPolicy', { tableBucketARN, resourcePolicy }))).toMatchObject({
        code: 'BadRequestException',
        status: 400,
      });
    }
    expect(await tables.call('GetTableBucketPolicy', { tableBucketARN })).toMatchObject({
      resourcePolicy: expect.stringContaining('GetTable'),
    });
  });

  test('TB-61 what S3 is told of a table follows every change at once', async () => {
    const { warehouseLocation } = await tables.call<{ warehouseLocation: string }>('GetTable', named());
    const alias = warehouseLocation.slice('s3://'.length);
    const told = () => tables.port.warehouse(alias);
    expect(told()).toMatchObject({
      bucketAlias: alias,
      tableBucketArn: tableBucketARN,
      accountId: ACCOUNT,
      encryption: { algorithm: 'AES256' },
    });
    expect(told()?.resourcePolicy).toBeUndefined();
    await setBucketPolicy({ Effect: 'Deny', Principal: '*', Action: 's3tables:GetTableData', Resource: '*' });
    expect(told()?.resourcePolicy?.source).toBe('table bucket policy');
    await tables.call('PutTablePolicy', {
      ...named(),
      resourcePolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Deny', Principal: '*', Action: 's3tables:PutTableData', Resource: '*' },
      }),
    });
    expect(told()?.resourcePolicy?.policy.text).toMatch(/GetTableData.*PutTableData/);
    await tables.call('RenameTable', { ...named(), newName: 'renamed' });
    expect(told()?.conditions.get('s3tables:tablename')).toEqual(['renamed']);
    await tables.call('TagResource', { resourceArn: told()?.tableArn ?? '', tags: { Team: 'blue' } });
    expect(told()?.conditions.get('aws:resourcetag/team')).toEqual(['blue']);
    await tables.call('DeleteTable', { ...named(), name: 'renamed' });
    expect(told()).toBeUndefined();
  });

  test('TB-58 reading operations refuse with AccessDeniedException, changing ones with ForbiddenException', async () => {
    tables.allow(ben, allow('s3tables:Nothing'));
    const code = async (operation: string, input: object) => (await refusal(tables.call(operation, input, ben))).code;
    for (const [operation, input] of [
      ['GetTable', named()],
      ['GetTableBucket', { tableBucketARN }],
      ['GetTableEncryption', named()],
      ['GetTableBucketEncryption', { tableBucketARN }],
      ['ListNamespaces', { tableBucketARN }],
      ['ListTableBuckets', {}],
    ] as const) {
      expect(await code(operation, input)).toBe('AccessDeniedException');
    }
    for (const [operation, input] of [
      ['DeleteTable', named()],
      ['DeleteTableBucket', { tableBucketARN }],
      ['CreateNamespace', { tableBucketARN, namespace: ['x'] }],
      ['ListTables', { tableBucketARN }],
    ] as const) {
      expect(await code(operation, input)).toBe('ForbiddenException');
    }
  });
});
