/** Workloads against a running emulator: their counters are the ledger's, and what happens to them midway stands in the run. */

import { GetRolePolicyCommand } from '@aws-sdk/client-iam';
import { DeleteBucketCommand, DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { CreateNamespaceCommand, CreateTableBucketCommand, CreateTableCommand } from '@aws-sdk/client-s3tables';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerPage, LedgerRecord } from '../../lib/contract/ledger.ts';
import type { WorldSetting } from '../../lib/contract/world.ts';
import { accountStatement, maintenanceStatement } from '../../lib/scenarios/policies.ts';
import { connectRun } from '../../lib/uploads/connect.ts';
import { NO_OPERATIONS } from '../../lib/uploads/operations.ts';
import type { Requester, UploadPlan } from '../../lib/uploads/plan.ts';
import { EMPTY_COUNTERS, type UploadedObject, type UploadRun } from '../../lib/uploads/record.ts';
import { type RunControl, runUpload } from '../../lib/uploads/run.ts';
import { openUploadStore, type UploadStore } from '../../lib/uploads/store.ts';
import { readTimeline } from '../../lib/uploads/timeline.ts';
import { type Actors, actorsOf, allow, makeBucket, makeDirectoryBucket } from './actors.ts';
import { ACCOUNT, ROOT, refusal, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
let actors: Actors;
let roles: readonly string[];
let store: UploadStore;
let counter = 0;

beforeAll(async () => {
  emulator = await startTestEmulator();
  store = openUploadStore(emulator.dataDir);
  actors = actorsOf(emulator);
  const all = allow(['s3:*', 's3express:*', 's3tables:*', 'kms:*']);
  roles = await Promise.all(['Writer', 'Reader', 'Backfill'].map((name) => actors.role(name, all)));
});
afterAll(async () => {
  store.close();
  await emulator.close();
});

const role = (index: number) => ({ kind: 'role', roleArn: roles[index] ?? '' }) as const;

function requester(changes: Partial<Omit<Requester, 'mix'>> & { mix?: Partial<Requester['mix']> }): Requester {
  return {
    target: { kind: 'bucket', bucket: 'none' },
    principal: role(0),
    sessions: 1,
    scoped: false,
    bucketKey: 'default',
    objects: 20,
    size: 600,
    sizes: 'same',
    ...changes,
    mix: { ...NO_OPERATIONS, ...(changes.mix ?? { put: 1 }) },
  };
}

const plan = (requesters: readonly Requester[], more: Partial<UploadPlan> = {}): UploadPlan => ({
  name: 'test',
  requesters: [...requesters],
  concurrency: 8,
  pace: { kind: 'flat-out' },
  seed: 3,
  ...more,
});

const GOING: RunControl = { allowed: () => Promise.resolve(), paused: false, ending: undefined };

/** Runs a plan with a store of its own kind; `interfere` is called at each report. */
async function run(
  it: UploadPlan,
  {
    control = GOING,
    interfere,
    from,
  }: { control?: RunControl; interfere?: (standing: UploadRun) => void; from?: UploadRun } = {},
) {
  counter += 1;
  const start: UploadRun = from ?? {
    id: `run-${counter}`,
    scope: 'test',
    region: 'us-east-1',
    plan: it,
    status: 'running',
    startedAt: new Date().toISOString(),
    counters: EMPTY_COUNTERS,
  };
  const connection = connectRun({
    region: 'us-east-1',
    endpoint: emulator.url,
    credentials: ROOT,
    emulator: { url: emulator.url, token: emulator.adminToken, account: ACCOUNT },
  });
  const save = (standing: UploadRun) => {
    store.save(standing);
    interfere?.(standing);
  };
  const ended = await runUpload(start, connection, { ...store, save }, control);
  expect(store.run(ended.id)).toEqual(ended);
  return { run: ended, objects: [...store.allObjects(ended.id)] };
}

/** What the ledger has of the sessions of a run. */
async function ledgerOf({ accessKeyIds = [], worldStartedAt = '' }: UploadRun): Promise<LedgerRecord[]> {
  const records: LedgerRecord[] = [];
  let after = '';
  do {
    const page: LedgerPage = await emulator.admin(
      `ledger?limit=200&from=${worldStartedAt}${after && `&after=${encodeURIComponent(after)}`}`,
    );
    records.push(...page.records);
    after = page.next ?? '';
  } while (after !== '');
  return records.filter(({ accessKeyId }) => accessKeyIds.includes(accessKeyId));
}

function expectLedger(ended: UploadRun, records: readonly LedgerRecord[]): void {
  const operations = records.flatMap(({ keyOperations }) => keyOperations);
  const made = operations.filter(({ kind }) => kind === 'made').length;
  expect(ended.counters).toMatchObject({
    made,
    spared: operations.length - made,
    failed: records.filter(({ error }) => error !== undefined).length,
  });
  const bytes = records.filter(({ error, operation }) => error === undefined && operation === 'PutObject');
  expect(bytes.length).toBeLessThanOrEqual(ended.counters.puts);
}

async function bucketWith(bucketKey = true): Promise<string> {
  counter += 1;
  const bucket = `workload-${counter}`;
  await makeBucket(emulator.s3(), bucket, { key: await actors.key(), bucketKey });
  return bucket;
}

test('every operation of several requesters, also scoped sessions: the counters are the sums of the ledger', async () => {
  const bucket = await bucketWith();
  const fast = `workload-${counter}--use1-az4--x-s3`;
  await makeDirectoryBucket(emulator.s3(), fast, await actors.key());
  const { run: ended, objects } = await run(
    plan([
      requester({
        target: { kind: 'bucket', bucket },
        objects: 60,
        sizes: 'varied',
        mix: { put: 3, get: 2, copy: 1, list: 1, multipart: 1 },
      }),
      requester({ target: { kind: 'bucket', bucket }, principal: role(1), sessions: 5, scoped: true, objects: 20 }),
      requester({ target: { kind: 'directory-bucket', bucket: fast }, principal: role(2), mix: { put: 2, get: 1 } }),
    ]),
  );
  expect(ended).toMatchObject({ status: 'done', counters: { finished: 100, failed: 0 } });
  expect(new Set(objects.map(({ operation }) => operation))).toEqual(
    new Set([
      'PutObject',
      'GetObject',
      'CopyObject',
      'ListObjectsV2',
      'CreateMultipartUpload',
      'UploadPart',
      'CompleteMultipartUpload',
      'CreateSession',
    ]),
  );
  const records = await ledgerOf(ended);
  expectLedger(ended, records);
  // BK-06: each scoped session had its key fetched.
  const scoped = records.filter(({ principalArn }) => principalArn.includes('/Reader/'));
  expect(scoped.filter(({ keyOperations }) => keyOperations.some(({ kind }) => kind === 'made'))).toHaveLength(5);
  expect(objects.every(({ time }) => time !== undefined)).toBe(true);
});

test('the connection’s own identity too: no answer is faster or slower than its ledger record', async () => {
  const bucket = await bucketWith();
  const own = requester({ target: { kind: 'bucket', bucket }, principal: { kind: 'root' }, objects: 400 });
  const { run: ended, objects } = await run(plan([own], { concurrency: 16 }));
  expect(ended.counters).toMatchObject({ finished: 400, made: 1, spared: 399 });
  expect(objects.filter(({ time }) => time === undefined)).toEqual([]);
});

test('TB-12 appends and queries of a table', async () => {
  const s3tables = emulator.s3tables();
  const { arn = '' } = await s3tables.send(new CreateTableBucketCommand({ name: 'workload-lake' }));
  const kmsKeyArn = await actors.key(accountStatement(ACCOUNT), maintenanceStatement(arn));
  await s3tables.send(new CreateNamespaceCommand({ tableBucketARN: arn, namespace: ['web'] }));
  await s3tables.send(
    new CreateTableCommand({
      tableBucketARN: arn,
      namespace: 'web',
      name: 'hits',
      format: 'ICEBERG',
      encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn },
    }),
  );
  const target = { kind: 'table', tableBucketArn: arn, namespace: 'web', name: 'hits' } as const;
  const { run: ended } = await run(
    plan([requester({ target, objects: 12, mix: { append: 2, scan: 1 } })], { concurrency: 1 }),
  );
  expect(ended).toMatchObject({ status: 'done', counters: { finished: 12, failed: 0 } });
  expect(ended.counters.gets).toBeGreaterThan(4);
  expectLedger(ended, await ledgerOf(ended));
});

test('BK-08 BK-05 a permission revoked midway bites when the bucket key expires, and is given back', async () => {
  const bucket = await bucketWith();
  const target = { kind: 'bucket', bucket } as const;
  const { run: ended, objects } = await run(
    plan([requester({ target, objects: 60 }), requester({ target, principal: role(2), objects: 60 })], {
      pace: { kind: 'world', seconds: 900 },
      revoke: { requester: 1, after: 400, what: 'kms' },
    }),
  );
  expect(ended).toMatchObject({ status: 'done', revoked: { requester: 1, call: 'iam:PutRolePolicy Backfill' } });
  const began = Date.parse(ended.worldStartedAt ?? '');
  const second = ({ time = 0 }: UploadedObject) => (time - began) / 1000;
  expect((Date.parse(ended.worldEndedAt ?? '') - began) / 1000).toBeCloseTo(900, -1);
  const refused = objects.filter(({ error }) => error !== undefined);
  expect(refused.every((it) => it.requester === 1 && it.error?.code === 'AccessDenied')).toBe(true);
  // The key of 300 s answers until 600 s, 200 s after the permission was gone.
  expect(Math.min(...refused.map(second))).toBeGreaterThanOrEqual(600);
  expect(Math.min(...refused.map(second))).toBeLessThan(650);
  const late = objects.filter((it) => it.requester === 1 && it.error === undefined && second(it) > 410);
  expect(late.length).toBeGreaterThan(10);
  expect(late.every(({ keyOperations }) => keyOperations.every(({ kind }) => kind === 'spared'))).toBe(true);
  expectLedger(ended, await ledgerOf(ended));

  const timeline = readTimeline(ended, store, { bucketKey: 300, tableKey: 300, session: 300 });
  const [ingest, backfill] = timeline?.lanes ?? [];
  expect(ingest).toMatchObject({ kind: 'bucket key', stored: 60, refused: 0, made: 3, spared: 57 });
  expect(ingest?.lives.map(({ served }) => served).reduce((sum, it) => sum + it, 0)).toBe(60);
  expect(backfill).toMatchObject({ stored: 60 - refused.length, refused: refused.length });
  expect(backfill?.lives).toHaveLength(2);
  const hatched = backfill?.intervals.reduce((sum, it) => sum + it.late, 0) ?? 0;
  expect(Math.abs(hatched - late.length)).toBeLessThanOrEqual(2);
  const whys = timeline?.events.filter((it) => it.requester === 1).map(({ why, error }) => [why, error]);
  expect(whys?.slice(0, 3)).toEqual([
    ['First use', undefined],
    ['Bucket key expired', undefined],
    ['Bucket key expired', 'AccessDenied'],
  ]);
  const gone = emulator
    .iam()
    .send(new GetRolePolicyCommand({ RoleName: 'Backfill', PolicyName: `upload-${ended.id}-revoked` }));
  expect(await refusal(gone)).toMatchObject({ code: 'NoSuchEntityException' });
});

test('a target that is deleted midway stops its requester in place; another goes on to its end', async () => {
  const [doomed, kept] = [await bucketWith(), await bucketWith()];
  const s3 = emulator.s3();
  let gone: Promise<void> | undefined;
  const control: RunControl = {
    // Held while the bucket is emptied and deleted.
    allowed: () => gone ?? Promise.resolve(),
    get paused() {
      return gone !== undefined && !deleted;
    },
    ending: undefined,
  };
  let deleted = false;
  const { run: ended } = await run(
    plan(
      [
        requester({ target: { kind: 'bucket', bucket: doomed }, objects: 2000 }),
        requester({ target: { kind: 'bucket', bucket: kept }, principal: role(1), objects: 60 }),
      ],
      { concurrency: 4 },
    ),
    {
      control,
      interfere: ({ counters }) => {
        if (counters.finished > 20) gone ??= remove(s3, doomed).then(() => void (deleted = true));
      },
    },
  );
  expect(ended).toMatchObject({ status: 'done', halts: [{ requester: 0, code: 'NoSuchBucket' }] });
  expect(ended.counters.finished).toBeGreaterThanOrEqual(60);
  expect(ended.counters.finished).toBeLessThan(2060);
});

/** Empties and deletes a bucket into which requests may still be under way. */
async function remove(s3: ReturnType<TestEmulator['s3']>, Bucket: string): Promise<void> {
  for (let gone = false; !gone; ) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    await Promise.all(Contents.map(({ Key }) => s3.send(new DeleteObjectCommand({ Bucket, Key }))));
    gone = await s3.send(new DeleteBucketCommand({ Bucket })).then(
      () => true,
      () => false,
    );
  }
}

test('a run that was interrupted goes on where it was, and two runs on one target do not mix', async () => {
  const bucket = await bucketWith(false);
  const it = plan([requester({ target: { kind: 'bucket', bucket }, objects: 150 })], { concurrency: 4 });
  let ending: RunControl['ending'];
  const control: RunControl = {
    allowed: () => Promise.resolve(),
    paused: false,
    get ending() {
      return ending;
    },
  };
  const [first, other] = await Promise.all([
    run(it, {
      control,
      interfere: ({ counters }) => {
        if (counters.finished > 20) ending = 'interrupted';
      },
    }),
    run(plan([requester({ target: { kind: 'bucket', bucket }, principal: role(1), objects: 40 })])),
  ]);
  expect(first.run.status).toBe('interrupted');
  expect(first.run.counters.finished).toBeLessThan(150);
  const second = await run(it, { from: first.run });
  expect(second.run).toMatchObject({ status: 'done', counters: { finished: 150, failed: 0, made: 150, spared: 0 } });
  expect(second.objects).toHaveLength(150);
  expect(new Set(second.objects.map(({ key }) => key)).size).toBe(150);
  expect(other.run).toMatchObject({ status: 'done', counters: { finished: 40, made: 40 } });
});

test('ERR-08 faults hold for the run alone, and throttled requests are counted', async () => {
  const bucket = await bucketWith(false);
  const { run: ended } = await run(
    plan([requester({ target: { kind: 'bucket', bucket }, objects: 100 })], {
      faults: { throttle: 10, latency: 0, quota: 0 },
    }),
  );
  expect(ended.counters).toMatchObject({ finished: 100, failed: 10, throttled: 10 });
  const settings = await emulator.admin<readonly WorldSetting[]>('settings');
  expect(settings.find(({ name }) => name === 'faultThrottle')?.value).toBe(0);
});
