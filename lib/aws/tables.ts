import 'server-only';
import * as sdk from '@aws-sdk/client-s3tables';
import type { Aws } from './connection.ts';
import { type Encryption, toAlgorithm, toEncryption } from './encryption.ts';
import { type Listing, readAll } from './paginate.ts';
import { mapResult, type Result } from './result.ts';
import { send } from './send.ts';

/** Tables of a table bucket. A table is named by its bucket's ARN, its namespace and its name. */
export interface TableName {
  readonly bucketArn: string;
  readonly namespace: string;
  readonly name: string;
}

export interface TableSummary {
  readonly namespace: string;
  readonly name: string;
  readonly arn: string;
  readonly createdAt?: string;
  readonly modifiedAt?: string;
}

export interface Table extends TableSummary {
  readonly format: string;
  readonly warehouseLocation: string;
  readonly metadataLocation?: string;
  readonly versionToken: string;
  readonly ownerAccountId?: string;
}

function named(table: TableName) {
  return { tableBucketARN: table.bucketArn, namespace: table.namespace, name: table.name };
}

export function listTables(aws: Aws, bucketArn: string): Promise<Result<Listing<TableSummary>>> {
  return readAll(
    (token) =>
      send(
        aws,
        's3tables',
        new sdk.ListTablesCommand({
          tableBucketARN: bucketArn,
          maxTables: 1000,
          ...(token ? { continuationToken: token } : {}),
        }),
      ),
    (page) => ({
      items: page.tables?.map((table) => ({
        namespace: table.namespace?.[0] ?? '',
        name: table.name ?? '',
        arn: table.tableARN ?? '',
        ...(table.createdAt ? { createdAt: table.createdAt.toISOString() } : {}),
        ...(table.modifiedAt ? { modifiedAt: table.modifiedAt.toISOString() } : {}),
      })),
      next: page.continuationToken,
    }),
  );
}

export async function getTable(aws: Aws, table: TableName): Promise<Result<Table>> {
  return mapResult(await send(aws, 's3tables', new sdk.GetTableCommand(named(table))), (found) => ({
    namespace: found.namespace?.[0] ?? table.namespace,
    name: found.name ?? table.name,
    arn: found.tableARN ?? '',
    format: found.format ?? 'ICEBERG',
    warehouseLocation: found.warehouseLocation ?? '',
    versionToken: found.versionToken ?? '',
    ...(found.metadataLocation ? { metadataLocation: found.metadataLocation } : {}),
    ...(found.ownerAccountId ? { ownerAccountId: found.ownerAccountId } : {}),
    ...(found.createdAt ? { createdAt: found.createdAt.toISOString() } : {}),
    ...(found.modifiedAt ? { modifiedAt: found.modifiedAt.toISOString() } : {}),
  }));
}

/** A column of a new table's Iceberg schema. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

export async function createTable(
  aws: Aws,
  input: TableName & { encryption?: Encryption; columns: readonly Column[] },
): Promise<Result<{ arn: string }>> {
  const command = new sdk.CreateTableCommand({
    ...named(input),
    format: 'ICEBERG',
    ...(input.columns.length === 0
      ? {}
      : { metadata: { iceberg: { schema: { fields: input.columns.map((column) => ({ ...column })) } } } }),
    ...(input.encryption
      ? {
          encryptionConfiguration: {
            sseAlgorithm: toAlgorithm(input.encryption.kind) as sdk.SSEAlgorithm,
            ...(input.encryption.keyId ? { kmsKeyArn: input.encryption.keyId } : {}),
          },
        }
      : {}),
  });
  return mapResult(await send(aws, 's3tables', command), (output) => ({ arn: output.tableARN ?? '' }));
}

export function deleteTable(aws: Aws, table: TableName): Promise<Result<unknown>> {
  return send(aws, 's3tables', new sdk.DeleteTableCommand(named(table)));
}

/** How this table is encrypted: fixed when it was created (TB-07). */
export async function getTableEncryption(aws: Aws, table: TableName): Promise<Result<Encryption>> {
  const answer = await send(aws, 's3tables', new sdk.GetTableEncryptionCommand(named(table)));
  return mapResult(answer, ({ encryptionConfiguration: found }) => toEncryption(found?.sseAlgorithm, found?.kmsKeyArn));
}

export async function getTablePolicy(aws: Aws, table: TableName): Promise<Result<string | undefined>> {
  const answer = await send(aws, 's3tables', new sdk.GetTablePolicyCommand(named(table)));
  if (!answer.ok && answer.error.code === 'NotFoundException') {
    return { ok: true, data: undefined, ...(answer.call ? { call: answer.call } : {}) };
  }
  return mapResult(answer, (output) => output.resourcePolicy);
}

export interface MaintenanceJob {
  readonly job: string;
  readonly status: string;
  readonly lastRunAt?: string;
  readonly failure?: string;
}

/** What happened at the last maintenance of a table. */
export async function getMaintenanceStatus(aws: Aws, table: TableName): Promise<Result<readonly MaintenanceJob[]>> {
  const answer = await send(aws, 's3tables', new sdk.GetTableMaintenanceJobStatusCommand(named(table)));
  return mapResult(answer, (output) =>
    Object.entries(output.status ?? {}).map(([job, value]) => ({
      job,
      status: value.status ?? 'Not_Yet_Run',
      ...(value.lastRunTimestamp ? { lastRunAt: value.lastRunTimestamp.toISOString() } : {}),
      ...(value.failureMessage ? { failure: value.failureMessage } : {}),
    })),
  );
}
