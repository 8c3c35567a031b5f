import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLatencies } from './latencies.ts';

test('percentiles lie within 5 % of the true ones', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.02, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 500 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (values, share) => {
        const latencies = createLatencies();
        for (const it of values) latencies.add(it);
        const sorted = values.toSorted((a, b) => a - b);
        const truth = sorted[Math.ceil(share * sorted.length) - 1] as number;
        expect(Math.abs(latencies.percentile(share) / truth - 1)).toBeLessThan(0.05);
      },
    ),
  );
});

test('without a value every percentile is 0', () => {
  expect(createLatencies().percentile(0.5)).toBe(0);
});
