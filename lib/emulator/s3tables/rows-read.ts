/** Turns rows of the state database into the shapes of `model.ts`. */

import type { BucketMaintenance, JobStates, TableMaintenance } from './maintenance-settings.ts';
import type {
  BucketRow,
  Encryption,
  NamespaceRow,
  RecordExpiration,
  Replication,
  StorageClassName,
  TableRow,
  Tags,
} from './model.ts';
import { bucketArn } from './names.ts';

// STRICT tables and this service's own writes keep what the types say; checking each row again would cost more than reading it.
/* oxlint-disable typescript/no-unsafe-type-assertion */

/** A row as `node:sqlite` gives it. */
export type RawRow = Readonly<Record<string, string | number | null>>;

export function readBucket(row: RawRow): BucketRow {
  const accountId = text(row, 'account');
  const region = text(row, 'region');
  const name = text(row, 'name');
  return {
    id: text(row, 'id'),
    arn: bucketArn(region, accountId, name),
    accountId,
    region,
    name,
    createdAt: Number(row['created_at']),
    encryption: readEncryption(row),
    storageClass: text(row, 'storage_class') as StorageClassName,
    tags: JSON.parse(text(row, 'tags')) as Tags,
    ...(row['policy'] !== null && { policy: text(row, 'policy') }),
    ...(row['metrics_id'] !== null && { metricsId: text(row, 'metrics_id') }),
    ...(json(row, 'maintenance', 'maintenance') as { maintenance?: BucketMaintenance }),
    ...(json(row, 'replication', 'replication') as { replication?: Replication }),
  };
}

export function readNamespace(row: RawRow): NamespaceRow {
  return {
    id: text(row, 'id'),
    bucketId: text(row, 'bucket_id'),
    name: text(row, 'name'),
    createdAt: Number(row['created_at']),
    createdBy: text(row, 'created_by'),
  };
}

export function readTable(row: RawRow): TableRow {
  return {
    id: text(row, 'id'),
    bucketId: text(row, 'bucket_id'),
    namespace: text(row, 'namespace'),
    namespaceId: text(row, 'namespace_id'),
    name: text(row, 'name'),
    createdAt: Number(row['created_at']),
    createdBy: text(row, 'created_by'),
    modifiedAt: Number(row['modified_at']),
    modifiedBy: text(row, 'modified_by'),
    versionToken: text(row, 'version_token'),
    warehouseAlias: text(row, 'warehouse_alias'),
    encryption: readEncryption(row),
    storageClass: text(row, 'storage_class') as StorageClassName,
    tags: JSON.parse(text(row, 'tags')) as Tags,
    ...(row['metadata_location'] !== null && { metadataLocation: text(row, 'metadata_location') }),
    ...(row['policy'] !== null && { policy: text(row, 'policy') }),
    ...(json(row, 'maintenance', 'maintenance') as { maintenance?: TableMaintenance }),
    ...(json(row, 'jobs', 'jobs') as { jobs?: JobStates }),
    ...(json(row, 'replication', 'replication') as { replication?: Replication }),
    ...(json(row, 'record_expiration', 'recordExpiration') as { recordExpiration?: RecordExpiration }),
  };
}

function readEncryption(row: RawRow): Encryption {
  return row['sse_algorithm'] === 'aws:kms'
    ? { algorithm: 'aws:kms', keyArn: text(row, 'kms_key_arn') }
    : { algorithm: 'AES256' };
}

function text(row: RawRow, column: string): string {
  return String(row[column]);
}

/** A JSON column as a member that is absent where the column is empty. */
function json(row: RawRow, column: string, name: string): Readonly<Record<string, unknown>> {
  const cell = row[column];
  return typeof cell === 'string' ? { [name]: JSON.parse(cell) } : {};
}
