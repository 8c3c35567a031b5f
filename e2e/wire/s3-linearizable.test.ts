/** S3 promises strong consistency: whatever concurrent clients do on the same keys, their answers fit one order. */

import { createHash } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestEmulator, type TestEmulator } from './harness.ts';
import { type Event, isLinearizable, type Request } from './linearizable.ts';

/** Histories of each kind; MODEL_RUNS makes them many. */
const RUNS = Math.max(6, Math.floor(Number(process.env['MODEL_RUNS'] ?? 0) / 10));
const CLIENTS = 4;
const KEYS = ['a', 'b/c'];

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

type Wish = { readonly kind: Request['kind']; readonly key: number; readonly large: boolean };

const wish: fc.Arbitrary<Wish> = fc.record({
  kind: fc.constantFrom('put', 'put', 'get', 'get', 'delete', 'list', 'create'),
  key: fc.nat(KEYS.length - 1),
  large: fc.boolean(),
});

let buckets = 0;
/** Runs what each client wants, all clients at once. */
async function historyOf(plans: readonly (readonly Wish[])[], versioned: boolean): Promise<Event[]> {
  const Bucket = `linear-${buckets++}`;
  const s3 = emulator.s3();
  await s3.send(new CreateBucketCommand({ Bucket }));
  if (versioned) {
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  }
  const events: Event[] = [];
  let bodies = 0;
  const perform = async ({ kind, key, large }: Wish): Promise<Request> => {
    const Key = KEYS[key] ?? '';
    if (kind === 'list') {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      return { kind, entries: new Map(Contents.map((one) => [one.Key ?? '', one.ETag ?? ''])) };
    }
    if (kind === 'delete') {
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      return { kind, key: Key };
    }
    if (kind === 'get') {
      const value = await s3.send(new GetObjectCommand({ Bucket, Key })).then(
        async (answer) => {
          const text = (await answer.Body?.transformToString()) ?? '';
          // The bytes are those of the ETag: no reader sees half of one object and half of another.
          if (answer.ETag !== etagOf(text)) throw new Error('The bytes are not those of the ETag.');
          return answer.ETag;
        },
        (error: { name: string }) => {
          if (error.name !== 'NoSuchKey') throw error;
          return undefined;
        },
      );
      return { kind, key: Key, value };
    }
    const Body = `${bodies++} ${'x'.repeat(large ? 150_000 : 10)}`;
    const put = s3.send(new PutObjectCommand({ Bucket, Key, Body, ...(kind === 'create' && { IfNoneMatch: '*' }) }));
    if (kind === 'put') {
      await put;
      return { kind, key: Key, value: etagOf(Body) };
    }
    const done = await put.then(
      () => true,
      () => false,
    );
    return { kind, key: Key, value: etagOf(Body), done };
  };
  await Promise.all(
    plans.map(async (plan) => {
      for (const one of plan) {
        const begun = performance.now();
        const request = await perform(one);
        events.push({ request, begun, ended: performance.now() });
      }
    }),
  );
  return events;
}

const etagOf = (text: string): string => `"${createHash('md5').update(text).digest('hex')}"`;

describe('histories of concurrent clients', () => {
  test.each([
    ['without versions', false],
    ['with versions', true],
  ])(
    'of puts, gets, deletes, lists and conditional puts fit one order, %s',
    async (_, versioned) => {
      const plan = fc.array(wish, { minLength: 3, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(fc.array(plan, { minLength: CLIENTS, maxLength: CLIENTS }), async (plans) => {
          expect(isLinearizable(await historyOf(plans, versioned))).toBe(true);
        }),
        { numRuns: RUNS, endOnFailure: true },
      );
    },
    600_000,
  );

  test('the check itself tells a stale read and a lost update', () => {
    const at = (begun: number, ended: number, request: Request): Event => ({ begun, ended, request });
    const put = at(0, 1, { kind: 'put', key: 'a', value: '1' });
    expect(isLinearizable([put, at(2, 3, { kind: 'get', key: 'a', value: '1' })])).toBe(true);
    expect(isLinearizable([put, at(2, 3, { kind: 'get', key: 'a', value: undefined })])).toBe(false);
    expect(isLinearizable([at(0, 3, put.request), at(1, 2, { kind: 'get', key: 'a', value: undefined })])).toBe(true);
    const create = (value: string): Request => ({ kind: 'create', key: 'a', value, done: true });
    expect(isLinearizable([at(0, 3, create('1')), at(1, 2, create('2'))])).toBe(false);
    expect(isLinearizable([put, at(2, 3, { kind: 'list', entries: new Map() })])).toBe(false);
  });
});
