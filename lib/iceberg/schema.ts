/** Whether schemas, partition fields and sort fields are Iceberg's (spec: Schemas and Data Types, Partitioning, Sorting). */

import { IcebergError } from './metadata.ts';

const PRIMITIVE =
  /^(boolean|int|long|float|double|date|time|timestamp|timestamptz|timestamp_ns|timestamptz_ns|string|uuid|binary|fixed\[\d{1,9}\]|decimal\(\d{1,2}, ?\d{1,2}\))$/;
const TRANSFORM = /^(identity|year|month|day|hour|void|bucket\[\d{1,9}\]|truncate\[\d{1,9}\])$/;
const MOST_FIELDS = 10_000;
const DEEPEST_TYPE = 32;

/** Iceberg numbers partition fields from here. */
export const FIRST_PARTITION_FIELD = 1000;

export const isPrimitive = (type: string): boolean => PRIMITIVE.test(type);

/**
 * Walks the fields of a table's schema and gives the highest id. Throws IcebergError with the first fault: a field
 * without id, name or known type, an id or a sibling's name used twice, nesting or width beyond bounds.
 */
export function checkSchema(schema: {
  readonly fields: readonly unknown[];
  readonly 'identifier-field-ids'?: readonly number[] | undefined;
}): { readonly lastColumnId: number } {
  const ids = new Set<number>();
  collect(schema.fields, ids, 0);
  for (const id of schema['identifier-field-ids'] ?? []) {
    if (!ids.has(id)) throw new IcebergError(`identifier field ${id} is not a column.`);
  }
  let lastColumnId = 0;
  for (const id of ids) if (id > lastColumnId) lastColumnId = id;
  return { lastColumnId };
}

/** Throws IcebergError unless a partition or sort field has a transform of Iceberg and a source that the schema holds. */
export function checkSource(
  sourceId: number | undefined,
  transform: string | undefined,
  schema: { readonly fields: readonly unknown[] },
): void {
  const ids = new Set<number>();
  collect(schema.fields, ids, 0);
  if (sourceId === undefined || !ids.has(sourceId)) throw new IcebergError(`column ${sourceId} does not exist.`);
  if (!TRANSFORM.test(transform ?? '')) throw new IcebergError(`'${transform}' is not a transform.`);
}

function collect(fields: readonly unknown[], ids: Set<number>, depth: number): void {
  if (fields.length === 0) throw new IcebergError('a struct needs at least one field.');
  const names = new Set<string>();
  for (const field of fields) {
    const { id, name, type } = membersOf(field);
    take(id, ids);
    if (typeof name !== 'string' || name === '') throw new IcebergError('a field needs a name.');
    if (names.has(name)) throw new IcebergError(`two fields are called '${name}'.`);
    names.add(name);
    collectType(type, ids, depth);
  }
}

function collectType(type: unknown, ids: Set<number>, depth: number): void {
  if (depth > DEEPEST_TYPE) throw new IcebergError('its types are nested too deeply.');
  if (typeof type === 'string') {
    if (!isPrimitive(type)) throw new IcebergError(`'${type}' is not a type.`);
    return;
  }
  const nested = membersOf(type);
  switch (nested['type']) {
    case 'struct':
      if (!Array.isArray(nested['fields'])) throw new IcebergError('a struct needs fields.');
      collect(nested['fields'], ids, depth + 1);
      return;
    case 'list':
      take(nested['element-id'], ids);
      collectType(nested['element'], ids, depth + 1);
      return;
    case 'map':
      take(nested['key-id'], ids);
      take(nested['value-id'], ids);
      collectType(nested['key'], ids, depth + 1);
      collectType(nested['value'], ids, depth + 1);
      return;
    default:
      throw new IcebergError('a type must be the name of a primitive type, a struct, a list or a map.');
  }
}

/** Members of an object; of anything else none. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function take(id: unknown, ids: Set<number>): void {
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 0) throw new IcebergError('every field needs an id.');
  if (ids.has(id)) throw new IcebergError(`two fields have the id ${id}.`);
  if (ids.size >= MOST_FIELDS) throw new IcebergError('it has too many fields.');
  ids.add(id);
}
