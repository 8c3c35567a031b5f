'use server';

import { z } from 'zod';
import { form, writeAction } from '@/app/_actions/ladder';
import { outcomeOf } from '@/app/_actions/outcome';
import { countOf } from '@/components/ui/format';
import type { Outcome } from '@/components/ui/outcome';
import { deleteBucket } from '@/lib/aws/buckets';
import { enableKey } from '@/lib/aws/keys';
import { mapLimited, type Result } from '@/lib/aws/result';
import { deleteTableBucket } from '@/lib/aws/table-buckets';
import { keyIdField } from './fields';

/** The same change to several things, four at a time. Each stands or fails alone; the outcome says which failed. */

/** A list of names that a form carries as JSON. */
function names(one: z.ZodType<string>) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'Select something first.' });
        return z.NEVER;
      }
    })
    .pipe(z.array(one).min(1, 'Select something first.').max(500, 'At most 500 at once.'));
}

/** Says how many went well, and for those that did not: which, and why. */
function bulkOutcome(
  things: readonly string[],
  results: readonly Result<unknown>[],
  said: { noun: string; done: string },
): Outcome {
  const failed = results.flatMap((result, index) => (result.ok ? [] : [{ name: things[index] ?? '', result }]));
  const good = things.length - failed.length;
  if (failed.length === 0)
    return outcomeOf(results.slice(0, 20), { title: `${countOf(good, said.noun)} ${said.done}` }, '');
  const reasons = failed.slice(0, 5).map(({ name, result }) => `${name}: ${result.ok ? '' : result.error.message}`);
  const first = failed[0]?.result;
  const more = failed.length > 5 ? ` And ${failed.length - 5} more.` : '';
  return {
    ...outcomeOf(first ? [first] : [], { title: '' }, `${good} of ${countOf(things.length, said.noun)} ${said.done}`),
    detail: `${reasons.join(' ')}${more}`,
  };
}

export const deleteBuckets = writeAction
  .metadata({ action: 's3:DeleteBucket' })
  .inputSchema(
    form({
      kind: z.enum(['table-buckets', 'directory-buckets', 'buckets']),
      buckets: names(z.string().min(3).max(2048)),
    }),
  )
  .action(async ({ parsedInput: { kind, buckets }, ctx: { place } }): Promise<Outcome> => {
    const results = await mapLimited(buckets, 4, (bucket) =>
      kind === 'table-buckets' ? deleteTableBucket(place.aws, bucket) : deleteBucket(place.aws, bucket),
    );
    const noun = { 'table-buckets': 'table buckets', 'directory-buckets': 'directory buckets', buckets: 'buckets' }[
      kind
    ];
    return bulkOutcome(
      buckets.map((bucket) => bucket.split('/').at(-1) ?? bucket),
      results,
      { noun, done: 'deleted' },
    );
  });

/** Enabling takes nothing from anybody; disabling is planned on each key's page. */
export const enableKeys = writeAction
  .metadata({ action: 'kms:EnableKey' })
  .inputSchema(form({ keys: names(keyIdField) }))
  .action(async ({ parsedInput: { keys }, ctx: { place } }): Promise<Outcome> => {
    const results = await mapLimited(keys, 4, (key) => enableKey(place.aws, key));
    return bulkOutcome(keys, results, { noun: 'keys', done: 'enabled' });
  });
