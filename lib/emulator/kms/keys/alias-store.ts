import { BoundedMap } from '../../bounded-map.ts';
import type { StateStore } from '../../storage/store.ts';
import { all, one } from '../rows.ts';

export interface AliasRow {
  /** With its `alias/` prefix. */
  readonly name: string;
  readonly keyId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const SELECT = 'SELECT name, key_id AS keyId, created_at AS createdAt, updated_at AS updatedAt FROM kms_aliases';

/** Alias names of accounts and Regions. Call changes inside a write. */
export class AliasStore {
  readonly #state: StateStore;
  readonly #targets = new BoundedMap<string, string>(20_000);

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** Key id behind a name. */
  target(accountId: string, region: string, name: string): string | undefined {
    const cacheKey = `${accountId}/${region}/${name}`;
    const cached = this.#targets.get(cacheKey);
    if (cached !== undefined) return cached;
    const keyId = this.find(accountId, region, name)?.keyId;
    if (keyId !== undefined) this.#targets.set(cacheKey, keyId);
    return keyId;
  }

  find(accountId: string, region: string, name: string): AliasRow | undefined {
    return one<AliasRow>(
      this.#state.statement(`${SELECT} WHERE account = ? AND region = ? AND name = ?`),
      accountId,
      region,
      name,
    );
  }

  page(accountId: string, region: string, after: string, limit: number): readonly AliasRow[] {
    return all<AliasRow>(
      this.#state.statement(`${SELECT} WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?`),
      accountId,
      region,
      after,
      limit,
    );
  }

  pageOfKey(region: string, keyId: string, after: string, limit: number): readonly AliasRow[] {
    return all<AliasRow>(
      this.#state.statement(`${SELECT} WHERE region = ? AND key_id = ? AND name > ? ORDER BY name LIMIT ?`),
      region,
      keyId,
      after,
      limit,
    );
  }

  insert(accountId: string, region: string, alias: AliasRow): void {
    this.#state
      .statement(
        'INSERT INTO kms_aliases (account, region, name, key_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(accountId, region, alias.name, alias.keyId, alias.createdAt, alias.updatedAt);
  }

  retarget(accountId: string, region: string, name: string, keyId: string, now: number): void {
    this.#state
      .statement('UPDATE kms_aliases SET key_id = ?, updated_at = ? WHERE account = ? AND region = ? AND name = ?')
      .run(keyId, now, accountId, region, name);
    this.#targets.delete(`${accountId}/${region}/${name}`);
  }

  remove(accountId: string, region: string, name: string): void {
    this.#state
      .statement('DELETE FROM kms_aliases WHERE account = ? AND region = ? AND name = ?')
      .run(accountId, region, name);
    this.#targets.delete(`${accountId}/${region}/${name}`);
  }

  removeKey(region: string, keyId: string): void {
    this.#state.statement('DELETE FROM kms_aliases WHERE region = ? AND key_id = ?').run(region, keyId);
    this.clear();
  }

  removeAccount(accountId: string): void {
    this.#state.statement('DELETE FROM kms_aliases WHERE account = ?').run(accountId);
    this.clear();
  }

  clear(): void {
    this.#targets.clear();
  }
}
