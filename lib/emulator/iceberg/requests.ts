/** Bodies of the requests of the Iceberg REST catalog, checked member by member (its OpenAPI specification). */

import { z } from 'zod';
import { badRequest } from './errors.ts';

const id = z.union([z.int(), z.bigint()]);
const whole = z.int();
const properties = z.record(z.string(), z.string());
const field = z.looseObject({ id: whole, name: z.string(), required: z.boolean(), type: z.unknown() });
const schema = z.looseObject({
  type: z.literal('struct'),
  'schema-id': whole.default(0),
  'identifier-field-ids': z.array(whole).optional(),
  fields: z.array(field),
});
const partitionField = z.object({
  'source-id': whole,
  'field-id': whole.optional(),
  name: z.string(),
  transform: z.string(),
});
const spec = z.object({ 'spec-id': whole.default(0), fields: z.array(partitionField) });
const sortField = z.object({
  transform: z.string(),
  'source-id': whole,
  direction: z.enum(['asc', 'desc']),
  'null-order': z.enum(['nulls-first', 'nulls-last']),
});
const order = z.object({ 'order-id': whole.default(0), fields: z.array(sortField) });
const snapshot = z.looseObject({
  'snapshot-id': id,
  'parent-snapshot-id': id.nullish().transform((it) => it ?? undefined),
  'sequence-number': whole.default(0),
  'timestamp-ms': whole,
  'manifest-list': z.string(),
  'schema-id': whole.optional(),
  summary: properties,
  'first-row-id': id.optional(),
  'added-rows': id.optional(),
});
const optionalWhole = whole.nullish().transform((it) => it ?? undefined);
const statistics = z.looseObject({ 'snapshot-id': id, 'statistics-path': z.string() });
const identifier = z.object({ namespace: z.array(z.string()), name: z.string() });

const update = z.discriminatedUnion('action', [
  z.object({ action: z.literal('assign-uuid'), uuid: z.string() }),
  z.object({ action: z.literal('upgrade-format-version'), 'format-version': whole }),
  z.object({ action: z.literal('add-schema'), schema }),
  z.object({ action: z.literal('set-current-schema'), 'schema-id': whole }),
  z.object({ action: z.literal('add-spec'), spec }),
  z.object({ action: z.literal('set-default-spec'), 'spec-id': whole }),
  z.object({ action: z.literal('add-sort-order'), 'sort-order': order }),
  z.object({ action: z.literal('set-default-sort-order'), 'sort-order-id': whole }),
  z.object({ action: z.literal('add-snapshot'), snapshot }),
  z.object({
    action: z.literal('set-snapshot-ref'),
    'ref-name': z.string(),
    type: z.enum(['branch', 'tag']),
    'snapshot-id': id,
    'max-ref-age-ms': optionalWhole,
    'max-snapshot-age-ms': optionalWhole,
    'min-snapshots-to-keep': optionalWhole,
  }),
  z.object({ action: z.literal('remove-snapshots'), 'snapshot-ids': z.array(id) }),
  z.object({ action: z.literal('remove-snapshot-ref'), 'ref-name': z.string() }),
  z.object({ action: z.literal('set-location'), location: z.string() }),
  z.object({ action: z.literal('set-properties'), updates: properties }),
  z.object({ action: z.literal('remove-properties'), removals: z.array(z.string()) }),
  z.object({ action: z.literal('set-statistics'), statistics }),
  z.object({ action: z.literal('remove-statistics'), 'snapshot-id': id }),
  z.object({ action: z.literal('set-partition-statistics'), 'partition-statistics': statistics }),
  z.object({ action: z.literal('remove-partition-statistics'), 'snapshot-id': id }),
  z.object({ action: z.literal('remove-partition-specs'), 'spec-ids': z.array(whole) }),
  z.object({ action: z.literal('remove-schemas'), 'schema-ids': z.array(whole) }),
]);

const requirement = z.discriminatedUnion('type', [
  z.object({ type: z.literal('assert-create') }),
  z.object({ type: z.literal('assert-table-uuid'), uuid: z.string() }),
  z.object({ type: z.literal('assert-ref-snapshot-id'), ref: z.string(), 'snapshot-id': id.nullish() }),
  z.object({ type: z.literal('assert-last-assigned-field-id'), 'last-assigned-field-id': whole }),
  z.object({ type: z.literal('assert-current-schema-id'), 'current-schema-id': whole }),
  z.object({ type: z.literal('assert-last-assigned-partition-id'), 'last-assigned-partition-id': whole }),
  z.object({ type: z.literal('assert-default-spec-id'), 'default-spec-id': whole }),
  z.object({ type: z.literal('assert-default-sort-order-id'), 'default-sort-order-id': whole }),
]);

export const createNamespaceBody = z.object({ namespace: z.array(z.string()), properties: properties.nullish() });
export const createTableBody = z.object({
  name: z.string(),
  location: z.string().nullish(),
  schema,
  'partition-spec': spec.nullish(),
  'write-order': order.nullish(),
  'stage-create': z.boolean().nullish(),
  properties: properties.nullish(),
});
export const commitBody = z.object({ requirements: z.array(requirement), updates: z.array(update) });
export const renameBody = z.object({ source: identifier, destination: identifier });
export const registerBody = z.object({
  name: z.string(),
  'metadata-location': z.string(),
  overwrite: z.boolean().optional(),
});

/** Throws BadRequestException with the place and the fault of the first member that is not as specified. */
export function readBody<T>(shape: z.ZodType<T>, body: unknown): T {
  const read = shape.safeParse(body);
  if (read.success) return read.data;
  const [fault] = read.error.issues;
  const place = fault?.path.map(String).join('.') || 'body';
  throw badRequest(`Malformed request: ${place}: ${fault?.message ?? 'it is not valid'}`);
}
