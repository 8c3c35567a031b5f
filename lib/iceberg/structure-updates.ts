/** Updates of schemas, partition specs and sort orders. Ids that a writer gives are proposals: equal ones are one. */

import { change, type Draft } from './draft.ts';
import { IcebergError, type PartitionSpec, type SortOrder, type TableSchema } from './metadata.ts';
import { checkSchema, checkSource, FIRST_PARTITION_FIELD } from './schema.ts';

/** What a writer says for "the one that this commit adds". */
const LAST_ADDED = -1;

const sameJson = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const highest = (ids: readonly number[], least: number): number => ids.reduce((most, id) => Math.max(most, id), least);

export function addSchema(draft: Draft, schema: TableSchema): void {
  const { schemas, 'last-column-id': last = 0 } = draft.metadata;
  const { lastColumnId } = checkSchema(schema);
  const known = schemas.find(
    (each) =>
      sameJson(each.fields, schema.fields) &&
      sameJson(each['identifier-field-ids'] ?? [], schema['identifier-field-ids'] ?? []),
  );
  const id =
    known?.['schema-id'] ??
    highest(
      schemas.map((each) => each['schema-id']),
      -1,
    ) + 1;
  draft.addedSchema = id;
  change(draft, {
    'last-column-id': Math.max(last, lastColumnId),
    ...(!known && { schemas: [...schemas, { ...schema, 'schema-id': id }] }),
  });
}

export function addSpec(draft: Draft, spec: PartitionSpec): void {
  const { 'partition-specs': specs, 'last-partition-id': last = FIRST_PARTITION_FIELD - 1 } = draft.metadata;
  const schema = schemaInForce(draft);
  let next = last;
  const fields = spec.fields.map((field) => {
    checkSource(field['source-id'], field.transform, schema);
    // A field that an older spec has keeps its id, so that files of both can be read alike.
    const before = specs
      .flatMap((each) => each.fields)
      .find((each) => each['source-id'] === field['source-id'] && each.transform === field.transform);
    const id = field['field-id'] ?? before?.['field-id'] ?? next + 1;
    next = Math.max(next, id);
    return { ...field, 'field-id': id };
  });
  const names = new Set(fields.map(({ name }) => name));
  if (names.size < fields.length) throw new IcebergError('Cannot use partition name more than once');
  const known = specs.find((each) => sameJson(each.fields.map(bare), fields.map(bare)));
  const id =
    known?.['spec-id'] ??
    highest(
      specs.map((each) => each['spec-id']),
      -1,
    ) + 1;
  draft.addedSpec = id;
  if (known) return;
  change(draft, { 'partition-specs': [...specs, { 'spec-id': id, fields }], 'last-partition-id': next });
}

const bare = (field: PartitionSpec['fields'][number]) => [
  field['source-id'],
  field['field-id'],
  field.name,
  field.transform,
];

export function addSortOrder(draft: Draft, order: SortOrder): void {
  const orders = draft.metadata['sort-orders'] ?? [];
  const schema = schemaInForce(draft);
  for (const field of order.fields) checkSource(field['source-id'], field.transform, schema);
  const known = orders.find((each) => sameJson(each.fields, order.fields));
  // Order 0 is the unsorted one, and no other.
  const next =
    highest(
      orders.map((each) => each['order-id']),
      0,
    ) + 1;
  const id = known?.['order-id'] ?? (order.fields.length === 0 ? 0 : next);
  draft.addedOrder = id;
  if (!known) change(draft, { 'sort-orders': [...orders, { ...order, 'order-id': id }] });
}

/** Makes a schema, spec or order the one in force. */
export function setCurrent(draft: Draft, what: 'schema' | 'spec' | 'order', asked: number): void {
  const { schemas, 'partition-specs': specs, 'sort-orders': orders = [] } = draft.metadata;
  const added = { schema: draft.addedSchema, spec: draft.addedSpec, order: draft.addedOrder }[what];
  const id = asked === LAST_ADDED ? added : asked;
  if (id === undefined) throw new IcebergError(`Cannot set last added ${what}: no ${what} has been added`);
  const ids = {
    schema: schemas.map((each) => each['schema-id']),
    spec: specs.map((each) => each['spec-id']),
    order: orders.map((each) => each['order-id']),
  }[what];
  if (!ids.includes(id)) throw new IcebergError(`Cannot set ${what} to unknown id: ${id}`);
  if (what === 'schema') change(draft, { 'current-schema-id': id });
  else if (what === 'spec') change(draft, { 'default-spec-id': id });
  else change(draft, { 'default-sort-order-id': id });
}

export function removeSpecs(draft: Draft, ids: readonly number[]): void {
  if (ids.includes(draft.metadata['default-spec-id']))
    throw new IcebergError('Cannot remove the default partition spec');
  change(draft, { 'partition-specs': draft.metadata['partition-specs'].filter((it) => !ids.includes(it['spec-id'])) });
}

export function removeSchemas(draft: Draft, ids: readonly number[]): void {
  if (ids.includes(draft.metadata['current-schema-id'])) throw new IcebergError('Cannot remove the current schema');
  change(draft, { schemas: draft.metadata.schemas.filter((it) => !ids.includes(it['schema-id'])) });
}

/** The schema that fields of a spec or order name columns of. */
function schemaInForce(draft: Draft): TableSchema {
  const { schemas, 'current-schema-id': current } = draft.metadata;
  const found = schemas.find((each) => each['schema-id'] === current);
  if (!found) throw new IcebergError("The table's metadata names a schema that it does not hold.");
  return found;
}
