/**
 * The Iceberg REST catalog of S3 Tables: `https://s3tables.REGION.amazonaws.com/iceberg` on AWS, `/iceberg` here. Every
 * call becomes one of S3 Tables (S3UG s3-tables-integrating-open-source), with its permissions and its event; what AWS
 * does not support is refused as Iceberg's specification has it.
 */

import type { RequestContext } from '../context.ts';
import type { Service, Surroundings } from '../service.ts';
import { type IcebergInput, icebergEndpoints } from '../wire/iceberg.ts';
import { asIceberg, badRequest } from './errors.ts';
import { namesOf, pageOf, single } from './names.ts';
import { createNamespaceBody, readBody } from './requests.ts';
import { tableOperations } from './tables.ts';

/** What CloudTrail calls each operation: as the operation of S3 Tables that it becomes. */
const EVENTS: Readonly<Record<string, string>> = {
  getConfig: 'GetTableBucket',
  listNamespaces: 'ListNamespaces',
  createNamespace: 'CreateNamespace',
  loadNamespaceMetadata: 'GetNamespace',
  namespaceExists: 'GetNamespace',
  dropNamespace: 'DeleteNamespace',
  listTables: 'ListTables',
  createTable: 'CreateTable',
  registerTable: 'UpdateTableMetadataLocation',
  loadTable: 'GetTableMetadataLocation',
  updateTable: 'UpdateTableMetadataLocation',
  dropTable: 'DeleteTable',
  tableExists: 'GetTable',
  renameTable: 'RenameTable',
};

type Operation = (input: IcebergInput, context: RequestContext) => unknown;

export function createIcebergService(around: Surroundings): Service {
  const operations: Readonly<Record<string, Operation>> = {
    ...namespaceOperations(around),
    ...tableOperations(around),
    getConfig(input, context) {
      const warehouse = input.query.get('warehouse')?.[0];
      if (warehouse === undefined) throw badRequest('The warehouse must be the ARN of a table bucket.');
      around.ports.catalog.getTableBucket(context, warehouse);
      return {
        defaults: {},
        overrides: { prefix: encodeURIComponent(warehouse) },
        endpoints: icebergEndpoints(Object.keys(operations)),
      };
    },
  };
  return {
    name: 'iceberg',
    operations: Object.fromEntries(Object.entries(operations).map(([name, run]) => [name, answering(name, run)])),
    // Everything that it shows belongs to S3 Tables.
    reset: () => {},
    tables: [],
  };
}

function namespaceOperations({ ports }: Surroundings) {
  return {
    listNamespaces(input: IcebergInput, context: RequestContext) {
      const parent = input.query.get('parent')?.[0];
      if (parent !== undefined && parent !== '') {
        // There is one level: what exists has no children.
        ports.catalog.getNamespace(context, input.prefix, single([parent]));
        return { namespaces: [] };
      }
      const { names, nextToken } = ports.catalog.listNamespaces(context, input.prefix, pageOf(input));
      return {
        namespaces: names.map((name) => [name]),
        ...(nextToken !== undefined && { 'next-page-token': nextToken }),
      };
    },

    createNamespace(input: IcebergInput, context: RequestContext) {
      const namespace = single(readBody(createNamespaceBody, input.body).namespace);
      ports.catalog.createNamespace(context, input.prefix, namespace);
      // S3 Tables keeps no properties of namespaces; engines send some all the same (Spark: `owner`).
      return { namespace: [namespace], properties: {} };
    },

    loadNamespaceMetadata(input: IcebergInput, context: RequestContext) {
      const { tableBucketARN, namespace } = namesOf(input);
      ports.catalog.getNamespace(context, tableBucketARN, namespace);
      return { namespace: [namespace], properties: {} };
    },

    namespaceExists(input: IcebergInput, context: RequestContext): void {
      const { tableBucketARN, namespace } = namesOf(input);
      ports.catalog.getNamespace(context, tableBucketARN, namespace);
    },

    dropNamespace(input: IcebergInput, context: RequestContext): void {
      const { tableBucketARN, namespace } = namesOf(input);
      ports.catalog.deleteNamespace(context, tableBucketARN, namespace);
    },
  };
}

/** An operation with its event's name and parameters, and its errors in the catalog's words. */
function answering(name: string, run: Operation): Operation {
  return async (input, context) => {
    const eventName = EVENTS[name] ?? name;
    const { prefix, namespace, table } = input;
    context.trail.event = {
      eventName,
      readOnly: /^(?:Get|List)/.test(eventName),
      requestParameters: {
        ...(prefix !== '' && { tableBucketARN: prefix }),
        ...(namespace !== '' && { namespace }),
        ...(table !== '' && { name: table }),
      },
      responseElements: null,
    };
    try {
      return await run(input, context);
    } catch (error) {
      throw asIceberg(error);
    }
  };
}
