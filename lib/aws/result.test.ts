import { expect, test } from 'vitest';
import { mapLimited } from './result.ts';

test('mapLimited keeps the order and never runs more than the limit at once', async () => {
  let running = 0;
  let most = 0;
  const doubled = await mapLimited([5, 1, 4, 2, 3], 2, async (value) => {
    most = Math.max(most, ++running);
    for (let turn = 0; turn < value; turn++) await Promise.resolve();
    running--;
    return value * 2;
  });
  expect(doubled).toEqual([10, 2, 8, 4, 6]);
  expect(most).toBe(2);
});

test('mapLimited of nothing is nothing', async () => {
  expect(await mapLimited([], 4, () => Promise.resolve(1))).toEqual([]);
});
