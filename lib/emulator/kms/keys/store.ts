import type { KeySpec, KeyState } from '@aws-sdk/client-kms';
import { parsePolicy } from '../../../access/index.ts';
import type { Policy } from '../../../access/policy.ts';
import { BoundedMap } from '../../bounded-map.ts';
import type { StateStore } from '../../storage/store.ts';
import { all, one, parsed } from '../rows.ts';
import { forgetPrincipals, notePrincipals } from './policy-principals.ts';
import { dueTime, type KeyRecord, type KeyRow, keyArn, keyIdBytes } from './record.ts';

const COLUMNS: Readonly<Record<keyof KeyRow, string>> = {
  region: 'region',
  keyId: 'key_id',
  accountId: 'account',
  createdAt: 'created_at',
  description: 'description',
  state: 'state',
  manager: 'manager',
  spec: 'spec',
  usage: 'usage',
  origin: 'origin',
  multiRegion: 'multi_region',
  primaryRegion: 'primary_region',
  policyText: 'policy',
  tags: 'tags',
  deletionAt: 'deletion_at',
  deletionWindow: 'deletion_window',
  rotationPeriod: 'rotation_period',
  nextRotationAt: 'next_rotation_at',
  onDemandRotations: 'on_demand_rotations',
  materialId: 'material_id',
  expirationModel: 'expiration_model',
  validTo: 'valid_to',
  customKeyStore: 'custom_key_store',
  xksKeyId: 'xks_key_id',
};
const FIELDS = fieldsOf(COLUMNS);
const SELECT = `SELECT ${FIELDS.map((field) => `${COLUMNS[field]} AS ${field}`).join(', ')} FROM kms_keys`;
const INSERT = `INSERT INTO kms_keys (${FIELDS.map((field) => COLUMNS[field]).join(', ')}, due_at)
  VALUES (${FIELDS.map(() => '?').join(', ')}, ?)`;

/** Keys and what belongs to their row. Records are immutable; a change makes a new one. Call changes inside a write. */
export class KeyStore {
  readonly #state: StateStore;
  readonly #records = new BoundedMap<string, KeyRecord>(20_000);
  readonly #nextDue = new BoundedMap<string, number | null>(20_000);
  readonly #policies = new BoundedMap<string, Policy>(5_000);

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** The key of this id in a Region, whoever owns it: ids are unique, as in a ciphertext blob. */
  find(region: string, keyId: string): KeyRecord | undefined {
    const cached = this.#records.get(`${region}/${keyId}`);
    if (cached !== undefined) return cached;
    const row = one<KeyRow>(this.#state.statement(`${SELECT} WHERE region = ? AND key_id = ?`), region, keyId);
    return row === undefined ? undefined : this.#remember(row);
  }

  /** All Regions' keys of one id: a primary and its replicas. */
  family(accountId: string, keyId: string): readonly KeyRecord[] {
    const regions = all<{ region: string }>(
      this.#state.statement('SELECT region FROM kms_keys WHERE account = ? AND key_id = ? ORDER BY region'),
      accountId,
      keyId,
    );
    return regions.map(({ region }) => this.find(region, keyId)).filter((key) => key !== undefined);
  }

  /** Key ids in order after `after`, at most `limit`. */
  page(accountId: string, region: string, after: string, limit: number): readonly string[] {
    const rows = all<{ id: string }>(
      this.#state.statement(
        'SELECT key_id AS id FROM kms_keys WHERE account = ? AND region = ? AND key_id > ? ORDER BY key_id LIMIT ?',
      ),
      accountId,
      region,
      after,
      limit,
    );
    return rows.map((row) => row.id);
  }

  /** Keys of an account that time has something to do with by `now`. */
  due(accountId: string, now: number): readonly { readonly region: string; readonly keyId: string }[] {
    return all<{ region: string; keyId: string }>(
      this.#state.statement(
        'SELECT region, key_id AS keyId FROM kms_keys WHERE account = ? AND due_at <= ? ORDER BY due_at',
      ),
      accountId,
      now,
    );
  }

  /** When time changes something in an account next, milliseconds; null if nothing waits for it. */
  nextDue(accountId: string): number | null {
    const known = this.#nextDue.get(accountId);
    if (known !== undefined) return known;
    const row = one<{ due: number | null }>(
      this.#state.statement('SELECT min(due_at) AS due FROM kms_keys WHERE account = ? AND due_at IS NOT NULL'),
      accountId,
    );
    const due = row?.due ?? null;
    this.#nextDue.set(accountId, due);
    return due;
  }

  customerKeys(accountId: string, region: string): number {
    const row = one<{ count: number }>(
      this.#state.statement('SELECT customer_keys AS count FROM kms_key_counts WHERE account = ? AND region = ?'),
      accountId,
      region,
    );
    return row?.count ?? 0;
  }

  insert(row: KeyRow): KeyRecord {
    this.#nextDue.delete(row.accountId);
    this.#state.statement(INSERT).run(...FIELDS.map((field) => row[field]), dueTime(row));
    notePrincipals(this.#state, row, row.policyText);
    if (row.manager === 'CUSTOMER') this.#count(row, 1);
    return this.#remember(row);
  }

  update(key: KeyRecord, changes: Partial<KeyRow>): KeyRecord {
    this.#nextDue.delete(key.accountId);
    const row = rowOf({ ...key, state: key.storedState, ...changes });
    const fields = FIELDS.filter((field) => Object.hasOwn(changes, field));
    this.#state
      .statement(
        `UPDATE kms_keys SET ${fields.map((field) => `${COLUMNS[field]} = ?, `).join('')}due_at = ? WHERE region = ? AND key_id = ?`,
      )
      .run(...fields.map((field) => row[field]), dueTime(row), key.region, key.keyId);
    if (changes.policyText !== undefined) notePrincipals(this.#state, row, changes.policyText);
    return this.#remember(row);
  }

  remove(key: KeyRecord): void {
    this.#state.statement('DELETE FROM kms_keys WHERE region = ? AND key_id = ?').run(key.region, key.keyId);
    forgetPrincipals(this.#state, key);
    if (key.manager === 'CUSTOMER') this.#count(key, -1);
    this.forget(key.region, key.keyId);
    this.#nextDue.delete(key.accountId);
  }

  removeAccount(accountId: string): void {
    this.#state.statement('DELETE FROM kms_keys WHERE account = ?').run(accountId);
    this.#state.statement('DELETE FROM kms_key_counts WHERE account = ?').run(accountId);
    this.#state.statement('DELETE FROM kms_policy_principals WHERE account = ?').run(accountId);
    this.clear();
  }

  /** Drops the record from memory, because an alias of the key changed. */
  forget(region: string, keyId: string): void {
    this.#records.delete(`${region}/${keyId}`);
  }

  clear(): void {
    this.#records.clear();
    this.#nextDue.clear();
  }

  #count(row: KeyRow, change: number): void {
    this.#state
      .statement(
        `INSERT INTO kms_key_counts (account, region, customer_keys) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET customer_keys = customer_keys + excluded.customer_keys`,
      )
      .run(row.accountId, row.region, change);
  }

  #remember(row: KeyRow): KeyRecord {
    const aliases = all<{ name: string }>(
      this.#state.statement('SELECT name FROM kms_aliases WHERE region = ? AND key_id = ? ORDER BY name'),
      row.region,
      row.keyId,
    );
    const keyStore = this.#customKeyStore(row);
    const record: KeyRecord = {
      ...row,
      state: keyStore === undefined ? row.state : stateInStore(row.state, keyStore.connection),
      storedState: row.state,
      clusterId: keyStore?.clusterId ?? null,
      arn: keyArn(row.accountId, row.region, row.keyId),
      tagMap: parsed(row.tags),
      aliases: aliases.map((alias) => alias.name),
      policy: { source: 'key policy', policy: this.#compiled(row.policyText) },
      conditions: keyConditions(
        row,
        aliases.map((alias) => alias.name),
      ),
      dueAt: dueTime(row),
      blobId: keyIdBytes(row.keyId),
    };
    this.#records.set(`${row.region}/${row.keyId}`, record);
    return record;
  }

  #customKeyStore(row: KeyRow): { connection: string; clusterId: string | null } | undefined {
    if (row.customKeyStore === null) return undefined;
    return one(
      this.#state.statement(
        'SELECT connection, cluster_id AS clusterId FROM kms_custom_key_stores WHERE account = ? AND region = ? AND id = ?',
      ),
      row.accountId,
      row.region,
      row.customKeyStore,
    );
  }

  #compiled(text: string): Policy {
    let policy = this.#policies.get(text);
    if (policy === undefined) {
      policy = parsePolicy(text, 'key');
      this.#policies.set(text, policy);
    }
    return policy;
  }
}

/** A key that could be enabled again is Unavailable while its store is not connected (KMS-04; KMSDG key-state). */
function stateInStore(state: KeyState, connection: string): KeyState {
  return connection !== 'CONNECTED' && (state === 'Enabled' || state === 'Disabled') ? 'Unavailable' : state;
}

/** The row of a record, without what only the record has. */
function rowOf(key: KeyRow): KeyRow {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- FIELDS are the members of KeyRow, all of them
  return Object.fromEntries(FIELDS.map((field) => [field, key[field]])) as unknown as KeyRow;
}

function fieldsOf(columns: typeof COLUMNS): (keyof KeyRow)[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its type says that it has these keys
  return Object.keys(columns) as (keyof KeyRow)[];
}

/** Condition keys of the key itself (KMSDG conditions-kms, KMS-28). */
function keyConditions(row: KeyRow, aliases: readonly string[]): KeyRecord['conditions'] {
  const spec: KeySpec = row.spec;
  const conditions: [string, readonly string[]][] = [
    ['kms:keyorigin', [row.origin]],
    ['kms:keyspec', [spec]],
    ['kms:customermasterkeyspec', [spec]],
    ['kms:keyusage', [row.usage]],
    ['kms:customermasterkeyusage', [row.usage]],
    ['kms:multiregion', [row.multiRegion === 1 ? 'true' : 'false']],
  ];
  if (row.primaryRegion !== null) {
    conditions.push(['kms:multiregionkeytype', [row.primaryRegion === row.region ? 'PRIMARY' : 'REPLICA']]);
    conditions.push(['kms:primaryregion', [row.primaryRegion]]);
  }
  if (aliases.length > 0) conditions.push(['kms:resourcealiases', aliases]);
  return conditions;
}
