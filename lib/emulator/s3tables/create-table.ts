/** CreateTable: the one moment at which a table's encryption is decided (TB-09, TB-10, TB-17, TB-40). */

import type { CreateTableRequest, CreateTableResponse } from '@aws-sdk/client-s3tables';
import type { RequestContext } from '../context.ts';
import type { Warehouse } from '../ports.ts';
import { AwsError } from '../wire/error.ts';
import type { Checked } from '../wire/operation.ts';
import { authorizeTable, encryptionConditions, findTable, merge, requestTagConditions } from './decide.ts';
import type { Desk } from './desk.ts';
import { inspectKeyForTable, readEncryptionConfiguration } from './encryption.ts';
import {
  badRequest,
  conflict,
  fromOtherService,
  INSUFFICIENT_MAINTENANCE_ACCESS,
  noSuchBucket,
  noSuchNamespace,
} from './errors.ts';
import { firstMetadata } from './iceberg-metadata.ts';
import { proveMaintenanceAccess } from './maintainer.ts';
import type { TableRow } from './model.ts';
import { checkTableName, newId, newVersionToken, newWarehouseAlias } from './names.ts';
import { checkTags } from './tags.ts';
import { tableArn, warehouseLocation, warehouseOf } from './warehouses.ts';

/** LIM-06 */
const MOST_TABLES = 10_000;

export interface CreatedTable extends CreateTableResponse {
  /** The first metadata file, where the request brought a schema. */
  readonly metadata?: { readonly location: string; readonly text: string };
}

export function createTableOperation(desk: Desk) {
  const { rows, around, warehouses } = desk;

  return function CreateTable(input: Checked<CreateTableRequest>, context: RequestContext): CreatedTable {
    checkTableName(input.name);
    const tags = checkTags(input.tags);
    const asked = input.encryptionConfiguration && readEncryptionConfiguration(input.encryptionConfiguration);
    const named = findTable(desk, context, input);
    const { row: bucket } = named.bucket;
    const tableId = newId();
    // The table's own setting goes before the bucket's default (TB-05, TB-09).
    const encryption = asked ?? bucket?.encryption ?? ({ algorithm: 'AES256' } as const);

    // AWS describes these two keys as those "used to encrypt": taken as the effective ones, inherited or not. TB-63
    const conditions = merge(requestTagConditions(tags), encryptionConditions(encryption));
    const arn = tableArn(named.bucket, tableId);
    authorizeTable(
      desk,
      context,
      { ...named, table: undefined, arn },
      [
        's3tables:CreateTable',
        // Each part of the request needs its own permission (PERM-09).
        ...(asked ? ['s3tables:PutTableEncryption'] : []),
        ...(input.metadata ? ['s3tables:PutTableData'] : []),
        ...(input.storageClassConfiguration ? ['s3tables:PutTableStorageClass'] : []),
        ...(input.tags ? ['s3tables:TagResource'] : []),
      ],
      conditions,
    );
    if (!bucket) throw noSuchBucket();
    const namespace = rows.namespace(bucket.id, input.namespace);
    if (!namespace) throw noSuchNamespace();
    if (named.table) throw conflict('A table with an identical name already exists in the namespace.');
    if (rows.countTables(bucket.id) >= MOST_TABLES) {
      throw badRequest('You have attempted to create more tables than allowed.');
    }

    const table: TableRow = {
      id: tableId,
      bucketId: bucket.id,
      namespace: namespace.name,
      namespaceId: namespace.id,
      name: input.name,
      createdAt: context.now,
      createdBy: context.accountId,
      modifiedAt: context.now,
      modifiedBy: context.accountId,
      versionToken: newVersionToken(),
      warehouseAlias: newWarehouseAlias(tableId, bucket.region),
      encryption,
      storageClass: input.storageClassConfiguration?.storageClass ?? bucket.storageClass,
      tags,
    };
    const metadata = input.metadata && firstMetadata(input.metadata, warehouseLocation(table), context.now);
    inspectKeyForTable(
      around.ports.kms,
      encryption,
      context,
      { accountId: bucket.accountId, region: bucket.region },
      around.world.values(bucket.accountId).describeKeyAtCreateTable,
    );

    // One write: a refused key leaves no table behind (TB-17).
    const warehouse = warehouseOf(bucket, table);
    try {
      around.state.write(() => {
        rows.addTable({
          ...table,
          ...(metadata && { metadataLocation: `${warehouseLocation(table)}/${metadata.key}` }),
        });
        checkMaintenance(context, warehouse);
        if (metadata) putAsCaller(context, warehouse, metadata);
      });
    } catch (error) {
      warehouses.forget(table.warehouseAlias);
      throw error;
    }
    return {
      tableARN: arn,
      versionToken: table.versionToken,
      ...(metadata && {
        metadata: {
          location: `${warehouseLocation(table)}/${metadata.key}`,
          text: new TextDecoder().decode(metadata.body),
        },
      }),
    };
  };

  function checkMaintenance(context: RequestContext, warehouse: Warehouse): void {
    try {
      proveMaintenanceAccess(around.ports, context, warehouse);
    } catch (error) {
      // A key that KMS cannot serve at this moment says nothing about access to it.
      if (error instanceof AwsError && error.status < 500 && error.code !== 'ThrottlingException') {
        throw badRequest(INSUFFICIENT_MAINTENANCE_ACCESS);
      }
      throw fromOtherService(context.operation, error);
    }
  }

  function putAsCaller(
    context: RequestContext,
    warehouse: Warehouse,
    metadata: { readonly key: string; readonly body: Uint8Array },
  ): void {
    try {
      around.ports.warehouses.put({ context, caller: context.caller, warehouse, ...metadata });
    } catch (error) {
      throw fromOtherService(context.operation, error);
    }
  }
}
