/** Users, roles and groups: rows and queries. One table, because they share all but a few columns. */

import type { StateStore } from '../storage/store.ts';
import { entityArn } from './ids.ts';
import { integer, optionalText, type Row, text, textMap } from './rows.ts';

export type EntityKind = 'user' | 'role' | 'group';

export interface Entity {
  readonly kind: EntityKind;
  readonly accountId: string;
  readonly name: string;
  /** Begins and ends with `/`. */
  readonly path: string;
  /** `AIDA…`, `AROA…`, `AGPA…` */
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  /** ARN of a managed policy. */
  readonly boundary?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Roles only. */
  readonly trust?: string;
  readonly description?: string;
  /** Roles only: seconds. */
  readonly maxSession?: number;
}

const COLUMNS = 'account, kind, name, path, id, created_at, boundary, tags, trust, description, max_session';

/** The table `iam_entities` and what hangs on an entity's name: membership, inline policies, attachments. */
export class Entities {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  get(accountId: string, kind: EntityKind, name: string): Entity | undefined {
    const row = this.#state
      .statement(`SELECT ${COLUMNS} FROM iam_entities WHERE account = ? AND kind = ? AND name = ?`)
      .get(accountId, kind, name);
    return row === undefined ? undefined : readEntity(row);
  }

  byId(id: string): Entity | undefined {
    const row = this.#state.statement(`SELECT ${COLUMNS} FROM iam_entities WHERE id = ?`).get(id);
    return row === undefined ? undefined : readEntity(row);
  }

  /** The entity behind its ARN; undefined when name or path differ. */
  byArn(arn: string): Entity | undefined {
    const match = /^arn:aws:iam::(\d{12}):(user|role|group)(\/(?:[^/]+\/)*)([^/]+)$/.exec(arn);
    const [, accountId = '', kind = '', path, name = ''] = match ?? [];
    if (kind !== 'user' && kind !== 'role' && kind !== 'group') return undefined;
    const entity = this.get(accountId, kind, name);
    return entity?.path === path ? entity : undefined;
  }

  /** Whether the name is taken; IAM names differ by more than case. */
  isTaken(accountId: string, kind: EntityKind, name: string): boolean {
    const found = this.#state
      .statement('SELECT 1 FROM iam_entities WHERE account = ? AND kind = ? AND name = ? COLLATE NOCASE')
      .get(accountId, kind, name);
    return found !== undefined;
  }

  /** Entities by name from after `after` on, `limit` at most. */
  list(accountId: string, kind: EntityKind, pathPrefix: string, after: string, limit: number): Entity[] {
    return this.#state
      .statement(
        `SELECT ${COLUMNS} FROM iam_entities WHERE account = ? AND kind = ? AND name > ? AND substr(path, 1, ?) = ? ORDER BY name LIMIT ?`,
      )
      .all(accountId, kind, after, pathPrefix.length, pathPrefix, limit)
      .map(readEntity);
  }

  count(accountId: string, kind: EntityKind): number {
    const row = this.#state
      .statement('SELECT count(*) AS total FROM iam_entities WHERE account = ? AND kind = ?')
      .get(accountId, kind);
    return row === undefined ? 0 : integer(row, 'total');
  }

  insert(entity: Entity): void {
    this.#state
      .statement(`INSERT INTO iam_entities (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
      .run(
        entity.accountId,
        entity.kind,
        entity.name,
        entity.path,
        entity.id,
        entity.createdAt,
        entity.boundary ?? null,
        JSON.stringify(entity.tags),
        entity.trust ?? null,
        entity.description ?? null,
        entity.maxSession ?? null,
      );
  }

  /** Writes everything but account, kind and name anew. */
  update(entity: Entity): void {
    this.#state
      .statement(
        'UPDATE iam_entities SET path = ?, boundary = ?, tags = ?, trust = ?, description = ?, max_session = ? WHERE account = ? AND kind = ? AND name = ?',
      )
      .run(
        entity.path,
        entity.boundary ?? null,
        JSON.stringify(entity.tags),
        entity.trust ?? null,
        entity.description ?? null,
        entity.maxSession ?? null,
        entity.accountId,
        entity.kind,
        entity.name,
      );
  }

  /** A new name, also wherever the old one stands. */
  rename({ accountId, kind, name }: Entity, to: string): void {
    const set = (sql: string): void => void this.#state.statement(sql).run(to, accountId, kind, name);
    set('UPDATE iam_entities SET name = ? WHERE account = ? AND kind = ? AND name = ?');
    set('UPDATE iam_inline_policies SET owner = ? WHERE account = ? AND kind = ? AND owner = ?');
    set('UPDATE iam_attachments SET owner = ? WHERE account = ? AND kind = ? AND owner = ?');
    const column = kind === 'group' ? 'group_name' : 'user_name';
    this.#state
      .statement(`UPDATE iam_members SET ${column} = ? WHERE account = ? AND ${column} = ?`)
      .run(to, accountId, name);
    if (kind !== 'user') return;
    this.#state
      .statement('UPDATE iam_access_keys SET user_name = ? WHERE account = ? AND user_name = ?')
      .run(to, accountId, name);
  }

  delete({ accountId, kind, name }: Entity): void {
    this.#state
      .statement('DELETE FROM iam_entities WHERE account = ? AND kind = ? AND name = ?')
      .run(accountId, kind, name);
  }

  groupsOf(accountId: string, userName: string, after = '', limit = -1): Entity[] {
    return this.#state
      .statement(
        `SELECT ${COLUMNS} FROM iam_members JOIN iam_entities USING (account)
         WHERE account = ? AND user_name = ? AND kind = 'group' AND name = group_name AND group_name > ? ORDER BY group_name LIMIT ?`,
      )
      .all(accountId, userName, after, limit)
      .map(readEntity);
  }

  membersOf(accountId: string, groupName: string, after = '', limit = -1): Entity[] {
    return this.#state
      .statement(
        `SELECT ${COLUMNS} FROM iam_members JOIN iam_entities USING (account)
         WHERE account = ? AND group_name = ? AND kind = 'user' AND name = user_name AND user_name > ? ORDER BY user_name LIMIT ?`,
      )
      .all(accountId, groupName, after, limit)
      .map(readEntity);
  }

  join(accountId: string, groupName: string, userName: string): void {
    this.#state.statement('INSERT OR IGNORE INTO iam_members VALUES (?, ?, ?)').run(accountId, groupName, userName);
  }

  leave(accountId: string, groupName: string, userName: string): boolean {
    const { changes } = this.#state
      .statement('DELETE FROM iam_members WHERE account = ? AND group_name = ? AND user_name = ?')
      .run(accountId, groupName, userName);
    return changes > 0;
  }

  /** Entities of the account whose boundary a policy is. */
  boundedBy(accountId: string, policyArn: string): Entity[] {
    return this.#state
      .statement(`SELECT ${COLUMNS} FROM iam_entities WHERE boundary = ? AND account = ?`)
      .all(policyArn, accountId)
      .map(readEntity);
  }
}

function readEntity(row: Row): Entity {
  const kind = text(row, 'kind');
  if (kind !== 'user' && kind !== 'role' && kind !== 'group') throw new TypeError(`unknown kind ${kind}`);
  const accountId = text(row, 'account');
  const name = text(row, 'name');
  const path = text(row, 'path');
  const boundary = optionalText(row, 'boundary');
  const trust = optionalText(row, 'trust');
  const description = optionalText(row, 'description');
  return {
    kind,
    accountId,
    name,
    path,
    id: text(row, 'id'),
    arn: entityArn(accountId, kind, path, name),
    createdAt: integer(row, 'created_at'),
    tags: textMap(row, 'tags'),
    ...(boundary !== undefined && { boundary }),
    ...(trust !== undefined && { trust }),
    ...(description !== undefined && { description }),
    ...(row['max_session'] !== null && { maxSession: integer(row, 'max_session') }),
  };
}
