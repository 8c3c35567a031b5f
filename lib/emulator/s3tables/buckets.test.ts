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

describe('table buckets', () => {
  test.each([
    'ab',
    'Lake',
    'la_ke',
    'la.ke',
    '-lake',
    'lake-',
    'xn--lake',
    'sthree-lake',
    'amzn-s3-demo-lake',
    'aws-lake',
    'lake-s3alias',
    'lake--ol-s3',
    'lake--x-s3',
    'lake--table-s3',
    'l'.repeat(64),
  ])('TB-55 %s is no name for a table bucket', async (name) => {
    expect(await refusal(tables.call('CreateTableBucket', { name }))).toEqual({
      code: 'BadRequestException',
      status: 400,
      message: 'The specified bucket name is not valid.',
    });
  });

  test('TB-55 a name is unique within account and Region only', async () => {
    expect(await refusal(tables.call('CreateTableBucket', { name: 'lake' }))).toMatchObject({
      code: 'ConflictException',
      status: 409,
    });
    await tables.call('CreateTableBucket', { name: 'lake' }, caller('fay', '444455556666'));
  });

  test('TB-30 TB-31 TB-57 a bucket answers its ARN, owner, id and type', async () => {
    expect(tableBucketARN).toBe(`arn:aws:s3tables:us-east-1:${ACCOUNT}:bucket/lake`);
    expect(await tables.call('GetTableBucket', { tableBucketARN })).toEqual({
      arn: tableBucketARN,
      name: 'lake',
      ownerAccountId: ACCOUNT,
      createdAt: expect.any(Date),
      tableBucketId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'customer',
    });
  });

  test('TB-32 buckets are listed by name, prefix, type and page', async () => {
    for (const name of ['lake-a', 'lake-b', 'pond']) await tables.call('CreateTableBucket', { name });
    const list = async (input: object) => {
      const { tableBuckets, continuationToken } = await tables.call<{
        tableBuckets: { name: string }[];
        continuationToken?: string;
      }>('ListTableBuckets', input);
      return { names: tableBuckets.map(({ name }) => name), continuationToken };
    };
    expect((await list({})).names).toEqual(['lake', 'lake-a', 'lake-b', 'pond']);
    expect((await list({ prefix: 'lake-' })).names).toEqual(['lake-a', 'lake-b']);
    expect((await list({ type: 'aws' })).names).toEqual([]);
    const first = await list({ maxBuckets: 3 });
    expect(first.names).toEqual(['lake', 'lake-a', 'lake-b']);
    const second = await list({ maxBuckets: 3, continuationToken: first.continuationToken });
    expect(second).toEqual({ names: ['pond'], continuationToken: undefined });
  });

  test('TB-59 a continuation token of another list or of nobody is refused', async () => {
    for (const name of ['a_x', 'b_x']) await tables.call('CreateNamespace', { tableBucketARN, namespace: [name] });
    const { continuationToken } = await tables.call<{ continuationToken: string }>('ListNamespaces', {
      tableBucketARN,
      maxNamespaces: 1,
    });
    for (const token of [continuationToken, 'nonsense', '', Buffer.from('["buckets",1]').toString('base64url')]) {
      expect(await refusal(tables.call('ListTableBuckets', { continuationToken: token }))).toEqual({
        code: 'BadRequestException',
        status: 400,
        message: 'The continuation token is not valid.',
      });
    }
  });

  test('TB-33 a bucket can be deleted once it is empty', async () => {
    expect(await refusal(tables.call('DeleteTableBucket', { tableBucketARN }))).toMatchObject({ status: 409 });
    await tables.call('DeleteNamespace', { tableBucketARN, namespace: 'sales' });
    await tables.call('DeleteTableBucket', { tableBucketARN });
    expect(await refusal(tables.call('GetTableBucket', { tableBucketARN }))).toEqual({
      code: 'NotFoundException',
      status: 404,
      message: 'The specified bucket does not exist.',
    });
  });

  test('LIM-06 an account has at most 100 table buckets in a Region', async () => {
    for (let index = 1; index < 100; index += 1) await tables.call('CreateTableBucket', { name: `bucket-${index}` });
    expect(await refusal(tables.call('CreateTableBucket', { name: 'one-too-many' }))).toMatchObject({ status: 400 });
    await tables.call('CreateTableBucket', { name: 'not-mine' }, caller('fay', '444455556666'));
    tables.world.change(ACCOUNT, { tableBucketQuota: 101 });
    await tables.call('CreateTableBucket', { name: 'one-more' });
  });
});

describe('namespaces', () => {
  test.each(['_x', 'a-b', 'A', 'a.b', 'aws_x', ''])('TB-56 %s is no name for a namespace', async (name) => {
    expect(await refusal(tables.call('CreateNamespace', { tableBucketARN, namespace: [name] }))).toMatchObject({
      message: 'The specified namespace name is not valid.',
    });
  });

  test('TB-37 TB-38 TB-39 a namespace is made, read, listed and deleted', async () => {
    expect(await tables.call('CreateNamespace', { tableBucketARN, namespace: ['hr'] })).toEqual({
      tableBucketARN,
      namespace: ['hr'],
    });
    expect(await refusal(tables.call('CreateNamespace', { tableBucketARN, namespace: ['hr'] }))).toMatchObject({
      status: 409,
    });
    expect(await tables.call('GetNamespace', { tableBucketARN, namespace: 'hr' })).toMatchObject({
      namespace: ['hr'],
      createdBy: ACCOUNT,
      ownerAccountId: ACCOUNT,
    });
    const { namespaces } = await tables.call<{ namespaces: { namespace: string[] }[] }>('ListNamespaces', {
      tableBucketARN,
    });
    expect(namespaces.map(({ namespace }) => namespace)).toEqual([['hr'], ['sales']]);
    await tables.call('DeleteNamespace', { tableBucketARN, namespace: 'hr' });
    expect(await refusal(tables.call('GetNamespace', { tableBucketARN, namespace: 'hr' }))).toEqual({
      code: 'NotFoundException',
      status: 404,
      message: 'The specified namespace does not exist.',
    });
  });

  test('TB-38 a namespace with tables cannot be deleted', async () => {
    await create('orders');
    expect(await refusal(tables.call('DeleteNamespace', { tableBucketARN, namespace: 'sales' }))).toMatchObject({
      status: 409,
    });
  });
});
