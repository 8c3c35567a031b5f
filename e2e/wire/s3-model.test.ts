/**
 * Random sequences of requests on the three kinds of bucket, each answer held against a model that fits on one page
 * (`model.ts`). A few sequences by default; MODEL_RUNS=3000 makes them many.
 */

import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, DeleteBucketCommand, DeleteObjectsCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateNamespaceCommand,
  CreateTableBucketCommand,
  CreateTableCommand,
  GetTableCommand,
} from '@aws-sdk/client-s3tables';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actors, actorsOf, encryptBucket, makeDirectoryBucket } from './actors.ts';
import { startTestEmulator, type TestEmulator } from './harness.ts';
import * as steps from './model-steps.ts';
import * as versionSteps from './model-version-steps.ts';

const { World } = steps;
const RUNS = Math.max(6, Math.floor(Number(process.env['MODEL_RUNS'] ?? 0) / 3));

let emulator: TestEmulator;
let actors: Actors;
let key: string;
let tableBucket: string;

beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
  key = await actors.key();
  const tables = emulator.s3tables();
  const { arn: tableBucketARN = '' } = await tables.send(new CreateTableBucketCommand({ name: 'model' }));
  await tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['n'] }));
  tableBucket = tableBucketARN;
});
afterAll(() => emulator.close());

const reach: steps.Reach = {
  open: () => emulator.s3(),
  advance: (seconds) => actors.advance(seconds),
};

const { puts, gets, clocks, uploads, deletes, deletesOfMany, copies, renames, appends, listsOf } = steps;
const { versionings, versionReads, versionDeletes, versionLists } = versionSteps;
const often = (step: fc.Arbitrary<steps.Named>) => ({ arbitrary: step, weight: 6 });
const at = (step: fc.Arbitrary<steps.Named>) => ({ arbitrary: step, weight: 2 });
const seldom = (step: fc.Arbitrary<steps.Named>) => ({ arbitrary: step, weight: 1 });
const SIMPLE = [often(puts), at(gets), seldom(clocks), seldom(uploads)];
const STEPS = {
  general: [
    ...SIMPLE,
    ...[deletes, copies, versionReads, versionLists].map(at),
    ...[deletesOfMany, versionings, listsOf(['', 'a', 'a/', 'b/'], ['', '/'])].map(seldom),
    often(versionDeletes),
  ],
  directory: [
    ...SIMPLE,
    ...[deletes, copies, renames, listsOf(['', 'a/', 'b/'], ['', '/'])].map(at),
    seldom(deletesOfMany),
    often(appends),
  ],
  table: SIMPLE,
} as const;

type Kind = keyof typeof STEPS;
type Encryption = 'AES256' | 'aws:kms' | 'bucket key';

/** A new bucket of a kind, as its model begins: empty. */
async function create(kind: Kind, encryption: Encryption): Promise<steps.World> {
  const s3 = emulator.s3();
  const name = randomUUID().slice(0, 13);
  const choice = encryption === 'AES256' ? undefined : { key, bucketKey: encryption === 'bucket key' };
  if (kind === 'general') {
    await s3.send(new CreateBucketCommand({ Bucket: name }));
    if (choice !== undefined) await encryptBucket(s3, name, choice);
    return new World(name, reach);
  }
  if (kind === 'directory') {
    const Bucket = `d-${name}--use1-az4--x-s3`;
    await makeDirectoryBucket(s3, Bucket, choice?.key);
    return new World(Bucket, reach);
  }
  const tables = emulator.s3tables();
  // An account has a hundred table buckets at most, but any number of tables.
  const table = { tableBucketARN: tableBucket, namespace: 'n', name: name.replace('-', '_') };
  await tables.send(new CreateTableCommand({ ...table, format: 'ICEBERG' }));
  const { warehouseLocation = '' } = await tables.send(new GetTableCommand(table));
  return new World(warehouseLocation.replace('s3://', ''), reach);
}

/** An account has a hundred directory buckets at most. */
async function remove({ s3, bucket: Bucket, model }: steps.World): Promise<void> {
  const Objects = model.keys.map((Key) => ({ Key }));
  if (Objects.length > 0) await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
}

describe('random sequences of requests', () => {
  test.each(['general', 'directory', 'table'] as const)(
    'answer as the model does: %s buckets',
    async (kind) => {
      const sequences = fc.array(fc.oneof(...STEPS[kind]), { minLength: 15, maxLength: 40, size: 'max' });
      const encryptions = fc.constantFrom<Encryption>('AES256', 'aws:kms', 'bucket key');
      await fc.assert(
        fc.asyncProperty(encryptions, fc.boolean(), sequences, async (encryption, versioned, sequence) => {
          const world = await create(kind, encryption);
          if (kind === 'general' && versioned) await versionSteps.enable(world);
          for (const [name, step] of sequence) {
            await step(world).catch((error: unknown) => {
              throw new Error(`${sequence.map(([one]) => one).join(' · ')} — at ${name}`, { cause: error });
            });
          }
          const found = world.model.keys.map(async (Key) => {
            const call = world.s3.send(new GetObjectCommand({ Bucket: world.bucket, Key }));
            return [Key, await call.then(({ Body }) => Body?.transformToString()).catch(() => undefined)] as const;
          });
          expect(await Promise.all(found)).toEqual(world.model.keys.map((Key) => [Key, world.model.body(Key)]));
          if (kind === 'directory') await remove(world);
        }),
        { numRuns: RUNS },
      );
    },
    3_600_000,
  );
});
