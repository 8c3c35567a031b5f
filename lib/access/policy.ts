/** A compiled policy. */

import type { ResourcePattern } from './arn-pattern.ts';
import type { Condition } from './conditions/condition.ts';
import type { PrincipalSet } from './principal.ts';
import type { StatementIndex } from './statement-index.ts';
import type { Glob } from './wildcard.ts';

/** What a document is for; decides which elements it must and must not have. */
export type PolicyKind =
  | 'identity'
  | 'boundary'
  | 'session'
  | 'scp'
  | 'rcp'
  | 'resource'
  | 'key'
  | 'trust'
  | 'endpoint';

/** Compiled once when it is stored, shared by every evaluation; made by `parsePolicy` only. */
export interface Policy {
  /** The document exactly as it was given. */
  readonly text: string;
  /** SHA-256 of `text`, hex: policies are stored and compared by it. */
  readonly hash: string;
  readonly kind: PolicyKind;
  /** 2008-10-17 when the document names none; only 2012-10-17 knows policy variables. */
  readonly version: '2008-10-17' | '2012-10-17';
  readonly id?: string;
  readonly statements: readonly Statement[];
  /** Finds the statements that can speak on an action. */
  readonly index: StatementIndex;
}

export interface Statement {
  /** Sid, else `statement N` counted from 1. */
  readonly label: string;
  /** From 0. */
  readonly position: number;
  /** First and last line in the text, from 1. */
  readonly lines: readonly [first: number, last: number];
  readonly effect: 'Allow' | 'Deny';
  /** Absent in policies that are attached to a principal. */
  readonly principal?: PrincipalSet;
  readonly action: ActionSet;
  /** Absent in trust policies, which speak of the role they are attached to. */
  readonly resource?: ResourceSet;
  readonly conditions: readonly Condition[];
}

export interface ActionSet {
  /** True for NotAction. */
  readonly not: boolean;
  readonly raw: readonly string[];
  /** In lower case: actions are not case-sensitive. */
  readonly globs: readonly Glob[];
}

export interface ResourceSet {
  /** True for NotResource. */
  readonly not: boolean;
  readonly patterns: readonly ResourcePattern[];
}
