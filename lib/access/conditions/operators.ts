/** The condition operators of the policy language (IAMUG reference_policies_elements_condition_operators). */

/** How one value of the request is held against one value of the policy. */
export type Comparison =
  | 'string'
  | 'string-fold'
  | 'string-like'
  | 'number'
  | 'date'
  | 'boolean'
  | 'binary'
  | 'ip'
  | 'arn'
  | 'null';

/** Where a request's value must lie, for numbers and dates; `=` for everything else. */
export type Relation = '=' | '<' | '<=' | '>' | '>=';

export interface OperatorRule {
  /** As AWS writes it, without set prefix and without IfExists. */
  readonly name: string;
  readonly comparison: Comparison;
  readonly relation: Relation;
  /** True for the Not… operators: they hold when no value matches, and when the key is missing. */
  readonly negated: boolean;
}

/** An operator with its set prefix and suffix. */
export interface Operator extends OperatorRule {
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly ifExists: boolean;
  /** The canonical spelling with prefix and suffix, for traces. */
  readonly full: string;
}

const RULES: readonly OperatorRule[] = [
  ...pair('StringEquals', 'StringNotEquals', 'string'),
  ...pair('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'string-fold'),
  ...pair('StringLike', 'StringNotLike', 'string-like'),
  ...ordered('Numeric', 'number'),
  ...ordered('Date', 'date'),
  { name: 'Bool', comparison: 'boolean', relation: '=', negated: false },
  { name: 'BinaryEquals', comparison: 'binary', relation: '=', negated: false },
  ...pair('IpAddress', 'NotIpAddress', 'ip'),
  // The Equals and the Like form behave the same (ARN condition operators, same page).
  ...pair('ArnEquals', 'ArnNotEquals', 'arn'),
  ...pair('ArnLike', 'ArnNotLike', 'arn'),
  { name: 'Null', comparison: 'null', relation: '=', negated: false },
];

const BY_NAME: ReadonlyMap<string, OperatorRule> = new Map(RULES.map((rule) => [rule.name.toLowerCase(), rule]));

function pair(name: string, opposite: string, comparison: Comparison): OperatorRule[] {
  return [
    { name, comparison, relation: '=', negated: false },
    { name: opposite, comparison, relation: '=', negated: true },
  ];
}

function ordered(prefix: string, comparison: Comparison): OperatorRule[] {
  return [
    ...pair(`${prefix}Equals`, `${prefix}NotEquals`, comparison),
    { name: `${prefix}LessThan`, comparison, relation: '<', negated: false },
    { name: `${prefix}LessThanEquals`, comparison, relation: '<=', negated: false },
    { name: `${prefix}GreaterThan`, comparison, relation: '>', negated: false },
    { name: `${prefix}GreaterThanEquals`, comparison, relation: '>=', negated: false },
  ];
}

/** Names of all operators, without prefix and suffix. */
export const OPERATOR_NAMES: readonly string[] = RULES.map((rule) => rule.name);

/** Takes an operator as it stands in a policy, in any casing; undefined when there is none of that name. */
export function parseOperator(text: string): Operator | undefined {
  const match = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/i.exec(text);
  const rule = BY_NAME.get((match?.[2] ?? '').toLowerCase());
  if (match === null || rule === undefined) return undefined;
  const ifExists = match[3] !== undefined;
  const prefix = match[1]?.toLowerCase();
  const set = prefix === undefined ? undefined : prefix === 'forallvalues' ? 'ForAllValues' : 'ForAnyValue';
  // Null asks for existence itself, so neither existence nor a set can qualify it.
  if (rule.comparison === 'null' && (ifExists || set !== undefined)) return undefined;
  const full = `${set === undefined ? '' : `${set}:`}${rule.name}${ifExists ? 'IfExists' : ''}`;
  return { ...rule, set, ifExists, full };
}
