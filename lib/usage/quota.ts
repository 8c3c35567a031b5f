/** How many symmetric cryptographic requests KMS takes in a second, by account and Region (LIM-01). */

const LARGE: readonly string[] = ['us-east-1', 'us-west-2', 'eu-west-1'];
const MEDIUM: readonly string[] = [
  'us-east-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'eu-central-1',
  'eu-west-2',
];

/** Requests per second of an account in a Region, over all its keys (LIM-01, LIM-03). */
export function symmetricQuota(region: string): number {
  if (LARGE.includes(region)) return 100_000;
  return MEDIUM.includes(region) ? 20_000 : 10_000;
}

/**
 * The second in which KMS first throttles, counted from 1, when `burst` requests arrive in the first second and `rate`
 * in each one after it; undefined when it never does. The allowance holds one second's worth and is refilled steadily:
 * how AWS counts within the second is not published.
 */
export function firstThrottledSecond(demand: { burst: number; rate: number }, quota: number): number | undefined {
  const { burst, rate } = demand;
  // Full at the start and refilled during the first second.
  if (burst > 2 * quota) return 1;
  const left = Math.min(quota, 2 * quota - burst);
  if (rate <= quota) return undefined;
  return 1 + Math.ceil(left / (rate - quota));
}
