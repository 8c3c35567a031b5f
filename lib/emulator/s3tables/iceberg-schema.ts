/** Schemas, partition specs and sort orders of CreateTable, checked and turned into Iceberg's JSON. */

import type {
  IcebergMetadata,
  IcebergPartitionSpec,
  IcebergSchema,
  IcebergSchemaV2,
  IcebergSortOrder,
} from '@aws-sdk/client-s3tables';
import { badRequest } from './errors.ts';

export interface Field {
  readonly id: number;
  readonly name: string;
  readonly required: boolean;
  readonly type: unknown;
  readonly doc?: string;
}

export interface Schema {
  readonly type: 'struct';
  readonly 'schema-id': number;
  readonly 'identifier-field-ids'?: readonly number[];
  readonly fields: readonly Field[];
}

export interface PartitionField {
  readonly 'source-id': number;
  readonly 'field-id': number;
  readonly name: string;
  readonly transform: string;
}

const PRIMITIVE =
  /^(boolean|int|long|float|double|date|time|timestamp|timestamptz|timestamp_ns|timestamptz_ns|string|uuid|binary|fixed\[\d{1,9}\]|decimal\(\d{1,2}, ?\d{1,2}\))$/;
const TRANSFORM = /^(identity|year|month|day|hour|void|bucket\[\d{1,9}\]|truncate\[\d{1,9}\])$/;
/** Iceberg numbers partition fields from here (spec, Partition Specs). */
const FIRST_PARTITION_FIELD = 1000;
const MOST_FIELDS = 10_000;
const DEEPEST_TYPE = 32;

function invalid(reason: string): Error {
  return badRequest(`The specified metadata is not valid: ${reason}`);
}

/** The table schema and its highest column id. Throws BadRequestException when it is missing or not Iceberg's. */
export function readSchema(metadata: IcebergMetadata): { schema: Schema; lastColumnId: number } {
  const schema = readGivenSchema(metadata);
  const ids = new Set<number>();
  collect(schema.fields, ids, 0);
  for (const id of schema['identifier-field-ids'] ?? []) {
    if (!ids.has(id)) throw invalid(`identifier field ${id} is not a column.`);
  }
  return { schema, lastColumnId: maximum(ids) };
}

function readGivenSchema({ schema, schemaV2 }: IcebergMetadata): Schema {
  if (schema && !schemaV2) return fromFlat(schema);
  if (schemaV2 && !schema) return fromNested(schemaV2);
  throw invalid('give either schema or schemaV2.');
}

function maximum(ids: ReadonlySet<number>): number {
  let most = 0;
  for (const id of ids) if (id > most) most = id;
  return most;
}

/** Columns of primitive types; those without an id take the next free one, in order. */
function fromFlat(schema: IcebergSchema): Schema {
  const given = schema.fields ?? [];
  const taken = new Set(given.map(({ id }) => id));
  let next = 1;
  const free = (): number => {
    while (taken.has(next)) next += 1;
    taken.add(next);
    return next;
  };
  return {
    type: 'struct',
    'schema-id': 0,
    fields: given.map(({ id, name, type, required }) => {
      if (typeof type !== 'string' || !PRIMITIVE.test(type))
        throw invalid(`'${String(type)}' is not a primitive type.`);
      return { id: id ?? free(), name: name ?? '', required: required ?? false, type };
    }),
  };
}

function fromNested(schema: IcebergSchemaV2): Schema {
  return {
    type: 'struct',
    'schema-id': schema.schemaId ?? 0,
    ...(schema.identifierFieldIds && { 'identifier-field-ids': schema.identifierFieldIds }),
    fields: (schema.fields ?? []).map(({ id = 0, name = '', type, required = false, doc }) =>
      doc === undefined ? { id, name, required, type } : { id, name, required, type, doc },
    ),
  };
}

/** Walks a struct's fields: every id once, every name once among its siblings, every type known. */
function collect(fields: readonly unknown[], ids: Set<number>, depth: number): void {
  if (fields.length === 0) throw invalid('a struct needs at least one field.');
  const names = new Set<string>();
  for (const field of fields) {
    const { id, name, type } = membersOf(field);
    take(id, ids);
    if (typeof name !== 'string' || name === '') throw invalid('a field needs a name.');
    if (names.has(name)) throw invalid(`two fields are called '${name}'.`);
    names.add(name);
    collectType(type, ids, depth);
  }
}

function collectType(type: unknown, ids: Set<number>, depth: number): void {
  if (depth > DEEPEST_TYPE) throw invalid('its types are nested too deeply.');
  if (typeof type === 'string') {
    if (!PRIMITIVE.test(type)) throw invalid(`'${type}' is not a type.`);
    return;
  }
  const nested = membersOf(type);
  switch (nested['type']) {
    case 'struct':
      if (!Array.isArray(nested['fields'])) throw invalid('a struct needs fields.');
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
      throw invalid('a type must be the name of a primitive type, a struct, a list or a map.');
  }
}

/** Members of an object; of anything else none. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function take(id: unknown, ids: Set<number>): void {
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 0) throw invalid('every field needs an id.');
  if (ids.has(id)) throw invalid(`two fields have the id ${id}.`);
  if (ids.size >= MOST_FIELDS) throw invalid('it has too many fields.');
  ids.add(id);
}

/** The partition spec in Iceberg's JSON, and the highest partition field id. */
export function readPartitionSpec(
  spec: IcebergPartitionSpec | undefined,
  schema: Schema,
): { specId: number; fields: PartitionField[]; lastId: number } {
  let next = FIRST_PARTITION_FIELD;
  const fields = (spec?.fields ?? []).map(({ sourceId, transform, name, fieldId }) => {
    checkSource(sourceId, transform, schema);
    const id = fieldId ?? next;
    next = Math.max(next, id) + 1;
    return { 'source-id': sourceId ?? 0, 'field-id': id, name: name ?? '', transform: transform ?? '' };
  });
  if (new Set(fields.map(({ name }) => name)).size < fields.length) throw invalid('two partition fields share a name.');
  return { specId: spec?.specId ?? 0, fields, lastId: Math.max(FIRST_PARTITION_FIELD, next) - 1 };
}

/** The sort order in Iceberg's JSON; order 0 is the unsorted one. */
export function readSortOrder(order: IcebergSortOrder | undefined, schema: Schema): Readonly<Record<string, unknown>> {
  if (!order || (order.fields ?? []).length === 0) return { 'order-id': 0, fields: [] };
  if (order.orderId === 0) throw invalid('sort order 0 is the unsorted order.');
  return {
    'order-id': order.orderId ?? 1,
    fields: (order.fields ?? []).map(({ sourceId, transform, direction, nullOrder }) => {
      checkSource(sourceId, transform, schema);
      return { transform, 'source-id': sourceId, direction, 'null-order': nullOrder };
    }),
  };
}

function checkSource(sourceId: number | undefined, transform: string | undefined, schema: Schema): void {
  if (!schema.fields.some(({ id }) => id === sourceId)) throw invalid(`column ${sourceId} does not exist.`);
  if (!TRANSFORM.test(transform ?? '')) throw invalid(`'${transform}' is not a transform.`);
}
