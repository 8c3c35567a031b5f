import 'server-only';
import * as sdk from '@aws-sdk/client-s3tables';
import type { Aws } from './connection.ts';
import { type Encryption, toAlgorithm, toEncryption } from './encryption.ts';
import { type Listing, readAll } from './paginate.ts';
import { mapResult, type Result } from './result.ts';
import { send } from './send.ts';

/** Table buckets with their namespaces. Tables are in `tables.ts`. */

export interface TableBucket {
  readonly name: string;
  readonly arn: string;
  /** ISO 8601. */
  readonly createdAt?: string;
}

function toBucket(bucket: sdk.TableBucketSummary): TableBucket {
  return {
    name: bucket.name ?? '',
    arn: bucket.arn ?? '',
    ...(bucket.createdAt ? { createdAt: bucket.createdAt.toISOString() } : {}),
  };
}

export function listTableBuckets(aws: Aws): Promise<Result<Listing<TableBucket>>> {
  return readAll(
    (token) => send(aws, 's3tables', new sdk.ListTableBucketsCommand(token ? { continuationToken: token } : {})),
    (page) => ({ items: page.tableBuckets?.map(toBucket), next: page.continuationToken }),
  );
}

export async function createTableBucket(
  aws: Aws,
  input: { name: string; encryption?: Encryption },
): Promise<Result<{ arn: string }>> {
  const command = new sdk.CreateTableBucketCommand({
    name: input.name,
    ...(input.encryption ? { encryptionConfiguration: toWire(input.encryption) } : {}),
  });
  return mapResult(await send(aws, 's3tables', command), (output) => ({ arn: output.arn ?? '' }));
}

function toWire(encryption: Encryption): sdk.EncryptionConfiguration {
  const sseAlgorithm = toAlgorithm(encryption.kind) as sdk.SSEAlgorithm;
  return { sseAlgorithm, ...(encryption.keyId ? { kmsKeyArn: encryption.keyId } : {}) };
}

export function deleteTableBucket(aws: Aws, arn: string): Promise<Result<unknown>> {
  return send(aws, 's3tables', new sdk.DeleteTableBucketCommand({ tableBucketARN: arn }));
}

/** The default for new tables. A bucket without a setting answers with SSE-S3 or NotFoundException; both mean SSE-S3. */
export async function getTableBucketEncryption(aws: Aws, arn: string): Promise<Result<Encryption & { set: boolean }>> {
  const answer = await send(aws, 's3tables', new sdk.GetTableBucketEncryptionCommand({ tableBucketARN: arn }));
  if (!answer.ok && answer.error.code === 'NotFoundException') {
    return { ok: true, data: { kind: 'SSE-S3', set: false }, ...(answer.call ? { call: answer.call } : {}) };
  }
  return mapResult(answer, ({ encryptionConfiguration: found }) => ({
    ...toEncryption(found?.sseAlgorithm, found?.kmsKeyArn),
    set: found !== undefined,
  }));
}

/** The resource policy; undefined where there is none. */
export async function getTableBucketPolicy(aws: Aws, arn: string): Promise<Result<string | undefined>> {
  const answer = await send(aws, 's3tables', new sdk.GetTableBucketPolicyCommand({ tableBucketARN: arn }));
  if (!answer.ok && answer.error.code === 'NotFoundException') {
    return { ok: true, data: undefined, ...(answer.call ? { call: answer.call } : {}) };
  }
  return mapResult(answer, (output) => output.resourcePolicy);
}

/** What the bucket's maintenance does, as AWS gives it: one entry for each kind of job. */
export async function getTableBucketMaintenance(
  aws: Aws,
  arn: string,
): Promise<Result<readonly { job: string; status: string; settings: Readonly<Record<string, unknown>> }[]>> {
  const command = new sdk.GetTableBucketMaintenanceConfigurationCommand({ tableBucketARN: arn });
  return mapResult(await send(aws, 's3tables', command), (output) =>
    Object.entries(output.configuration ?? {}).map(([job, value]) => ({
      job,
      status: value.status ?? 'unknown',
      settings: Object.assign({}, ...Object.values(value.settings ?? {})) as Record<string, unknown>,
    })),
  );
}

export interface Namespace {
  readonly name: string;
  readonly createdAt?: string;
}

export function listNamespaces(aws: Aws, bucketArn: string): Promise<Result<Listing<Namespace>>> {
  return readAll(
    (token) =>
      send(
        aws,
        's3tables',
        new sdk.ListNamespacesCommand({ tableBucketARN: bucketArn, ...(token ? { continuationToken: token } : {}) }),
      ),
    (page) => ({
      items: page.namespaces?.map((found) => ({
        name: found.namespace?.[0] ?? '',
        ...(found.createdAt ? { createdAt: found.createdAt.toISOString() } : {}),
      })),
      next: page.continuationToken,
    }),
  );
}

export function createNamespace(aws: Aws, bucketArn: string, namespace: string): Promise<Result<unknown>> {
  return send(aws, 's3tables', new sdk.CreateNamespaceCommand({ tableBucketARN: bucketArn, namespace: [namespace] }));
}

export function deleteNamespace(aws: Aws, bucketArn: string, namespace: string): Promise<Result<unknown>> {
  return send(aws, 's3tables', new sdk.DeleteNamespaceCommand({ tableBucketARN: bucketArn, namespace }));
}
