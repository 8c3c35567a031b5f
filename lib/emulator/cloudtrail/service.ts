/** CloudTrail: the record of management events, and looking them up. Trails, event data stores and queries are not emulated. */

import { randomBytes } from 'node:crypto';
import type { Service, Surroundings } from '../service.ts';
import type { AuditStore } from '../storage/audit.ts';
import { lookupEvents } from './lookup-events.ts';

/** Options that tests set. */
export interface CloudTrailOptions {
  /** Machine time in milliseconds, for the quota of LookupEvents. */
  readonly clock?: () => number;
}

export function createCloudTrailService(
  surroundings: Surroundings,
  audit: AuditStore,
  options: CloudTrailOptions = {},
): Service {
  // Tokens of pages live as long as the process: nobody pages for longer.
  const tokenKey = randomBytes(32);
  return {
    name: 'cloudtrail',
    operations: { LookupEvents: lookupEvents(surroundings, audit, tokenKey, options.clock) },
    // The server forgets the account's audit trail, which is not this service's alone.
    reset() {},
    tables: [],
  };
}
