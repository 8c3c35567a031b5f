import type { OwnedTable } from '../snapshot/rows.ts';

/** Tables of KMS. Times are milliseconds of world time; a key's row is found by Region and key id. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE kms_keys (
    region TEXT NOT NULL,
    key_id TEXT NOT NULL,
    account TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    description TEXT NOT NULL,
    state TEXT NOT NULL,
    manager TEXT NOT NULL,
    spec TEXT NOT NULL,
    usage TEXT NOT NULL,
    origin TEXT NOT NULL,
    multi_region INTEGER NOT NULL,
    primary_region TEXT,
    policy TEXT NOT NULL,
    tags TEXT NOT NULL,
    deletion_at INTEGER,
    deletion_window INTEGER,
    rotation_period INTEGER,
    next_rotation_at INTEGER,
    on_demand_rotations INTEGER NOT NULL DEFAULT 0,
    material_id TEXT,
    expiration_model TEXT,
    valid_to INTEGER,
    due_at INTEGER,
    grant_count INTEGER NOT NULL DEFAULT 0,
    used_operation TEXT,
    used_at INTEGER,
    used_event TEXT,
    used_request TEXT,
    PRIMARY KEY (region, key_id)
  );
  CREATE INDEX kms_keys_of_account ON kms_keys (account, region, key_id);
  CREATE INDEX kms_keys_due ON kms_keys (account, due_at) WHERE due_at IS NOT NULL;
  CREATE TABLE kms_key_counts (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    customer_keys INTEGER NOT NULL,
    PRIMARY KEY (account, region)
  ) WITHOUT ROWID;
  CREATE TABLE kms_materials (
    region TEXT NOT NULL,
    key_id TEXT NOT NULL,
    material_id TEXT NOT NULL,
    account TEXT NOT NULL,
    seq INTEGER NOT NULL,
    wrapped BLOB,
    state TEXT NOT NULL,
    rotated_at INTEGER,
    rotation_type TEXT,
    expiration_model TEXT,
    valid_to INTEGER,
    description TEXT,
    PRIMARY KEY (region, key_id, material_id)
  );
  CREATE INDEX kms_materials_of_account ON kms_materials (account);
  CREATE TABLE kms_aliases (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    key_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account, region, name)
  ) WITHOUT ROWID;
  CREATE INDEX kms_aliases_of_key ON kms_aliases (region, key_id, name);
  CREATE TABLE kms_grants (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    grant_id TEXT NOT NULL UNIQUE,
    region TEXT NOT NULL,
    key_id TEXT NOT NULL,
    account TEXT NOT NULL,
    name TEXT,
    grantee TEXT NOT NULL,
    grantee_is_service INTEGER NOT NULL,
    retiring TEXT,
    retiring_is_service INTEGER NOT NULL,
    issuing_account TEXT NOT NULL,
    operations TEXT NOT NULL,
    constraints TEXT,
    anchor TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    effective_at INTEGER NOT NULL,
    ended_at INTEGER
  );
  CREATE INDEX kms_grants_of_key ON kms_grants (region, key_id, seq) WHERE ended_at IS NULL;
  CREATE INDEX kms_grants_by_grantee ON kms_grants (region, key_id, grantee, seq);
  CREATE INDEX kms_grants_by_anchor ON kms_grants (region, key_id, grantee, anchor, seq);
  CREATE INDEX kms_grants_by_name ON kms_grants (region, key_id, name) WHERE name IS NOT NULL;
  CREATE INDEX kms_grants_by_retiring ON kms_grants (region, retiring, seq) WHERE retiring IS NOT NULL;
  CREATE INDEX kms_grants_of_account ON kms_grants (account);
  CREATE INDEX kms_grants_ended ON kms_grants (account, ended_at) WHERE ended_at IS NOT NULL;
  `,
  `
  ALTER TABLE kms_keys ADD COLUMN custom_key_store TEXT;
  ALTER TABLE kms_keys ADD COLUMN xks_key_id TEXT;
  CREATE INDEX kms_keys_in_store ON kms_keys (region, custom_key_store, xks_key_id) WHERE custom_key_store IS NOT NULL;
  CREATE TABLE kms_custom_key_stores (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    connection TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    cluster_id TEXT,
    trust_anchor TEXT,
    connectivity TEXT,
    uri_endpoint TEXT,
    uri_path TEXT,
    endpoint_service TEXT,
    endpoint_service_owner TEXT,
    proxy_access_key_id TEXT,
    PRIMARY KEY (account, region, id)
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE kms_policy_principals (
    arn TEXT NOT NULL,
    region TEXT NOT NULL,
    key_id TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (arn, region, key_id)
  ) WITHOUT ROWID;
  CREATE INDEX kms_policy_principals_of_key ON kms_policy_principals (region, key_id);
  CREATE INDEX kms_grants_of_grantee ON kms_grants (grantee);
  `,
];

/** What of these tables belongs to an account. */
export const OWNED: readonly OwnedTable[] = [
  'kms_keys',
  'kms_key_counts',
  'kms_materials',
  'kms_aliases',
  'kms_grants',
  'kms_custom_key_stores',
  'kms_policy_principals',
].map((name) => ({ name, rows: 'account = ?' }));
