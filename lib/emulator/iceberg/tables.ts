/** Tables: create, load, list, rename, drop, register, commit. */

import type { TableMetadata as NewTableMetadata } from '@aws-sdk/client-s3tables';
import { parseMetadata, type TableMetadata } from '../../iceberg/metadata.ts';
import { brokenRequirement } from '../../iceberg/requirements.ts';
import { applyUpdates } from '../../iceberg/updates.ts';
import type { RequestContext } from '../context.ts';
import type { CatalogTable, CatalogVersion } from '../ports.ts';
import type { Surroundings } from '../service.ts';
import type { IcebergInput } from '../wire/iceberg.ts';
import { alreadyExists, asIceberg, badRequest, commitFailed } from './errors.ts';
import { asCallersMistake, dropMetadataFile, readMetadataFile, writeMetadataFile } from './metadata-files.ts';
import { namesOf, pageOf, single } from './names.ts';
import { commitBody, createTableBody, readBody, registerBody, renameBody } from './requests.ts';

/** LoadTableResult of the specification. S3 Tables hands out no credentials: clients use their own. */
interface LoadTableResult {
  readonly 'metadata-location': string;
  readonly metadata: TableMetadata;
  readonly config: Readonly<Record<string, string>>;
}

const UNSORTED = 0;

export function tableOperations({ ports }: Surroundings) {
  return {
    listTables(input: IcebergInput, context: RequestContext) {
      const { names, nextToken } = ports.catalog.listTables(
        context,
        input.prefix,
        single([input.namespace]),
        pageOf(input),
      );
      return {
        identifiers: names.map((name) => ({ namespace: [input.namespace], name })),
        ...(nextToken !== undefined && { 'next-page-token': nextToken }),
      };
    },

    createTable(input: IcebergInput, context: RequestContext): LoadTableResult {
      const body = readBody(createTableBody, input.body);
      // S3UG s3-tables-integrating-open-source, considerations: "not supported … 400 Bad Request".
      if (body['stage-create'] === true) throw badRequest('stage-create is not supported.');
      if (typeof body.location === 'string') throw badRequest('The location of a table cannot be specified.');
      const { 'format-version': version = '2', ...properties } = body.properties ?? {};
      if (version !== '2') throw badRequest(`Unsupported format version: ${version}`);
      const { schema, 'partition-spec': spec, 'write-order': order } = body;
      const iceberg: NewTableMetadata['iceberg'] = {
        schema: undefined,
        schemaV2: {
          type: 'struct',
          schemaId: schema['schema-id'],
          ...(schema['identifier-field-ids'] && { identifierFieldIds: schema['identifier-field-ids'] }),
          // `type` is a document of Iceberg's own JSON.
          fields: schema.fields.map((it) => ({ ...it, type: it.type as string })),
        },
        ...(spec && {
          partitionSpec: {
            specId: spec['spec-id'],
            fields: spec.fields.map((it) => ({
              sourceId: it['source-id'],
              transform: it.transform,
              name: it.name,
              fieldId: it['field-id'],
            })),
          },
        }),
        ...(order &&
          order.fields.length > 0 && {
            writeOrder: {
              orderId: order['order-id'] === UNSORTED ? 1 : order['order-id'],
              fields: order.fields.map((it) => ({
                sourceId: it['source-id'],
                transform: it.transform,
                direction: it.direction,
                nullOrder: it['null-order'],
              })),
            },
          }),
        properties,
      };
      const table = { ...namesOf(input), name: body.name };
      const created = ports.catalog.createTable(context, table, { iceberg });
      return loaded(created.metadataLocation, parseMetadata(created.metadata));
    },

    async loadTable(input: IcebergInput, context: RequestContext): Promise<LoadTableResult> {
      const { version, location } = open(context, namesOf(input), [
        's3tables:GetTableMetadataLocation',
        's3tables:GetTableData',
      ]);
      const metadata = await readMetadataFile(ports.warehouses, context, version, location);
      return loaded(location, input.query.get('snapshots')?.[0] === 'refs' ? withRefsOnly(metadata) : metadata);
    },

    tableExists(input: IcebergInput, context: RequestContext): void {
      ports.catalog.getTable(context, namesOf(input));
    },

    async dropTable(input: IcebergInput, context: RequestContext): Promise<void> {
      // S3UG, considerations: "You can only drop tables with purge enabled … 400 Bad Request".
      if (input.query.get('purgeRequested')?.[0]?.toLowerCase() !== 'true') {
        throw badRequest('Dropping a table without purge is not supported: purgeRequested must be true.');
      }
      await ports.catalog.deleteTable(context, namesOf(input));
    },

    renameTable(input: IcebergInput, context: RequestContext): void {
      const { source, destination } = readBody(renameBody, input.body);
      const table = { tableBucketARN: input.prefix, namespace: single(source.namespace), name: source.name };
      ports.catalog.renameTable(context, table, { namespace: single(destination.namespace), name: destination.name });
    },

    /**
     * A metadata file has to lie in its table's warehouse, which exists only with the table: so what can be registered
     * is another file of a table that is there already, with `overwrite`.
     */
    async registerTable(input: IcebergInput, context: RequestContext): Promise<LoadTableResult> {
      const { name, 'metadata-location': location, overwrite } = readBody(registerBody, input.body);
      const table = { ...namesOf(input), name };
      const version = ports.catalog.open(context, table, [
        's3tables:UpdateTableMetadataLocation',
        's3tables:GetTableData',
      ]);
      if (overwrite !== true) throw alreadyExists('A table with an identical name already exists in the namespace.');
      const metadata = await readMetadataFile(ports.warehouses, context, version, location);
      ports.catalog.commit(context, version, location);
      return loaded(location, metadata);
    },

    async updateTable(input: IcebergInput, context: RequestContext): Promise<Omit<LoadTableResult, 'config'>> {
      const { requirements, updates } = readBody(commitBody, input.body);
      const { version, location } = open(context, namesOf(input), [
        's3tables:UpdateTableMetadataLocation',
        's3tables:PutTableData',
        's3tables:GetTableData',
      ]);
      const before = await readMetadataFile(ports.warehouses, context, version, location);
      const broken = brokenRequirement(before, requirements);
      if (broken !== undefined) throw commitFailed(broken);
      const after = asCallersMistake(() => applyUpdates(before, updates, location, context.now));
      const written = await writeMetadataFile(ports.warehouses, context, version, after);
      try {
        ports.catalog.commit(context, version, written);
      } catch (error) {
        dropMetadataFile(ports.warehouses, version, written);
        throw asIceberg(error);
      }
      return { 'metadata-location': written, metadata: after };
    },
  };

  /** A table and the location of its metadata. One that was created without a schema has none (TB-40). */
  function open(
    context: RequestContext,
    table: CatalogTable,
    actions: readonly string[],
  ): { version: CatalogVersion; location: string } {
    const version = ports.catalog.open(context, table, actions);
    if (version.metadataLocation === undefined) throw badRequest('The specified table has no metadata.');
    return { version, location: version.metadataLocation };
  }
}

const loaded = (location: string, metadata: TableMetadata): LoadTableResult => ({
  'metadata-location': location,
  metadata,
  config: {},
});

/** `snapshots=refs`: only snapshots on which a branch or tag stands. */
function withRefsOnly(metadata: TableMetadata): TableMetadata {
  const named = new Set(Object.values(metadata.refs ?? {}).map((ref) => ref['snapshot-id']));
  return { ...metadata, snapshots: (metadata.snapshots ?? []).filter((it) => named.has(it['snapshot-id'])) };
}
