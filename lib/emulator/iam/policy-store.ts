/** Policies in the database: managed ones with their versions, inline ones, and what is attached where. */

import type { StateStore } from '../storage/store.ts';
import { AWS_POLICIES } from './aws-policies.ts';
import type { EntityKind } from './entities.ts';
import { integer, optionalText, type Row, text, textMap } from './rows.ts';

export interface ManagedPolicy {
  readonly arn: string;
  /** `aws` for those that AWS manages. */
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly defaultVersion: number;
  readonly lastVersion: number;
}

export interface PolicyVersion {
  readonly version: number;
  readonly document: string;
  readonly createdAt: number;
}

export interface NamedDocument {
  readonly name: string;
  readonly document: string;
}

const COLUMNS =
  'arn, account, name, path, id, created_at, updated_at, description, tags, default_version, last_version';
/** The day on which AWS published its first managed policies. */
const AWS_CREATED = Date.UTC(2015, 1, 6, 18, 39, 46);

export class Policies {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** A managed policy that an account can use: its own, or one of AWS's. */
  get(arn: string, accountId: string): ManagedPolicy | undefined {
    const aws = AWS_POLICIES.get(arn);
    if (aws !== undefined) return awsPolicy(arn);
    const row = this.#state
      .statement(`SELECT ${COLUMNS} FROM iam_policies WHERE arn = ? AND account = ?`)
      .get(arn, accountId);
    return row === undefined ? undefined : readPolicy(row);
  }

  isTaken(accountId: string, name: string): boolean {
    return (
      this.#state
        .statement('SELECT 1 FROM iam_policies WHERE account = ? AND name = ? COLLATE NOCASE')
        .get(accountId, name) !== undefined
    );
  }

  list(accountId: string, pathPrefix: string, after: string, limit: number): ManagedPolicy[] {
    return this.#state
      .statement(
        `SELECT ${COLUMNS} FROM iam_policies WHERE account = ? AND name > ? COLLATE NOCASE AND substr(path, 1, ?) = ? ORDER BY name COLLATE NOCASE LIMIT ?`,
      )
      .all(accountId, after, pathPrefix.length, pathPrefix, limit)
      .map(readPolicy);
  }

  count(accountId: string): number {
    const row = this.#state.statement('SELECT count(*) AS total FROM iam_policies WHERE account = ?').get(accountId);
    return row === undefined ? 0 : integer(row, 'total');
  }

  insert(policy: ManagedPolicy): void {
    this.#state
      .statement(`INSERT INTO iam_policies (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
      .run(
        policy.arn,
        policy.accountId,
        policy.name,
        policy.path,
        policy.id,
        policy.createdAt,
        policy.updatedAt,
        policy.description ?? null,
        JSON.stringify(policy.tags),
        policy.defaultVersion,
        policy.lastVersion,
      );
  }

  update(policy: ManagedPolicy): void {
    this.#state
      .statement(
        'UPDATE iam_policies SET updated_at = ?, tags = ?, default_version = ?, last_version = ? WHERE arn = ?',
      )
      .run(policy.updatedAt, JSON.stringify(policy.tags), policy.defaultVersion, policy.lastVersion, policy.arn);
  }

  delete(arn: string): void {
    this.#state.statement('DELETE FROM iam_policy_versions WHERE arn = ?').run(arn);
    this.#state.statement('DELETE FROM iam_policies WHERE arn = ?').run(arn);
  }

  /** Newest first. */
  versions(arn: string): PolicyVersion[] {
    const aws = AWS_POLICIES.get(arn);
    if (aws !== undefined) return [{ version: 1, document: aws.document, createdAt: AWS_CREATED }];
    return this.#state
      .statement('SELECT version, document, created_at FROM iam_policy_versions WHERE arn = ? ORDER BY version DESC')
      .all(arn)
      .map((row) => ({
        version: integer(row, 'version'),
        document: text(row, 'document'),
        createdAt: integer(row, 'created_at'),
      }));
  }

  /** The document that counts. */
  defaultDocument(policy: ManagedPolicy): string {
    const version = this.versions(policy.arn).find((one) => one.version === policy.defaultVersion);
    if (version === undefined) throw new Error(`policy ${policy.arn} has no default version`);
    return version.document;
  }

  addVersion(arn: string, version: PolicyVersion): void {
    this.#state
      .statement('INSERT INTO iam_policy_versions (arn, version, document, created_at) VALUES (?, ?, ?, ?)')
      .run(arn, version.version, version.document, version.createdAt);
  }

  deleteVersion(arn: string, version: number): void {
    this.#state.statement('DELETE FROM iam_policy_versions WHERE arn = ? AND version = ?').run(arn, version);
  }

  inline(accountId: string, kind: EntityKind, owner: string): NamedDocument[] {
    return this.#state
      .statement(
        'SELECT name, document FROM iam_inline_policies WHERE account = ? AND kind = ? AND owner = ? ORDER BY name',
      )
      .all(accountId, kind, owner)
      .map((row) => ({ name: text(row, 'name'), document: text(row, 'document') }));
  }

  putInline(accountId: string, kind: EntityKind, owner: string, policy: NamedDocument): void {
    this.#state
      .statement('INSERT OR REPLACE INTO iam_inline_policies VALUES (?, ?, ?, ?, ?)')
      .run(accountId, kind, owner, policy.name, policy.document);
  }

  deleteInline(accountId: string, kind: EntityKind, owner: string, name: string): boolean {
    const { changes } = this.#state
      .statement('DELETE FROM iam_inline_policies WHERE account = ? AND kind = ? AND owner = ? AND name = ?')
      .run(accountId, kind, owner, name);
    return changes > 0;
  }

  /** ARNs of the managed policies of an entity. */
  attached(accountId: string, kind: EntityKind, owner: string): string[] {
    return this.#state
      .statement(
        'SELECT policy_arn FROM iam_attachments WHERE account = ? AND kind = ? AND owner = ? ORDER BY policy_arn',
      )
      .all(accountId, kind, owner)
      .map((row) => text(row, 'policy_arn'));
  }

  attach(accountId: string, kind: EntityKind, owner: string, arn: string): void {
    this.#state.statement('INSERT OR IGNORE INTO iam_attachments VALUES (?, ?, ?, ?)').run(accountId, kind, owner, arn);
  }

  detach(accountId: string, kind: EntityKind, owner: string, arn: string): boolean {
    const { changes } = this.#state
      .statement('DELETE FROM iam_attachments WHERE account = ? AND kind = ? AND owner = ? AND policy_arn = ?')
      .run(accountId, kind, owner, arn);
    return changes > 0;
  }

  /** Names of the entities of the account that a managed policy is attached to. */
  attachedTo(accountId: string, arn: string): { readonly kind: EntityKind; readonly owner: string }[] {
    return this.#state
      .statement('SELECT kind, owner FROM iam_attachments WHERE account = ? AND policy_arn = ? ORDER BY kind, owner')
      .all(accountId, arn)
      .map((row) => {
        const kind = text(row, 'kind');
        return { kind: kind === 'user' || kind === 'role' ? kind : 'group', owner: text(row, 'owner') };
      });
  }
}

function readPolicy(row: Row): ManagedPolicy {
  const description = optionalText(row, 'description');
  return {
    arn: text(row, 'arn'),
    accountId: text(row, 'account'),
    name: text(row, 'name'),
    path: text(row, 'path'),
    id: text(row, 'id'),
    createdAt: integer(row, 'created_at'),
    updatedAt: integer(row, 'updated_at'),
    tags: textMap(row, 'tags'),
    defaultVersion: integer(row, 'default_version'),
    lastVersion: integer(row, 'last_version'),
    ...(description !== undefined && { description }),
  };
}

/** A policy that AWS manages, as a row. */
export function awsPolicy(arn: string): ManagedPolicy | undefined {
  const policy = AWS_POLICIES.get(arn);
  if (policy === undefined) return undefined;
  return {
    arn,
    accountId: 'aws',
    name: policy.name,
    path: policy.path,
    id: policy.id,
    createdAt: AWS_CREATED,
    updatedAt: AWS_CREATED,
    tags: {},
    defaultVersion: 1,
    lastVersion: 1,
  };
}
