import type { OwnedTable } from '../snapshot/rows.ts';

/** Tables of IAM and of the sessions that STS hands out. Times are milliseconds of world time. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE iam_entities (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    boundary TEXT,
    tags TEXT NOT NULL,
    trust TEXT,
    description TEXT,
    max_session INTEGER,
    PRIMARY KEY (account, kind, name)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX iam_entity_names ON iam_entities (account, kind, name COLLATE NOCASE);
  CREATE INDEX iam_entity_boundaries ON iam_entities (boundary) WHERE boundary IS NOT NULL;
  CREATE TABLE iam_members (
    account TEXT NOT NULL,
    group_name TEXT NOT NULL,
    user_name TEXT NOT NULL,
    PRIMARY KEY (account, group_name, user_name)
  ) WITHOUT ROWID;
  CREATE INDEX iam_memberships ON iam_members (account, user_name, group_name);
  CREATE TABLE iam_inline_policies (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, kind, owner, name)
  ) WITHOUT ROWID;
  CREATE TABLE iam_attachments (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    policy_arn TEXT NOT NULL,
    PRIMARY KEY (account, kind, owner, policy_arn)
  ) WITHOUT ROWID;
  CREATE INDEX iam_attachments_of_policy ON iam_attachments (account, policy_arn, kind, owner);
  CREATE TABLE iam_policies (
    arn TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    description TEXT,
    tags TEXT NOT NULL,
    default_version INTEGER NOT NULL,
    last_version INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX iam_policy_names ON iam_policies (account, name COLLATE NOCASE);
  CREATE TABLE iam_policy_versions (
    arn TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (arn, version)
  ) WITHOUT ROWID;
  CREATE TABLE iam_access_keys (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    user_name TEXT NOT NULL,
    secret BLOB NOT NULL,
    active INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX iam_access_keys_of_user ON iam_access_keys (account, user_name, id);
  CREATE TABLE iam_sessions (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    secrets BLOB NOT NULL,
    principal TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    policies TEXT,
    tags TEXT NOT NULL,
    transitive TEXT NOT NULL,
    source_identity TEXT,
    mfa INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX iam_sessions_by_expiry ON iam_sessions (account, expires_at);
  CREATE TABLE iam_organization_policies (
    account TEXT PRIMARY KEY,
    scp TEXT NOT NULL,
    rcp TEXT NOT NULL
  ) WITHOUT ROWID;
  `,
];

/** Tables whose rows belong to one account, for its reset. */
export const TABLES_BY_ACCOUNT = [
  'iam_entities',
  'iam_members',
  'iam_inline_policies',
  'iam_attachments',
  'iam_policies',
  'iam_access_keys',
  'iam_sessions',
  'iam_organization_policies',
] as const;

/** What of these tables belongs to an account, for its snapshot. */
export const OWNED: readonly OwnedTable[] = [
  ...TABLES_BY_ACCOUNT.map((name) => ({ name, rows: 'account = ?' })),
  { name: 'iam_policy_versions', rows: 'arn IN (SELECT arn FROM iam_policies WHERE account = ?)' },
];
