import { operationsOf } from '@/lib/uploads/operations';
import type { Requester, UploadPlan, UploadTarget } from '@/lib/uploads/plan';
import type { UploadCounters, UploadRun, UploadStatus } from '@/lib/uploads/record';
import { charge, type PriceName } from '@/lib/usage/prices';
import type { Tone } from '../ui/badge';
import { formatBytes, formatDuration, plural } from '../ui/format';

/** Words for simulated uploads. */

export const STATUS: Readonly<Record<UploadStatus, { readonly tone: Tone; readonly word: string }>> = {
  running: { tone: 'info', word: 'Running' },
  paused: { tone: 'warn', word: 'Paused' },
  done: { tone: 'good', word: 'Done' },
  cancelled: { tone: 'neutral', word: 'Stopped' },
  failed: { tone: 'bad', word: 'Failed' },
  interrupted: { tone: 'warn', word: 'Interrupted' },
};

/** The name of a target: bucket, or namespace and table. */
export function targetName(target: UploadTarget): string {
  return target.kind === 'table' ? `${target.namespace}.${target.name}` : target.bucket;
}

const KINDS = { table: 'Table', 'directory-bucket': 'Directory bucket', bucket: 'General purpose bucket' } as const;

export function targetKind(target: UploadTarget): string {
  return KINDS[target.kind];
}

/** Names of everything that a plan writes to, the first one and how many more. */
export function targetNames(plan: UploadPlan): string {
  const names = [...new Set(plan.requesters.map(({ target }) => targetName(target)))];
  return names.length > 1 ? `${names[0]} and ${plural(names.length - 1, 'more', 'more')}` : (names[0] ?? '');
}

/** "100 objects of 16.0 KiB, 8 at once". */
export function workload(plan: UploadPlan): string {
  const [first] = plan.requesters;
  const many = plan.requesters.length > 1;
  const what = plural(operationsOf(plan), first?.target.kind === 'table' ? 'append' : many ? 'operation' : 'object');
  const size = many || first === undefined ? '' : ` of ${formatBytes(first.size)}`;
  const pace = plan.pace.kind === 'world' ? `, over ${formatDuration(plan.pace.seconds)} of world time` : '';
  return `${what}${size}, ${plan.concurrency} at once${pace}`;
}

/** The name of who uploads, until the run knows the principal. */
export function principalOf({ principal }: Pick<Requester, 'principal'>): string {
  if (principal.kind === 'root') return 'arn:aws:iam:::root';
  return principal.kind === 'user' ? `arn:aws:iam:::user/${principal.userName}` : principal.roleArn;
}

/** Who uploads, by requester. */
export function principalsOf({ principals, plan }: Pick<UploadRun, 'principals' | 'plan'>): readonly string[] {
  return plan.requesters.map((it, index) => principals?.[index] ?? principalOf(it));
}

const PRICES_OF: Readonly<Record<UploadTarget['kind'], { put: PriceName; get: PriceName }>> = {
  bucket: { put: 'standardPut', get: 'standardGet' },
  'directory-bucket': { put: 'expressPut', get: 'expressGet' },
  table: { put: 'tablesPut', get: 'tablesGet' },
};

/** What the requests of a run would cost on AWS, in US dollars; free requests and storage are left out. */
export function costOf(plan: UploadPlan, { made, spared, puts, gets }: UploadCounters) {
  const prices = PRICES_OF[plan.requesters[0]?.target.kind ?? 'bucket'];
  const s3 = charge(prices.put, puts) + charge(prices.get, gets);
  return { kms: charge('kmsRequests', made), without: charge('kmsRequests', made + spared), s3 };
}
