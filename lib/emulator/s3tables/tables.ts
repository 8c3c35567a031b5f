/** Tables: get, list, rename, delete, and the settings one can read (TB-41…TB-45, TB-50). */

import type {
  DeleteTableRequest,
  GetTableEncryptionRequest,
  GetTableEncryptionResponse,
  GetTableRequest,
  GetTableResponse,
  GetTableStorageClassRequest,
  GetTableStorageClassResponse,
  ListTablesRequest,
  ListTablesResponse,
  RenameTableRequest,
  TableSummary,
} from '@aws-sdk/client-s3tables';
import type { RequestContext } from '../context.ts';
import type { Warehouse } from '../ports.ts';
import type { Checked } from '../wire/operation.ts';
import { type FoundTable, openBucket, openTable } from './decide.ts';
import type { Desk } from './desk.ts';
import { writeEncryptionConfiguration } from './encryption.ts';
import { badRequest, conflict, noSuchNamespace, notFound, staleToken } from './errors.ts';
import type { BucketRow, TableRow } from './model.ts';
import { checkNamespaceName, checkTableName, isManaged, newVersionToken } from './names.ts';
import { LARGEST_PAGE, page, readToken } from './pages.ts';
import { tableArn, warehouseLocation } from './warehouses.ts';

/** Objects removed in one go when a table is deleted: a few milliseconds. */
const REMOVAL_SLICE = 500;

export function tableOperations(desk: Desk) {
  const { rows, around, warehouses } = desk;

  /** Removes the objects of deleted tables of an account, slice by slice, and what an earlier run left behind. */
  async function removeDoomed(accountId: string): Promise<void> {
    for (const { alias, region } of rows.doomed(accountId)) {
      const storage: Warehouse = {
        bucketAlias: alias,
        accountId,
        region,
        tableArn: '',
        tableBucketArn: '',
        encryption: { algorithm: 'AES256' },
        conditions: new Map(),
      };
      const keys = around.ports.warehouses.list(storage).map(({ key }) => key);
      for (let start = 0; start < keys.length; start += REMOVAL_SLICE) {
        around.state.write(() => around.ports.warehouses.delete(storage, keys.slice(start, start + REMOVAL_SLICE)));
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      around.state.write(() => {
        around.ports.warehouses.drop(storage);
        rows.forgetDoomed(alias);
      });
    }
  }

  return {
    GetTable(input: Checked<GetTableRequest>, context: RequestContext): GetTableResponse {
      return describe(openTable(desk, context, oneWayToTable(input), ['s3tables:GetTable']));
    },

    GetTableEncryption(input: Checked<GetTableEncryptionRequest>, context: RequestContext): GetTableEncryptionResponse {
      const { table } = openTable(desk, context, input, ['s3tables:GetTableEncryption']);
      return { encryptionConfiguration: writeEncryptionConfiguration(table.encryption) };
    },

    GetTableStorageClass(
      input: Checked<GetTableStorageClassRequest>,
      context: RequestContext,
    ): GetTableStorageClassResponse {
      const { table } = openTable(desk, context, input, ['s3tables:GetTableStorageClass']);
      return { storageClassConfiguration: { storageClass: table.storageClass } };
    },

    ListTables(input: Checked<ListTablesRequest>, context: RequestContext): ListTablesResponse {
      const bucket = openBucket(
        desk,
        context,
        input.tableBucketARN,
        ['s3tables:ListTables'],
        input.namespace === undefined ? undefined : new Map([['s3tables:namespace', [input.namespace]]]),
      );
      if (input.namespace !== undefined && !rows.namespace(bucket.id, input.namespace)) throw noSuchNamespace();
      const [namespace = '', name = ''] = readToken('tables', input.continuationToken, 2);
      const size = input.maxTables ?? LARGEST_PAGE;
      const found = rows.tables(bucket.id, input.namespace, input.prefix ?? '', [namespace, name], size + 1);
      const { rows: shown, continuationToken } = page(found, size, 'tables', (table) => [table.namespace, table.name]);
      return {
        tables: shown.map((table) => summarize(bucket, table)),
        ...(continuationToken && { continuationToken }),
      };
    },

    RenameTable(input: Checked<RenameTableRequest>, context: RequestContext): Record<string, never> {
      const { newName, newNamespaceName } = input;
      if (newName === undefined && newNamespaceName === undefined) {
        throw badRequest('Neither a new namespace name nor a new table name is specified.');
      }
      if (newName !== undefined) checkTableName(newName, 'newName');
      if (newNamespaceName !== undefined) checkNamespaceName(newNamespaceName);
      const { bucket, table } = openTable(desk, context, input, ['s3tables:RenameTable']);
      const namespace = rows.namespace(bucket.id, newNamespaceName ?? table.namespace);
      if (!namespace) throw notFound('The specified destination namespace does not exist.');
      if (input.versionToken !== undefined && input.versionToken !== table.versionToken) throw staleToken();
      const name = newName ?? table.name;
      if (rows.table(bucket.id, namespace.name, name)) {
        throw conflict('A table with an identical name already exists in the namespace.');
      }
      around.state.write(() =>
        rows.changeTable(table.id, {
          namespace: namespace.name,
          namespace_id: namespace.id,
          name,
          modified_at: context.now,
          modified_by: context.accountId,
          version_token: newVersionToken(),
        }),
      );
      warehouses.forget(table.warehouseAlias);
      return {};
    },

    async DeleteTable(input: Checked<DeleteTableRequest>, context: RequestContext): Promise<Record<string, never>> {
      const { bucket, table } = openTable(desk, context, input, ['s3tables:DeleteTable']);
      if (input.versionToken !== undefined && input.versionToken !== table.versionToken) throw staleToken();
      const { accountId, region } = bucket;
      around.state.write(() => {
        rows.removeTable(table.id);
        rows.doom(table.warehouseAlias, accountId, region);
      });
      warehouses.forget(table.warehouseAlias);
      await removeDoomed(accountId);
      return {};
    },
  };
}

/** GetTable names a table by its ARN or by bucket, namespace and name: one of the two, whole. */
function oneWayToTable(
  input: GetTableRequest,
): { tableArn: string } | { tableBucketARN: string; namespace: string; name: string } {
  const { tableArn: arn, tableBucketARN, namespace, name } = input;
  if (arn !== undefined) {
    if (tableBucketARN === undefined && namespace === undefined && name === undefined) return { tableArn: arn };
  } else if (tableBucketARN !== undefined && namespace !== undefined && name !== undefined) {
    return { tableBucketARN, namespace, name };
  }
  throw badRequest('Specify either tableArn, or tableBucketARN, namespace and name.');
}

function describe({ bucket, table }: FoundTable): GetTableResponse {
  return {
    ...summarize(bucket, table),
    versionToken: table.versionToken,
    warehouseLocation: warehouseLocation(table),
    createdBy: table.createdBy,
    modifiedBy: table.modifiedBy,
    ownerAccountId: bucket.accountId,
    format: 'ICEBERG',
    ...(table.metadataLocation !== undefined && { metadataLocation: table.metadataLocation }),
  };
}

function summarize(bucket: BucketRow, table: TableRow): TableSummary {
  return {
    namespace: [table.namespace],
    name: table.name,
    type: isManaged(bucket) ? 'aws' : 'customer',
    tableARN: tableArn(bucket, table.id),
    createdAt: new Date(table.createdAt),
    modifiedAt: new Date(table.modifiedAt),
    namespaceId: table.namespaceId,
    tableBucketId: bucket.id,
  };
}
