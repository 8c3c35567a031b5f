/** The main job, from an empty data directory, with the official clients: choose, upload, see every use of the key. */

import {
  CreateAliasCommand,
  CreateGrantCommand,
  GenerateDataKeyCommand,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import { GetBucketEncryptionCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  GetTableEncryptionCommand,
  GetTableMaintenanceJobStatusCommand,
  PutTableBucketEncryptionCommand,
} from '@aws-sdk/client-s3tables';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerPage } from '../../lib/contract/ledger.ts';
import { accountStatement, maintenanceStatement, policy, useThroughS3 } from '../../lib/scenarios/policies.ts';
import { connectRun } from '../../lib/uploads/connect.ts';
import { NO_OPERATIONS } from '../../lib/uploads/operations.ts';
import { EMPTY_COUNTERS, type UploadedObject, type UploadRun } from '../../lib/uploads/record.ts';
import { runUpload } from '../../lib/uploads/run.ts';
import { type Actors, actorsOf, allow, inShort, makeBucket, makeDirectoryBucket } from './actors.ts';
import { ACCOUNT, ROOT, refusal, startTestEmulator, type TestEmulator } from './harness.ts';

const REGION = 'us-east-1';
const LAKE = `arn:aws:s3tables:${REGION}:${ACCOUNT}:bucket/lake`;
const FAST = 'features--use1-az4--x-s3';
const PLAIN = 'plain-events';
const TABLE = { tableBucketARN: LAKE, namespace: 'sales', name: 'orders' };
const FIELDS = [
  { name: 'id', type: 'long', required: true },
  { name: 'customer', type: 'string' },
];
const INSUFFICIENT =
  'Insufficient access to perform table maintenance. Ensure that the key used to encrypt the table is active, exists, and has a resource policy granting access to the S3 service principal maintenance.s3tables.amazonaws.com.';

let emulator: TestEmulator;
let actors: Actors;
let key: string;
let writer: string;
let tableWriter: string;

beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
});
afterAll(() => emulator.close());

test('KMS-12 KMS-21 PERM-03 TB-05 TB-30 DB-02 DB-10 DB-16 GP-03 BK-13 BK-20 a key, and a bucket of each kind that is encrypted with it', async () => {
  const { kms, s3, s3tables } = clients();
  writer = await actors.role(
    'Writer',
    allow(['s3:PutObject', 's3:GetObject', 's3express:CreateSession', 'kms:GenerateDataKey', 'kms:Decrypt']),
  );
  tableWriter = await actors.role('TableWriter', allow(['s3tables:*']));
  key = await actors.key(maintenanceStatement(LAKE), useThroughS3('TableWriterThroughS3', tableWriter, REGION));
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/lake', TargetKeyId: key }));

  const encryptionConfiguration = { sseAlgorithm: 'aws:kms', kmsKeyArn: key } as const;
  const { arn } = await s3tables.send(new CreateTableBucketCommand({ name: 'lake', encryptionConfiguration }));
  expect(arn).toBe(LAKE);
  await s3tables.send(new CreateNamespaceCommand({ tableBucketARN: LAKE, namespace: ['sales'] }));
  await s3tables.send(
    new CreateTableCommand({ ...TABLE, format: 'ICEBERG', metadata: { iceberg: { schema: { fields: FIELDS } } } }),
  );
  expect((await s3tables.send(new GetTableEncryptionCommand(TABLE))).encryptionConfiguration).toEqual(
    encryptionConfiguration,
  );

  await makeDirectoryBucket(s3, FAST, key);
  await makeBucket(s3, PLAIN, { key, bucketKey: true });
  for (const Bucket of [FAST, PLAIN]) {
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(ServerSideEncryptionConfiguration?.Rules).toEqual([
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
        BucketKeyEnabled: true,
      },
    ]);
  }
});

test('BK-01 BK-04 BK-06 BK-07 BK-08 GP-11 CT-04 CT-05 an upload as a role: one request to KMS, and the ledger tells it for every object', async () => {
  const { arn, s3, credentials } = await actors.assume(writer, 'upload');
  const records = [];
  for (let index = 0; index < 10; index += 1) {
    const answer = await put(s3, PLAIN, `a/${index}`);
    expect(answer).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key, BucketKeyEnabled: true });
    records.push(await actors.recordOf(answer));
  }
  expect(records.map(inShort)).toEqual(['made GenerateDataKey', ...Array<string>(9).fill('spared GenerateDataKey')]);
  const [first, ...later] = records.flatMap(({ keyOperations }) => keyOperations);
  expect(first).toMatchObject({
    answeredBy: 'kms',
    keyArn: key,
    principalArn: arn,
    viaService: `s3.${REGION}.amazonaws.com`,
    encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::${PLAIN}` },
  });
  for (const operation of later) {
    expect(operation).toMatchObject({ answeredBy: 'bucket-key', cachedKeyId: first?.cachedKeyId });
    expect(operation.cachedKeyAge).toBeGreaterThanOrEqual(0);
    expect(operation.decision).toBeUndefined();
  }
  const events = (await actors.events('AccessKeyId', credentials.accessKeyId)).filter(
    ({ eventSource }) => eventSource === 'kms.amazonaws.com',
  );
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    eventName: 'GenerateDataKey',
    awsRegion: REGION,
    sourceIPAddress: 'AWS Internal',
    readOnly: true,
    responseElements: null,
    requestParameters: { keySpec: 'AES_256', encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::${PLAIN}` } },
    resources: [{ accountId: ACCOUNT, type: 'AWS::KMS::Key', ARN: key }],
    eventType: 'AwsApiCall',
    managementEvent: true,
    eventCategory: 'Management',
    recipientAccountId: ACCOUNT,
  });
  expect(records[0]?.eventIds).toContain(events[0]?.eventID);
});

test('DB-27 DB-34 DB-40 DB-48 DB-50 DB-51 CT-10 a directory bucket: its session asks KMS once, and no object does', async () => {
  const { arn, s3 } = await actors.assume(writer, 'zonal');
  const records = [];
  for (let index = 0; index < 5; index += 1) {
    const answer = await put(s3, FAST, `f/${index}`);
    expect(answer).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key, BucketKeyEnabled: true });
    records.push(await actors.recordOf(answer));
  }
  for (const record of records) {
    expect(record.keyOperations.map(({ kind }) => kind)).toEqual(['spared']);
    expect(record.principalArn).toBe(arn);
  }
  const bucketArn = `arn:aws:s3express:${REGION}:${ACCOUNT}:bucket/${FAST}`;
  const { records: all } = await emulator.admin<LedgerPage>(`ledger?principalArn=${arn}&limit=100`);
  const sessions = all.filter(({ operation }) => operation === 'CreateSession');
  expect(sessions).toHaveLength(1);
  expect(sessions[0]?.keyOperations.filter(({ kind }) => kind === 'made').length).toBeGreaterThan(0);
  expect(sessions[0]?.keyOperations[0]?.encryptionContext).toEqual({ 'aws:s3express:arn': bucketArn });
  const contexts = (await actors.events('EventName', 'GenerateDataKey')).map(
    ({ requestParameters }) => requestParameters.encryptionContext,
  );
  expect(contexts).toContainEqual({ 'aws:s3express:arn': `arn:aws:s3:::${bucketArn}` });
});

test('KMS-25 PERM-05 the key serves a role through S3 alone', async () => {
  const { kms } = await actors.assume(tableWriter, 'direct');
  const answer = await refusal(kms.send(new GenerateDataKeyCommand({ KeyId: key, KeySpec: 'AES_256' })));
  expect(answer).toMatchObject({ code: 'AccessDeniedException', status: 400 });
});

test.each([
  ['bucket', 25, 6, () => ({ kind: 'bucket', bucket: PLAIN }) as const, () => writer],
  ['directory bucket', 25, 6, () => ({ kind: 'directory-bucket', bucket: FAST }) as const, () => writer],
  [
    'table',
    3,
    1,
    () => ({ kind: 'table', tableBucketArn: LAKE, namespace: 'sales', name: 'orders' }) as const,
    () => tableWriter,
  ],
] as const)(
  'BK-05 BK-08 TB-12 TB-46 DB-25 a simulated upload to a %s: its counters are the sums of the ledger',
  async (kind, objects, concurrency, target, role) => {
    const plan: UploadRun['plan'] = {
      name: '',
      requesters: [
        {
          target: target(),
          principal: { kind: 'role', roleArn: role() },
          sessions: 1,
          scoped: false,
          bucketKey: 'default',
          objects,
          size: 700,
          sizes: 'same',
          mix: { ...NO_OPERATIONS, [kind === 'table' ? 'append' : 'put']: 1 },
        },
      ],
      concurrency,
      pace: { kind: 'flat-out' },
      seed: 1,
    };
    const saved: UploadedObject[] = [];
    // Past the lifetime of every key that earlier tests left (BK-05).
    await actors.advance(301);
    const run = await runUpload(
      {
        id: `run-${kind.replaceAll(' ', '-')}`,
        scope: 'test',
        region: REGION,
        plan,
        status: 'running',
        startedAt: new Date().toISOString(),
        counters: EMPTY_COUNTERS,
      },
      connectRun({
        region: REGION,
        endpoint: emulator.url,
        credentials: ROOT,
        emulator: { url: emulator.url, token: emulator.adminToken, account: ACCOUNT },
      }),
      { save: () => undefined, saveObjects: (_, batch) => void saved.push(...batch) },
      { allowed: () => Promise.resolve(), paused: false, ending: undefined },
    );
    expect(run.problem).toBeUndefined();
    expect(run).toMatchObject({ status: 'done', counters: { finished: objects, failed: 0 } });
    const { records } = await emulator.admin<LedgerPage>(`ledger?principalArn=${run.principals?.[0]}&limit=200`);
    const written = new Set(saved.map(({ requestId }) => requestId));
    const counted = records.filter(({ requestId }) => written.has(requestId)).flatMap((it) => it.keyOperations);
    const made = counted.filter(({ kind: it }) => it === 'made').length;
    expect(run.counters).toMatchObject({ made, spared: counted.length - made });
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(objects);
    // Nothing that asked for the key was left out.
    const asked = records.filter(({ keyOperations }) => keyOperations.length > 0);
    expect(asked.every(({ requestId }) => written.has(requestId))).toBe(true);
  },
  20_000,
);

test('KMS-20 KMS-42 the trace of an allowed and of a denied request names what decided', async () => {
  const reader = await actors.user(allow(['s3:GetObject']));
  const denied = await refusal(get(reader.s3, PLAIN, 'a/0'));
  expect(denied).toEqual({
    code: 'AccessDenied',
    status: 403,
    message: `User: ${reader.arn} is not authorized to perform: kms:Decrypt on resource: ${key} because no identity-based policy allows the kms:Decrypt action`,
  });
  const { records } = await emulator.admin<LedgerPage>(`ledger?principalArn=${reader.arn}`);
  const why = await decisionsOf(records[0]?.requestId ?? '');
  expect(why.map(({ action, outcome }) => [action, outcome])).toEqual([
    ['s3:GetObject', 'allow'],
    ['kms:Decrypt', 'implicit-deny'],
  ]);
  expect(why[1]?.trace.summary).not.toBe('');

  await clients().kms.send(
    new CreateGrantCommand({ KeyId: key, GranteePrincipal: reader.arn, Operations: ['Decrypt'] }),
  );
  const answer = await get(reader.s3, PLAIN, 'a/0');
  const allowed = await decisionsOf(answer.$metadata.requestId ?? '');
  expect(allowed[1]).toMatchObject({ action: 'kms:Decrypt', outcome: 'allow', decidedBy: 'grant' });
});

test('TB-07 a new default leaves the table alone', async () => {
  const { s3tables } = clients();
  await s3tables.send(
    new PutTableBucketEncryptionCommand({ tableBucketARN: LAKE, encryptionConfiguration: { sseAlgorithm: 'AES256' } }),
  );
  expect((await s3tables.send(new GetTableEncryptionCommand(TABLE))).encryptionConfiguration).toEqual({
    sseAlgorithm: 'aws:kms',
    kmsKeyArn: key,
  });
});

test('TB-60 PERM-04 maintenance fails, and says why, as soon as the key policy no longer names its principal', async () => {
  const { kms, s3tables } = clients();
  const maintain = async () => {
    await emulator.admin('maintenance', { body: { ...TABLE, tableBucketARN: LAKE } });
    const { status } = await s3tables.send(new GetTableMaintenanceJobStatusCommand(TABLE));
    return [status?.icebergCompaction?.status, status?.icebergCompaction?.failureMessage];
  };
  expect(await maintain()).toEqual(['Successful', undefined]);
  await actors.advance(301);
  const without = policy(accountStatement(ACCOUNT), useThroughS3('TableWriterThroughS3', tableWriter, REGION));
  await kms.send(new PutKeyPolicyCommand({ KeyId: key, Policy: without }));
  expect(await maintain()).toEqual(['Failed', INSUFFICIENT]);
});

function clients() {
  return { kms: emulator.kms(), s3: emulator.s3(), s3tables: emulator.s3tables() };
}

const put = (s3: S3Client, Bucket: string, Key: string) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: `body of ${Key}` }));

async function get(s3: S3Client, Bucket: string, Key: string) {
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(await answer.Body?.transformToString()).toBe(`body of ${Key}`);
  return answer;
}

interface Decision {
  readonly action: string;
  readonly outcome: string;
  readonly decidedBy: string;
  readonly trace: { readonly summary: string };
}

const decisionsOf = async (requestId: string): Promise<Decision[]> =>
  (await emulator.admin<{ decisions: Decision[] }>(`decisions/${requestId}`)).decisions;
