/** Who needs what on the key of a table, and other rules that belong to no single service. */

import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { CreateKeyCommand, GetParametersForImportCommand, ImportKeyMaterialCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, PutBucketEncryptionCommand } from '@aws-sdk/client-s3';
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  GetTableEncryptionCommand,
  ListTablesCommand,
  type S3TablesClient,
} from '@aws-sdk/client-s3tables';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { maintenanceStatement, type Statement } from '../../lib/scenarios/policies.ts';
import { appendToTable } from '../../lib/uploads/iceberg/append.ts';
import { type Actors, actorsOf, allow, makeBucket, type ObjectClients, objectsOf } from './actors.ts';
import { ACCOUNT, refusal, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
let actors: Actors;
let objects: ObjectClients;
let counter = 0;

beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
  objects = objectsOf(emulator, actors);
});
afterAll(() => emulator.close());

const USE = ['kms:GenerateDataKey', 'kms:Decrypt'];

/** A table bucket with a namespace, under a key whose policy has the maintenance statement and these. */
async function lakeWith(...statements: readonly Statement[]) {
  counter += 1;
  const name = `lake-${counter}`;
  const arn = `arn:aws:s3tables:us-east-1:${ACCOUNT}:bucket/${name}`;
  const key = await actors.key(maintenanceStatement(arn), ...statements);
  const encryptionConfiguration = { sseAlgorithm: 'aws:kms', kmsKeyArn: key } as const;
  await emulator.s3tables().send(new CreateTableBucketCommand({ name, encryptionConfiguration }));
  await emulator.s3tables().send(new CreateNamespaceCommand({ tableBucketARN: arn, namespace: ['sales'] }));
  return { arn, key };
}

const createTable = (s3tables: S3TablesClient, tableBucketARN: string, name: string, kmsKeyArn?: string) =>
  s3tables.send(
    new CreateTableCommand({
      tableBucketARN,
      namespace: 'sales',
      name,
      format: 'ICEBERG',
      ...(kmsKeyArn !== undefined && { encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn } }),
    }),
  );
const ROWS = [
  { id: 1n, customer: 'a' },
  { id: 2n, customer: 'b' },
];

test('PERM-09 PERM-09a naming a key takes s3tables:PutTableEncryption: 403 without, and no table', async () => {
  const { arn, key } = await lakeWith();
  const without = await actors.user(allow(['s3tables:CreateTable', 's3tables:GetTable*', 'kms:*']));
  const answer = await refusal(createTable(without.s3tables, arn, 'orders', key));
  expect(answer.status).toBe(403);
  expect((await emulator.s3tables().send(new ListTablesCommand({ tableBucketARN: arn }))).tables).toEqual([]);
  const user = await actors.user(allow(['s3tables:CreateTable', 's3tables:PutTableEncryption', 'kms:*']));
  await createTable(user.s3tables, arn, 'orders', key);
});

test('PERM-06 PERM-09b PERM-11 TB-62 a client writes with the two actions, scoped to the tables of the bucket and to S3', async () => {
  counter += 1;
  const arn = `arn:aws:s3tables:us-east-1:${ACCOUNT}:bucket/lake-${counter}`;
  counter -= 1;
  const scoped = (pattern: string): Statement => ({
    ...allow(USE, ['*'], 'Scoped'),
    Condition: {
      StringLike: { 'kms:EncryptionContext:aws:s3:arn': pattern },
      StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
    },
  });
  const { key } = await lakeWith();
  await createTable(emulator.s3tables(), arn, 'orders', key);
  const table = { tableBucketARN: arn, namespace: 'sales', name: 'orders' };
  const client = await actors.user(allow(['s3tables:*']), scoped(`${arn}/*`));
  await appendToTable({ s3: client.s3, s3tables: client.s3tables, table, rows: ROWS });
  const wrong = await actors.user(allow(['s3tables:*']), scoped(arn));
  expect(
    (await refusal(appendToTable({ s3: wrong.s3, s3tables: wrong.s3tables, table, rows: ROWS }))).message,
  ).toContain('kms:');
});

test('TB-10 TB-11 another key means a new table, into which the rows are copied', async () => {
  const { arn, key } = await lakeWith();
  const next = await actors.key(maintenanceStatement(arn));
  const [s3, s3tables] = [emulator.s3(), emulator.s3tables()];
  await createTable(s3tables, arn, 'orders', key);
  await createTable(s3tables, arn, 'orders_2', next);
  const table = (name: string) => ({ tableBucketARN: arn, namespace: 'sales', name });
  const written = await appendToTable({ s3, s3tables, table: table('orders'), rows: ROWS });
  const read = async (location: string) => {
    const [, Bucket = '', Key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location) ?? [];
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    return parquetReadObjects({ file: file as ArrayBuffer });
  };
  const rows = await read(written.files[0]?.path ?? '');
  const copied = await appendToTable({ s3, s3tables, table: table('orders_2'), rows });
  expect(await read(copied.files[0]?.path ?? '')).toEqual(rows);
  const { encryptionConfiguration } = await s3tables.send(new GetTableEncryptionCommand(table('orders_2')));
  expect(encryptionConfiguration?.kmsKeyArn).toBe(next);
});

test('BK-11 KMS-09 bucket keys work with imported material', async () => {
  const kms = emulator.kms();
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Origin: 'EXTERNAL' }));
  const KeyId = KeyMetadata?.Arn ?? '';
  const { ImportToken, PublicKey = new Uint8Array() } = await kms.send(
    new GetParametersForImportCommand({
      KeyId,
      WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      WrappingKeySpec: 'RSA_2048',
    }),
  );
  const wrapping = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
  const EncryptedKeyMaterial = publicEncrypt(
    { key: wrapping, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    randomBytes(32),
  );
  const ExpirationModel = 'KEY_MATERIAL_DOES_NOT_EXPIRE';
  await kms.send(new ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel }));
  const Bucket = await objects.bucketWith(KeyId, true);
  expect(await objects.usesOf(await objects.put(objects.root, Bucket, '1'))).toBe('made GenerateDataKey');
  expect(await objects.usesOf(await objects.put(objects.root, Bucket, '2'))).toBe('spared GenerateDataKey');
  expect((await objects.get(objects.root, Bucket, '1')).text).toBe('test');
});

test('GP-24 a bucket that blocks SSE-C refuses it', async () => {
  const Bucket = objects.name();
  await makeBucket(objects.root, Bucket);
  await objects.root.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: { Rules: [{ BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] } }] },
    }),
  );
  const SSECustomerKey = randomBytes(32).toString('base64');
  const answer = await refusal(
    objects.put(objects.root, Bucket, 'x', { SSECustomerAlgorithm: 'AES256', SSECustomerKey }),
  );
  expect(answer).toMatchObject({ code: 'AccessDenied', status: 403 });
  await objects.put(objects.root, Bucket, 'x');
});
