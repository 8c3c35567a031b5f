/** One line of a Condition block, compiled: operator, key, values. */

import { partsMatch, splitParts } from '../arn-pattern.ts';
import { Template } from '../template.ts';
import type { ConditionContext } from '../types.ts';
import type { Glob } from '../wildcard.ts';
import { ipInside, parseIp } from './ip.ts';
import type { Operator } from './operators.ts';
import { parseBinary, parseBoolean, parseDate, parseNumber, relate } from './scalars.ts';

/** Whether one value of the request matches any value of the policy. */
type Matcher = (sent: string, context: ConditionContext) => boolean;

const NONE: readonly string[] = [];

export class Condition {
  readonly operator: Operator;
  /** As the policy writes it. */
  readonly keyText: string;
  readonly key: string;
  readonly expects: readonly string[];
  readonly #matches: Matcher;

  /** `variables`: whether the policy's version knows `${…}`. Values that can't be read as the operator's type match nothing. */
  constructor(operator: Operator, key: string, expects: readonly string[], variables: boolean) {
    this.operator = operator;
    this.keyText = key;
    this.key = key.toLowerCase();
    this.expects = expects;
    this.#matches = matcher(operator, expects, variables);
  }

  /** What the request sent for the key. */
  sent(context: ConditionContext): readonly string[] {
    return context.get(this.key) ?? NONE;
  }

  /**
   * Whether the condition holds. A missing key fails a positive operator, and holds for a negated one, for IfExists
   * and for ForAllValues; ForAnyValue needs a value (IAMUG reference_policies_condition-single-vs-multi-valued-context-keys).
   */
  holds(context: ConditionContext): boolean {
    const { set, ifExists, negated, comparison } = this.operator;
    const sent = context.get(this.key);
    const missing = sent === undefined || sent.length === 0;
    if (comparison === 'null') return this.#matches(missing ? 'true' : 'false', context);
    if (missing) return set === 'ForAllValues' || ifExists || (negated && set === undefined);
    if (sent.length === 1) {
      const only = sent[0]!;
      // A set of nothing but an empty string counts as empty for ForAllValues (same page).
      return (set === 'ForAllValues' && only === '') || this.#matches(only, context) !== negated;
    }
    // Several values under a single-valued operator: a positive one needs one match, a negated one none.
    const every = set === 'ForAllValues' || (set === undefined && negated);
    const fits = (value: string) => this.#matches(value, context) !== negated;
    return every ? sent.every(fits) : sent.some(fits);
  }
}

function matcher(operator: Operator, expects: readonly string[], variables: boolean): Matcher {
  switch (operator.comparison) {
    case 'string':
      return templates(expects.map((raw) => new Template(raw, { wildcards: false, variables })));
    case 'string-fold': {
      const any = templates(expects.map((raw) => new Template(raw, { wildcards: false, variables, foldCase: true })));
      return (sent, context) => any(sent.toLowerCase(), context);
    }
    case 'string-like':
      return templates(expects.map((raw) => new Template(raw, { wildcards: true, variables })));
    case 'arn': {
      const patterns = expects.map((raw) => arnMatcher(raw, variables));
      return (sent, context) => patterns.some((pattern) => pattern(sent, context));
    }
    case 'number':
      return scalars(expects, parseNumber, (sent, expected) => relate(sent, operator.relation, expected));
    case 'date':
      return scalars(expects, parseDate, (sent, expected) => relate(sent, operator.relation, expected));
    case 'boolean':
    case 'null':
      return scalars(expects, parseBoolean, (sent, expected) => sent === expected);
    case 'binary':
      return scalars(expects, parseBinary, (sent, expected) => sent === expected);
    case 'ip':
      return scalars(expects, parseIp, ipInside);
  }
}

function templates(list: readonly Template[]): Matcher {
  const only = list[0];
  if (list.length === 1 && only !== undefined) return (sent, context) => only.test(sent, context);
  return (sent, context) => list.some((template) => template.test(sent, context));
}

function scalars<T>(
  expects: readonly string[],
  parse: (text: string) => T | undefined,
  fits: (sent: T, expected: T) => boolean,
): Matcher {
  const expected = expects.map(parse).filter((value) => value !== undefined);
  return (text) => {
    const sent = parse(text);
    return sent !== undefined && expected.some((value) => fits(sent, value));
  };
}

/** Each of the six parts is held against its place; a lone `*` takes anything. */
function arnMatcher(raw: string, variables: boolean): Matcher {
  if (raw === '*') return () => true;
  const template = new Template(raw, { wildcards: true, variables });
  const match = (parts: readonly Glob[] | undefined, sent: string) => parts !== undefined && partsMatch(parts, sent);
  if (template.fixedTokens !== undefined) {
    const parts = splitParts(template.fixedTokens);
    return (sent) => match(parts, sent);
  }
  return (sent, context) => {
    const tokens = template.fill(context);
    return tokens !== undefined && match(splitParts(tokens), sent);
  };
}
