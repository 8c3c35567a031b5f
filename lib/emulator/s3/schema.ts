import type { OwnedTable } from '../snapshot/rows.ts';

/**
 * Tables of S3. Objects are kept in the order of their keys, so that a page of a listing is one run of pages of the file;
 * their inline bodies stand apart. Text compares by its UTF-8 bytes (BINARY), which is S3's order. Ids of buckets are
 * never used twice: cached keys and parts refer to them.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE s3_bucket (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('general', 'directory', 'table')),
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    created INTEGER NOT NULL,
    config TEXT NOT NULL
  ) STRICT;
  CREATE INDEX s3_bucket_by_account ON s3_bucket (account, kind, name);

  CREATE TABLE s3_object (
    bucket INTEGER NOT NULL,
    key TEXT NOT NULL,
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified INTEGER NOT NULL,
    storage_class TEXT,
    content_type TEXT,
    head TEXT,
    tags TEXT,
    checksum TEXT,
    scheme INTEGER NOT NULL,
    key_arn TEXT,
    cached_key TEXT,
    key_blob BLOB,
    wrapped_key BLOB,
    context TEXT,
    body INTEGER,
    file TEXT,
    upload TEXT,
    PRIMARY KEY (bucket, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX s3_object_by_file ON s3_object (file) WHERE file IS NOT NULL;

  CREATE TABLE s3_body (
    id INTEGER PRIMARY KEY,
    sealed BLOB NOT NULL
  ) STRICT;

  CREATE TABLE s3_cached_key (
    id TEXT PRIMARY KEY,
    bucket INTEGER NOT NULL,
    blob BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX s3_cached_key_by_bucket ON s3_cached_key (bucket);

  CREATE TABLE s3_upload (
    id TEXT PRIMARY KEY,
    bucket INTEGER NOT NULL,
    key TEXT NOT NULL,
    initiated INTEGER NOT NULL,
    initiator TEXT NOT NULL,
    disturbed INTEGER NOT NULL DEFAULT 0,
    storage_class TEXT,
    content_type TEXT,
    head TEXT,
    tags TEXT,
    checksum_algorithm TEXT,
    checksum_type TEXT,
    scheme INTEGER NOT NULL,
    key_arn TEXT,
    cached_key TEXT,
    key_blob BLOB,
    wrapped_key BLOB,
    context TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX s3_upload_by_key ON s3_upload (bucket, key, initiated, id);

  CREATE TABLE s3_part (
    id INTEGER PRIMARY KEY,
    upload TEXT NOT NULL,
    number INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified INTEGER NOT NULL,
    checksum TEXT,
    crc TEXT,
    sealed BLOB,
    file TEXT,
    UNIQUE (upload, number)
  ) STRICT;
  CREATE INDEX s3_part_by_file ON s3_part (file) WHERE file IS NOT NULL;
  CREATE INDEX s3_part_by_bucket ON s3_part (bucket);

  CREATE TABLE s3_session (
    access_key TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    bucket TEXT NOT NULL,
    expires INTEGER NOT NULL,
    secret BLOB NOT NULL,
    record TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX s3_session_by_account ON s3_session (account, expires);

  CREATE TABLE s3_service_key (
    account TEXT PRIMARY KEY,
    wrapped BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;`,
  // Versions that are not current stand in a table of their own, newest first, and delete markers beside them: a listing of
  // the current objects reads none of them, however many there are.
  `ALTER TABLE s3_object ADD COLUMN version TEXT;
  ALTER TABLE s3_object ADD COLUMN lock TEXT;
  ALTER TABLE s3_object ADD COLUMN replication TEXT;
  ALTER TABLE s3_upload ADD COLUMN lock TEXT;

  CREATE TABLE s3_version (
    bucket INTEGER NOT NULL,
    key TEXT NOT NULL,
    ord INTEGER NOT NULL,
    marker INTEGER NOT NULL DEFAULT 0,
    version TEXT NOT NULL,
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified INTEGER NOT NULL,
    storage_class TEXT,
    content_type TEXT,
    head TEXT,
    tags TEXT,
    checksum TEXT,
    scheme INTEGER NOT NULL,
    key_arn TEXT,
    cached_key TEXT,
    key_blob BLOB,
    wrapped_key BLOB,
    context TEXT,
    body INTEGER,
    file TEXT,
    upload TEXT,
    lock TEXT,
    replication TEXT,
    PRIMARY KEY (bucket, key, ord)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX s3_version_by_id ON s3_version (bucket, key, version);
  CREATE INDEX s3_version_by_file ON s3_version (file) WHERE file IS NOT NULL;`,
  // What is still to be replicated, in order.
  `CREATE TABLE s3_replication (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    version TEXT NOT NULL
  ) STRICT;`,
  // Records of S3 Metadata that are not in their journal table yet, in order.
  `CREATE TABLE s3_journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT;`,
];

const IN_BUCKET = 'bucket IN (SELECT id FROM s3_bucket WHERE account = ?1)';

/** What of these tables belongs to an account. Data keys are bound to the ids of buckets, which stay. */
export const OWNED: readonly OwnedTable[] = [
  { name: 's3_bucket', rows: 'account = ?' },
  {
    name: 's3_body',
    rows: `id IN (SELECT body FROM s3_object WHERE ${IN_BUCKET} UNION SELECT body FROM s3_version WHERE ${IN_BUCKET})`,
    renumber: 'id',
  },
  { name: 's3_object', rows: IN_BUCKET, file: 'file', refers: { body: 's3_body' } },
  { name: 's3_version', rows: IN_BUCKET, file: 'file', refers: { body: 's3_body' } },
  { name: 's3_cached_key', rows: IN_BUCKET },
  { name: 's3_upload', rows: IN_BUCKET },
  { name: 's3_part', rows: IN_BUCKET, file: 'file', renumber: 'id' },
  { name: 's3_replication', rows: 'bucket IN (SELECT name FROM s3_bucket WHERE account = ?)', renumber: 'id' },
  { name: 's3_journal', rows: 'bucket IN (SELECT name FROM s3_bucket WHERE account = ?)', renumber: 'id' },
  { name: 's3_session', rows: 'account = ?' },
  { name: 's3_service_key', rows: 'account = ?' },
];
