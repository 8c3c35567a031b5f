/** What `start.ts` hands to each service, and what it gets back. */

import type { RequestContext } from './context.ts';
import type {
  Authorizer,
  IdentityPort,
  KmsPort,
  MetadataTablePort,
  TableCatalogPort,
  TablePort,
  TrailPort,
  WarehousePort,
} from './ports.ts';
import type { OwnedTable } from './snapshot/rows.ts';
import type { BodyStore, StateStore } from './storage/store.ts';
import type { Vault } from './vault/vault.ts';
import type { OperationTable, ServiceName } from './wire/operation.ts';
import type { World } from './world/world.ts';

/** Everything a service may use. Ports are looked up when a request runs, so services may call each other both ways. */
export interface Surroundings {
  readonly state: StateStore;
  readonly bodies: BodyStore;
  readonly vault: Vault;
  readonly world: World;
  readonly authorizer: Authorizer;
  readonly trail: TrailPort;
  readonly ports: {
    readonly identity: IdentityPort;
    readonly kms: KmsPort;
    readonly tables: TablePort;
    readonly catalog: TableCatalogPort;
    readonly metadataTables: MetadataTablePort;
    readonly warehouses: WarehousePort;
  };
}

/** A service: its operations, and how to forget an account (`POST /_emulator/reset`). */
export interface Service {
  readonly name: ServiceName;
  readonly operations: OperationTable<RequestContext>;
  /** Removes everything that belongs to the account. Runs inside one write. */
  reset(accountId: string): void;
  /** Its tables in the state, those that others refer to first: what a snapshot of an account is made of. */
  readonly tables: readonly OwnedTable[];
  /** Writes what is held back in memory into the state. */
  writeDown?(): void;
}
