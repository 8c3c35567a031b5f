/** Tables of the audit database. */

import { orderOf } from './ordered-id.ts';

/**
 * Names are kept as 53-bit hashes in the columns that are searched: an index over whole ARNs would be ten times as
 * large and as slow. What a search finds is compared with the text in the row, so a collision costs a look, not a lie.
 *
 * `part` holds what many rows have in common (policies, grants, callers, user agents), once each, found by its SHA-256.
 * `term` is the index of LookupEvents: one row for each attribute value of a management event.
 * `total` counts requests in slots of 10 s of world time, for an account (parent 0) and for each bucket, table or key.
 * `floor` hides what came before the last reset of an account until it is deleted.
 */
export const AUDIT_SCRIPTS: readonly string[] = [
  `CREATE TABLE request (
     seq INTEGER PRIMARY KEY,
     account INTEGER NOT NULL,
     time INTEGER NOT NULL,
     request INTEGER NOT NULL,
     resource INTEGER,
     parent INTEGER,
     principal INTEGER NOT NULL,
     origin INTEGER NOT NULL,
     ledger TEXT NOT NULL,
     events TEXT NOT NULL,
     decisions TEXT NOT NULL
   ) STRICT;
   CREATE INDEX request_by_id ON request (request);
   CREATE INDEX request_by_account ON request (account, time);
   CREATE INDEX request_by_principal ON request (principal, time);
   CREATE INDEX request_by_parent ON request (parent, time) WHERE parent IS NOT NULL;
   CREATE INDEX request_by_resource ON request (resource, time) WHERE resource IS NOT NULL;

   CREATE TABLE event (
     seq INTEGER PRIMARY KEY,
     account INTEGER NOT NULL,
     time INTEGER NOT NULL,
     region TEXT NOT NULL,
     request INTEGER,
     body TEXT NOT NULL
   ) STRICT;
   CREATE TABLE term (
     term INTEGER NOT NULL,
     time INTEGER NOT NULL,
     seq INTEGER NOT NULL,
     PRIMARY KEY (term, time, seq)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE part (
     id INTEGER PRIMARY KEY,
     hash BLOB NOT NULL UNIQUE,
     body TEXT NOT NULL
   ) STRICT;

   CREATE TABLE total (
     account INTEGER NOT NULL,
     parent INTEGER NOT NULL,
     slot INTEGER NOT NULL,
     requests INTEGER NOT NULL,
     made INTEGER NOT NULL,
     spared INTEGER NOT NULL,
     refused INTEGER NOT NULL,
     PRIMARY KEY (account, parent, slot)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE floor (
     account INTEGER PRIMARY KEY,
     request INTEGER NOT NULL,
     event INTEGER NOT NULL
   ) STRICT;`,
];

/** Seconds of world time in one slot of `total`. */
export const SLOT_SECONDS = 10;

/** A 53-bit hash of a name: two multiplicative hashes of 32 bits side by side. Never 0. */
export function nameHash(name: string): number {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
    high ^= high >>> 15;
  }
  low ^= low >>> 13;
  low = Math.imul(low, 0xc2b2ae35);
  low ^= low >>> 16;
  return ((high >>> 0) & 0x1fffff) * 0x100000000 + (low >>> 0) || 1;
}

/** The number under which an id is found: in order of time for ordered ids, a hash for others. */
export function idNumber(id: string): number {
  return orderOf(id) ?? nameHash(id);
}

/** An account as a column: its number, or a hash of what is not one (service principals have no account). */
export function accountNumber(accountId: string): number {
  return /^\d{12}$/.test(accountId) ? Number(accountId) : -nameHash(accountId);
}
