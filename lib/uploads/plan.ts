import { z } from 'zod';

/** Where a simulated upload writes. */
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

/** As whom it writes. */
const principal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('root') }),
  z.object({ kind: z.literal('user'), userName: z.string().min(1).max(64) }),
  z.object({ kind: z.literal('role'), roleArn: z.string().min(20).max(2048) }),
]);

/** Bounds of a run; the form names them. */
export const LIMITS = {
  objects: { min: 1, max: 100_000 },
  /** Bytes of one object. */
  size: { min: 0, max: 1_073_741_824 },
  concurrency: { min: 1, max: 64 },
  /** Bytes of a whole run. */
  total: 20 * 1_073_741_824,
} as const;

/** A simulated upload as a person describes it. For a table, `objects` counts appends and `size` is bytes of rows. */
export const uploadPlan = z
  .object({
    target,
    principal,
    objects: z.int().min(LIMITS.objects.min).max(LIMITS.objects.max),
    size: z.int().min(LIMITS.size.min).max(LIMITS.size.max),
    concurrency: z.int().min(LIMITS.concurrency.min).max(LIMITS.concurrency.max),
  })
  .refine((it) => it.objects * it.size <= LIMITS.total, {
    path: ['size'],
    message: 'All objects together may have 20 GiB: lower the number or the size.',
  })
  .refine((it) => it.target.kind !== 'table' || it.objects <= 1000, {
    path: ['objects'],
    message: 'A table takes at most 1,000 appends in one run: each is a snapshot of its own.',
  });

export type UploadPlan = z.infer<typeof uploadPlan>;
export type UploadTarget = UploadPlan['target'];
export type UploadPrincipal = UploadPlan['principal'];
