/** What locks a version (S3UG object-lock): retention until a date, in one of two modes, and a legal hold. */

import { parseStored } from '../../storage/stored-json.ts';
import type { Bucket } from '../buckets/store.ts';
import { errors } from '../errors.ts';

export type LockMode = 'GOVERNANCE' | 'COMPLIANCE';

export interface ObjectLock {
  readonly mode?: LockMode;
  /** World time, milliseconds; beside the mode. */
  readonly until?: number;
  readonly hold?: 'ON' | 'OFF';
}

interface Locked {
  readonly lock: string | null;
}

const NONE: ObjectLock = {};
const DAY = 86_400_000;

export function lockOf(row: Locked): ObjectLock {
  return row.lock === null ? NONE : parseStored<ObjectLock>(row.lock);
}

export function formatLock(lock: ObjectLock): string | null {
  return lock.mode === undefined && lock.hold === undefined ? null : JSON.stringify(lock);
}

/** Whether retention still runs in this mode. */
export function isRetained(row: Locked, mode: LockMode, now: number): boolean {
  const lock = lockOf(row);
  return lock.mode === mode && (lock.until ?? 0) > now;
}

/** Lock members of PutObject, CopyObject and CreateMultipartUpload. */
export interface LockHeaders {
  readonly ObjectLockMode?: string | undefined;
  readonly ObjectLockRetainUntilDate?: Date | undefined;
  readonly ObjectLockLegalHoldStatus?: string | undefined;
}

/** How a new object is locked: as its headers say, else by the default of the bucket. Throws InvalidArgument, InvalidRequest. */
export function lockOfNew(bucket: Bucket, headers: LockHeaders, now: number): string | null {
  const { objectLock } = bucket.config;
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: date, ObjectLockLegalHoldStatus: hold } = headers;
  if (objectLock === undefined && mode === undefined && date === undefined && hold === undefined) return null;
  if (mode !== undefined && mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') {
    throw errors.invalidArgument('Unknown wormMode directive.', 'x-amz-object-lock-mode', mode);
  }
  if ((mode === undefined) !== (date === undefined)) {
    throw errors.invalidArgument(
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
      mode === undefined ? 'x-amz-object-lock-retain-until-date' : 'x-amz-object-lock-mode',
    );
  }
  if (hold !== undefined && hold !== 'ON' && hold !== 'OFF') {
    throw errors.invalidArgument('Legal Hold must be either of ON or OFF', 'x-amz-object-lock-legal-hold', hold);
  }
  if (objectLock === undefined) throw errors.noObjectLock();
  const until = date?.getTime();
  if (until !== undefined && until <= now) throw errors.retentionInPast();
  const held: Pick<ObjectLock, 'hold'> = hold === 'ON' || hold === 'OFF' ? { hold } : {};
  if (mode !== undefined && until !== undefined) return formatLock({ mode, until, ...held });
  if (objectLock.mode === undefined) return formatLock(held);
  const days = objectLock.days ?? (objectLock.years ?? 0) * 365;
  return formatLock({ mode: objectLock.mode, until: now + days * DAY, ...held });
}

/** Members of answers. */
export function describeLock(row: Locked) {
  if (row.lock === null) return undefined;
  const { mode, until, hold } = lockOf(row);
  return {
    ...(mode !== undefined && { ObjectLockMode: mode }),
    ...(until !== undefined && { ObjectLockRetainUntilDate: new Date(until) }),
    ...(hold !== undefined && { ObjectLockLegalHoldStatus: hold }),
  };
}
