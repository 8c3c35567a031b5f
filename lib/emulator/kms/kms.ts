/** The parts of the service that its operations share. */

import type { Surroundings } from '../service.ts';
import { MaterialStore } from './crypto/materials.ts';
import { GrantStore } from './grants/store.ts';
import { GrantTokens } from './grants/tokens.ts';
import { CustomKeyStores } from './key-stores/store.ts';
import { AliasStore } from './keys/alias-store.ts';
import { LastUse } from './keys/last-use.ts';
import { KeyStore } from './keys/store.ts';
import { RequestQuota } from './request-quota.ts';

export interface Kms {
  readonly surroundings: Surroundings;
  readonly keys: KeyStore;
  readonly customKeyStores: CustomKeyStores;
  readonly aliases: AliasStore;
  readonly materials: MaterialStore;
  readonly grants: GrantStore;
  readonly tokens: GrantTokens;
  readonly lastUse: LastUse;
  readonly quota: RequestQuota;
  /** Runs `work` in one write; when it throws or cannot be committed, nothing of it stays in memory either. */
  write<T>(work: () => T): T;
  /** World time of an account in milliseconds. */
  now(accountId: string): number;
}

export function assemble(surroundings: Surroundings): Kms {
  const { state, vault, world } = surroundings;
  const keys = new KeyStore(state);
  const aliases = new AliasStore(state);
  const materials = new MaterialStore(state, vault);
  const grants = new GrantStore(state);
  const forgetAll = () => {
    for (const store of [keys, aliases, materials, grants]) store.clear();
  };
  return {
    surroundings,
    keys,
    customKeyStores: new CustomKeyStores(state),
    aliases,
    materials,
    grants,
    tokens: new GrantTokens(vault),
    lastUse: new LastUse(state),
    quota: new RequestQuota(world),
    write(work) {
      let result: ReturnType<typeof work>;
      try {
        result = state.write(work);
      } catch (error) {
        forgetAll();
        throw error;
      }
      state.settled().catch(forgetAll);
      return result;
    },
    now: (accountId) => world.now(accountId),
  };
}
