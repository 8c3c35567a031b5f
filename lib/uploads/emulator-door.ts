/** The emulator's own interface, as the process of a run needs it: clock, ledger, settings. */

import type { LedgerPage } from '../contract/ledger.ts';
import type { WorldClock, WorldSetting } from '../contract/world.ts';

export interface EmulatorAddress {
  readonly url: string;
  readonly token: string;
  readonly account: string;
}

export interface EmulatorDoor {
  clock(): Promise<WorldClock>;
  advance(seconds: number): Promise<WorldClock>;
  ledger(query: { readonly from: string; readonly after?: string }): Promise<LedgerPage>;
  settings(): Promise<readonly WorldSetting[]>;
  change(values: Readonly<Record<string, number | boolean | string>>): Promise<void>;
}

/** Every call rejects with a sentence when the emulator does not answer with success. */
export function openDoor({ url, token, account }: EmulatorAddress): EmulatorDoor {
  async function ask<T>(
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    query: Record<string, string>,
    body?: unknown,
  ): Promise<T> {
    const address = new URL(`/_emulator/${path}`, url);
    for (const [name, value] of Object.entries({ account, ...query })) address.searchParams.set(name, value);
    const response = await fetch(address, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The emulator answered ${response.status} to ${path}: ${text.slice(0, 200)}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }
  return {
    clock: () => ask('GET', 'clock', {}),
    advance: (advanceSeconds) => ask('POST', 'clock', {}, { advanceSeconds }),
    ledger: (query) => ask('GET', 'ledger', { ...query, limit: '200' }),
    settings: () => ask('GET', 'settings', {}),
    change: (values) => ask('PUT', 'settings', {}, values),
  };
}
