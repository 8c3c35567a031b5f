/** What a workload will ask of KMS, what it will cost, and where the request quota lies. */

import { type Cost, costOf } from './cost.ts';
import { keyRequests } from './key-requests.ts';
import type { OwnPrices } from './prices.ts';
import { firstThrottledSecond, symmetricQuota } from './quota.ts';
import { type Assumptions, keepsKeys, type Workload } from './workload.ts';

/** KMS requests a second of one Region against its quota (LIM-01, LIM-02). */
export interface Rate {
  /** Over the time in which the workload runs. */
  readonly average: number;
  /** Of the busiest second. */
  readonly highest: number;
  /** The second of the peak in which KMS first throttles, from 1; absent when it does not. */
  readonly firstThrottledSecond?: number;
}

export interface RegionForecast {
  readonly region: string;
  readonly quota: number;
  /** KMS requests of the period. */
  readonly made: number;
  readonly needed: number;
  readonly rate: Rate;
  /** If no kept key answered. */
  readonly rateWithout: Rate;
}

export interface Forecast {
  /** Whether keys that S3 keeps answer for KMS. */
  readonly keepsKeys: boolean;
  /** KMS requests over all Regions and the whole period. */
  readonly made: number;
  /** What it would be if every request had to ask: made and spared together. */
  readonly needed: number;
  readonly spared: number;
  readonly generateDataKey: number;
  readonly decrypt: number;
  /** KMS requests of one requester in one Region. */
  readonly madePerRequester: number;
  readonly regions: readonly RegionForecast[];
  readonly cost: Cost;
  /** The same workload without kept keys. */
  readonly costWithout: Cost;
}

/** One interval of a stretch. */
export interface Interval {
  /** Seconds from the begin of the stretch. */
  readonly from: number;
  readonly made: number;
  readonly needed: number;
}

/** Seconds in which the keys of all requesters are fetched when a stretch begins. */
const FIRST_SECOND = 1;

/** Forecasts in closed form: the time it takes does not depend on the number of requests. */
export function forecast(workload: Workload, assumptions: Assumptions, prices: OwnPrices = {}): Forecast {
  const asked = keyRequests(workload, assumptions.keyLifetime);
  const { stretches, stretchSeconds: seconds } = workload;
  const stretch = { made: asked.made(seconds), needed: asked.needed(seconds) };
  const made = stretch.made * stretches;
  const needed = stretch.needed * stretches;
  const needless = { average: stretch.needed / seconds, highest: (stretch.needed / seconds) * workload.peak };
  const keeps = keepsKeys(workload);
  const burst = keeps ? asked.made(Math.min(FIRST_SECOND, seconds)) : needless.highest;
  const average = stretch.made / seconds;
  const regions = workload.regions.map((region): RegionForecast => {
    const quota = assumptions.quotas?.[region] ?? symmetricQuota(region);
    const steady = average * workload.peak;
    return {
      region,
      quota,
      made,
      needed,
      rate: rateOf({ average, burst, rate: steady }, quota),
      rateWithout: rateOf({ average: needless.average, burst: needless.highest, rate: needless.highest }, quota),
    };
  });
  const count = workload.regions.length;
  return {
    keepsKeys: keeps,
    made: made * count,
    needed: needed * count,
    spared: (needed - made) * count,
    generateDataKey: asked.generateDataKey * stretches * count,
    decrypt: asked.decrypt * stretches * count,
    madePerRequester: made / workload.requesters,
    regions,
    cost: costOf(workload, made * count, prices),
    costWithout: costOf(workload, needed * count, prices),
  };
}

function rateOf({ average, burst, rate }: { average: number; burst: number; rate: number }, quota: number): Rate {
  const throttled = firstThrottledSecond({ burst, rate }, quota);
  return {
    average,
    highest: Math.max(burst, rate),
    ...(throttled !== undefined && { firstThrottledSecond: throttled }),
  };
}

/** The begin of a stretch in equal intervals, one Region: where the keys of all requesters are fetched shows as a comb. */
export function timeline(
  workload: Workload,
  assumptions: Assumptions,
  { seconds, intervals }: { seconds: number; intervals: number },
): readonly Interval[] {
  const asked = keyRequests(workload, assumptions.keyLifetime);
  const step = seconds / intervals;
  // What happens at the end of an interval belongs to the next one.
  const before = (count: (at: number) => number, at: number): number => (at <= 0 ? 0 : count(at - step * 1e-6));
  return Array.from({ length: intervals }, (_, index) => {
    const from = index * step;
    const to = from + step;
    const last = index === intervals - 1 && seconds >= workload.stretchSeconds;
    const within = (count: (at: number) => number) => (last ? count(to) : before(count, to)) - before(count, from);
    return { from, made: within(asked.made), needed: within(asked.needed) };
  });
}

/**
 * The share of KMS requests that kept keys spare, as it may be told: AWS says "up to 99 %", so no more is promised
 * (COST-06, BK-01). From 0 to 0.99.
 */
export function toldSaving({ made, needed }: Pick<Forecast, 'made' | 'needed'>): number {
  return needed === 0 ? 0 : Math.min(0.99, Math.max(0, 1 - made / needed));
}
