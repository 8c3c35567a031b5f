/** What is compared, and what comes out. */

import type { AccessRequest, Layer, Outcome, PolicySet, Principal } from '../types.ts';

/** Something that a principal may want to do; how it reaches the evaluator is for each version to say. */
export interface Question {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  /** The object, table, bucket or table bucket whose data the key encrypts; absent for a direct call. */
  readonly data?: string;
  /** Encryption context of a direct call. */
  readonly encryptionContext?: Readonly<Record<string, string>>;
}

/** What is asked of the evaluator in one version, or why it never comes to that. */
export type Situation =
  | { readonly request: AccessRequest; readonly policies: PolicySet }
  | { readonly unavailable: string };

/** One version of the documents and settings. */
export type Version = (question: Question) => Situation;

export interface Answer {
  readonly outcome: Outcome | 'unavailable';
  /** Absent when it never came to a decision. */
  readonly decidedBy?: Layer;
  readonly source?: string;
  readonly statement?: string;
  /** In one sentence; where a row stands for several questions, of the first. */
  readonly reason: string;
}

/** Questions that are answered differently, and alike among each other: every principal, action and thing of it. */
export interface Change {
  readonly direction: 'gains' | 'loses';
  readonly principals: readonly Principal[];
  readonly actions: readonly string[];
  readonly things: readonly Thing[];
  readonly before: Answer;
  readonly after: Answer;
}

/** On what, and for which data. */
export type Thing = Pick<Question, 'resource' | 'data' | 'encryptionContext'>;

export interface Comparison {
  /** Losses first; among them in the order of the questions. */
  readonly changes: readonly Change[];
  /** Questions that were asked of both versions. */
  readonly asked: number;
  /** False when there were more questions than the bound. */
  readonly complete: boolean;
}
