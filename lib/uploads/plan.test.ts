import { expect, test } from 'vitest';
import { uploadPlan } from './plan.ts';

const plan = {
  target: { kind: 'bucket', bucket: 'raw-events' },
  principal: { kind: 'root' },
  objects: 100,
  size: 1024,
  concurrency: 8,
};

test('a sound plan passes as it is', () => {
  expect(uploadPlan.parse(plan)).toEqual(plan);
});

test.each([
  ['no objects', { objects: 0 }, 'objects'],
  ['part of an object', { objects: 1.5 }, 'objects'],
  ['a negative size', { size: -1 }, 'size'],
  ['too many at once', { concurrency: 65 }, 'concurrency'],
  ['more bytes than a run may have', { objects: 100_000, size: 1_073_741_824 }, 'size'],
  ['a target of no kind', { target: { kind: 'disk' } }, 'target'],
  ['a role without an ARN', { principal: { kind: 'role', roleArn: '' } }, 'principal'],
  [
    'more snapshots than a table takes',
    { target: { kind: 'table', tableBucketArn: 'arn', namespace: 'n', name: 't' }, objects: 1001 },
    'objects',
  ],
  ['not a number', { objects: 'many' }, 'objects'],
])('%s is refused at its field', (_, change, field) => {
  const result = uploadPlan.safeParse({ ...plan, ...change });
  expect(result.error?.issues[0]?.path[0]).toBe(field);
});
