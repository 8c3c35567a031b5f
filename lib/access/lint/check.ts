/** What checks are made of, and what several of them need. */

import { parseArn } from '../arn.ts';
import { globOf } from '../wildcard.ts';
import { pointerTo } from './pointer.ts';
import type { ConditionLine, LintDocument, LintStatement, Spot, Value } from './tree.ts';
import type { Edit, Fix, Json, LintKind, Severity, Surroundings } from './types.ts';

/** A finding before its line and column are counted. */
export interface Draft {
  readonly check: string;
  readonly rules: readonly string[];
  readonly severity: Severity;
  readonly reason: string;
  readonly at: Spot;
  readonly fix?: Fix | undefined;
}

/** Surroundings with the kind of the document. */
export interface Around extends Surroundings {
  readonly kind: LintKind;
}

export type Check = (document: LintDocument, around: Around) => Iterable<Draft>;

export const MAINTENANCE = 'maintenance.s3tables.amazonaws.com';
export const METADATA = 'metadata.s3.amazonaws.com';
/** Under which S3 and S3 Tables name the bucket or object in the encryption context (GP-17, TB-62). */
export const S3_CONTEXT = 'kms:encryptioncontext:aws:s3:arn';
/** S3 Express's own (DB-50). */
export const EXPRESS_CONTEXT = 'kms:encryptioncontext:aws:s3express:arn';

/** Whether an Action element, wildcards and NotAction included, means an action. */
export function meansAction({ action }: LintStatement, name: string): boolean {
  if (action === undefined) return false;
  return action.values.some(({ text }) => patternMeans(text, name)) !== action.not;
}

/** Whether it names an action other than by a wildcard for the whole service. */
export function namesAction({ action }: LintStatement, name: string): boolean {
  return (
    action !== undefined &&
    !action.not &&
    action.values.some(({ text }) => !/^(?:\*|[a-z0-9-]+:\*)$/i.test(text) && patternMeans(text, name))
  );
}

function patternMeans(pattern: string, action: string): boolean {
  return globOf(pattern.toLowerCase()).test(action.toLowerCase());
}

export function* conditionLines(document: LintDocument): Generator<readonly [LintStatement, ConditionLine]> {
  for (const statement of document.statements) for (const line of statement.conditions) yield [statement, line];
}

/** Whether a statement speaks only where a condition key is sent: `Null` with `false`. */
export function demandsKey({ conditions }: LintStatement, key: string): boolean {
  return conditions.some(
    (line) =>
      line.key === key &&
      line.operator.name === 'Null' &&
      line.values.some(({ text }) => text.toLowerCase() === 'false'),
  );
}

/** A condition added to a statement, beside what is there. */
export function addCondition(statement: LintStatement, operator: string, key: string, value: Json): Edit[] {
  const place = `${statement.pointer}/Condition`;
  const block = statement.node.members.find((member) => member.key === 'Condition')?.node;
  if (block?.type !== 'object') {
    const op = block === undefined ? 'add' : 'replace';
    return [{ op, path: place, value: { [operator]: { [key]: value } } }];
  }
  const lines = block.members.find((member) => member.key === operator)?.node;
  if (lines?.type !== 'object') return [{ op: 'add', path: pointerTo(place, operator), value: { [key]: value } }];
  const path = pointerTo(pointerTo(place, operator), key);
  const op = lines.members.some((member) => member.key === key) ? 'replace' : 'add';
  return [{ op, path, value }];
}

/** Another operator for one line; undefined where that would touch the lines beside it or meet a block of that name. */
export function changeOperator(statement: LintStatement, line: ConditionLine, operator: string): Edit[] | undefined {
  if (!line.alone || statement.conditions.some((one) => one.operatorText === operator)) return undefined;
  return [{ op: 'rename', path: line.operatorPointer, key: operator }];
}

/** A value more where one or several stand: a scalar becomes a list. */
export function addValue(line: ConditionLine, value: string): Edit {
  const [first] = line.values;
  if (first === undefined || first.pointer !== line.pointer) return { op: 'add', path: `${line.pointer}/-`, value };
  return { op: 'replace', path: line.pointer, value: [first.text, value] };
}

/** A statement as a value, to make another one of it. */
export function copyOf({ text }: LintDocument, { offset, end }: LintStatement): { readonly [element: string]: Json } {
  // The tree was built of the same text.
  return JSON.parse(text.slice(offset, end)) as { readonly [element: string]: Json };
}

export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Statements added to the document, whatever form its Statement has. */
export function addStatement(document: LintDocument, value: Json): Edit[] {
  if (document.listed) return [{ op: 'add', path: '/Statement/-', value }];
  const [only] = document.statements;
  if (only === undefined) return [];
  return [{ op: 'replace', path: '/Statement', value: [copyOf(document, only), value] }];
}

/** A statement taken out, unless it is the last one: a policy without statements is none. */
export function removeStatement(document: LintDocument, statement: LintStatement): Edit[] | undefined {
  return document.listed && document.statements.length > 1 ? [{ op: 'remove', path: statement.pointer }] : undefined;
}

/** The parts of an S3 Tables ARN, as far as they stand in it. */
export interface TablesArn {
  readonly bucketArn: string;
  /** What follows `table/`, up to the next slash. */
  readonly table: string | undefined;
  /** What follows the bucket or the table, slash included. */
  readonly rest: string;
}

export function tablesArn(text: string): TablesArn | undefined {
  const arn = parseArn(text);
  const match = /^bucket\/([^/]+)(?:\/table\/([^/]+))?(.*)$/s.exec(arn?.service === 's3tables' ? arn.resource : '');
  if (match === null) return undefined;
  const [, name = '', table, rest = ''] = match;
  return { bucketArn: text.slice(0, text.indexOf(':bucket/') + 8) + name, table, rest };
}

/** `kms:Decrypt`, `kms:Decrypt and kms:Encrypt`, `kms:Decrypt and 3 more`. */
export function list(values: readonly string[]): string {
  const [first = '', second = '', ...rest] = values;
  if (values.length < 3) return values.length === 2 ? `${first} and ${second}` : first;
  return `${first} and ${rest.length + 1} more`;
}

export function texts(values: readonly Value[]): string[] {
  return values.map(({ text }) => text);
}
