import { expect, test } from 'vitest';
import { diffLines } from './diff';

const signs = (before: string, after: string) =>
  diffLines(before, after, 1).map((row) => `${row.sign ?? ' '}${row.number ?? ''} ${row.text}`);

test('a changed line stands as removed and added, with context and folds around it', () => {
  expect(signs('a\nb\nc\nd\ne\nf', 'a\nb\nc\nX\ne\nf')).toEqual([
    '⋯ lines 1 to 2 unchanged',
    ' 3 c',
    '−4 d',
    '+4 X',
    ' 5 e',
    '⋯ line 6 unchanged',
  ]);
});

test('lines in the middle that stay are found', () => {
  expect(signs('1\nkeep\n2', 'one\nkeep\ntwo')).toEqual(['−1 1', '+1 one', ' 2 keep', '−3 2', '+3 two']);
});

test('equal texts say so', () => {
  expect(signs('a\nb', 'a\nb')).toEqual(['⋯ no difference']);
});

test('a text of the largest size is compared in time', () => {
  const lines = (seed: number) => Array.from({ length: 4000 }, (_, index) => `${(index * seed) % 997}`).join('\n');
  const started = performance.now();
  expect(diffLines(lines(7), lines(11)).length).toBeGreaterThan(4000);
  expect(performance.now() - started).toBeLessThan(1000);
});
