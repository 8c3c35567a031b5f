/** The first metadata.json of a table that is created with a schema (Iceberg spec, Table Metadata, format version 2). */

import type { TableMetadata } from '@aws-sdk/client-s3tables';
import { newUuid } from '../world/id-source.ts';
import { badRequest } from './errors.ts';
import { readPartitionSpec, readSchema, readSortOrder } from './iceberg-schema.ts';

/** What `WarehousePort.put` takes: room for some 10,000 columns. */
const LARGEST_METADATA = 1024 * 1024;

/**
 * Checks the metadata of a CreateTable and gives its file for a table at `location` (`s3://…`): key below the
 * warehouse and bytes. Throws BadRequestException. `now` is world time in milliseconds.
 */
export function firstMetadata(
  metadata: TableMetadata,
  location: string,
  now: number,
): { key: string; body: Uint8Array } {
  if (!metadata.iceberg) throw badRequest('The specified metadata is not valid: iceberg is missing.');
  const { schema, lastColumnId } = readSchema(metadata.iceberg);
  const spec = readPartitionSpec(metadata.iceberg.partitionSpec, schema);
  const sortOrder = readSortOrder(metadata.iceberg.writeOrder, schema);
  const document = {
    'format-version': 2,
    'table-uuid': newUuid(),
    location,
    'last-sequence-number': 0,
    'last-updated-ms': now,
    'last-column-id': lastColumnId,
    'current-schema-id': schema['schema-id'],
    schemas: [schema],
    'default-spec-id': spec.specId,
    'partition-specs': [{ 'spec-id': spec.specId, fields: spec.fields }],
    'last-partition-id': spec.lastId,
    'default-sort-order-id': sortOrder['order-id'],
    'sort-orders': [sortOrder],
    properties: { ...metadata.iceberg.properties },
    'current-snapshot-id': -1,
    refs: {},
    snapshots: [],
    statistics: [],
    'snapshot-log': [],
    'metadata-log': [],
  };
  const body = Buffer.from(JSON.stringify(document));
  if (body.length > LARGEST_METADATA) throw badRequest('The specified metadata is not valid: it is too large.');
  return { key: `metadata/00000-${newUuid()}.metadata.json`, body };
}
