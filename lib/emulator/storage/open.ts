/** Opens a data directory: lock, state database, audit database, body files. */

import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { AuditStore } from './audit.ts';
import { Audit } from './audit-log.ts';
import { FileBodies } from './bodies.ts';
import { Checkpointer } from './checkpointer.ts';
import { Database } from './database.ts';
import { reason, StartError, systemCode } from './errors.ts';
import { lockDirectory } from './lock.ts';
import { GroupCommitState } from './state.ts';
import type { BodyStore, StateStore } from './store.ts';

/** 128 MB of log. */
const LAST_RESORT_PAGES = 32_000;

export interface StorageOptions {
  readonly dataDir: string;
  /** Requests that the audit trail keeps; the oldest go first. All of them without it. */
  readonly auditRequests?: number | undefined;
}

export interface Storage {
  readonly state: StateStore;
  readonly bodies: BodyStore;
  readonly audit: AuditStore;
  /** Commits what is pending, finishes removals and lets go of the directory. */
  close(): Promise<void>;
}

/** Throws StartError, with one sentence for the person who started the emulator; then nothing was changed. */
export function openStorage(options: StorageOptions): Storage {
  const dataDir = resolve(options.dataDir);
  const opened: (() => void)[] = [];
  try {
    makeDirectory(dataDir);
    opened.push(lockDirectory(dataDir));
    const stateFile = new Database(join(dataDir, 'state.db'), {
      cacheKiB: 32 * 1024,
      checkpointPages: LAST_RESORT_PAGES,
    });
    opened.push(() => stateFile.close());
    const auditFile = new Database(join(dataDir, 'audit.db'), {
      cacheKiB: 16 * 1024,
      checkpointPages: LAST_RESORT_PAGES,
    });
    opened.push(() => auditFile.close());
    const state = new GroupCommitState(stateFile);
    const checkpointer = new Checkpointer([stateFile, auditFile]);
    const audit = new Audit(auditFile, state, options.auditRequests);
    state.accompany(() => {
      stateFile.afterTransaction();
      checkpointer.poke();
    });
    const bodies = new FileBodies(join(dataDir, 'bodies'), (action) => state.afterCommit(action));
    return {
      state,
      bodies,
      audit,
      async close() {
        await state.close();
        await bodies.close();
        await audit.close();
        await checkpointer.close();
        for (const close of opened.reverse()) close();
      },
    };
  } catch (error) {
    for (const close of opened.reverse()) close();
    if (error instanceof StartError) throw error;
    throw new StartError(`The data directory ${dataDir} cannot be used: ${reason(error)}.`, { cause: error });
  }
}

/**
 * Makes a directory with its parents. Gives the topmost that was made, undefined where all were there.
 * Not `recursive`: Node 24 tries for ever where a file system knows a parent but takes no children (`/proc/x`).
 */
export function makeDirectory(path: string): string | undefined {
  try {
    mkdirSync(path, { mode: 0o700 });
    return path;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return undefined;
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path || existsSync(dirname(path))) throw error;
    const parent = makeDirectory(dirname(path));
    mkdirSync(path, { mode: 0o700 });
    return parent ?? path;
  }
}
