import { expect, test } from 'vitest';
import { RequestRate } from './request-rate.ts';

test('CT-09 LIM-07 two requests a second for each owner, and time gives back what was used', () => {
  let now = 0;
  const rate = new RequestRate(2, () => now);
  const take = (owner: string, times: number) => Array.from({ length: times }, () => rate.take(owner));
  expect(take('one', 3)).toEqual([true, true, false]);
  expect(take('two', 3)).toEqual([true, true, false]);
  now = 499;
  expect(take('one', 1)).toEqual([false]);
  now = 500;
  expect(take('one', 2)).toEqual([true, false]);
  now = 60_000;
  expect(take('one', 3)).toEqual([true, true, false]);
});
