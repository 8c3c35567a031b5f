import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ACCOUNT, caller, KEY_A, refusal, startTables, type TestTables } from './testing.ts';

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

interface Table {
  readonly tableARN: string;
  readonly versionToken: string;
  readonly warehouseLocation: string;
  readonly metadataLocation?: string;
}
const get = (name: string) => tables.call<Table>('GetTable', named(name));

describe('tables', () => {
  test('TB-40 TB-57 a table ARN ends with a UUID and not with the name', async () => {
    const { tableARN, versionToken } = await create('orders');
    expect(tableARN).toMatch(new RegExp(`^${tableBucketARN}/table/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`));
    expect(versionToken).toMatch(/^[0-9a-f]{20}$/);
  });

  test('TB-41 a table is found by its names and by its ARN, and by nothing in between', async () => {
    const { tableARN } = await create('orders');
    const byNames = await get('orders');
    expect(byNames).toMatchObject({
      name: 'orders',
      namespace: ['sales'],
      tableARN,
      type: 'customer',
      format: 'ICEBERG',
      ownerAccountId: ACCOUNT,
    });
    expect(await tables.call('GetTable', { tableArn: tableARN })).toEqual(byNames);
    for (const input of [{}, { tableBucketARN }, { tableArn: tableARN, name: 'orders' }]) {
      expect(await refusal(tables.call('GetTable', input))).toMatchObject({ code: 'BadRequestException' });
    }
    expect(await refusal(tables.call('GetTable', { tableArn: `${tableARN}0` }))).toMatchObject({ status: 404 });
  });

  test('TB-61 the warehouse is an S3 name of at most 63 characters that ends with --table-s3', async () => {
    await create('orders');
    const { warehouseLocation } = await get('orders');
    expect(warehouseLocation).toMatch(/^s3:\/\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[a-z0-9]{34}--table-s3$/);
    expect(warehouseLocation.length - 's3://'.length).toBe(63);
  });

  test.each([
    [
      'Orders',
      "1 validation error detected: Value 'Orders' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-z_]*",
    ],
    [
      'or-ders',
      "1 validation error detected: Value 'or-ders' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-z_]*",
    ],
    ['_orders', 'The specified table name is not valid.'],
  ])('TB-56 TB-59 %s is no name for a table', async (name, message) => {
    expect(await refusal(create(name))).toEqual({ code: 'BadRequestException', status: 400, message });
  });

  test('TB-56 TB-59 a name is unique in its namespace', async () => {
    await create('orders');
    expect(await refusal(create('orders'))).toEqual({
      code: 'ConflictException',
      status: 409,
      message: 'A table with an identical name already exists in the namespace.',
    });
    expect(await refusal(tables.call('CreateTable', { tableBucketARN, namespace: 'none', name: 't' }))).toMatchObject({
      message: 'The specified namespace does not exist.',
    });
  });

  test('TB-43 tables are listed in order, by prefix, by namespace and by page', async () => {
    await tables.call('CreateNamespace', { tableBucketARN, namespace: ['hr'] });
    for (const name of ['b', 'a1', 'a2']) await create(name);
    await tables.call('CreateTable', { tableBucketARN, namespace: 'hr', name: 'a9', format: 'ICEBERG' });
    const list = async (input: object) => {
      const answer = await tables.call<{ tables: { namespace: string[]; name: string }[]; continuationToken?: string }>(
        'ListTables',
        { tableBucketARN, ...input },
      );
      return {
        names: answer.tables.map((table) => `${table.namespace[0]}.${table.name}`),
        token: answer.continuationToken,
      };
    };
    expect((await list({})).names).toEqual(['hr.a9', 'sales.a1', 'sales.a2', 'sales.b']);
    expect((await list({ prefix: 'a' })).names).toEqual(['hr.a9', 'sales.a1', 'sales.a2']);
    expect((await list({ namespace: 'sales', prefix: 'a' })).names).toEqual(['sales.a1', 'sales.a2']);
    const pages: string[][] = [];
    for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
      const page = await list({ maxTables: 1, continuationToken: token });
      pages.push(page.names);
      ({ token } = page);
    }
    expect(pages).toEqual([['hr.a9'], ['sales.a1'], ['sales.a2'], ['sales.b']]);
    expect(await refusal(list({ namespace: 'none' }))).toMatchObject({ status: 404 });
  });

  test('TB-45 TB-59 a table can be renamed and moved, not onto another and not nowhere', async () => {
    await tables.call('CreateNamespace', { tableBucketARN, namespace: ['hr'] });
    const { tableARN } = await create('orders');
    await create('taken');
    const rename = (more: object) => tables.call('RenameTable', { ...named('orders'), ...more });
    const message = async (more: object) => (await refusal(rename(more))).message;
    expect(await message({})).toBe('Neither a new namespace name nor a new table name is specified.');
    expect(await message({ newNamespaceName: 'none' })).toBe('The specified destination namespace does not exist.');
    expect(await message({ newName: 'taken' })).toBe('A table with an identical name already exists in the namespace.');
    expect(await message({ newName: 'x', versionToken: 'stale' })).toBe(
      'Provided version token does not match the table version token.',
    );
    await rename({ newName: 'people', newNamespaceName: 'hr' });
    expect(await tables.call('GetTable', { tableArn: tableARN })).toMatchObject({ name: 'people', namespace: ['hr'] });
    expect(await refusal(get('orders'))).toMatchObject({ message: 'The specified table does not exist.' });
  });

  test('TB-44 a delete takes the current version token or none, and the objects with it', async () => {
    await create('orders', { encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn: KEY_A } });
    expect(tables.objects.size).toBe(1);
    expect(await refusal(tables.call('DeleteTable', { ...named('orders'), versionToken: 'stale' }))).toMatchObject({
      code: 'ConflictException',
    });
    await tables.call('DeleteTable', named('orders'));
    expect(await refusal(get('orders'))).toMatchObject({ status: 404 });
    expect(tables.objects.size).toBe(0);
  });
});

describe('metadata', () => {
  const SCHEMA = {
    iceberg: {
      schema: {
        fields: [
          { name: 'id', type: 'long', required: true },
          { name: 'note', type: 'string' },
        ],
      },
    },
  };

  test('TB-40 TB-46 a table made with a schema has Iceberg metadata, written as the caller', async () => {
    await create('orders', {
      metadata: SCHEMA,
      encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn: KEY_A },
    });
    const { metadataLocation = '', warehouseLocation } = await get('orders');
    expect(metadataLocation.startsWith(`${warehouseLocation}/metadata/00000-`)).toBe(true);
    const file = tables.objects.get(metadataLocation.slice('s3://'.length));
    expect(file?.by).toBe(caller('ana').principal.arn);
    expect(JSON.parse(Buffer.from(file?.body ?? []).toString())).toMatchObject({
      'format-version': 2,
      location: warehouseLocation,
      'last-column-id': 2,
      schemas: [
        {
          fields: [
            { id: 1, name: 'id', type: 'long', required: true },
            { id: 2, name: 'note', type: 'string', required: false },
          ],
        },
      ],
      snapshots: [],
    });
  });

  test('TB-17 PERM-01 a caller without the key cannot make a table with a schema', async () => {
    const key = tables.keys.get(KEY_A);
    if (key) tables.keys.set(KEY_A, { ...key, refuses: [caller('ana').principal.arn] });
    const encryptionConfiguration = { sseAlgorithm: 'aws:kms', kmsKeyArn: KEY_A };
    expect(await refusal(create('orders', { metadata: SCHEMA, encryptionConfiguration }))).toMatchObject({
      code: 'ForbiddenException',
      status: 403,
    });
    expect(await refusal(get('orders'))).toMatchObject({ status: 404 });
    await create('orders', { encryptionConfiguration });
  });

  test('TB-40 nested schemas, partitions and orders are taken over; nonsense is refused', async () => {
    const field = (id: number, name: string, type: unknown) => ({ id, name, type, required: false });
    const schemaV2 = {
      type: 'struct',
      schemaId: 3,
      fields: [
        field(1, 'id', 'long'),
        field(2, 'tags', { type: 'list', 'element-id': 7, element: 'string', 'element-required': false }),
      ],
    };
    await create('orders', {
      metadata: {
        iceberg: {
          schemaV2,
          partitionSpec: { fields: [{ sourceId: 1, transform: 'bucket[16]', name: 'id_bucket' }] },
          writeOrder: {
            orderId: 1,
            fields: [{ sourceId: 1, transform: 'identity', direction: 'asc', nullOrder: 'nulls-last' }],
          },
        },
      },
    });
    const { metadataLocation = '' } = await get('orders');
    const body = tables.objects.get(metadataLocation.slice('s3://'.length))?.body ?? [];
    expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({
      'last-column-id': 7,
      'current-schema-id': 3,
      'last-partition-id': 1000,
      'partition-specs': [{ fields: [{ 'source-id': 1, 'field-id': 1000, transform: 'bucket[16]' }] }],
      'default-sort-order-id': 1,
    });
    let deep: unknown = 'long';
    for (let level = 0; level < 200; level += 1) deep = { type: 'list', 'element-id': level + 10, element: deep };
    for (const iceberg of [
      {},
      { schema: { fields: [] } },
      { schema: { fields: [{ name: 'a'.repeat(1024 * 1024), type: 'long' }] } },
      { schema: { fields: [{ name: 'a', type: 'money' }] } },
      {
        schema: {
          fields: [
            { name: 'a', type: 'long' },
            { name: 'a', type: 'long' },
          ],
        },
      },
      { schema: { fields: [{ name: 'a', type: 'long' }] }, schemaV2 },
      { schemaV2: { type: 'struct', fields: [field(1, 'a', 'long'), field(1, 'b', 'long')] } },
      { schemaV2: { type: 'struct', fields: [field(1, 'a', deep)] } },
      { schemaV2, partitionSpec: { fields: [{ sourceId: 99, transform: 'identity', name: 'x' }] } },
      { schemaV2, partitionSpec: { fields: [{ sourceId: 1, transform: 'rot13', name: 'x' }] } },
    ]) {
      expect(await refusal(create('bad', { metadata: { iceberg } }))).toMatchObject({ code: 'BadRequestException' });
    }
  });

  test('TB-46 TB-59 of two commits on one version token, one wins', async () => {
    const { versionToken } = await create('orders');
    const { warehouseLocation } = await get('orders');
    const commit = (metadataLocation: string, token = versionToken) =>
      tables.call<Table>('UpdateTableMetadataLocation', { ...named('orders'), versionToken: token, metadataLocation });
    const first = await commit(`${warehouseLocation}/metadata/00001-a.metadata.json`);
    expect(first.versionToken).not.toBe(versionToken);
    expect(await refusal(commit(`${warehouseLocation}/metadata/00001-b.metadata.json`))).toEqual({
      code: 'ConflictException',
      status: 409,
      message: 'Provided version token does not match the table version token.',
    });
    await commit(`${warehouseLocation}/metadata/00002-c.metadata.json.gz`, first.versionToken);
    expect(await tables.call('GetTableMetadataLocation', named('orders'))).toMatchObject({
      warehouseLocation,
      metadataLocation: `${warehouseLocation}/metadata/00002-c.metadata.json.gz`,
    });
  });

  test('TB-46 TB-59 a metadata location lies in the warehouse and is a metadata file', async () => {
    const { versionToken } = await create('orders');
    const { warehouseLocation } = await get('orders');
    for (const metadataLocation of [
      's3://elsewhere/metadata/00001.metadata.json',
      `${warehouseLocation}x/metadata/00001.metadata.json`,
      `${warehouseLocation}/metadata/00001.json`,
      warehouseLocation,
    ]) {
      expect(
        await refusal(
          tables.call('UpdateTableMetadataLocation', { ...named('orders'), versionToken, metadataLocation }),
        ),
      ).toEqual({ code: 'BadRequestException', status: 400, message: 'The specified metadata location is not valid.' });
    }
  });
});
