/**
 * Patterns over ARNs. A wildcard stands within one of the six parts; in the Resource element a `*` that ends a part may
 * also reach beyond its colon (IAMUG reference_policies_elements_resource), in the Arn operators it may not
 * (IAMUG reference_policies_elements_condition_operators, ARN condition operators).
 */

import { Template } from './template.ts';
import type { ConditionContext } from './types.ts';
import { Glob, type GlobToken, ONE, STAR } from './wildcard.ts';

/** The six parts of a pattern as globs; undefined if there are fewer. */
export function splitParts(tokens: readonly GlobToken[]): readonly Glob[] | undefined {
  const parts: GlobToken[][] = [[]];
  for (const token of tokens) {
    if (typeof token !== 'string') {
      parts[parts.length - 1]?.push(token);
      continue;
    }
    let rest = token;
    while (parts.length < 6) {
      const colon = rest.indexOf(':');
      if (colon < 0) break;
      parts[parts.length - 1]?.push(rest.slice(0, colon));
      parts.push([]);
      rest = rest.slice(colon + 1);
    }
    parts[parts.length - 1]?.push(rest);
  }
  return parts.length === 6 ? parts.map((part) => new Glob(part)) : undefined;
}

/** Whether each part of the value matches the glob of its place. */
export function partsMatch(parts: readonly Glob[], value: string): boolean {
  let start = 0;
  for (let i = 0; i < 5; i += 1) {
    const end = value.indexOf(':', start);
    if (end < 0 || !parts[i]!.test(value.slice(start, end))) return false;
    start = end + 1;
  }
  return parts[5]!.test(value.slice(start));
}

interface Wild {
  readonly parts: readonly Glob[] | undefined;
  /** The whole as one glob, where a star ends one of the first five parts. */
  readonly beyond: Glob | undefined;
}

/** One value of a Resource or NotResource element. */
export class ResourcePattern {
  readonly raw: string;
  readonly #template: Template;
  /** A wildcard stands before the resource part, so the parts have to be kept apart. */
  readonly #early: boolean;
  readonly #wild: Wild | undefined;

  constructor(raw: string, variables: boolean) {
    this.raw = raw;
    this.#template = new Template(raw, { wildcards: true, variables });
    const { tokens, fixedTokens } = this.#template;
    this.#early = raw !== '*' && hasEarlyWildcard(tokens);
    this.#wild = this.#early && fixedTokens !== undefined ? compileWild(fixedTokens) : undefined;
  }

  /** Whether the resource is meant, with variables filled in from the request. */
  test(resource: string, context: ConditionContext): boolean {
    if (!this.#early) return this.#template.test(resource, context);
    const wild = this.#wild ?? this.#fill(context);
    if (wild === undefined) return false;
    return (
      (wild.parts !== undefined && partsMatch(wild.parts, resource)) ||
      (wild.beyond !== undefined && wild.beyond.test(resource))
    );
  }

  #fill(context: ConditionContext): Wild | undefined {
    const tokens = this.#template.fill(context);
    return tokens === undefined ? undefined : compileWild(tokens);
  }
}

function hasEarlyWildcard(tokens: Template['tokens']): boolean {
  let colons = 0;
  for (const token of tokens) {
    if (token === STAR || token === ONE) return true;
    if (typeof token === 'string') for (const c of token) if (c === ':') colons += 1;
    if (colons >= 5) return false;
  }
  return false;
}

function compileWild(tokens: readonly GlobToken[]): Wild {
  let colons = 0;
  let reaches = false;
  for (const [i, token] of tokens.entries()) {
    const next = tokens[i + 1];
    if (token === STAR && colons < 5 && (next === undefined || (typeof next === 'string' && next.startsWith(':')))) {
      reaches = true;
    }
    if (typeof token === 'string') for (const c of token) if (c === ':') colons += 1;
  }
  return { parts: splitParts(tokens), beyond: reaches ? new Glob(tokens) : undefined };
}
