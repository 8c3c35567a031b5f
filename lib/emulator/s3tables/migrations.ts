import type { OwnedTable } from '../snapshot/rows.ts';

/** Tables of this service in the state database. JSON columns hold plain state that is never searched. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE s3tables_bucket (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    sse_algorithm TEXT NOT NULL,
    kms_key_arn TEXT,
    storage_class TEXT NOT NULL,
    policy TEXT,
    metrics_id TEXT,
    tags TEXT NOT NULL,
    maintenance TEXT,
    replication TEXT,
    UNIQUE (account, region, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE s3tables_namespace (
    id TEXT PRIMARY KEY,
    bucket_id TEXT NOT NULL REFERENCES s3tables_bucket (id),
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    UNIQUE (bucket_id, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE s3tables_table (
    id TEXT PRIMARY KEY,
    bucket_id TEXT NOT NULL REFERENCES s3tables_bucket (id),
    namespace TEXT NOT NULL,
    namespace_id TEXT NOT NULL REFERENCES s3tables_namespace (id),
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    modified_at INTEGER NOT NULL,
    modified_by TEXT NOT NULL,
    version_token TEXT NOT NULL,
    metadata_location TEXT,
    warehouse_alias TEXT NOT NULL UNIQUE,
    sse_algorithm TEXT NOT NULL,
    kms_key_arn TEXT,
    storage_class TEXT NOT NULL,
    policy TEXT,
    tags TEXT NOT NULL,
    maintenance TEXT,
    jobs TEXT,
    replication TEXT,
    record_expiration TEXT,
    UNIQUE (bucket_id, namespace, name)
  ) STRICT, WITHOUT ROWID;

  -- Storage of deleted tables whose objects are still to be removed.
  CREATE TABLE s3tables_doomed (
    warehouse_alias TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Files that no snapshot names, and since when in world time (milliseconds).
  CREATE TABLE s3tables_noncurrent (
    warehouse_alias TEXT NOT NULL,
    key TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (warehouse_alias, key)
  ) STRICT, WITHOUT ROWID;
  `,
];

const IN_BUCKET = 'bucket_id IN (SELECT id FROM s3tables_bucket WHERE account = ?)';

/** What of these tables belongs to an account. */
export const OWNED: readonly OwnedTable[] = [
  { name: 's3tables_bucket', rows: 'account = ?' },
  { name: 's3tables_namespace', rows: IN_BUCKET },
  { name: 's3tables_table', rows: IN_BUCKET },
  { name: 's3tables_doomed', rows: 'account = ?' },
  {
    name: 's3tables_noncurrent',
    rows: `warehouse_alias IN (SELECT warehouse_alias FROM s3tables_table WHERE ${IN_BUCKET})`,
  },
];
