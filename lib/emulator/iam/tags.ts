/** Tags of users, roles and policies. */

import type { Tag } from '@aws-sdk/client-iam';
import type { ConditionContext } from '../../access/types.ts';
import { invalidInput, limitExceeded } from './errors.ts';

type Tags = Readonly<Record<string, string>>;

const MAX_TAGS = 50;

/**
 * Adds tags to those that are there.
 *
 * @throws AwsError InvalidInput for a key given twice or reserved, LimitExceeded above 50 tags
 */
export function withTags(present: Tags, added: readonly Tag[] | undefined): Tags {
  if (added === undefined || added.length === 0) return present;
  const result: Record<string, string> = { ...present };
  const seen = new Set<string>();
  for (const { Key = '', Value = '' } of added) {
    const folded = Key.toLowerCase();
    if (seen.has(folded))
      throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    if (folded.startsWith('aws:')) throw invalidInput("Tag keys beginning with 'aws:' are reserved.");
    seen.add(folded);
    const spelling = Object.keys(result).find((key) => key.toLowerCase() === folded);
    if (spelling !== undefined) delete result[spelling];
    result[Key] = Value;
  }
  if (Object.keys(result).length > MAX_TAGS) {
    throw limitExceeded(`The number of tags has reached the maximum limit. (${MAX_TAGS})`);
  }
  return result;
}

/** Takes tags away; keys that are not there do no harm. */
export function withoutTags(present: Tags, keys: readonly string[]): Tags {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return Object.fromEntries(Object.entries(present).filter(([key]) => !gone.has(key.toLowerCase())));
}

/** Tags as IAM lists them; undefined when there are none. */
export function listed(tags: Tags): Tag[] | undefined {
  const entries = Object.entries(tags);
  return entries.length === 0 ? undefined : entries.map(([Key, Value]) => ({ Key, Value }));
}

/** Condition keys that a request's tags set: `aws:RequestTag/…` and `aws:TagKeys`. */
export function tagConditions(tags: readonly Tag[] | undefined, keys?: readonly string[]): ConditionContext {
  const conditions = new Map<string, readonly string[]>();
  for (const { Key = '', Value = '' } of tags ?? []) conditions.set(`aws:requesttag/${Key.toLowerCase()}`, [Value]);
  const named = keys ?? (tags ?? []).map(({ Key = '' }) => Key);
  if (named.length > 0) conditions.set('aws:tagkeys', named);
  return conditions;
}
