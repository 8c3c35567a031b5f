/** Workloads that people know, in a size that this machine makes in a minute. */

import { NO_OPERATIONS } from './operations.ts';
import type { Requester, UploadPlan, UploadTarget } from './plan.ts';

export interface WorkloadPreset {
  readonly id: string;
  readonly name: string;
  /** One sentence. */
  readonly about: string;
  /** The kind of target it needs. */
  readonly target: UploadTarget['kind'];
  readonly plan: Omit<UploadPlan, 'requesters' | 'name' | 'seed'>;
  readonly requesters: readonly Omit<Requester, 'target' | 'principal'>[];
}

const KIB = 1024;
const MIB = 1_048_576;

function requester(
  changes: Partial<Omit<Requester, 'mix'>> & { mix: Partial<Requester['mix']> },
): Omit<Requester, 'target' | 'principal'> {
  return {
    sessions: 1,
    scoped: false,
    bucketKey: 'default',
    objects: 1000,
    size: 16 * KIB,
    sizes: 'same',
    ...changes,
    mix: { ...NO_OPERATIONS, ...changes.mix },
  };
}

export const WORKLOAD_PRESETS: readonly WorkloadPreset[] = [
  {
    id: 'log-delivery',
    name: 'Log delivery',
    about: 'A service writes small files for half an hour; an analyst reads some.',
    target: 'bucket',
    plan: { concurrency: 16, pace: { kind: 'world', seconds: 1800 } },
    requesters: [
      requester({ objects: 2000, size: 8 * KIB, sizes: 'varied', mix: { put: 1 } }),
      requester({ objects: 400, size: 8 * KIB, mix: { get: 9, list: 1 } }),
    ],
  },
  {
    id: 'streaming',
    name: 'Streaming ingestion to a table',
    about: 'An append every ten seconds for twenty minutes, and a query now and then.',
    target: 'table',
    plan: { concurrency: 4, pace: { kind: 'world', seconds: 1200 } },
    requesters: [requester({ objects: 130, size: 32 * KIB, mix: { append: 12, scan: 1 } })],
  },
  {
    id: 'spark',
    name: 'Spark job with 1,000 executors',
    about: 'Each executor has a session policy of its own: S3 fetches a key for every one.',
    target: 'bucket',
    plan: { concurrency: 32, pace: { kind: 'flat-out' } },
    requesters: [
      requester({
        objects: 4000,
        size: 64 * KIB,
        sizes: 'varied',
        sessions: 1000,
        scoped: true,
        mix: { put: 3, get: 1 },
      }),
    ],
  },
  {
    id: 'nightly-copy',
    name: 'Nightly copy between buckets',
    about: 'Copies object by object over an hour of the night.',
    target: 'bucket',
    plan: { concurrency: 16, pace: { kind: 'world', seconds: 3600 } },
    requesters: [requester({ objects: 1500, size: 32 * KIB, mix: { copy: 40, list: 1 } })],
  },
  {
    id: 'distcp',
    name: 'Hadoop distcp',
    about: 'Large files in parts, small ones at once.',
    target: 'bucket',
    plan: { concurrency: 8, pace: { kind: 'flat-out' } },
    requesters: [requester({ objects: 120, size: 6 * MIB, mix: { multipart: 1, put: 2, list: 1 } })],
  },
  {
    id: 'analytics',
    name: 'Analytics reads',
    about: 'Three readers, each with a key of its own to open, over half an hour.',
    target: 'bucket',
    plan: { concurrency: 24, pace: { kind: 'world', seconds: 1800 } },
    requesters: [
      requester({ objects: 1500, size: 64 * KIB, mix: { get: 19, list: 1 } }),
      requester({ objects: 1000, size: 64 * KIB, mix: { get: 1 } }),
      requester({ objects: 500, size: 64 * KIB, mix: { get: 1 } }),
    ],
  },
];
