/** The world of one account: its clock and everything about it that a person may turn. */

/** One adjustable number or switch, as `GET /_emulator/settings` lists it. */
export interface WorldSetting {
  readonly name: WorldSettingName;
  /** `s` seconds, `ms` milliseconds, `/s` requests per second, `%` of requests; empty for a switch. */
  readonly unit: 's' | 'ms' | '/s' | '%' | '';
  readonly value: number | boolean | string;
  readonly default: number | boolean | string;
  readonly min?: number;
  readonly max?: number;
  /** Allowed values of a choice. */
  readonly choices?: readonly string[];
  /** Whether AWS publishes this number or behaviour; where not, it is an assumption and is marked as one. */
  readonly published: boolean;
  /** One sentence a person can repeat. */
  readonly meaning: string;
  /** Rule ids of the rulebook. */
  readonly rules: readonly string[];
}

export type WorldSettingName =
  | 'bucketKeyLifetime'
  | 'tableKeyLifetime'
  | 'maintenanceInterval'
  | 'sessionLifetime'
  | 'grantPropagationDelay'
  | 'describeKeyAtCreateTable'
  | 'tlsOnly'
  | 'kmsRequestQuota'
  | 'quotasEnforced'
  | 'tableBucketQuota'
  | 'faultLatency'
  | 'faultThrottle'
  | 'faultKmsUnavailable'
  | 'faultRegionCutOff';

/** Answer of `GET /_emulator/clock`. */
export interface WorldClock {
  /** World time, ISO 8601. */
  readonly now: string;
  /** Seconds by which the world runs ahead of this machine. */
  readonly ahead: number;
  /** The clock stands and moves only when it is told to: a world that is the same each time. */
  readonly standing?: boolean;
}

/** Answer of `GET /_emulator/health`. */
export interface EmulatorHealth {
  readonly status: 'ready';
  readonly version: string;
  readonly clock: string;
}
