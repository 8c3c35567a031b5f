/** The Iceberg REST catalog over the wire. PyIceberg's own story is e2e/clients/pyiceberg_catalog.py. */

import { CreateKeyCommand, DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  GetTableMetadataLocationCommand,
} from '@aws-sdk/client-s3tables';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseExact, stringifyExact } from '../../lib/iceberg/exact-json.ts';
import { accountStatement, maintenanceStatement, policy } from '../../lib/scenarios/policies.ts';
import { type Actors, actorsOf } from './actors.ts';
import { ACCOUNT, type Credentials, startTestEmulator, type TestEmulator } from './harness.ts';
import { type RawAnswer, send } from './raw.ts';

const BUCKET = `arn:aws:s3tables:us-east-1:${ACCOUNT}:bucket/lake`;
const PREFIX = `/iceberg/v1/${encodeURIComponent(BUCKET)}`;
const SCHEMA = {
  type: 'struct',
  'schema-id': 0,
  fields: [{ id: 1, name: 'id', required: true, type: 'long' }],
};
/** More digits than a number of JavaScript holds. */
const SNAPSHOT = 8_234_567_890_123_456_789n;

let emulator: TestEmulator;
let key: string;
let actors: Actors;

beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
  const { KeyMetadata } = await emulator
    .kms()
    .send(new CreateKeyCommand({ Policy: policy(accountStatement(ACCOUNT), maintenanceStatement(BUCKET)) }));
  key = KeyMetadata?.Arn ?? '';
  await emulator.s3tables().send(
    new CreateTableBucketCommand({
      name: 'lake',
      encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn: key },
    }),
  );
});
afterAll(() => emulator.close());

async function call(method: string, path: string, body?: unknown, credentials?: Credentials) {
  const answer: RawAnswer = await send(emulator.url, {
    method,
    target: path.startsWith('/') ? path : `${PREFIX}/${path}`,
    service: 's3tables',
    ...(body !== undefined && { body: typeof body === 'string' ? body : stringifyExact(body) }),
    ...(credentials && { credentials }),
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a test reads has the shape that it expects
  const json = (answer.body === '' ? undefined : parseExact(answer.body)) as Record<string, never>;
  return { status: answer.status, json, error: json?.['error'] as unknown };
}

async function makeTable(namespace: string, name: string) {
  await call('POST', 'namespaces', { namespace: [namespace] });
  return call('POST', `namespaces/${namespace}/tables`, { name, schema: SCHEMA });
}

const snapshotUpdates = (id: bigint | number, manifestList: string) => [
  {
    action: 'add-snapshot',
    snapshot: {
      'snapshot-id': id,
      'sequence-number': 1,
      'timestamp-ms': Date.now(),
      'manifest-list': manifestList,
      'schema-id': 0,
      summary: { operation: 'append' },
    },
  },
  { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': id },
];

test('the prefix is the URL-encoded ARN of the table bucket, and only what is supported is announced', async () => {
  const config = await call('GET', `/iceberg/v1/config?warehouse=${encodeURIComponent(BUCKET)}`);
  expect(config.json).toMatchObject({ defaults: {}, overrides: { prefix: encodeURIComponent(BUCKET) } });
  expect(config.json['endpoints']).toContain('POST /v1/{prefix}/namespaces/{namespace}/tables/{table}');
  expect(config.json['endpoints']).not.toContain('GET /v1/{prefix}/namespaces/{namespace}/views');
  const unknown = await call('GET', `/iceberg/v1/config?warehouse=${encodeURIComponent(`${BUCKET}-none`)}`);
  expect([unknown.status, unknown.error]).toEqual([
    404,
    { message: 'The specified bucket does not exist.', type: 'NotFoundException', code: 404 },
  ]);
});

describe('a table', () => {
  test('TB-05 TB-46 is created with its first metadata file under the key of the bucket, and S3 Tables knows it', async () => {
    const created = await makeTable('one', 'orders');
    expect(created.status).toBe(200);
    const location = await emulator
      .s3tables()
      .send(new GetTableMetadataLocationCommand({ tableBucketARN: BUCKET, namespace: 'one', name: 'orders' }));
    expect(created.json['metadata-location']).toBe(location.metadataLocation);
    expect(created.json['metadata']).toMatchObject({
      'format-version': 2,
      location: location.warehouseLocation,
      schemas: [SCHEMA],
    });
    const [, , Bucket = '', ...rest] = String(location.metadataLocation).split('/');
    const file = await emulator.s3().send(new GetObjectCommand({ Bucket, Key: rest.join('/') }));
    expect(file).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key });
    const loaded = await call('GET', 'namespaces/one/tables/orders');
    expect(loaded.json).toEqual(created.json);
  });

  test('a commit writes a new metadata file, keeps every digit of a snapshot id and logs the file before it', async () => {
    const created = await makeTable('commits', 'orders');
    const before = String(created.json['metadata-location']);
    const committed = await call('POST', 'namespaces/commits/tables/orders', {
      requirements: [{ type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': null }],
      updates: snapshotUpdates(SNAPSHOT, `${before.replace(/[^/]*$/, '')}snap-1.avro`),
    });
    expect(committed.status).toBe(200);
    expect(committed.json['metadata']).toMatchObject({
      'current-snapshot-id': SNAPSHOT,
      'last-sequence-number': 1,
      'metadata-log': [{ 'metadata-file': before }],
    });
    expect(committed.json['metadata-location']).toMatch(/\/metadata\/00001-[0-9a-f-]{36}\.metadata\.json$/);
    const loaded = await call('GET', 'namespaces/commits/tables/orders');
    expect(loaded.json['metadata']).toEqual(committed.json['metadata']);
  });

  test('a commit on a stale version is refused with the requirement that broke', async () => {
    const created = await makeTable('stale', 'orders');
    const location = String(created.json['metadata-location']);
    const commit = (id: bigint | number) =>
      call('POST', 'namespaces/stale/tables/orders', {
        requirements: [{ type: 'assert-ref-snapshot-id', ref: 'main' }],
        updates: snapshotUpdates(id, location),
      });
    expect((await commit(1)).status).toBe(200);
    expect((await commit(2)).error).toEqual({
      type: 'CommitFailedException',
      code: 409,
      message: 'Requirement failed: branch main was created concurrently',
    });
  });

  test('of twenty commits at once none is lost: each is applied or told that it failed', async () => {
    await makeTable('race', 'orders');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        call('POST', 'namespaces/race/tables/orders', {
          requirements: [],
          updates: [{ action: 'set-properties', updates: { [`p${index}`]: 'x' } }],
        }),
      ),
    );
    const done = answers.flatMap(({ status }, index) => (status === 200 ? [`p${index}`] : []));
    expect(done.length).toBeGreaterThan(0);
    const refused = answers.filter(({ status }) => status !== 200);
    for (const { error } of refused) expect(error).toMatchObject({ code: 409, type: 'CommitFailedException' });
    const { json } = await call('GET', 'namespaces/race/tables/orders');
    const { properties }: { properties: object } = json['metadata'] ?? { properties: {} };
    expect(Object.keys(properties).sort()).toEqual(done.sort());
  });

  test('TB-45 is renamed across namespaces, dropped with purge only, and gone', async () => {
    await makeTable('from_here', 'orders');
    await call('POST', 'namespaces', { namespace: ['to_there'] });
    const renamed = await call('POST', 'tables/rename', {
      source: { namespace: ['from_here'], name: 'orders' },
      destination: { namespace: ['to_there'], name: 'bills' },
    });
    expect(renamed.status).toBe(204);
    const listed = await call('GET', 'namespaces/to_there/tables');
    expect(listed.json).toEqual({ identifiers: [{ namespace: ['to_there'], name: 'bills' }] });
    const kept = await call('DELETE', 'namespaces/to_there/tables/bills?purgeRequested=false');
    expect(kept.error).toMatchObject({ code: 400, type: 'BadRequestException' });
    expect((await call('DELETE', 'namespaces/to_there')).error).toMatchObject({ type: 'NamespaceNotEmptyException' });
    expect((await call('DELETE', 'namespaces/to_there/tables/bills?purgeRequested=true')).status).toBe(204);
    expect((await call('HEAD', 'namespaces/to_there/tables/bills')).status).toBe(404);
    expect((await call('GET', 'namespaces/to_there/tables/bills')).error).toMatchObject({
      type: 'NoSuchTableException',
    });
  });

  test('registers an earlier metadata file of its own, and no other', async () => {
    const created = await makeTable('registered', 'orders');
    const first = String(created.json['metadata-location']);
    await call('POST', 'namespaces/registered/tables/orders', {
      requirements: [],
      updates: [{ action: 'set-properties', updates: { a: 'b' } }],
    });
    const register = (location: string, overwrite: boolean) =>
      call('POST', 'namespaces/registered/register', { name: 'orders', 'metadata-location': location, overwrite });
    expect((await register(first, false)).error).toMatchObject({ type: 'AlreadyExistsException' });
    expect((await register('s3://elsewhere/metadata/0.metadata.json', true)).status).toBe(400);
    expect((await register(first, true)).json['metadata']).toMatchObject({ properties: {} });
    expect((await call('GET', 'namespaces/registered/tables/orders')).json['metadata-location']).toBe(first);
  });

  test.each([
    ['no JSON', '{'],
    ['no list of updates', { requirements: [] }],
    ['an unknown update', { requirements: [], updates: [{ action: 'explode' }] }],
    ['another location', { requirements: [], updates: [{ action: 'set-location', location: 's3://elsewhere' }] }],
    [
      'a reference to no snapshot',
      {
        requirements: [],
        updates: [{ action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': 5 }],
      },
    ],
    [
      'a schema that uses an id twice',
      {
        requirements: [],
        updates: [{ action: 'add-schema', schema: { ...SCHEMA, fields: [...SCHEMA.fields, ...SCHEMA.fields] } }],
      },
    ],
  ])('refuses a commit with %s and stays as it is', async (name, body) => {
    const namespace = `bad_${name.replaceAll(/\W/g, '_').toLowerCase()}`;
    const created = await makeTable(namespace, 'orders');
    const answer = await call('POST', `namespaces/${namespace}/tables/orders`, body);
    expect(answer.error).toMatchObject({ code: 400, type: 'BadRequestException' });
    expect((await call('GET', `namespaces/${namespace}/tables/orders`)).json).toEqual(created.json);
  });

  test('without metadata, or asked for in two stages, is refused as AWS does', async () => {
    const tables = emulator.s3tables();
    await tables.send(new CreateNamespaceCommand({ tableBucketARN: BUCKET, namespace: ['plain'] }));
    await tables.send(
      new CreateTableCommand({ tableBucketARN: BUCKET, namespace: 'plain', name: 'empty', format: 'ICEBERG' }),
    );
    expect((await call('GET', 'namespaces/plain/tables/empty')).status).toBe(400);
    const staged = { name: 'staged', schema: SCHEMA, 'stage-create': true };
    expect((await call('POST', 'namespaces/plain/tables', staged)).status).toBe(400);
    expect((await call('GET', 'namespaces/plain/views')).error).toMatchObject({
      code: 406,
      type: 'UnsupportedOperationException',
    });
  });
});

test('lists in pages where a client asks for them', async () => {
  for (const name of ['p1', 'p2', 'p3']) await makeTable('paged', name);
  const first = await call('GET', 'namespaces/paged/tables?pageToken=&pageSize=2');
  expect(first.json['identifiers']).toHaveLength(2);
  const token = encodeURIComponent(String(first.json['next-page-token']));
  const second = await call('GET', `namespaces/paged/tables?pageSize=2&pageToken=${token}`);
  expect(second.json).toEqual({ identifiers: [{ namespace: ['paged'], name: 'p3' }] });
  expect((await call('GET', 'namespaces/paged/tables?pageSize=0')).status).toBe(400);
});

describe('PERM-06 whoever reads a table through the catalog', () => {
  const ALLOWED = ['s3tables:GetTableMetadataLocation', 's3tables:GetTableData', 'kms:Decrypt'];

  test.each(ALLOWED)('needs %s', async (missing) => {
    const namespace = missing.replaceAll(/\W/g, '_').toLowerCase();
    await makeTable(namespace, 'orders');
    await emulator.admin('clock', { body: { advanceSeconds: 400 } });
    const allowed = ALLOWED.filter((it) => it !== missing);
    const { credentials, arn } = await actors.user({ Sid: 'Own', Effect: 'Allow', Action: allowed, Resource: '*' });
    const answer = await call('GET', `namespaces/${namespace}/tables/orders`, undefined, credentials);
    expect(answer.error).toMatchObject({ code: 403, type: 'ForbiddenException' });
    expect(JSON.stringify(answer.error)).toContain(`User: ${arn} is not authorized to perform: ${missing} on resource`);
  });
});

test('TB-60 a disabled key is named, and the table is readable again with it', async () => {
  await makeTable('locked', 'orders');
  await emulator.kms().send(new DisableKeyCommand({ KeyId: key }));
  await emulator.admin('clock', { body: { advanceSeconds: 400 } });
  expect((await call('GET', 'namespaces/locked/tables/orders')).error).toEqual({
    type: 'BadRequestException',
    code: 400,
    message: `${key} is disabled.`,
  });
  await emulator.kms().send(new EnableKeyCommand({ KeyId: key }));
  expect((await call('GET', 'namespaces/locked/tables/orders')).status).toBe(200);
});
