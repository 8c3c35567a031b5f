/** What can be wrong with a policy document. */

import { positionOf } from './position.ts';

/** A closed set, so that each service can answer in its own words (MalformedPolicy, MalformedPolicyDocument, …). */
export type PolicyProblem =
  | 'json'
  | 'too-large'
  | 'too-deep'
  | 'duplicate-key'
  | 'unknown-element'
  | 'wrong-type'
  | 'version'
  | 'missing-statement'
  | 'missing-effect'
  | 'effect'
  | 'sid'
  | 'duplicate-sid'
  | 'missing-principal'
  | 'prohibited-principal'
  | 'principal'
  | 'missing-action'
  | 'action'
  | 'missing-resource'
  | 'prohibited-resource'
  | 'resource'
  | 'conflict'
  | 'operator'
  | 'condition-key';

/** A document that is not a policy. `message` names the element and what is wrong with it; positions count from 1. */
export class PolicySyntaxError extends Error {
  override readonly name = 'PolicySyntaxError';
  readonly problem: PolicyProblem;
  readonly line: number;
  readonly column: number;
  /** Index into the text, UTF-16 units from 0. */
  readonly offset: number;
  /** Where in the document, `Statement[1].Condition.StringEquals`; empty for the document itself. */
  readonly path: string;
  /** The name or value at fault, where there is one: an unknown element, an invalid principal. */
  readonly subject: string | undefined;

  constructor(problem: PolicyProblem, message: string, text: string, offset: number, path: string, subject?: string) {
    super(message);
    this.problem = problem;
    this.offset = offset;
    this.path = path;
    this.subject = subject;
    const { line, column } = positionOf(text, offset);
    this.line = line;
    this.column = column;
  }
}
