/**
 * The forecast against the emulator: each workload of the grid is made with real requests while the world's clock moves,
 * and the KMS requests that the ledger then holds are within 2 % of what was forecast.
 */

import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { CreateNamespaceCommand, CreateTableBucketCommand, CreateTableCommand } from '@aws-sdk/client-s3tables';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerTotals } from '../../lib/contract/ledger.ts';
import { accountStatement, maintenanceStatement } from '../../lib/scenarios/policies.ts';
import { openTable } from '../../lib/uploads/iceberg/append.ts';
import { forecast } from '../../lib/usage/forecast.ts';
import { NO_REQUESTS, type Requests, type Workload } from '../../lib/usage/workload.ts';
import { type Actors, actorsOf, allow, makeBucket, makeDirectoryBucket } from './actors.ts';
import { ACCOUNT, type Credentials, ROOT, startTestEmulator, type TestEmulator } from './harness.ts';

const LIFETIME = 300;
/** Seconds after which SDKs open a session of a directory bucket anew. */
const SESSION = 240;
const ALL = ['s3:*', 's3express:*', 's3tables:*', 'kms:*'];

let emulator: TestEmulator;
let actors: Actors;
let users: readonly Credentials[];
let counter = 0;

beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
  // Users and not roles: the sessions of a role end after an hour of world time.
  users = await Promise.all([0, 1, 2].map(async () => (await actors.user(allow(ALL))).credentials));
});
afterAll(() => emulator.close());

interface Case extends Partial<Pick<Workload, 'target' | 'encryption' | 'bucketKey' | 'requesters' | 'wrappingKeys'>> {
  readonly readOrder?: Workload['readOrder'];
  readonly requests: Partial<Requests>;
  /** Seconds from one request of a requester to its next. */
  readonly spacing: number;
}

const GRID: readonly Case[] = [
  { encryption: 'AES256', requests: { puts: 30, gets: 10 }, spacing: 60 },
  { bucketKey: false, requests: { puts: 40, lists: 5 }, spacing: 20 },
  { encryption: 'aws:kms:dsse', bucketKey: true, requests: { puts: 40 }, spacing: 20 },
  { bucketKey: false, requests: { copies: 25 }, spacing: 20 },
  { bucketKey: false, requests: { multiparts: 4, partsEach: 2 }, spacing: 20 },
  { requests: { puts: 64 }, spacing: 7 },
  { requests: { puts: 64 }, spacing: 110 },
  { requests: { puts: 40 }, spacing: 301 },
  { requests: { puts: 72 }, spacing: 40, requesters: 3 },
  { requests: { multiparts: 16, partsEach: 1 }, spacing: 35 },
  { requests: { multiparts: 6, partsEach: 2 }, spacing: 60 },
  { requests: { gets: 60 }, spacing: 25, wrappingKeys: 5 },
  { requests: { gets: 60 }, spacing: 25, wrappingKeys: 5, readOrder: 'spread' },
  { requests: { gets: 48 }, spacing: 70, wrappingKeys: 4, readOrder: 'spread', requesters: 2 },
  { target: 'directory-bucket', requests: { puts: 40 }, spacing: 50 },
  { target: 'directory-bucket', requests: { gets: 40 }, spacing: 45, wrappingKeys: 2 },
  { target: 'directory-bucket', requests: { copies: 25 }, spacing: 20 },
  { target: 'table', requests: { appends: 20 }, spacing: 35 },
  { target: 'table', requests: { appends: 12 }, spacing: 150 },
];

function workloadOf({ requests, spacing, ...rest }: Case): Workload {
  const asked = { ...NO_REQUESTS, ...requests };
  const turns =
    asked.puts + asked.gets + asked.copies + asked.lists + asked.appends + asked.multiparts * (asked.partsEach + 2);
  const requesters = rest.requesters ?? 1;
  const seconds = (turns / requesters) * spacing;
  return {
    target: 'bucket',
    encryption: 'aws:kms',
    bucketKey: true,
    customerKey: true,
    keys: 1,
    requesters,
    requests: asked,
    stretches: 1,
    stretchSeconds: seconds,
    periodSeconds: seconds,
    peak: 1,
    objectBytes: 100,
    wrappingKeys: 1,
    readOrder: 'as-written',
    regions: ['us-east-1'],
    ...rest,
  };
}

const name = (it: Case): string => JSON.stringify(it).replaceAll('"', '');

test.each(GRID.map((it) => [name(it), it] as const))('COST-06 BK-07 the forecast holds for %s', async (_, it) => {
  const workload = workloadOf(it);
  const expected = forecast(workload, { keyLifetime: LIFETIME }).made;
  const made = await run(workload, it.spacing);
  expect(Math.abs(made - expected), `made ${made}, forecast ${expected}`).toBeLessThanOrEqual(expected * 0.02);
});

/** Makes the workload's requests, one of each requester every `spacing` seconds of world time. Gives the KMS requests. */
async function run(workload: Workload, spacing: number): Promise<number> {
  const { requesters } = workload;
  const scene = await prepare(workload);
  // What the preparation left behind is over.
  await actors.advance(LIFETIME + 1);
  const before = await madeSoFar();
  const queue = steps(workload, scene);
  let clients: readonly S3Client[] = [];
  for (let index = 0; index < queue.length / requesters; index += 1) {
    // The SDK renews the sessions of directory buckets by this machine's clock, which the world's runs away from.
    const renews = workload.target === 'directory-bucket' && (index * spacing) % SESSION < spacing;
    if (index === 0 || renews) clients = scene.clients();
    for (let requester = 0; requester < requesters; requester += 1) {
      await queue[index * requesters + requester]?.(clients[requester] ?? scene.root);
    }
    await actors.advance(spacing);
  }
  return (await madeSoFar()) - before;
}

async function madeSoFar(): Promise<number> {
  const { made } = await emulator.admin<LedgerTotals>('ledger/totals?from=2020-01-01T00:00:00Z');
  return made;
}

type Step = (client: S3Client) => Promise<unknown>;

interface Scene {
  readonly bucket: string;
  readonly root: S3Client;
  /** New clients, one for each requester. */
  clients(): readonly S3Client[];
  append?: Step;
}

async function prepare(workload: Workload): Promise<Scene> {
  counter += 1;
  const root = emulator.s3();
  const key = await actors.key();
  const clients = () => users.slice(0, workload.requesters).map((credentials) => emulator.s3({ credentials }));
  if (workload.target === 'table') return tableScene(root, users[0] ?? ROOT);
  const bucket = workload.target === 'bucket' ? `grid-${counter}` : `grid-${counter}--use1-az4--x-s3`;
  if (workload.target === 'bucket') {
    const { encryption: algorithm, bucketKey } = workload;
    await makeBucket(root, bucket, {
      algorithm,
      ...(algorithm !== 'AES256' && { key }),
      ...(algorithm === 'aws:kms' && { bucketKey }),
    });
  } else await makeDirectoryBucket(root, bucket, key);
  // Objects to read, each block under a bucket key of its own.
  for (let wrapping = 0; wrapping < workload.wrappingKeys; wrapping += 1) {
    await emulator.s3().send(new PutObjectCommand({ Bucket: bucket, Key: `old/${wrapping}`, Body: 'x' }));
    await actors.advance(LIFETIME + 1);
  }
  return { bucket, root, clients };
}

/** A table of SSE-KMS in a table bucket of its own; appends go through one writer. */
async function tableScene(root: S3Client, credentials: Credentials): Promise<Scene> {
  const s3tables = emulator.s3tables();
  const { arn = '' } = await s3tables.send(new CreateTableBucketCommand({ name: `grid-${counter}` }));
  const kmsKeyArn = await actors.key(accountStatement(ACCOUNT), maintenanceStatement(arn));
  await s3tables.send(new CreateNamespaceCommand({ tableBucketARN: arn, namespace: ['grid'] }));
  await s3tables.send(
    new CreateTableCommand({
      tableBucketARN: arn,
      namespace: 'grid',
      name: 'events',
      format: 'ICEBERG',
      encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn },
    }),
  );
  const table = await openTable({
    s3: emulator.s3({ credentials }),
    s3tables: emulator.s3tables({ credentials }),
    table: { tableBucketARN: arn, namespace: 'grid', name: 'events' },
    columns: [{ name: 'id', type: 'long', required: true }],
  });
  let rows = 0;
  const append = async () => {
    rows += 1;
    await table.commit([await table.writeDataFile([{ id: rows }])]);
  };
  return { bucket: '', root, clients: () => [], append };
}

/** Every request of the workload in order, as the forecast counts them. */
function steps({ requests, wrappingKeys, readOrder, requesters }: Workload, scene: Scene): Step[] {
  const { bucket: Bucket } = scene;
  const each = (count: number, step: (index: number) => Step[]): Step[] =>
    Array.from({ length: count }, (_, index) => step(index)).flat();
  const object = (index: number): string => {
    const turn = Math.floor(index / requesters);
    const turns = requests.gets / requesters;
    return `old/${readOrder === 'spread' ? turn % wrappingKeys : Math.floor((turn * wrappingKeys) / turns)}`;
  };
  return [
    ...each(requests.puts, (index) => [
      (s3) => s3.send(new PutObjectCommand({ Bucket, Key: `new/${index}`, Body: 'x' })),
    ]),
    ...each(requests.gets, (index) => [
      async (s3) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: object(index) }));
        await Body?.transformToByteArray();
      },
    ]),
    ...each(requests.copies, (index) => [
      (s3) => s3.send(new CopyObjectCommand({ Bucket, Key: `copy/${index}`, CopySource: `${Bucket}/old/0` })),
    ]),
    ...each(requests.lists, () => [(s3) => s3.send(new ListObjectsV2Command({ Bucket }))]),
    ...each(requests.appends, () => [() => scene.append?.(scene.root) ?? Promise.resolve()]),
    ...each(requests.multiparts, (index) => multipart(Bucket, `parts/${index}`, requests.partsEach)),
  ];
}

const PART = Buffer.alloc(5 * 1_048_576, 1);

function multipart(Bucket: string, Key: string, parts: number): Step[] {
  let UploadId = '';
  const done: { PartNumber: number; ETag: string }[] = [];
  return [
    async (s3) => {
      ({ UploadId = '' } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key })));
    },
    ...Array.from(
      { length: parts },
      (_, index): Step =>
        async (s3) => {
          const PartNumber = index + 1;
          const Body = PartNumber === parts ? Buffer.from('last') : PART;
          const { ETag = '' } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
          done.push({ PartNumber, ETag });
        },
    ),
    (s3) => s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: done } })),
  ];
}
