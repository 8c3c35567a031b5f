import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forecast, timeline, toldSaving } from './forecast.ts';
import { keyRequests } from './key-requests.ts';
import { charge, chargeKeyMonth, chargeKmsRequests, FREE_KMS_REQUESTS, MONTH_SECONDS, PRICES } from './prices.ts';
import { firstThrottledSecond, symmetricQuota } from './quota.ts';
import { NO_REQUESTS, type Requests, type Workload } from './workload.ts';

const LIFETIME = { keyLifetime: 300 };
const MONTH: Workload = {
  target: 'bucket',
  encryption: 'aws:kms',
  bucketKey: true,
  customerKey: true,
  keys: 1,
  requesters: 1,
  requests: NO_REQUESTS,
  stretches: 1,
  stretchSeconds: MONTH_SECONDS,
  periodSeconds: MONTH_SECONDS,
  peak: 1,
  objectBytes: 1024,
  wrappingKeys: 1,
  readOrder: 'as-written',
  regions: ['us-east-1'],
};
const of = (changes: Partial<Workload>, requests: Partial<Requests>): Workload => ({
  ...MONTH,
  ...changes,
  requests: { ...NO_REQUESTS, ...requests },
});
const made = (changes: Partial<Workload>, requests: Partial<Requests>) =>
  forecast(of(changes, requests), LIFETIME).made;

describe('KMS requests', () => {
  test.each<[string, Partial<Workload>, Partial<Requests>, number]>([
    ['BK-03 every object asks without a bucket key', { bucketKey: false }, { puts: 1000, gets: 500 }, 1500],
    ['BK-02 GP-22 DSSE-KMS has no bucket keys', { encryption: 'aws:kms:dsse' }, { puts: 1000 }, 1000],
    ['TB-02 COST-05 SSE-S3 asks nothing', { encryption: 'AES256' }, { puts: 1000, gets: 1000 }, 0],
    ['BK-05 one key for each 300 s', { stretchSeconds: 3600 }, { puts: 36_000 }, 12],
    ['BK-06 for each requester', { stretchSeconds: 3600, requesters: 4 }, { puts: 36_000 }, 48],
    ['BK-10 for each KMS key', { stretchSeconds: 3600, keys: 3 }, { puts: 36_000 }, 36],
    ['sparse requests are not spared', { stretchSeconds: 3600 }, { puts: 10 }, 10],
    [
      'DB-25 always on in directory buckets',
      { target: 'directory-bucket', bucketKey: false },
      { puts: 2_628_000 },
      8760,
    ],
    ['DB-26 copies ask twice each', { target: 'directory-bucket', stretchSeconds: 300 }, { copies: 50 }, 100],
    ['GP-19 copies between buckets open and close', { bucketKey: false }, { copies: 50 }, 100],
    ['GP-20 parts and completion open the key', { bucketKey: false }, { multiparts: 10, partsEach: 4 }, 60],
    ['TB-12 an append is four files under one table key', { target: 'table', stretchSeconds: 300 }, { appends: 90 }, 1],
    ['lists ask nothing', { bucketKey: false }, { lists: 10_000 }, 0],
    ['BK-07 old objects were wrapped by many keys', { stretchSeconds: 60, wrappingKeys: 40 }, { gets: 4000 }, 40],
  ])('%s', (_, changes, requests, expected) => {
    expect(made(changes, requests)).toBe(expected);
  });

  test('COST-06 needed is what it would be without kept keys, and no more than 99 % is told', () => {
    const kept = forecast(of({}, { puts: 1e9, gets: 1e9 }), LIFETIME);
    expect(kept.needed).toBe(2e9);
    expect(kept.made + kept.spared).toBe(2e9);
    expect(toldSaving(kept)).toBe(0.99);
    expect(toldSaving({ made: 30, needed: 100 })).toBeCloseTo(0.7);
    expect(toldSaving({ made: 0, needed: 0 })).toBe(0);
  });

  test('the closed form agrees with following every request', () => {
    const workload = fc.record({
      count: fc.integer({ min: 1, max: 400 }),
      spacing: fc.integer({ min: 1, max: 90 }),
      lifetime: fc.integer({ min: 1, max: 400 }),
      wrapping: fc.integer({ min: 1, max: 9 }),
      kind: fc.constantFrom('write' as const, 'as-written' as const, 'spread' as const),
    });
    fc.assert(
      fc.property(workload, ({ count, spacing, lifetime, wrapping, kind }) => {
        const rounded = kind === 'as-written' ? Math.ceil(count / wrapping) * wrapping : count;
        const born = new Map<number, number>();
        let asked = 0;
        for (let index = 0; index < rounded; index += 1) {
          const now = index * spacing;
          const key =
            kind === 'write' ? 0 : kind === 'spread' ? index % wrapping : Math.floor((index * wrapping) / rounded);
          const since = born.get(key);
          if (since === undefined || now - since >= lifetime) {
            asked += 1;
            born.set(key, now);
          }
        }
        const closed = madeWith(
          of(
            {
              stretchSeconds: rounded * spacing,
              wrappingKeys: wrapping,
              readOrder: kind === 'spread' ? 'spread' : 'as-written',
            },
            kind === 'write' ? { puts: rounded } : { gets: rounded },
          ),
          lifetime,
        );
        expect(closed).toBe(asked);
      }),
    );
  });

  test('kept keys never add requests, and more time never takes any away', () => {
    const any = fc.record({
      target: fc.constantFrom('bucket' as const, 'directory-bucket' as const, 'table' as const),
      puts: fc.integer({ min: 0, max: 1e9 }),
      gets: fc.integer({ min: 0, max: 1e9 }),
      multiparts: fc.integer({ min: 0, max: 1e6 }),
      copies: fc.integer({ min: 0, max: 1e6 }),
      appends: fc.integer({ min: 0, max: 1e6 }),
      requesters: fc.integer({ min: 1, max: 5000 }),
      wrappingKeys: fc.integer({ min: 1, max: 100_000 }),
      readOrder: fc.constantFrom('as-written' as const, 'spread' as const),
      stretches: fc.integer({ min: 1, max: 365 }),
    });
    fc.assert(
      fc.property(any, ({ puts, gets, multiparts, copies, appends, ...changes }) => {
        const asked = keyRequests(of(changes, { puts, gets, multiparts, copies, appends }), 300);
        let before = 0;
        for (const share of [0, 0.1, 0.5, 0.9, 1]) {
          const at = share * MONTH.stretchSeconds;
          const now = asked.made(at);
          expect(now).toBeGreaterThanOrEqual(before - 1e-6 * before);
          before = now;
        }
        expect(before).toBeLessThanOrEqual(asked.needed(MONTH.stretchSeconds) * (1 + 1e-9) + 1e-6);
      }),
    );
  });

  test('10^12 requests over a year take less than a second', () => {
    const year = 365 * 86_400;
    const begun = performance.now();
    for (const target of ['bucket', 'directory-bucket', 'table'] as const) {
      for (const bucketKey of [true, false]) {
        const it = of(
          {
            target,
            bucketKey,
            stretchSeconds: year,
            periodSeconds: year,
            requesters: 1000,
            wrappingKeys: 100_000,
            readOrder: 'spread',
            regions: ['us-east-1', 'eu-central-1'],
          },
          { puts: 5e11, gets: 5e11 },
        );
        expect(forecast(it, LIFETIME).needed).toBeGreaterThanOrEqual(2e12);
        expect(timeline(it, LIFETIME, { seconds: 3600, intervals: 60 })).toHaveLength(60);
      }
    }
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

const madeWith = (workload: Workload, keyLifetime: number) => forecast(workload, { keyLifetime }).made;

test('the timeline holds what the sums hold, and shows where keys are fetched', () => {
  const it = of({ stretchSeconds: 3600, requesters: 3 }, { puts: 36_000 });
  const series = timeline(it, LIFETIME, { seconds: 3600, intervals: 60 });
  expect(series.reduce((sum, { made: one }) => sum + one, 0)).toBe(36);
  expect(series.reduce((sum, { needed }) => sum + needed, 0)).toBe(36_000);
  expect(series.flatMap(({ made: one }, index) => (one > 0 ? [index] : []))).toEqual(
    Array.from({ length: 12 }, (_, index) => index * 5),
  );
});

describe('the quota', () => {
  test('LIM-01 by Region', () => {
    expect(['us-east-1', 'us-east-2', 'eu-north-1'].map(symmetricQuota)).toEqual([100_000, 20_000, 10_000]);
  });

  test.each([
    [{ burst: 50, rate: 50 }, undefined],
    [{ burst: 100, rate: 100 }, undefined],
    [{ burst: 201, rate: 1 }, 1],
    [{ burst: 150, rate: 150 }, 2],
    [{ burst: 110, rate: 110 }, 10],
    [{ burst: 101, rate: 101 }, 100],
  ])('LIM-01 %j against 100 a second', (demand, second) => {
    expect(firstThrottledSecond(demand, 100)).toBe(second);
  });

  test('LIM-01 BK-08 is met without bucket keys and far away with them', () => {
    const busy = of({ stretchSeconds: 3600, regions: ['eu-north-1'], peak: 3 }, { puts: 3600 * 4000 });
    const [region] = forecast(busy, LIFETIME).regions;
    expect(region?.rateWithout).toMatchObject({ average: 4000, highest: 12_000, firstThrottledSecond: 5 });
    expect(region?.rate.firstThrottledSecond).toBeUndefined();
  });

  test('LIM-01 very many requesters that begin at once are throttled by their first keys', () => {
    const stampede = of(
      { stretchSeconds: 600, requesters: 50_000, regions: ['eu-north-1'] },
      { puts: 50_000 * 600 * 2 },
    );
    expect(forecast(stampede, LIFETIME).regions[0]?.rate).toMatchObject({ highest: 50_000, firstThrottledSecond: 1 });
  });
});

describe('cost', () => {
  test('COST-03 requests after the free ones of each month', () => {
    expect(chargeKmsRequests(FREE_KMS_REQUESTS, 1)).toBe(0);
    expect(chargeKmsRequests(1_020_000, 1)).toBeCloseTo(3);
    expect(chargeKmsRequests(40_000, 2)).toBe(0);
    expect(chargeKmsRequests(1_020_000, 1, { kmsRequests: 0.06 })).toBeCloseTo(6);
  });

  test('COST-01 COST-02 COST-04 a key costs a dollar, its first two rotations one each, the managed key nothing', () => {
    expect([0, 1, 2, 9].map((rotations) => chargeKeyMonth({ rotations }))).toEqual([1, 2, 3, 3]);
    const keyUsd = (changes: Partial<Workload>) =>
      forecast(of(changes, { puts: 1 }), LIFETIME).cost.components.find(({ id }) => id === 'kmsKeys')?.usd;
    expect(keyUsd({ keys: 3, regions: ['us-east-1', 'eu-west-1'] })).toBe(6);
    expect(keyUsd({ customerKey: false })).toBe(0);
    expect(keyUsd({ encryption: 'AES256' })).toBe(0);
  });

  test('TB-02 tables with SSE-S3 cost nothing at KMS', () => {
    const { components } = forecast(of({ target: 'table', encryption: 'AES256' }, { appends: 1e6 }), LIFETIME).cost;
    expect(components.find(({ id }) => id === 'kmsRequests')?.usd).toBe(0);
    expect(components.find(({ id }) => id === 'kmsKeys')?.usd).toBe(0);
  });

  test('COST-05 COST-07 COST-08 COST-09 by component', () => {
    const usd = (changes: Partial<Workload>, requests: Partial<Requests>) =>
      Object.fromEntries(
        forecast(of(changes, requests), LIFETIME).cost.components.map(({ id, usd: one }) => [
          id,
          Number(one.toFixed(6)),
        ]),
      );
    const gigabyte = { objectBytes: 1e6 };
    expect(usd({ ...gigabyte, encryption: 'AES256' }, { puts: 1e6, gets: 1e6 })).toEqual({
      kmsRequests: 0,
      kmsKeys: 0,
      put: 5,
      get: 0.4,
      storage: 11.5,
    });
    expect(usd({ ...gigabyte, target: 'directory-bucket' }, { puts: 1e6, gets: 1e6 })).toMatchObject({
      put: 1.13,
      get: 0.03,
      transfer: 3.8,
      storage: 55,
    });
    expect(usd({ target: 'table' }, { appends: 1000 })).toMatchObject({ put: 0.02, monitoring: 0.05 });
  });

  test('every price names its source, and those that AWS does not confirm are marked', () => {
    for (const [name, price] of Object.entries(PRICES)) {
      expect(price.source).not.toBe('');
      expect(price.rules.length).toBeGreaterThan(0);
      expect(charge(name as keyof typeof PRICES, price.units)).toBe(price.usd);
    }
    expect(Object.entries(PRICES).flatMap(([name, { published }]) => (published ? [] : [name]))).toEqual([
      'kmsRotationMonth',
      'tablesPut',
      'tablesGet',
      'tablesStorage',
      'tablesMonitoring',
    ]);
  });
});
