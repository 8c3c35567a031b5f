import { z } from 'zod';
import { fieldOf, LIMITS, OPERATIONS, POSSIBLE } from './operations.ts';

/** Where a requester reads and writes. */
const target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('bucket'), bucket: z.string().min(3).max(63) }),
  z.object({ kind: z.literal('directory-bucket'), bucket: z.string().min(3).max(63) }),
  z.object({
    kind: z.literal('table'),
    tableBucketArn: z.string().min(1).max(2048),
    namespace: z.string().min(1).max(255),
    name: z.string().min(1).max(255),
  }),
]);

/** As whom it does. */
const principal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('root') }),
  z.object({ kind: z.literal('user'), userName: z.string().min(1).max(64) }),
  z.object({ kind: z.literal('role'), roleArn: z.string().min(20).max(2048) }),
]);

const between = ({ min, max }: { min: number; max: number }) => z.int().min(min).max(max);
const weight = between(LIMITS.weight);

/**
 * One requester of a workload. For a table `objects` counts appends and queries and `size` is bytes of rows; otherwise
 * an operation is one object, or one list.
 */
const requester = z.object({
  target,
  principal,
  /** How many sessions of the principal share the work. */
  sessions: between(LIMITS.sessions),
  /** Each session has session policies of its own, which makes each a requester for S3 (BK-06). */
  scoped: z.boolean(),
  /** Asked for in each request, or left to the bucket (BK-12). */
  bucketKey: z.enum(['default', 'on', 'off']),
  objects: between(LIMITS.objects),
  size: between(LIMITS.size),
  /** All of one size, or from an eighth of it to twice it. */
  sizes: z.enum(['same', 'varied']),
  mix: z.object({
    put: weight,
    get: weight,
    multipart: weight,
    copy: weight,
    list: weight,
    append: weight,
    scan: weight,
  }),
});

/** A workload as a person describes it. */
export const uploadPlan = z.object({
  name: z.string().max(80),
  requesters: z.array(requester).min(LIMITS.requesters.min).max(LIMITS.requesters.max),
  /** Requests at once, over all requesters. */
  concurrency: between(LIMITS.concurrency),
  /** As fast as it goes, or spread over a span of world time, for which the run moves the world's clock. */
  pace: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('flat-out') }),
    z.object({ kind: z.literal('world'), seconds: between(LIMITS.seconds) }),
  ]),
  /** Takes a permission from a requester in the middle, and gives it back at the end. */
  revoke: z
    .object({ requester: z.int().min(0), after: between(LIMITS.seconds), what: z.enum(['kms', 'everything']) })
    .optional(),
  /** Faults and quota of the world while the run goes. */
  faults: z
    .object({
      throttle: between(LIMITS.throttle),
      latency: between(LIMITS.latency),
      quota: between(LIMITS.quota),
    })
    .optional(),
  seed: z.int().min(0).max(0xffff_ffff),
});

export type UploadPlan = z.infer<typeof uploadPlan>;
export type Requester = UploadPlan['requesters'][number];
export type UploadTarget = Requester['target'];
export type UploadPrincipal = Requester['principal'];
export type Mix = Requester['mix'];

/** A problem of a plan at the field that can mend it: `objects`, or `1.objects` for the second requester. */
export interface PlanProblem {
  readonly field: string;
  readonly message: string;
}

/** What is wrong with a plan although each of its numbers is possible: contradictions, and more than a run may do. */
export function contradictions(plan: UploadPlan): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const total = plan.requesters.reduce((sum, it) => sum + it.objects * it.size, 0);
  plan.requesters.forEach((it, index) => {
    const at = (field: string) => fieldOf(index, field);
    const possible = POSSIBLE[it.target.kind];
    const wanted = OPERATIONS.filter((kind) => it.mix[kind] > 0);
    const impossible = wanted.find((kind) => !possible.includes(kind));
    if (impossible !== undefined) {
      const message =
        it.target.kind === 'table'
          ? 'A table takes appends and queries, no objects.'
          : 'A bucket takes no appends and no queries: choose a table.';
      problems.push({ field: at(`mix.${impossible}`), message });
    } else if (wanted.length === 0) {
      problems.push({
        field: at(`mix.${possible[0]}`),
        message: 'Nothing is done: at least one weight must be above 0.',
      });
    }
    if (it.target.kind === 'table' && it.objects > LIMITS.snapshots) {
      problems.push({
        field: at('objects'),
        message: 'A table takes at most 1,000 appends in one run: each is a snapshot of its own.',
      });
    }
    if (it.principal.kind !== 'role' && (it.sessions > 1 || it.scoped)) {
      problems.push({ field: at('sessions'), message: 'Only a role has several sessions.' });
    }
    if (it.target.kind === 'table' && it.sessions > 1) {
      problems.push({
        field: at('sessions'),
        message: 'One session appends to a table: its commits follow each other.',
      });
    }
    if (it.target.kind !== 'bucket' && it.bucketKey === 'off') {
      const kept = it.target.kind === 'table' ? 'Table keys' : 'Bucket keys of directory buckets';
      problems.push({ field: at('bucketKey'), message: `${kept} can’t be switched off.` });
    }
    if (it.sessions > it.objects) {
      problems.push({ field: at('sessions'), message: 'There are more sessions than operations.' });
    }
  });
  if (total > LIMITS.total) {
    problems.push({ field: 'size', message: 'All objects together may have 20 GiB: lower the number or the size.' });
  }
  const { revoke } = plan;
  if (revoke !== undefined) {
    const who = plan.requesters[revoke.requester];
    if (who === undefined) problems.push({ field: 'revoke', message: 'This requester is not part of the workload.' });
    else if (who.principal.kind === 'root') {
      problems.push({
        field: 'revoke',
        message: 'The root user can’t be refused by a policy. Choose a role or a user.',
      });
    }
    if (plan.pace.kind === 'world' && revoke.after >= plan.pace.seconds) {
      problems.push({ field: 'revokeAfter', message: 'The workload has ended by then: choose an earlier second.' });
    }
  }
  return problems;
}
