'use server';

import { z } from 'zod';
import type { Outcome } from '@/components/ui/outcome';
import { forgetGrants } from '@/lib/aws/grant-window';
import { applyChange } from '@/lib/plan/apply';
import { changeSchema } from '@/lib/plan/change';
import { fingerprintOf, readState } from '@/lib/plan/state';
import { form, writeAction } from './ladder';
import { failureOutcome, outcomeOf } from './outcome';

const changeField = z
  .string()
  .max(100_000)
  .transform((text, context) => {
    try {
      const parsed = changeSchema.safeParse(JSON.parse(text));
      if (parsed.success) return parsed.data;
    } catch {
      // Said below.
    }
    context.addIssue({ code: 'custom', message: 'This is no change that can be taken back.' });
    return z.NEVER;
  });

/** Takes a change back, unless what it changed has been changed again since. */
export const undoChange = writeAction
  .metadata({ action: 'console:Undo' })
  .inputSchema(form({ change: changeField, plan: z.string().max(64) }))
  .action(async ({ parsedInput: { change, plan }, ctx: { place } }): Promise<Outcome> => {
    const state = await readState(place.aws, change);
    if (!state.ok) return failureOutcome(state.error, 'This was not taken back');
    if (fingerprintOf(change, state.data) !== plan) {
      return {
        ok: false,
        stale: true,
        title: 'This was not taken back',
        detail: 'It has been changed again since. Nothing was written.',
      };
    }
    const { results } = await applyChange(place.aws, change, state.data);
    if (change.kind === 'end-grant') forgetGrants(change.keyId);
    if (change.kind === 'create-grant') forgetGrants(change.grant.keyId);
    return outcomeOf(results, { title: 'Taken back' }, 'This was not taken back');
  });
