/**
 * The world of each account: a clock that a person can move forward, and settings. State is per account so that
 * two people can share one emulator without touching each other.
 */

import type { WorldClock, WorldSetting, WorldSettingName } from '../../contract/world.ts';
import type { IdSource } from './id-source.ts';

/** Typed values of the settings of one account. */
export interface WorldValues {
  /** Seconds of world time that S3 keeps a bucket key (BK-05; not published). */
  bucketKeyLifetime: number;
  /** Seconds that S3 Tables keeps a table key (TB-12; not published). */
  tableKeyLifetime: number;
  /** Seconds of world time between two runs of a table's maintenance; 0 for never (TB-49; not published). */
  maintenanceInterval: number;
  /** Seconds that a directory bucket session lives (DB-31; published: 300). */
  sessionLifetime: number;
  /** Seconds until a grant counts without its token (KMS-44). */
  grantPropagationDelay: number;
  /** Whether CreateTable demands kms:DescribeKey of the caller (TB-20). */
  describeKeyAtCreateTable: boolean;
  /** Whether plain HTTP is refused where AWS refuses it (DB-53, GP-13). */
  tlsOnly: boolean;
  /** Symmetric cryptographic requests per second and Region; 0 takes AWS's own figure for the Region (LIM-01). */
  kmsRequestQuota: number;
  /** Whether request quotas throttle at all. */
  quotasEnforced: boolean;
  /** Table buckets per Region (LIM-06). */
  tableBucketQuota: number;
  /** Milliseconds added to every answer. */
  faultLatency: number;
  /** Percent of KMS requests that are throttled. */
  faultThrottle: number;
  faultKmsUnavailable: boolean;
  /** Region whose endpoints do not answer; empty for none. */
  faultRegionCutOff: string;
}

/** How a world begins that is to be the same each time (`POST /_emulator/reset`). */
export interface WorldStart {
  /** Ids of the account follow from it and from the order of its requests. */
  readonly seed?: string;
  /** World time in milliseconds: the clock stands there, and moves only when it is told to. */
  readonly clock?: number;
}

export interface World {
  /** World time of an account in milliseconds. */
  now(accountId: string): number;
  clock(accountId: string): WorldClock;
  /** Moves the clock of an account forward. Throws RangeError unless 0 < seconds ≤ 3,153,600,000 (100 years in sum). */
  advance(accountId: string, seconds: number): WorldClock;
  values(accountId: string): Readonly<WorldValues>;
  settings(accountId: string): readonly WorldSetting[];
  /** Throws RangeError with a sentence naming the setting when a value is of the wrong type or out of bounds; then nothing changes. */
  change(
    accountId: string,
    values: Partial<Record<WorldSettingName, number | boolean | string>>,
  ): readonly WorldSetting[];
  /** Where the ids of an account come from; undefined where they are left to chance. */
  ids(accountId: string): IdSource | undefined;
  /** Called after an account's clock has moved, so that time-driven changes happen at once. */
  onAdvance(listener: (accountId: string, now: number) => void): void;
}
