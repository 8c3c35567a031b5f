/** Building the condition context of a request. */

import type { ConditionContext } from './types.ts';

/** A key in any casing with its value or values; undefined leaves the key out. */
export type ContextEntry = readonly [key: string, value: string | readonly string[] | undefined];

/**
 * The context of a request from its entries. Condition keys are not case-sensitive, and neither is the tag or
 * encryption context name inside them (KMS-27, IAMUG reference_policies_elements_condition); values keep their casing.
 */
export function conditionContext(entries: Iterable<ContextEntry>): ConditionContext {
  const context = new Map<string, readonly string[]>();
  for (const [key, value] of entries) {
    if (value !== undefined) context.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
  }
  return context;
}
