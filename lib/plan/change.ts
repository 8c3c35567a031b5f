/** The changes that are planned before they are applied, as data that survives a form, a message and a reload. */
import { z } from 'zod';

const keyId = z.string().min(1).max(2048);
const bucketArn = z.string().startsWith('arn:').max(2048);
/** Absent removes the policy. */
const policy = z.string().max(40_000).optional();
const table = { bucketArn, namespace: z.string().min(1).max(255), name: z.string().min(1).max(255) };
const encryption = z.object({
  kind: z.enum(['SSE-S3', 'SSE-KMS', 'DSSE-KMS']),
  keyId: z.string().max(2048).optional(),
  bucketKey: z.boolean().optional(),
  blocksCustomerKeys: z.boolean().optional(),
});
const context = z.record(z.string(), z.string()).optional();
const grant = z.object({
  keyId,
  grantee: z.string().min(1).max(256),
  operations: z.array(z.string().max(64)).min(1).max(32),
  name: z.string().max(256).optional(),
  retiring: z.string().max(256).optional(),
  contextEquals: context,
  contextSubset: context,
});

export const changeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('key-policy'), keyId, policy: z.string().max(40_000) }),
  z.object({ kind: z.literal('bucket-policy'), bucket: z.string().min(3).max(63), policy }),
  z.object({ kind: z.literal('table-bucket-policy'), bucketArn, policy }),
  z.object({ kind: z.literal('table-policy'), ...table, policy }),
  z.object({ kind: z.literal('create-grant'), grant }),
  z.object({
    kind: z.literal('end-grant'),
    keyId,
    grantId: z.string().min(1).max(128),
    how: z.enum(['revoke', 'retire']),
  }),
  z.object({ kind: z.literal('bucket-encryption'), bucket: z.string().min(3).max(63), encryption }),
  z.object({ kind: z.literal('table-bucket-encryption'), bucketArn, encryption }),
  z.object({ kind: z.literal('key-state'), keyId, to: z.enum(['enable', 'disable', 'cancel-deletion']) }),
  z.object({ kind: z.literal('delete-key'), keyId, days: z.number().int().min(7).max(30) }),
  z.object({
    kind: z.literal('rotation'),
    keyId,
    on: z.boolean(),
    days: z.number().int().min(90).max(2560).optional(),
  }),
  z.object({ kind: z.literal('rotate-now'), keyId }),
  /** Makes the alias, moves it to another key, or deletes it where `keyId` is absent. */
  z.object({ kind: z.literal('alias'), alias: z.string().startsWith('alias/').max(256), keyId: keyId.optional() }),
]);

export type Change = z.infer<typeof changeSchema>;
export type ChangeOf<K extends Change['kind']> = Extract<Change, { kind: K }>;
