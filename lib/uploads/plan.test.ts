import { expect, test } from 'vitest';
import { NO_OPERATIONS } from './operations.ts';
import { contradictions, type UploadPlan } from './plan.ts';
import { fieldsOf, readPlanForm } from './plan-form.ts';
import { WORKLOAD_PRESETS } from './presets.ts';
import { operationAt, turnsOf } from './turns.ts';

const FORM = {
  target: 'bucket raw-events',
  principal: 'root',
  objects: '100',
  size: '16',
  unit: 'KiB',
  concurrency: '8',
};
const ROLE = 'arn:aws:iam::111122223333:role/IngestWriter';
const TABLE = 'table sales orders arn:aws:s3tables:us-east-1:111122223333:bucket/lake';

test('the plain form is a workload of one requester that writes objects', () => {
  expect(readPlanForm(FORM).plan).toEqual({
    name: '',
    requesters: [
      {
        target: { kind: 'bucket', bucket: 'raw-events' },
        principal: { kind: 'root' },
        sessions: 1,
        scoped: false,
        bucketKey: 'default',
        objects: 100,
        size: 16_384,
        sizes: 'same',
        mix: { ...NO_OPERATIONS, put: 1 },
      },
    ],
    concurrency: 8,
    pace: { kind: 'flat-out' },
    seed: 7,
  });
  expect(readPlanForm({ ...FORM, target: TABLE }).plan?.requesters[0]?.mix).toEqual({ ...NO_OPERATIONS, append: 1 });
});

test.each<[string, Record<string, string>, string, RegExp]>([
  ['no objects', { objects: '0' }, 'objects', /at least 1/],
  ['fewer than none', { objects: '-3' }, 'objects', /at least 1/],
  ['part of an object', { objects: '1.5' }, 'objects', /whole number/],
  ['words', { objects: 'many' }, 'objects', /takes a number/],
  ['an absurd number', { objects: '1e15' }, 'objects', /at most 100,000/],
  ['nothing', { objects: '' }, 'objects', /takes a number/],
  ['a negative size', { size: '-1' }, 'size', /at least 0/],
  ['a size beyond one object', { size: '2048', unit: 'MiB' }, 'size', /1 GiB/],
  ['more bytes than a run may have', { objects: '100000', size: '1', unit: 'MiB' }, 'size', /20 GiB/],
  ['too many at once', { concurrency: '65' }, 'concurrency', /at most 64/],
  ['no target', { target: '' }, 'target', /where to upload/],
  ['a target of no kind', { target: 'disk sda' }, 'target', /where to upload/],
  ['a role without an ARN', { principal: 'role' }, 'principal', /as whom/],
  ['appends to a bucket', { 'mix.append': '1' }, 'mix.append', /choose a table/],
  ['objects in a table', { target: TABLE, 'mix.put': '1' }, 'mix.put', /appends and queries/],
  ['a mix of nothing', { 'mix.put': '0' }, 'mix.put', /above 0/],
  ['a negative weight', { 'mix.put': '-1' }, 'mix.put', /at least 0/],
  ['more snapshots than a table takes', { target: TABLE, objects: '1001' }, 'objects', /1,000 appends/],
  ['sessions of the root user', { sessions: '2' }, 'sessions', /Only a role/],
  ['more sessions than work', { principal: ROLE, sessions: '101' }, 'sessions', /more sessions/],
  ['several sessions on a table', { target: TABLE, principal: ROLE, sessions: '2' }, 'sessions', /One session/],
  ['TB-12 a table without table keys', { target: TABLE, bucketKey: 'off' }, 'bucketKey', /can’t be switched off/],
  [
    'DB-25 a directory bucket without bucket keys',
    { target: 'directory-bucket f--x-s3', bucketKey: 'off' },
    'bucketKey',
    /can’t/,
  ],
  ['revoking the root user', { revoke: '0' }, 'revoke', /can’t be refused/],
  ['revoking nobody', { revoke: '3' }, 'revoke', /not part/],
  [
    'a revocation after the end',
    { principal: ROLE, pace: 'world', seconds: '60', revoke: '0', revokeAfter: '60' },
    'revokeAfter',
    /ended by then/,
  ],
  ['a span of no time', { pace: 'world', seconds: '0' }, 'seconds', /at least 1/],
  ['more than every request throttled', { throttle: '101' }, 'throttle', /at most 100/],
  ['too many requesters', { requesters: '9' }, 'requesters', /1 to 8/],
  [
    'the second requester’s number',
    { requesters: '2', '1.target': 'bucket other', '1.principal': 'root', '1.objects': '0' },
    '1.objects',
    /at least 1/,
  ],
])('%s is refused at its field', (_, change, field, sentence) => {
  const { problems } = readPlanForm({ ...FORM, ...change });
  expect(problems?.map((it) => it.field)).toContain(field);
  expect(problems?.find((it) => it.field === field)?.message).toMatch(sentence);
});

const PLANS = WORKLOAD_PRESETS.map(({ id, name, plan, requesters, target }): [string, UploadPlan] => [
  id,
  {
    ...plan,
    name,
    seed: 7,
    requesters: requesters.map((it) => ({
      ...it,
      principal: { kind: 'role', roleArn: ROLE },
      target:
        target === 'table'
          ? {
              kind: 'table',
              namespace: 'sales',
              name: 'orders',
              tableBucketArn: 'arn:aws:s3tables:us-east-1:111122223333:bucket/lake',
            }
          : { kind: target, bucket: 'raw-events' },
    })),
    revoke: { requester: 0, after: 10, what: 'kms' },
    faults: { throttle: 1, latency: 0, quota: 500 },
  },
]);

test.each(PLANS)('the preset %s is sound, and the same after it was text', (_, plan) => {
  expect(contradictions(plan)).toEqual([]);
  expect(readPlanForm(fieldsOf(plan, '111122223333')).plan).toEqual(plan);
});

test('turns come in the same order each time, requesters mixed evenly', () => {
  const plan = { requesters: [{ objects: 6 }, { objects: 2 }] } as unknown as UploadPlan;
  const turns = [...turnsOf(plan)];
  expect(turns).toHaveLength(8);
  expect(turns.map(({ requester }) => requester).join('')).toBe('00100010');
  expect(turns.filter(({ requester }) => requester === 1).map(({ turn }) => turn)).toEqual([0, 1]);
  const requester = { mix: { ...NO_OPERATIONS, put: 3, get: 1 }, size: 800, sizes: 'varied' as const };
  const drawn = Array.from({ length: 4000 }, (_, turn) => operationAt(requester, { requester: 0, turn }, 7));
  const gets = drawn.filter(({ kind }) => kind === 'get').length;
  expect(gets / drawn.length).toBeCloseTo(0.25, 1);
  expect(Math.min(...drawn.map(({ size }) => size))).toBeGreaterThanOrEqual(100);
  expect(Math.max(...drawn.map(({ size }) => size))).toBeLessThanOrEqual(1600);
  expect(operationAt(requester, { requester: 0, turn: 17 }, 7)).toEqual(drawn[17]);
});
