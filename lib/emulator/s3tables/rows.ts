/** Table buckets, namespaces and tables as they lie in the state database. */

import type { StatementSync } from 'node:sqlite';
import type { StateStore } from '../storage/store.ts';
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
import { type RawRow, readBucket, readNamespace, readTable } from './rows-read.ts';

type Cell = string | number | null;

/** What may change of a bucket, by column; `null` clears. */
export interface BucketChange {
  policy?: string | null;
  metrics_id?: string | null;
  storage_class?: StorageClassName;
  encryption?: Encryption;
  tags?: Tags;
  maintenance?: BucketMaintenance;
  replication?: Replication | null;
}

/** What may change of a table, by column; `null` clears. */
export interface TableChange {
  policy?: string | null;
  namespace?: string;
  namespace_id?: string;
  name?: string;
  modified_at?: number;
  modified_by?: string;
  version_token?: string;
  metadata_location?: string;
  tags?: Tags;
  maintenance?: TableMaintenance;
  jobs?: JobStates;
  replication?: Replication | null;
  record_expiration?: RecordExpiration;
}

export interface Rows {
  bucket(accountId: string, region: string, name: string): BucketRow | undefined;
  bucketById(id: string): BucketRow | undefined;
  /** By name; AWS's own or a customer's. */
  buckets(
    accountId: string,
    region: string,
    prefix: string,
    after: string,
    limit: number,
    managed: boolean,
  ): BucketRow[];
  countBuckets(accountId: string, region: string): number;
  addBucket(row: Omit<BucketRow, 'arn'>): void;
  changeBucket(id: string, change: BucketChange): void;
  removeBucket(id: string): void;

  namespace(bucketId: string, name: string): NamespaceRow | undefined;
  namespaces(bucketId: string, prefix: string, after: string, limit: number): NamespaceRow[];
  countNamespaces(bucketId: string): number;
  addNamespace(row: NamespaceRow): void;
  removeNamespace(id: string): void;

  table(bucketId: string, namespace: string, name: string): TableRow | undefined;
  tableById(id: string): TableRow | undefined;
  tableByAlias(alias: string): TableRow | undefined;
  /** In order of namespace and name, after the given pair; `namespace` undefined means all of them. */
  tables(
    bucketId: string,
    namespace: string | undefined,
    prefix: string,
    after: readonly [string, string],
    limit: number,
  ): TableRow[];
  countTables(bucketId: string): number;
  hasTables(bucketId: string, namespace: string): boolean;
  addTable(row: TableRow): void;
  changeTable(id: string, change: TableChange): void;
  removeTable(id: string): void;

  /** Ids of all tables of an account, in every Region. */
  tablesOfAccount(accountId: string): { readonly id: string }[];
  /** Accounts that have table buckets. */
  accounts(): string[];

  /** Objects of a warehouse that are noncurrent, and since when. */
  noncurrent(alias: string): ReadonlyMap<string, number>;
  markNoncurrent(alias: string, key: string, since: number): void;
  unmarkNoncurrent(alias: string, key: string): void;

  doom(alias: string, accountId: string, region: string): void;
  doomed(accountId: string): { alias: string; region: string }[];
  forgetDoomed(alias: string): void;
  removeAccount(accountId: string): void;
}

/** Prepared access to the rows of this service; the state database must have been migrated. */
export function openRows(state: StateStore): Rows {
  const sql = (text: string): StatementSync => state.statement(text);
  // STRICT tables hold nothing else.
  /* oxlint-disable typescript/no-unsafe-type-assertion */
  const one = (text: string, ...cells: Cell[]): RawRow | undefined => sql(text).get(...cells) as RawRow | undefined;
  const all = (text: string, ...cells: Cell[]): RawRow[] => sql(text).all(...cells) as RawRow[];
  /* oxlint-enable */
  const count = (text: string, ...cells: Cell[]): number => Number(one(text, ...cells)?.['n'] ?? 0);
  const change = (table: string, id: string, cells: readonly (readonly [string, Cell])[]): void => {
    if (cells.length === 0) return;
    const columns = cells.map(([column]) => `${column} = ?`).join(', ');
    sql(`UPDATE ${table} SET ${columns} WHERE id = ?`).run(...cells.map(([, cell]) => cell), id);
  };
  const maybe = <T>(row: RawRow | undefined, read: (row: RawRow) => T): T | undefined => (row ? read(row) : undefined);

  return {
    bucket: (accountId, region, name) =>
      maybe(
        one('SELECT * FROM s3tables_bucket WHERE account = ? AND region = ? AND name = ?', accountId, region, name),
        readBucket,
      ),
    bucketById: (id) => maybe(one('SELECT * FROM s3tables_bucket WHERE id = ?', id), readBucket),
    buckets: (accountId, region, prefix, after, limit, managed) =>
      all(
        `SELECT * FROM s3tables_bucket
          WHERE account = ? AND region = ? AND name >= ? AND name < ? AND name > ? AND (name LIKE 'aws-%') = ?
          ORDER BY name LIMIT ?`,
        accountId,
        region,
        prefix,
        beyond(prefix),
        after,
        managed ? 1 : 0,
        limit,
      ).map(readBucket),
    countBuckets: (accountId, region) =>
      count(
        // Those of AWS do not count (TB-22).
        "SELECT count(*) AS n FROM s3tables_bucket WHERE account = ? AND region = ? AND name NOT LIKE 'aws-%'",
        accountId,
        region,
      ),
    addBucket: (row) => {
      sql(
        `INSERT INTO s3tables_bucket
          (id, account, region, name, created_at, sse_algorithm, kms_key_arn, storage_class, tags)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        row.id,
        row.accountId,
        row.region,
        row.name,
        row.createdAt,
        row.encryption.algorithm,
        row.encryption.algorithm === 'aws:kms' ? row.encryption.keyArn : null,
        row.storageClass,
        JSON.stringify(row.tags),
      );
    },
    changeBucket: (id, { encryption, ...rest }) => {
      const cells = toCells(rest);
      if (encryption) {
        cells.push(['sse_algorithm', encryption.algorithm]);
        cells.push(['kms_key_arn', encryption.algorithm === 'aws:kms' ? encryption.keyArn : null]);
      }
      change('s3tables_bucket', id, cells);
    },
    removeBucket: (id) => void sql('DELETE FROM s3tables_bucket WHERE id = ?').run(id),

    namespace: (bucketId, name) =>
      maybe(one('SELECT * FROM s3tables_namespace WHERE bucket_id = ? AND name = ?', bucketId, name), readNamespace),
    namespaces: (bucketId, prefix, after, limit) =>
      all(
        `SELECT * FROM s3tables_namespace
          WHERE bucket_id = ? AND name >= ? AND name < ? AND name > ? ORDER BY name LIMIT ?`,
        bucketId,
        prefix,
        beyond(prefix),
        after,
        limit,
      ).map(readNamespace),
    countNamespaces: (bucketId) => count('SELECT count(*) AS n FROM s3tables_namespace WHERE bucket_id = ?', bucketId),
    addNamespace: (row) => {
      sql('INSERT INTO s3tables_namespace (id, bucket_id, name, created_at, created_by) VALUES (?, ?, ?, ?, ?)').run(
        row.id,
        row.bucketId,
        row.name,
        row.createdAt,
        row.createdBy,
      );
    },
    removeNamespace: (id) => void sql('DELETE FROM s3tables_namespace WHERE id = ?').run(id),

    table: (bucketId, namespace, name) =>
      maybe(
        one(
          'SELECT * FROM s3tables_table WHERE bucket_id = ? AND namespace = ? AND name = ?',
          bucketId,
          namespace,
          name,
        ),
        readTable,
      ),
    tableById: (id) => maybe(one('SELECT * FROM s3tables_table WHERE id = ?', id), readTable),
    tableByAlias: (alias) => maybe(one('SELECT * FROM s3tables_table WHERE warehouse_alias = ?', alias), readTable),
    tables: (bucketId, namespace, prefix, after, limit) =>
      namespace === undefined
        ? all(
            `SELECT * FROM s3tables_table
              WHERE bucket_id = ? AND (namespace, name) > (?, ?) AND name >= ? AND name < ?
              ORDER BY namespace, name LIMIT ?`,
            bucketId,
            after[0],
            after[1],
            prefix,
            beyond(prefix),
            limit,
          ).map(readTable)
        : all(
            `SELECT * FROM s3tables_table
              WHERE bucket_id = ? AND namespace = ? AND name > ? AND name >= ? AND name < ? ORDER BY name LIMIT ?`,
            bucketId,
            namespace,
            after[1],
            prefix,
            beyond(prefix),
            limit,
          ).map(readTable),
    countTables: (bucketId) => count('SELECT count(*) AS n FROM s3tables_table WHERE bucket_id = ?', bucketId),
    hasTables: (bucketId, namespace) =>
      one('SELECT 1 AS n FROM s3tables_table WHERE bucket_id = ? AND namespace = ? LIMIT 1', bucketId, namespace) !==
      undefined,
    addTable: (row) => {
      sql(
        `INSERT INTO s3tables_table
          (id, bucket_id, namespace, namespace_id, name, created_at, created_by, modified_at, modified_by,
           version_token, metadata_location, warehouse_alias, sse_algorithm, kms_key_arn, storage_class, tags)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        row.id,
        row.bucketId,
        row.namespace,
        row.namespaceId,
        row.name,
        row.createdAt,
        row.createdBy,
        row.modifiedAt,
        row.modifiedBy,
        row.versionToken,
        row.metadataLocation ?? null,
        row.warehouseAlias,
        row.encryption.algorithm,
        row.encryption.algorithm === 'aws:kms' ? row.encryption.keyArn : null,
        row.storageClass,
        JSON.stringify(row.tags),
      );
    },
    changeTable: (id, rest) => change('s3tables_table', id, toCells(rest)),
    removeTable: (id) => {
      sql(
        'DELETE FROM s3tables_noncurrent WHERE warehouse_alias IN (SELECT warehouse_alias FROM s3tables_table WHERE id = ?)',
      ).run(id);
      sql('DELETE FROM s3tables_table WHERE id = ?').run(id);
    },

    tablesOfAccount: (accountId) =>
      all(
        `SELECT t.id FROM s3tables_table t JOIN s3tables_bucket b ON b.id = t.bucket_id
          WHERE b.account = ? ORDER BY b.region, b.name, t.namespace, t.name`,
        accountId,
      ).map((row) => ({ id: String(row['id']) })),
    accounts: () =>
      all('SELECT DISTINCT account FROM s3tables_bucket ORDER BY account').map((row) => String(row['account'])),

    noncurrent: (alias) =>
      new Map(
        all('SELECT key, since FROM s3tables_noncurrent WHERE warehouse_alias = ?', alias).map((row) => [
          String(row['key']),
          Number(row['since']),
        ]),
      ),
    markNoncurrent: (alias, key, since) =>
      void sql('INSERT INTO s3tables_noncurrent (warehouse_alias, key, since) VALUES (?, ?, ?)').run(alias, key, since),
    unmarkNoncurrent: (alias, key) =>
      void sql('DELETE FROM s3tables_noncurrent WHERE warehouse_alias = ? AND key = ?').run(alias, key),

    doom: (alias, accountId, region) =>
      void sql('INSERT INTO s3tables_doomed (warehouse_alias, account, region) VALUES (?, ?, ?)').run(
        alias,
        accountId,
        region,
      ),
    doomed: (accountId) =>
      all('SELECT warehouse_alias, region FROM s3tables_doomed WHERE account = ?', accountId).map((row) => ({
        alias: String(row['warehouse_alias']),
        region: String(row['region']),
      })),
    forgetDoomed: (alias) => void sql('DELETE FROM s3tables_doomed WHERE warehouse_alias = ?').run(alias),
    removeAccount: (accountId) => {
      const buckets = 'bucket_id IN (SELECT id FROM s3tables_bucket WHERE account = ?)';
      sql(
        `DELETE FROM s3tables_noncurrent WHERE warehouse_alias IN
          (SELECT warehouse_alias FROM s3tables_table WHERE ${buckets})`,
      ).run(accountId);
      sql(`DELETE FROM s3tables_table WHERE ${buckets}`).run(accountId);
      sql(`DELETE FROM s3tables_namespace WHERE ${buckets}`).run(accountId);
      sql('DELETE FROM s3tables_bucket WHERE account = ?').run(accountId);
      sql('DELETE FROM s3tables_doomed WHERE account = ?').run(accountId);
    },
  };
}

/** The least string behind everything that begins with the prefix. */
function beyond(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}

function toCells(change: object): [string, Cell][] {
  return Object.entries(change as Record<string, unknown>)
    .filter(([, value]) => value !== undefined)
    .map(([column, value]) => [
      column,
      value === null || typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value),
    ]);
}
