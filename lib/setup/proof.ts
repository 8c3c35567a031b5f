/** What a finished set-up showed when it was tried: each attempt with what was expected and what came. */

export interface Attempt {
  readonly id: string;
  /** Who tried, as a person says it: `IngestWriter`. */
  readonly who: string;
  /** What was tried, in one sentence. */
  readonly says: string;
  readonly expects: 'allowed' | 'refused';
  readonly state: 'waiting' | 'running' | 'right' | 'wrong';
  /** What came of it, in one sentence. */
  readonly found?: string;
  /** AWS's code, where it was refused. */
  readonly code?: string;
  readonly requestId?: string;
}

export interface Proof {
  readonly state: 'running' | 'done';
  /** World time, ISO 8601. */
  readonly at: string;
  readonly attempts: readonly Attempt[];
}

/** Whether everything came out as expected. */
export function isProven({ state, attempts }: Proof): boolean {
  return state === 'done' && attempts.every((attempt) => attempt.state === 'right');
}
