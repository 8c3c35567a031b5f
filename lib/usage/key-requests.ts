/**
 * How often KMS is asked, as a function of time, in closed form: the cost of the answer does not depend on the number of
 * requests. Requests of one requester are evenly spaced; a key that S3 keeps answers for `lifetime` seconds after KMS
 * gave it, and the next request that needs it asks again (BK-04 to BK-08).
 */

import { keepsKeys, type Workload } from './workload.ts';

/** KMS requests from the begin of a stretch until `seconds` later, over all requesters. Never falls. */
export type Until = (seconds: number) => number;

export interface KeyRequests {
  /** With the keys that S3 keeps, where this workload has them. */
  readonly made: Until;
  /** If every request had to ask. */
  readonly needed: Until;
  /** Of the made ones of a whole stretch. */
  readonly generateDataKey: number;
  readonly decrypt: number;
}

/** Requests that need a key, of one stretch over all requesters. */
interface Needs {
  /** Need a key for a new object: GenerateDataKey. */
  readonly writes: number;
  /** Need the key of an object that was there before: Decrypt. */
  readonly reads: number;
  /** Parts and completions, which open what their own upload made (GP-20). */
  readonly parts: number;
  /** Copies that no kept key answers (DB-26), each a Decrypt and a GenerateDataKey. */
  readonly freshCopies: number;
  /** Requests of any kind that make up the rhythm; copies that no session authorises (DB-30) are left out. */
  readonly slots: number;
}

/** Files that an append to a table writes: data, manifest, manifest list, metadata. */
const FILES_OF_APPEND = 4;
/** Files that a query reads before the data: metadata, manifest list, one manifest. */
const FILES_BEFORE_DATA = 3;

/** SDKs open a session anew when a minute of its five is left (DB-31). */
const SESSION_SECONDS = 240;

/** What one stretch of the workload asks of KMS. */
export function keyRequests(workload: Workload, keyLifetime: number): KeyRequests {
  const needs = needsOf(workload);
  const seconds = workload.stretchSeconds;
  const opened = workload.requesters * sessions(workload, needs.slots / workload.requesters);
  const all = needs.writes + needs.reads + needs.parts + 2 * needs.freshCopies + opened;
  if (workload.encryption === 'AES256') return NOTHING;
  const needed: Until = (at) => spaced(all, seconds, at);
  if (!keepsKeys(workload)) {
    const generateDataKey = needs.writes + needs.freshCopies;
    return { made: needed, needed, generateDataKey, decrypt: all - generateDataKey };
  }
  const write = writing(workload, needs, keyLifetime);
  const read = reading(workload, needs, keyLifetime);
  const copied: Until = (at) => 2 * spaced(needs.freshCopies, seconds, at);
  return {
    made: (at) => write.keys(at) + write.reopened(at) + read(at) + copied(at),
    needed,
    generateDataKey: write.keys(seconds) + needs.freshCopies,
    decrypt: write.reopened(seconds) + read(seconds) + needs.freshCopies,
  };
}

const NOTHING: KeyRequests = { made: () => 0, needed: () => 0, generateDataKey: 0, decrypt: 0 };

function needsOf({ target, requests: it, stretches }: Workload): Needs {
  const fresh = target === 'directory-bucket' ? it.copies : 0;
  const copies = it.copies - fresh;
  const ofTable = target === 'table';
  const appended = ofTable ? it.appends * FILES_OF_APPEND : 0;
  const scanned = ofTable ? it.scans * (it.filesEach + FILES_BEFORE_DATA) : 0;
  const parts = it.multiparts * (it.partsEach + 1);
  const writes = it.puts + it.multiparts + copies + appended;
  const reads = it.gets + copies + scanned;
  return {
    writes: writes / stretches,
    reads: reads / stretches,
    parts: parts / stretches,
    freshCopies: fresh / stretches,
    slots: (it.puts + it.gets + it.multiparts + parts + copies + it.lists + appended + scanned) / stretches,
  };
}

/** Evenly spaced requests that have happened by `at`, the first one at 0. */
function spaced(count: number, seconds: number, at: number): number {
  if (at < 0 || count === 0) return 0;
  if (at >= seconds) return count;
  if (count < 1) return (count * at) / seconds;
  return Math.min(count, Math.floor((at * count) / seconds + EPSILON) + 1);
}

const EPSILON = 1e-9;

/** Requests that one kept key answers, the one that fetched it included, when they come `spacing` seconds apart. */
function perKey(lifetime: number, spacing: number): number {
  return Math.max(1, Math.ceil(lifetime / spacing - EPSILON));
}

/** KMS requests of `count` evenly spaced requests of one requester that one key at a time answers. */
function fetches(count: number, each: number): number {
  // An average may be a fraction: never more than the requests themselves.
  return Math.min(count, Math.ceil(count / each - EPSILON));
}

/**
 * Sessions that one requester opens in a directory bucket. Each has S3 hold a key for new objects, for readers as well
 * (DB-40).
 */
function sessions({ target, stretchSeconds }: Workload, slots: number): number {
  return target === 'directory-bucket' ? Math.min(slots, stretchSeconds / SESSION_SECONDS) : 0;
}

/** Keys for new objects: one after the other for each requester and KMS key. */
function writing(workload: Workload, needs: Needs, lifetime: number): { keys: Until; reopened: Until } {
  const { requesters, keys, stretchSeconds: seconds } = workload;
  const pairs = requesters * keys;
  const count = Math.max(needs.writes / pairs, sessions(workload, needs.slots / pairs));
  if (count === 0) return { keys: () => 0, reopened: () => 0 };
  const spacing = seconds / count;
  const each = perKey(lifetime, spacing);
  const keysUntil: Until = (at) => pairs * fetches(spaced(count, seconds, at), each);
  const share = reopenedShare(workload, needs, { lifetime, spacing, each });
  // The last key of a stretch does not expire in it, unless the stretch goes on for longer than it lives.
  const whole = keysUntil(seconds);
  const last = (count - 1) * spacing - (fetches(count, each) - 1) * each * spacing;
  const expired = Math.max(0, whole - (last + inFlight(workload, spacing) >= lifetime ? 0 : pairs));
  return { keys: keysUntil, reopened: (at) => (whole === 0 ? 0 : (expired * share * keysUntil(at)) / whole) };
}

/** Seconds from the begin of an upload in parts to its completion; the requests of a requester do not overlap. */
function inFlight({ requests }: Workload, spacing: number): number {
  return (spacing * (requests.partsEach + 1)) / (requests.partsEach + 2);
}

/**
 * How many of the keys are opened once more because an upload in parts outlives its bucket key: its next part has KMS
 * decrypt the key again, while new objects get another one.
 */
function reopenedShare(
  workload: Workload,
  needs: Needs,
  { lifetime, spacing, each }: { lifetime: number; spacing: number; each: number },
): number {
  if (needs.parts === 0) return 0;
  const only = needs.writes * (workload.requests.partsEach + 2) === needs.slots;
  if (!only) return Math.min(1, needs.parts / needs.slots);
  // Nothing but uploads in parts: they follow each other, so the moment is known.
  return (each - 1) * spacing + inFlight(workload, spacing) >= lifetime - EPSILON ? 1 : 0;
}

/** Keys of objects that are there already: each reader opens every key that wrapped what it reads. */
function reading(workload: Workload, needs: Needs, lifetime: number): Until {
  const { requesters, stretchSeconds: seconds } = workload;
  const count = needs.reads / requesters;
  if (count === 0) return () => 0;
  const wrapping = Math.max(1, workload.wrappingKeys);
  const spacing = seconds / count;
  if (workload.readOrder === 'as-written') {
    const block = count / wrapping;
    const each = perKey(lifetime, spacing);
    if (block <= 1) return (at) => requesters * spaced(count, seconds, at);
    return (at) => {
      const done = spaced(count, seconds, at);
      const blocks = Math.floor(done / block + EPSILON);
      return requesters * (blocks * fetches(block, each) + fetches(Math.max(0, done - blocks * block), each));
    };
  }
  const each = perKey(lifetime, spacing * wrapping);
  return (at) => {
    const done = spaced(count, seconds, at);
    if (done <= wrapping) return requesters * done;
    const rounds = Math.floor(done / wrapping);
    const ahead = done - rounds * wrapping;
    return requesters * (ahead * fetches(rounds + 1, each) + (wrapping - ahead) * fetches(rounds, each));
  };
}
