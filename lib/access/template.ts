/**
 * Values of a policy that may hold variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and the escapes
 * `${*}`, `${?}`, `${$}` for characters that would otherwise mean something (IAMUG reference_policies_variables).
 */

import type { ConditionContext } from './types.ts';
import { Glob, type GlobToken, globTokens } from './wildcard.ts';

interface Variable {
  readonly key: string;
  readonly fallback: string | undefined;
}

/** A piece of a template: text, a wildcard, or a variable to fill in. */
export type Token = GlobToken | Variable;

export interface TemplateRules {
  /** Whether `*` and `?` outside `${}` are wildcards. */
  readonly wildcards: boolean;
  /** Whether `${}` means anything: only in policies of version 2012-10-17. */
  readonly variables: boolean;
  /** Compare without regard to case. */
  readonly foldCase?: boolean;
}

/** A compiled value of a policy. */
export class Template {
  readonly raw: string;
  /** The pattern, when no variable has to be filled in. */
  readonly fixed: Glob | undefined;
  readonly tokens: readonly Token[];
  /** The tokens, when none is a variable. */
  readonly fixedTokens: readonly GlobToken[] | undefined;
  readonly #foldCase: boolean;

  constructor(raw: string, rules: TemplateRules) {
    this.raw = raw;
    this.#foldCase = rules.foldCase ?? false;
    const tokens: Token[] = rules.variables ? cut(raw, rules.wildcards) : literal(raw, rules.wildcards);
    this.tokens = tokens;
    this.fixedTokens = isFixed(tokens) ? (this.#foldCase ? tokens.map(fold) : tokens) : undefined;
    this.fixed = this.fixedTokens && new Glob(this.fixedTokens);
  }

  /** The pieces with every variable filled in; undefined when one has no value, which then equals nothing. */
  fill(context: ConditionContext): GlobToken[] | undefined {
    const filled: GlobToken[] = [];
    for (const token of this.tokens) {
      if (typeof token !== 'object') {
        filled.push(token);
        continue;
      }
      // Only single-valued keys can stand in a variable; what they hold is text, never a wildcard.
      const values = context.get(token.key);
      const value = values?.length === 1 ? values[0] : token.fallback;
      if (value === undefined) return undefined;
      filled.push(value);
    }
    return this.#foldCase ? filled.map(fold) : filled;
  }

  /** Whether a value matches; the caller folds the value's case where the template does. */
  test(value: string, context: ConditionContext): boolean {
    if (this.fixed !== undefined) return this.fixed.test(value);
    const tokens = this.fill(context);
    return tokens !== undefined && new Glob(tokens).test(value);
  }
}

function isFixed(tokens: readonly Token[]): tokens is readonly GlobToken[] {
  return tokens.every((token) => typeof token !== 'object');
}

function fold(token: GlobToken): GlobToken {
  return typeof token === 'string' ? token.toLowerCase() : token;
}

function literal(text: string, wildcards: boolean): GlobToken[] {
  return wildcards ? globTokens(text) : [text];
}

function cut(raw: string, wildcards: boolean): Token[] {
  const tokens: Token[] = [];
  let start = 0;
  while (start < raw.length) {
    const open = raw.indexOf('${', start);
    const close = open < 0 ? -1 : raw.indexOf('}', open);
    if (close < 0) break;
    tokens.push(...literal(raw.slice(start, open), wildcards), reference(raw.slice(open + 2, close)));
    start = close + 1;
  }
  tokens.push(...literal(raw.slice(start), wildcards));
  return tokens;
}

/** `*`, `?` and `$` stand for themselves; anything else names a condition key, perhaps with a default in quotes. */
function reference(body: string): Token {
  if (body === '*' || body === '?' || body === '$') return body;
  const comma = body.indexOf(',');
  if (comma < 0) return { key: body.trim().toLowerCase(), fallback: undefined };
  const quoted = body.slice(comma + 1).trim();
  const fallback = /^(?:'[^']*'|"[^"]*")$/.test(quoted) ? quoted.slice(1, -1) : undefined;
  return { key: body.slice(0, comma).trim().toLowerCase(), fallback };
}
