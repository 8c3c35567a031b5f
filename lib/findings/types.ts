/** What was found over all resources of a connection. */
import type { Severity } from '../access/index.ts';
import type { Place } from '../plan/types.ts';

export interface Found {
  /** The same for the same thing in every scan: rule, resource and place in the document. */
  readonly id: string;
  /** Name of the check, `missing-maintenance`. */
  readonly check: string;
  readonly rules: readonly string[];
  readonly severity: Severity;
  readonly title: string;
  /** What was seen: a line of a document, a setting. */
  readonly evidence: string;
  /** What it is about, as people call it. */
  readonly resource: string;
  readonly place?: Place;
  /** The tab of the place where it can be seen. */
  readonly tab?: string;
  /** What the repair does; absent where only a person can decide. */
  readonly repair?: string;
}

/** A finding that somebody chose not to see for a while, and why. */
export interface Ignored {
  readonly id: string;
  readonly reason: string;
  /** ISO 8601: afterwards it is shown again. */
  readonly until: string;
  readonly at: string;
}

/** A look at everything, while it goes and afterwards. */
export interface Scan {
  readonly status: 'running' | 'done' | 'failed';
  /** Machine time, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Resources looked at, and how many there are as far as is known. */
  readonly done: number;
  readonly total: number;
  readonly findings: readonly Found[];
  /** What could not be read: the rest stands all the same. */
  readonly unseen: readonly string[];
}
