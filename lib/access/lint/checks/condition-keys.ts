/** Condition keys that the actions never carry, and operators that don't suit a key. */

import { type Check, changeOperator, conditionLines, type Draft, demandsKey, list, texts } from '../check.ts';
import { type Carried, carries, serviceName } from '../facts/carries.ts';
import { SEVERAL_VALUES } from '../facts/kms.ts';
import type { ConditionLine, LintStatement, Value } from '../tree.ts';

type NotCarried = Extract<Carried, { answer: 'no' }>;

/** KMS-27, KMS-28, DB-52, TB-63: a key that isn't there makes a condition never or always hold. */
export const notCarried: Check = function* (document) {
  for (const [statement, line] of conditionLines(document)) {
    const { action } = statement;
    if (action === undefined || action.not) continue;
    // Then the statement does not speak of requests without the key, and the Null line tells of it.
    if (line.operator.comparison !== 'null' && demandsKey(statement, line.key)) continue;
    const without = action.values
      .map((value) => ({ value, carried: carries(value.text, line.keyText) }))
      .filter((one): one is { value: Value; carried: NotCarried } => one.carried.answer === 'no');
    const [first] = without;
    if (first === undefined) continue;
    const names = without.map(({ value }) => value.text);
    yield {
      check: 'key-never-carried',
      rules: rulesOf(line.key),
      ...consequence(statement, line, names, first.carried),
      at: line,
      fix: repair(
        statement,
        line,
        without.map(({ value }) => value),
      ),
    };
  }
};

function rulesOf(key: string): string[] {
  if (/^kms:(?:grant|retiring)/.test(key)) return ['KMS-28'];
  if (key.startsWith('kms:')) return ['KMS-27'];
  if (key.startsWith('s3express:')) return ['DB-52'];
  return key.startsWith('s3tables:') ? ['TB-63'] : ['GP-21'];
}

/** What it means that the key is missing: the condition holds for negated operators, IfExists and ForAllValues. */
function consequence(
  { effect }: LintStatement,
  { operator, keyText, values }: ConditionLine,
  actions: readonly string[],
  carried: NotCarried,
): Pick<Draft, 'severity' | 'reason'> {
  const why = because(keyText, actions, carried);
  const { comparison, ifExists, set, negated } = operator;
  const holds =
    comparison === 'null'
      ? values.some(({ text }) => text.toLowerCase() === 'true')
      : ifExists || set === 'ForAllValues' || (negated && set === undefined);
  if (effect === 'Deny') {
    return holds
      ? { severity: 'error', reason: `${why}, so this denies ${list(actions)} always.` }
      : { severity: 'error', reason: `${why}, so this never denies ${list(actions)}.` };
  }
  return holds
    ? { severity: 'warning', reason: `${why}, so this condition keeps nobody from ${list(actions)}.` }
    : { severity: 'warning', reason: `${why}, so this never allows ${list(actions)}.` };
}

function because(key: string, actions: readonly string[], carried: NotCarried): string {
  const [service = ''] = key.split(':', 1);
  if (carried.why === 'unknown-key') return `${serviceName(service)} has no condition key ${key}`;
  if (carried.why === 'other-service')
    return `${key} is a key of ${serviceName(service)}, which other services don’t send`;
  if (/^kms:encryptioncontext/i.test(key))
    return `${list(actions)} ${actions.length === 1 ? 'takes' : 'take'} no encryption context`;
  return `${list(actions)} ${actions.length === 1 ? 'carries' : 'carry'} no ${key}`;
}

/** The actions without the key taken out, where others stay. */
function repair(statement: LintStatement, line: ConditionLine, without: readonly Value[]): Draft['fix'] {
  const all = statement.action?.values ?? [];
  if (without.length === all.length) return undefined;
  const value = texts(all.filter((one) => !without.includes(one)));
  const [only = ''] = value;
  return {
    title: `Leave ${line.keyText} to the actions that carry it`,
    edits: [{ op: 'replace', path: statement.action?.spot.pointer ?? '', value: value.length === 1 ? only : value }],
  };
}

/** KMS-27, KMS-28: keys with several values need a set operator; with one value a set operator lets a missing key pass. */
export const sets: Check = function* (document) {
  for (const [statement, line] of conditionLines(document)) {
    const { set, comparison } = line.operator;
    if (comparison === 'null') continue;
    const many = SEVERAL_VALUES.has(line.key);
    if (many && set === undefined) {
      const operator = `${statement.effect === 'Deny' ? 'ForAnyValue' : 'ForAllValues'}:${line.operatorText}`;
      const edits = changeOperator(statement, line, operator);
      yield {
        check: 'several-values',
        rules: ['KMS-28'],
        severity: 'warning',
        reason: `${line.keyText} holds several values. Say with ForAllValues or ForAnyValue whether all or one of them must match.`,
        at: line,
        fix: edits && { title: `Use ${operator}`, edits },
      };
    } else if (!many && line.key.startsWith('kms:') && set === 'ForAllValues' && statement.effect === 'Allow') {
      const operator = line.operatorText.replace(/^ForAllValues:/i, '');
      const edits = changeOperator(statement, line, operator);
      yield {
        check: 'set-on-one-value',
        rules: ['KMS-27'],
        severity: 'warning',
        reason: `${line.keyText} holds one value, and ForAllValues also holds when it is missing: a request without it is allowed.`,
        at: line,
        fix: edits && { title: `Use ${operator}`, edits },
      };
    }
  }
};
