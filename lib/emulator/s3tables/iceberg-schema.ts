/** Schemas, partition specs and sort orders of CreateTable, checked and turned into Iceberg's JSON. */

import type {
  IcebergMetadata,
  IcebergPartitionSpec,
  IcebergSchema,
  IcebergSchemaV2,
  IcebergSortOrder,
} from '@aws-sdk/client-s3tables';
import { IcebergError } from '../../iceberg/metadata.ts';
import { checkSchema, checkSource, FIRST_PARTITION_FIELD, isPrimitive } from '../../iceberg/schema.ts';
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

function invalid(reason: string): Error {
  return badRequest(`The specified metadata is not valid: ${reason}`);
}

/** The table schema and its highest column id. Throws BadRequestException when it is missing or not Iceberg's. */
export function readSchema(metadata: IcebergMetadata): { schema: Schema; lastColumnId: number } {
  const schema = readGivenSchema(metadata);
  return { schema, ...inWords(() => checkSchema(schema)) };
}

/** Runs a check of the format; what it finds is said as this service says it. */
function inWords<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof IcebergError ? invalid(error.message) : error;
  }
}

function readGivenSchema({ schema, schemaV2 }: IcebergMetadata): Schema {
  if (schema && !schemaV2) return fromFlat(schema);
  if (schemaV2 && !schema) return fromNested(schemaV2);
  throw invalid('give either schema or schemaV2.');
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
      if (typeof type !== 'string' || !isPrimitive(type)) throw invalid(`'${String(type)}' is not a primitive type.`);
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

/** The partition spec in Iceberg's JSON, and the highest partition field id. */
export function readPartitionSpec(
  spec: IcebergPartitionSpec | undefined,
  schema: Schema,
): { specId: number; fields: PartitionField[]; lastId: number } {
  let next = FIRST_PARTITION_FIELD;
  const fields = (spec?.fields ?? []).map(({ sourceId, transform, name, fieldId }) => {
    inWords(() => checkSource(sourceId, transform, schema));
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
      inWords(() => checkSource(sourceId, transform, schema));
      return { transform, 'source-id': sourceId, direction, 'null-order': nullOrder };
    }),
  };
}
