import type { ConnectionStateType } from '@aws-sdk/client-kms';
import type { StateStore } from '../../storage/store.ts';
import { all, one } from '../rows.ts';
import type { CustomKeyStoreRow } from './record.ts';

const COLUMNS: Readonly<Record<keyof CustomKeyStoreRow, string>> = {
  accountId: 'account',
  region: 'region',
  id: 'id',
  name: 'name',
  type: 'type',
  connection: 'connection',
  createdAt: 'created_at',
  clusterId: 'cluster_id',
  trustAnchor: 'trust_anchor',
  connectivity: 'connectivity',
  uriEndpoint: 'uri_endpoint',
  uriPath: 'uri_path',
  endpointService: 'endpoint_service',
  endpointServiceOwner: 'endpoint_service_owner',
  proxyAccessKeyId: 'proxy_access_key_id',
};
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its type says that it has these keys
const FIELDS = Object.keys(COLUMNS) as (keyof CustomKeyStoreRow)[];
const SELECT = `SELECT ${FIELDS.map((field) => `${COLUMNS[field]} AS ${field}`).join(', ')} FROM kms_custom_key_stores`;
const REPLACE = `INSERT OR REPLACE INTO kms_custom_key_stores (${FIELDS.map((field) => COLUMNS[field]).join(', ')})
  VALUES (${FIELDS.map(() => '?').join(', ')})`;

/** Custom key stores; an account has at most ten in a Region (LIM-05). Call changes inside a write. */
export class CustomKeyStores {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** All of an account in a Region, by id. */
  list(accountId: string, region: string): readonly CustomKeyStoreRow[] {
    return all(this.#state.statement(`${SELECT} WHERE account = ? AND region = ? ORDER BY id`), accountId, region);
  }

  /** All of an account, in every Region. */
  ofAccount(accountId: string): readonly CustomKeyStoreRow[] {
    return all(this.#state.statement(`${SELECT} WHERE account = ?`), accountId);
  }

  find(accountId: string, region: string, id: string): CustomKeyStoreRow | undefined {
    return one(this.#state.statement(`${SELECT} WHERE account = ? AND region = ? AND id = ?`), accountId, region, id);
  }

  put(store: CustomKeyStoreRow): void {
    this.#state.statement(REPLACE).run(...FIELDS.map((field) => store[field]));
  }

  connect(store: CustomKeyStoreRow, connection: ConnectionStateType): void {
    this.put({ ...store, connection });
  }

  remove(store: CustomKeyStoreRow): void {
    this.#state
      .statement('DELETE FROM kms_custom_key_stores WHERE account = ? AND region = ? AND id = ?')
      .run(store.accountId, store.region, store.id);
  }

  removeAccount(accountId: string): void {
    this.#state.statement('DELETE FROM kms_custom_key_stores WHERE account = ?').run(accountId);
  }

  /** Whether any key, even one that waits for its deletion, lives in the store. */
  hasKeys(store: CustomKeyStoreRow): boolean {
    return (
      one(
        this.#state.statement('SELECT 1 FROM kms_keys WHERE region = ? AND custom_key_store = ? LIMIT 1'),
        store.region,
        store.id,
      ) !== undefined
    );
  }

  /** Whether a key of the store already stands for this key of the external key manager. */
  hasExternalKey(store: CustomKeyStoreRow, xksKeyId: string): boolean {
    return (
      one(
        this.#state.statement(
          'SELECT 1 FROM kms_keys WHERE region = ? AND custom_key_store = ? AND xks_key_id = ? LIMIT 1',
        ),
        store.region,
        store.id,
        xksKeyId,
      ) !== undefined
    );
  }
}
