/** SSE-S3: one key per account that S3 itself owns, kept under the vault; it wraps the data keys of objects. */

import { randomBytes } from 'node:crypto';
import type { StateStore } from '../../storage/store.ts';
import type { Vault } from '../../vault/vault.ts';
import { firstRow } from '../stored.ts';

const MAXIMUM_HELD = 1000;

export class ServiceKeys {
  readonly #state: StateStore;
  readonly #vault: Vault;
  readonly #held = new Map<string, Uint8Array>();

  constructor(state: StateStore, vault: Vault) {
    this.#state = state;
    this.#vault = vault;
  }

  /** The account's key, made on first use. 256 bits. */
  of(account: string): Uint8Array {
    const held = this.#held.get(account);
    if (held !== undefined) return held;
    const key = this.#load(account) ?? this.#make(account);
    if (this.#held.size >= MAXIMUM_HELD) this.#held.clear();
    this.#held.set(account, key);
    return key;
  }

  /** Removes the key: whatever it wrapped can never be read again. Call within `state.write`. */
  forget(account: string): void {
    this.#held.delete(account);
    this.#state.statement('DELETE FROM s3_service_key WHERE account = ?').run(account);
  }

  #load(account: string): Uint8Array | undefined {
    const statement = this.#state.statement('SELECT wrapped FROM s3_service_key WHERE account = ?');
    const row = firstRow<{ wrapped: Uint8Array }>(statement, account);
    return row === undefined ? undefined : this.#vault.unwrap(row.wrapped, purpose(account));
  }

  #make(account: string): Uint8Array {
    const key = randomBytes(32);
    this.#state.write(() =>
      this.#state
        .statement('INSERT INTO s3_service_key (account, wrapped) VALUES (?, ?)')
        .run(account, this.#vault.wrap(key, purpose(account))),
    );
    return key;
  }
}

function purpose(account: string): string {
  return `s3 service key ${account}`;
}
