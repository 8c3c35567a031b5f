import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ACCOUNT, caller, refusal, startTables, type TestTables } from './testing.ts';

let tables: TestTables;
let tableBucketARN: string;

beforeEach(async () => {
  tables = startTables();
  ({ arn: tableBucketARN } = await tables.call<{ arn: string }>('CreateTableBucket', { name: 'lake' }));
  await tables.call('CreateNamespace', { tableBucketARN, namespace: ['sales'] });
});
afterEach(() => tables.close());

const named = (name: string) => ({ tableBucketARN, namespace: 'sales', name });
const create = (name: string, more: object = {}) =>
  tables.call<{ tableARN: string; versionToken: string }>('CreateTable', {
    ...named(name),
    format: 'ICEBERG',
    ...more,
  });

describe('other settings', () => {
  test('TB-48 TB-49 maintenance has AWS’s defaults and takes changes of one part', async () => {
    expect(await tables.call('GetTableBucketMaintenanceConfiguration', { tableBucketARN })).toMatchObject({
      configuration: {
        icebergUnreferencedFileRemoval: {
          status: 'enabled',
          settings: { icebergUnreferencedFileRemoval: { unreferencedDays: 3, nonCurrentDays: 10 } },
        },
      },
    });
    await tables.call('PutTableBucketMaintenanceConfiguration', {
      tableBucketARN,
      type: 'icebergUnreferencedFileRemoval',
      value: { settings: { icebergUnreferencedFileRemoval: { nonCurrentDays: 5 } } },
    });
    expect(await tables.call('GetTableBucketMaintenanceConfiguration', { tableBucketARN })).toMatchObject({
      configuration: {
        icebergUnreferencedFileRemoval: {
          settings: { icebergUnreferencedFileRemoval: { unreferencedDays: 3, nonCurrentDays: 5 } },
        },
      },
    });
    await create('orders');
    const put = (type: string, value: object) =>
      tables.call('PutTableMaintenanceConfiguration', { ...named('orders'), type, value });
    await put('icebergSnapshotManagement', { settings: { icebergSnapshotManagement: { minSnapshotsToKeep: 4 } } });
    expect(await tables.call('GetTableMaintenanceConfiguration', named('orders'))).toMatchObject({
      configuration: {
        icebergCompaction: {
          status: 'enabled',
          settings: { icebergCompaction: { targetFileSizeMB: 512, strategy: 'auto' } },
        },
        icebergSnapshotManagement: {
          settings: { icebergSnapshotManagement: { minSnapshotsToKeep: 4, maxSnapshotAgeHours: 120 } },
        },
      },
    });
    expect(
      await refusal(put('icebergCompaction', { settings: { icebergSnapshotManagement: { minSnapshotsToKeep: 4 } } })),
    ).toMatchObject({ status: 400 });
    expect(
      await refusal(put('icebergCompaction', { settings: { icebergCompaction: { targetFileSizeMB: 1 } } })),
    ).toMatchObject({ status: 400 });
  });

  test('TB-50 a table takes the storage class of its bucket unless it names one', async () => {
    const storageClassConfiguration = { storageClass: 'INTELLIGENT_TIERING' };
    await create('old');
    await tables.call('PutTableBucketStorageClass', { tableBucketARN, storageClassConfiguration });
    await create('inherits');
    await create('own', { storageClassConfiguration: { storageClass: 'STANDARD' } });
    const classOf = async (name: string) => tables.call('GetTableStorageClass', named(name));
    expect(await classOf('old')).toEqual({ storageClassConfiguration: { storageClass: 'STANDARD' } });
    expect(await classOf('inherits')).toEqual({ storageClassConfiguration });
    expect(await classOf('own')).toEqual({ storageClassConfiguration: { storageClass: 'STANDARD' } });
    expect(await tables.call('GetTableBucketStorageClass', { tableBucketARN })).toEqual({ storageClassConfiguration });
  });

  test('TB-51 metrics are configured or not', async () => {
    const read = () => tables.call('GetTableBucketMetricsConfiguration', { tableBucketARN });
    expect(await refusal(read())).toMatchObject({ status: 404 });
    await tables.call('PutTableBucketMetricsConfiguration', { tableBucketARN });
    expect(await read()).toEqual({ tableBucketARN, id: expect.any(String) });
    await tables.call('DeleteTableBucketMetricsConfiguration', { tableBucketARN });
    expect(await refusal(read())).toMatchObject({ status: 404 });
  });

  test('TB-52 replication is changed only under its current token', async () => {
    const destination = tableBucketARN.replace('lake', 'copy');
    const configuration = {
      role: `arn:aws:iam::${ACCOUNT}:role/copy`,
      rules: [{ destinations: [{ destinationTableBucketARN: destination }] }],
    };
    const put = (more: object) =>
      tables.call<{ versionToken: string }>('PutTableBucketReplication', { tableBucketARN, configuration, ...more });
    const { versionToken } = await put({});
    expect(await tables.call('GetTableBucketReplication', { tableBucketARN })).toEqual({ versionToken, configuration });
    expect(await refusal(put({ versionToken: 'stale' }))).toMatchObject({ status: 409 });
    const { tableARN } = await create('orders');
    expect(await tables.call('GetTableReplicationStatus', { tableArn: tableARN })).toEqual({
      sourceTableArn: tableARN,
      destinations: [{ replicationStatus: 'pending', destinationTableBucketArn: destination }],
    });
    for (const bad of [
      { ...configuration, rules: [] },
      {
        ...configuration,
        rules: [{ destinations: Array.from({ length: 6 }, () => configuration.rules[0]?.destinations[0]) }],
      },
      { ...configuration, role: 'copy' },
    ]) {
      expect(await refusal(put({ configuration: bad }))).toMatchObject({ status: 400 });
    }
    await tables.call('DeleteTableBucketReplication', { tableBucketARN, versionToken });
    expect(await refusal(tables.call('GetTableBucketReplication', { tableBucketARN }))).toMatchObject({ status: 404 });
  });

  test('TB-53 record expiration is off until it is switched on with days', async () => {
    const { tableARN: tableArn } = await create('orders');
    const read = () => tables.call('GetTableRecordExpirationConfiguration', { tableArn });
    expect(await read()).toEqual({ configuration: { status: 'disabled' } });
    const put = (value: object) => tables.call('PutTableRecordExpirationConfiguration', { tableArn, value });
    expect(await refusal(put({ status: 'enabled' }))).toMatchObject({ status: 400 });
    await put({ status: 'enabled', settings: { days: 30 } });
    expect(await read()).toEqual({ configuration: { status: 'enabled', settings: { days: 30 } } });
    expect(await tables.call('GetTableRecordExpirationJobStatus', { tableArn })).toEqual({ status: 'NotYetRun' });
  });

  test('TB-54 buckets and tables have at most 50 tags, none of them AWS’s own', async () => {
    const { tableARN } = await create('orders', { tags: { team: 'blue' } });
    for (const resourceArn of [tableBucketARN, tableARN]) {
      const list = () => tables.call('ListTagsForResource', { resourceArn });
      await tables.call('TagResource', { resourceArn, tags: { team: 'red', stage: 'test' } });
      expect(await list()).toEqual({ tags: { team: 'red', stage: 'test' } });
      await tables.call('UntagResource', { resourceArn, tagKeys: ['stage', 'none'] });
      expect(await list()).toEqual({ tags: { team: 'red' } });
      const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, 'v']));
      expect(await refusal(tables.call('TagResource', { resourceArn, tags: many }))).toMatchObject({ status: 400 });
      expect(await refusal(tables.call('TagResource', { resourceArn, tags: { 'aws:x': '1' } }))).toMatchObject({
        status: 400,
      });
      expect(await list()).toEqual({ tags: { team: 'red' } });
    }
  });

  test('TB-57 a text that is no ARN of S3 Tables is refused', async () => {
    for (const arn of ['lake', 'arn:aws:s3:::lake', `${tableBucketARN}/`, tableBucketARN.replace('s3tables', 's3')]) {
      expect(await refusal(tables.call('GetTableBucket', { tableBucketARN: arn }))).toMatchObject({ status: 400 });
    }
    expect(
      await refusal(
        tables.call('GetTableBucket', { tableBucketARN: tableBucketARN.replace('us-east-1', 'eu-west-1') }),
      ),
    ).toMatchObject({ status: 404 });
  });

  test('a reset forgets one account and no other', async () => {
    await create('orders');
    const fay = caller('fay', '444455556666');
    const { arn } = await tables.call<{ arn: string }>('CreateTableBucket', { name: 'lake' }, fay);
    tables.state.write(() => tables.service.reset(ACCOUNT));
    expect(await tables.call('ListTableBuckets', {})).toEqual({ tableBuckets: [] });
    expect(await tables.call('GetTableBucket', { tableBucketARN: arn }, fay)).toMatchObject({ name: 'lake' });
  });

  test('CT-02 CT-07 a request names its bucket and table in the audit trail', async () => {
    const { tableARN } = await create('orders');
    const { context } = await tables.request('GetTableEncryption', named('orders'));
    expect(context.trail).toMatchObject({
      resource: tableARN,
      parent: tableBucketARN,
      event: {
        resources: [
          { accountId: ACCOUNT, type: 'AWS::S3Tables::TableBucket', ARN: tableBucketARN },
          { accountId: ACCOUNT, type: 'AWS::S3Tables::Table', ARN: tableARN },
        ],
      },
    });
  });
});
