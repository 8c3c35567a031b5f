/** The operations of S3 Tables in the form in which the Iceberg REST catalog calls them. */

import type { RequestContext } from '../context.ts';
import type { CatalogNames, CatalogPage, TableCatalogPort } from '../ports.ts';
import { bucketOperations } from './buckets.ts';
import { createTableOperation } from './create-table.ts';
import { openTable } from './decide.ts';
import type { Desk } from './desk.ts';
import { notFound } from './errors.ts';
import { metadataLocationOperations } from './metadata-location.ts';
import { namespaceOperations } from './namespaces.ts';
import { LARGEST_PAGE } from './pages.ts';
import { tableOperations } from './tables.ts';
import { warehouseLocation, warehouseOf } from './warehouses.ts';

export function createCatalog(desk: Desk): TableCatalogPort {
  const buckets = bucketOperations(desk);
  const namespaces = namespaceOperations(desk);
  const tables = tableOperations(desk);
  const locations = metadataLocationOperations(desk);
  const CreateTable = createTableOperation(desk);

  return {
    getTableBucket: (context, tableBucketARN) =>
      void buckets.GetTableBucket({ tableBucketARN }, as(context, 'GetTableBucket')),
    createNamespace: (context, tableBucketARN, namespace) =>
      void namespaces.CreateNamespace({ tableBucketARN, namespace: [namespace] }, as(context, 'CreateNamespace')),
    getNamespace: (context, tableBucketARN, namespace) =>
      void namespaces.GetNamespace({ tableBucketARN, namespace }, as(context, 'GetNamespace')),
    deleteNamespace: (context, tableBucketARN, namespace) =>
      void namespaces.DeleteNamespace({ tableBucketARN, namespace }, as(context, 'DeleteNamespace')),
    listNamespaces: (context, tableBucketARN, page) =>
      pages(page, (continuationToken, maxNamespaces) => {
        const input = { tableBucketARN, maxNamespaces, ...(continuationToken !== undefined && { continuationToken }) };
        const answer = namespaces.ListNamespaces(input, as(context, 'ListNamespaces'));
        return { names: (answer.namespaces ?? []).map((it) => it.namespace?.[0] ?? ''), ...next(answer) };
      }),
    listTables: (context, tableBucketARN, namespace, page) =>
      pages(page, (continuationToken, maxTables) => {
        const input = {
          tableBucketARN,
          namespace,
          maxTables,
          ...(continuationToken !== undefined && { continuationToken }),
        };
        const answer = tables.ListTables(input, as(context, 'ListTables'));
        return { names: (answer.tables ?? []).map((it) => it.name ?? ''), ...next(answer) };
      }),
    getTable: (context, table) => void tables.GetTable({ ...table }, as(context, 'GetTable')),
    createTable(context, table, metadata) {
      const { tableBucketARN, namespace, name } = table;
      const created = CreateTable(
        { tableBucketARN, namespace, name, format: 'ICEBERG', metadata },
        as(context, 'CreateTable'),
      );
      return { metadataLocation: created.metadata?.location ?? '', metadata: created.metadata?.text ?? '' };
    },
    async deleteTable(context, table) {
      await tables.DeleteTable({ ...table }, as(context, 'DeleteTable'));
    },
    renameTable: (context, table, to) =>
      void tables.RenameTable(
        {
          ...table,
          // RenameTable refuses what changes nothing; a rename within a namespace does not name it.
          ...(to.namespace !== table.namespace && { newNamespaceName: to.namespace }),
          newName: to.name,
        },
        as(context, 'RenameTable'),
      ),
    open(context, table, actions) {
      const found = openTable(desk, as(context, 'GetTableMetadataLocation'), table, actions);
      return {
        table,
        versionToken: found.table.versionToken,
        metadataLocation: found.table.metadataLocation,
        warehouseLocation: warehouseLocation(found.table),
        warehouse: warehouseOf(found.bucket, found.table),
      };
    },
    commit(context, { table, versionToken, warehouse }, metadataLocation) {
      // The table may have been deleted and made again under its name since it was read.
      if (desk.rows.tableByAlias(warehouse.bucketAlias) === undefined)
        throw notFound('The specified table does not exist.');
      locations.UpdateTableMetadataLocation(
        { ...table, versionToken, metadataLocation },
        as(context, 'UpdateTableMetadataLocation'),
      );
    },
  };
}

/** The same request, as the operation of S3 Tables that it becomes: its refusals are that operation's. */
function as(context: RequestContext, operation: string): RequestContext {
  return { ...context, service: 's3tables', operation };
}

const next = ({ continuationToken }: { readonly continuationToken?: string | undefined }): { nextToken?: string } =>
  continuationToken === undefined ? {} : { nextToken: continuationToken };

/** One page where a limit is asked for, else all of them. */
function pages(
  { token, limit }: CatalogPage,
  list: (token: string | undefined, limit: number) => CatalogNames,
): CatalogNames {
  if (limit !== undefined || token !== undefined) return list(token, Math.min(limit ?? LARGEST_PAGE, LARGEST_PAGE));
  const names: string[] = [];
  let after: string | undefined;
  do {
    const page = list(after, LARGEST_PAGE);
    names.push(...page.names);
    after = page.nextToken;
  } while (after !== undefined);
  return { names };
}
