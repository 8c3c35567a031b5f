/** Whose storage an S3 name ending `--table-s3` is: the port that S3 asks with every request for table data (TB-61). */

import type { SourcedPolicy } from '../../access/types.ts';
import type { TablePort, Warehouse } from '../ports.ts';
import type { BucketRow, TableRow } from './model.ts';
import { resourcePolicy } from './policies.ts';
import type { Rows } from './rows.ts';

const MOST_REMEMBERED = 10_000;

export interface Warehouses extends TablePort {
  /** Must be called whenever something of a table changes that its warehouse shows. */
  forget(alias: string): void;
  /** The same for a change that touches every table of a bucket. */
  forgetAll(): void;
}

export function openWarehouses(rows: Rows): Warehouses {
  const remembered = new Map<string, Warehouse>();
  return {
    warehouse(alias) {
      const known = remembered.get(alias);
      if (known) return known;
      const table = rows.tableByAlias(alias);
      const bucket = table && rows.bucketById(table.bucketId);
      if (!table || !bucket) return undefined;
      const warehouse = warehouseOf(bucket, table);
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(alias, warehouse);
      return warehouse;
    },
    forget: (alias) => void remembered.delete(alias),
    forgetAll: () => remembered.clear(),
  };
}

export function tableArn(bucket: Pick<BucketRow, 'arn'>, tableId: string): string {
  return `${bucket.arn}/table/${tableId}`;
}

/** `s3://…--table-s3`: where a table's data and metadata lie. */
export function warehouseLocation(table: Pick<TableRow, 'warehouseAlias'>): string {
  return `s3://${table.warehouseAlias}`;
}

export function warehouseOf(bucket: BucketRow, table: TableRow): Warehouse {
  const policy: SourcedPolicy | undefined = resourcePolicy(bucket.policy, table.policy);
  return {
    bucketAlias: table.warehouseAlias,
    tableArn: tableArn(bucket, table.id),
    tableBucketArn: bucket.arn,
    accountId: bucket.accountId,
    region: bucket.region,
    encryption: table.encryption,
    ...(policy && { resourcePolicy: policy }),
    conditions: tableConditions(bucket, table.namespace, table.name, table.tags),
  };
}

/** Condition keys that every request for a table carries (TB-63). */
export function tableConditions(
  bucket: Pick<BucketRow, 'tags'> | undefined,
  namespace: string,
  name: string,
  tags: Readonly<Record<string, string>> = {},
): Map<string, readonly string[]> {
  const conditions = bucketConditions(bucket);
  conditions.set('s3tables:namespace', [namespace]);
  conditions.set('s3tables:tablename', [name]);
  for (const [key, value] of Object.entries(tags)) conditions.set(`aws:resourcetag/${key.toLowerCase()}`, [value]);
  return conditions;
}

export function bucketConditions(bucket: Pick<BucketRow, 'tags'> | undefined): Map<string, readonly string[]> {
  const conditions = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(bucket?.tags ?? {})) {
    conditions.set(`s3tables:tablebuckettag/${key.toLowerCase()}`, [value]);
  }
  return conditions;
}
