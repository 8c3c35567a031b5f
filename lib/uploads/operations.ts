/** What workloads may do and how much of it: without the schema, so that forms in the browser stay small. */

/** What a requester may do, in the order of the form. */
export const OPERATIONS = ['put', 'get', 'multipart', 'copy', 'list', 'append', 'scan'] as const;
export type OperationKind = (typeof OPERATIONS)[number];

/** What a target of each kind takes. */
export const POSSIBLE: Readonly<Record<'bucket' | 'directory-bucket' | 'table', readonly OperationKind[]>> = {
  bucket: ['put', 'get', 'multipart', 'copy', 'list'],
  'directory-bucket': ['put', 'get', 'multipart', 'copy', 'list'],
  table: ['append', 'scan'],
};

/** Bounds of a run; the form names them. */
export const LIMITS = {
  requesters: { min: 1, max: 8 },
  sessions: { min: 1, max: 1000 },
  /** Operations of one requester. */
  objects: { min: 1, max: 100_000 },
  /** Bytes of one object. */
  size: { min: 0, max: 1_073_741_824 },
  concurrency: { min: 1, max: 64 },
  /** Weight of an operation in the mix. */
  weight: { min: 0, max: 1000 },
  /** Seconds of world time. */
  seconds: { min: 1, max: 86_400 },
  throttle: { min: 0, max: 100 },
  latency: { min: 0, max: 5000 },
  quota: { min: 0, max: 1_000_000 },
  /** Bytes of a whole run. */
  total: 20 * 1_073_741_824,
  /** Appends and queries of a run on one table. */
  snapshots: 1000,
} as const;

/** A mix of nothing. */
export const NO_OPERATIONS: Readonly<Record<OperationKind, number>> = {
  put: 0,
  get: 0,
  multipart: 0,
  copy: 0,
  list: 0,
  append: 0,
  scan: 0,
};

/** Name of a requester's field in the form: those of the first one stand alone. */
export function fieldOf(index: number, field: string): string {
  return index === 0 ? field : `${index}.${field}`;
}

/** How many operations a whole plan has. */
export function operationsOf(plan: { readonly requesters: readonly { readonly objects: number }[] }): number {
  return plan.requesters.reduce((sum, { objects }) => sum + objects, 0);
}
