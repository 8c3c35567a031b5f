import type { KeyLastUsageTrackingOperation } from '@aws-sdk/client-kms';
import type { StateStore } from '../../storage/store.ts';
import { one } from '../rows.ts';
import type { KeyRecord } from './record.ts';

export interface Usage {
  readonly operation: KeyLastUsageTrackingOperation;
  /** World time, milliseconds. */
  readonly at: number;
  /** Id of the CloudTrail event. */
  readonly eventId: string;
  readonly requestId: string;
}

const FLUSH_AFTER_MS = 1000;

/**
 * The last successful cryptographic operation of each key (KMS-13). Kept in memory and written once a second, because a
 * write per request would cost more than the request.
 */
export class LastUse {
  readonly #state: StateStore;
  readonly #pending = new Map<string, { key: KeyRecord; usage: Usage }>();
  #flushing = false;

  constructor(state: StateStore) {
    this.#state = state;
  }

  note(key: KeyRecord, usage: Usage): void {
    this.#pending.set(key.arn, { key, usage });
    if (this.#flushing) return;
    this.#flushing = true;
    setTimeout(() => this.flush(), FLUSH_AFTER_MS).unref();
  }

  of(key: KeyRecord): Usage | undefined {
    const pending = this.#pending.get(key.arn);
    if (pending !== undefined) return pending.usage;
    return one<Usage>(
      this.#state.statement(`SELECT used_operation AS operation, used_at AS at, used_event AS eventId, used_request AS requestId
         FROM kms_keys WHERE region = ? AND key_id = ? AND used_at IS NOT NULL`),
      key.region,
      key.keyId,
    );
  }

  forget(accountId: string): void {
    for (const [arn, { key }] of this.#pending) if (key.accountId === accountId) this.#pending.delete(arn);
  }

  /** Writes what is pending. */
  flush(): void {
    this.#flushing = false;
    if (!this.#state.db.isOpen) return;
    try {
      this.#write();
      this.#pending.clear();
    } catch {
      // The disk refuses. Requests that must be kept are told so; a note is tried again with the next use.
    }
  }

  #write(): void {
    this.#state.write(() => {
      const statement = this.#state.statement(
        `UPDATE kms_keys SET used_operation = ?, used_at = ?, used_event = ?, used_request = ?
         WHERE region = ? AND key_id = ?`,
      );
      for (const { key, usage } of this.#pending.values()) {
        statement.run(usage.operation, usage.at, usage.eventId, usage.requestId, key.region, key.keyId);
      }
    });
  }
}
