/**
 * `GET, POST /_emulator/snapshot`: one account saved and restored, whole. A snapshot holds every row of the state that
 * belongs to the account (resources, identities, key material, clock, settings, seed) and the bodies of its objects.
 *
 * Nothing in it is in clear: key material and secrets are wrapped by the root key, bodies are encrypted under what it
 * wraps. So it is of use only where it was made, and a seal under the same root key says that it was not changed.
 * The audit trail is not part of it: it tells what happened, and a restored account begins a new one.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import { AdminError } from '../admin/interface.ts';
import type { Service } from '../service.ts';
import { sqliteCode, systemCode } from '../storage/errors.ts';
import type { BodyStore, StateStore } from '../storage/store.ts';
import type { RootVault } from '../vault/open.ts';
import { filesOf, insertRows, type OwnedTable, readRows, type SavedTable } from './rows.ts';

export const SNAPSHOT_LIMIT = 128 * 1024 * 1024;
const FORMAT = 'sse-kms-console snapshot 1';
/** Base64 and JSON make more of every byte. */
const FILES_LIMIT = SNAPSHOT_LIMIT / 2;
/** SQLITE_CONSTRAINT; the extended codes have it in their low byte. */
const CONSTRAINT = 19;

interface Content {
  readonly account: string;
  /** World time, ISO 8601. */
  readonly taken: string;
  /** Number of migrations of each component. */
  readonly schema: Readonly<Record<string, number>>;
  readonly tables: readonly SavedTable[];
  /** Body files, base64, by name. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Snapshot extends Content {
  readonly format: string;
  readonly seal: string;
}

export interface SnapshotParts {
  readonly state: StateStore;
  readonly bodies: BodyStore;
  readonly vault: RootVault;
  readonly services: readonly Service[];
  /** Tables beside those of the services. */
  readonly tables: readonly OwnedTable[];
  now(accountId: string): number;
  /** Empties the account; called inside the write that brings the saved rows. */
  empty(accountId: string): void;
  /** What is derived from the account's rows is to be made anew. */
  changed(accountId: string): Promise<void>;
}

export interface Snapshots {
  /** Throws AdminError where the account is too large, or changes meanwhile. */
  take(accountId: string): Promise<Snapshot>;
  /** Puts the account back to what the snapshot says, or throws AdminError and leaves it as it is. */
  restore(accountId: string, snapshot: unknown): Promise<{ account: string; taken: string; rows: number }>;
}

export function createSnapshots(parts: SnapshotParts): Snapshots {
  const { state, bodies } = parts;
  const tables = [...parts.tables, ...parts.services.flatMap((service) => service.tables)];
  const sealKey = parts.vault.subkey('seal of snapshots');
  const seal = (content: Content): string =>
    createHmac('sha256', sealKey).update(JSON.stringify(content)).digest('base64url');

  return {
    async take(accountId) {
      for (const service of parts.services) service.writeDown?.();
      const saved = tables.map((table) => readRows(state, table, accountId));
      const files: Record<string, string> = {};
      let size = 0;
      for (const file of filesOf(tables, saved)) {
        const bytes = await bodies.sealed(file).catch(gone);
        size += bytes.length;
        if (size > FILES_LIMIT) throw tooLarge();
        files[file] = Buffer.from(bytes).toString('base64');
      }
      const taken = new Date(parts.now(accountId)).toISOString();
      const content = { account: accountId, taken, schema: schemaOf(state), tables: saved, files };
      return { format: FORMAT, ...content, seal: seal(content) };
    },

    async restore(accountId, snapshot) {
      const content = checked(snapshot, seal);
      if (content.account !== accountId) {
        throw new AdminError(409, `This snapshot is of account ${content.account}: its ARNs name no other.`);
      }
      if (JSON.stringify(content.schema) !== JSON.stringify(schemaOf(state))) {
        throw new AdminError(409, 'This snapshot was saved by another version of the emulator.');
      }
      const files = Object.entries(content.files).map(([name, text]) => [name, Buffer.from(text, 'base64')] as const);
      const brought = await bodies.bring(new Map(files));
      try {
        state.write(() => {
          parts.empty(accountId);
          insertRows(state, tables, content.tables);
        });
        await state.settled();
      } catch (error) {
        await brought.undo();
        throw isConstraint(error) ? conflict(error) : error;
      }
      brought.keep();
      await parts.changed(accountId);
      const rows = content.tables.reduce((sum, table) => sum + table.rows.length, 0);
      return { account: accountId, taken: content.taken, rows };
    },
  };
}

/** The content of a snapshot that this emulator, or one with its root key, has sealed. Throws AdminError. */
function checked(snapshot: unknown, seal: (content: Content) => string): Content {
  if (typeof snapshot !== 'object' || snapshot === null || !('format' in snapshot)) {
    throw new AdminError(400, 'The body takes a snapshot as GET /_emulator/snapshot gives it.');
  }
  if (snapshot.format !== FORMAT) throw new AdminError(400, 'This snapshot has a format that is not known here.');
  // Nothing is believed of its shape before the seal says that it was written here.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { account, taken, schema, tables, files } = snapshot as Snapshot;
  const content: Content = { account, taken, schema, tables, files };
  const wanted = Buffer.from(seal(content));
  const sent = Buffer.from('seal' in snapshot ? String(snapshot.seal) : '');
  if (sent.length !== wanted.length || !timingSafeEqual(sent, wanted)) {
    throw new AdminError(400, 'This snapshot was changed, or was saved with another root key.');
  }
  return content;
}

function schemaOf(state: StateStore): Readonly<Record<string, number>> {
  const rows = state.statement('SELECT component, version FROM migration ORDER BY component').all();
  return Object.fromEntries(rows.map(({ component, version }) => [String(component), Number(version)]));
}

const tooLarge = () =>
  new AdminError(413, `The objects of this account are too large for a snapshot: it takes ${FILES_LIMIT} bytes.`);

function gone(error: unknown): never {
  if (systemCode(error) !== 'ENOENT') throw error;
  throw new AdminError(409, 'The account was changed while it was being saved: try again.');
}

const isConstraint = (error: unknown) => ((sqliteCode(error) ?? 0) & 0xff) === CONSTRAINT;

/** `UNIQUE constraint failed: s3_bucket.name` */
function conflict(error: unknown): AdminError {
  const column = /failed: (\S+)/.exec((error as Error).message)?.[1] ?? 'a name';
  return new AdminError(
    409,
    `Something of this snapshot belongs to another account by now (${column}): nothing was changed.`,
  );
}
