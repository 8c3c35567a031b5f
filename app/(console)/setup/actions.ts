'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { form, Refused, sessionAction, writeAction } from '@/app/_actions/ladder';
import { routes } from '@/components/routes';
import { CHANGED_ELSEWHERE } from '@/components/setup/changed-elsewhere';
import type { Outcome } from '@/components/ui/outcome';
import {
  beginSetup,
  findSetup,
  forgetSetup,
  keepFields,
  planFingerprint,
  startApplying,
  startProving,
} from '@/lib/aws/setup';
import { buildPlan } from '@/lib/setup/build';
import {
  type Fields,
  FORM_STEPS,
  type FormStep,
  parseStep,
  STEPS,
  WIZARDS,
  type WizardKind,
} from '@/lib/setup/choices';
import { allChoices, choicesOf, firstOpenStep, withFields } from '@/lib/setup/draft';
import { ownAccount } from '../reads';
import { readStep, unusable } from './step-facts';

/** Beginning, filling in, applying and proving a set-up. */

const id = z.string().min(1).max(36);

export const begin = sessionAction
  .metadata({ action: 'setup:Begin' })
  .inputSchema(form({ wizard: z.enum(WIZARDS) }))
  .action(async ({ parsedInput: { wizard }, ctx: { place } }): Promise<Outcome> => {
    const draft = beginSetup(place.aws, wizard);
    return { ok: true, quiet: true, title: 'The set-up began', goTo: routes.setup(draft.id, 'goal') };
  });

export const forget = sessionAction
  .metadata({ action: 'setup:Forget' })
  .inputSchema(form({ draft: id }))
  .action(async ({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    if (!forgetSetup(place.aws, parsedInput.draft))
      throw new Refused('This set-up is being applied. Wait until it has ended.');
    refresh();
    return { ok: true, title: 'The draft was deleted', detail: 'What was set up with it stays.', goTo: '/setup' };
  });

interface StepInput {
  readonly draft: string;
  readonly wizard: WizardKind;
  readonly step: FormStep;
  readonly revision: number;
  readonly fields: Fields;
}

const about = z.object({
  draft: id,
  wizard: z.enum(WIZARDS),
  step: z.enum(FORM_STEPS),
  revision: z.coerce.number().int().min(1),
});
/** A person's input of one step is small; more is none. */
const MOST_FIELDS = 200;
const MOST_TEXT = 20_000;

/** What a step's form holds: `name[]` collects a list, everything else is text. */
const stepInput = z.unknown().transform((input, context): StepInput => {
  const fields: Record<string, string | string[]> = {};
  const entries = input instanceof FormData ? [...input] : [];
  for (const [name, value] of entries.slice(0, MOST_FIELDS)) {
    if (typeof value !== 'string' || name.startsWith('$ACTION')) continue;
    const text = value.slice(0, MOST_TEXT);
    if (!name.endsWith('[]')) fields[name] = text;
    else {
      const list = (fields[name.slice(0, -2)] ??= []);
      if (typeof list !== 'string') list.push(text);
    }
  }
  const parsed = about.safeParse(fields);
  if (!parsed.success) {
    context.addIssue({ code: 'custom', message: 'This is no step of a set-up.' });
    return z.NEVER;
  }
  for (const name of ['draft', 'wizard', 'step', 'revision']) delete fields[name];
  return { ...parsed.data, fields };
});

/** The same, and the fields must be right: each mistake stands at its field. */
const rightInput = stepInput.transform((input, context): StepInput => {
  const parsed = parseStep(input.wizard, input.step, input.fields);
  if (parsed.ok) return input;
  for (const [field, messages] of Object.entries(parsed.errors)) {
    for (const message of messages) context.addIssue({ code: 'custom', path: [field], message });
  }
  return z.NEVER;
});

/** Keeps what is typed, right or not. Nothing is said: the page goes on. */
export const keepInput = sessionAction
  .metadata({ action: 'setup:Keep' })
  .inputSchema(stepInput)
  .action(async ({ parsedInput, ctx: { place } }): Promise<{ revision: number } | { changedElsewhere: true }> => {
    const kept = keepFields(place.aws, { ...parsedInput, id: parsedInput.draft, passed: false });
    return kept.ok ? { revision: kept.draft.revision } : { changedElsewhere: true };
  });

/** Leaves a step with Next. */
export const saveStep = sessionAction
  .metadata({ action: 'setup:Next' })
  .inputSchema(rightInput)
  .action(async ({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    const { draft: asked, step, fields } = parsedInput;
    const draft = findSetup(place.aws, asked);
    if (!draft || draft.wizard !== parsedInput.wizard)
      throw new Refused('This draft is not there any more. Begin a new one.');
    const account = await ownAccount();
    const against = await unusable(place.aws, account, withFields(draft, step, fields, true), step);
    if (against) return { ok: false, ...against };
    const kept = keepFields(place.aws, { ...parsedInput, id: asked, passed: true });
    if (!kept.ok) {
      if (kept.why === 'applied') throw new Refused('This set-up was applied. Begin a new one to change something.');
      return {
        ok: false,
        code: CHANGED_ELSEWHERE,
        title: 'This step was not kept',
        detail: 'The draft was changed in another tab after this page was read.',
      };
    }
    const following = STEPS[STEPS.indexOf(step) + 1] ?? 'review';
    return { ok: true, quiet: true, title: 'Kept', goTo: routes.setup(asked, following) };
  });

/** Makes a second draft of what this tab holds, where another tab has changed the first. */
export const copyDraft = sessionAction
  .metadata({ action: 'setup:Copy' })
  .inputSchema(stepInput)
  .action(async ({ parsedInput: { draft: asked, step, fields }, ctx: { place } }): Promise<Outcome> => {
    const draft = findSetup(place.aws, asked);
    if (!draft) throw new Refused('This draft is not there any more. Begin a new one.');
    const copy = beginSetup(place.aws, draft.wizard, withFields(draft, step, fields, draft.passed.includes(step)));
    return { ok: true, quiet: true, title: 'A copy was made', goTo: routes.setup(copy.id, step) };
  });

/** Applies what was reviewed; anything that has changed since makes it a new plan. */
export const apply = writeAction
  .metadata({ action: 'setup:Apply' })
  .inputSchema(form({ draft: id, plan: z.string().max(64) }))
  .action(async ({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    const draft = findSetup(place.aws, parsedInput.draft);
    const choices = draft && allChoices(draft);
    if (!draft || !choices) throw new Refused('A step is missing. Fill it in, then review again.');
    const read = await readStep(place.aws, await ownAccount(), choicesOf(draft));
    if (!read.ok) throw new Refused(`The key could not be read: ${read.error.message}`);
    const { calls } = buildPlan(choices, read.data.facts);
    if (planFingerprint(calls) !== parsedInput.plan) {
      return {
        ok: false,
        title: 'The world has changed since this plan was made',
        detail: 'Nothing was written. The plan above is made anew: look at it again, then apply.',
      };
    }
    if (!startApplying(place.aws, draft, calls))
      throw new Refused('This plan is being applied, or was applied already.');
    return { ok: true, quiet: true, title: 'The plan is being applied' };
  });

export const prove = writeAction
  .metadata({ action: 'setup:Prove' })
  .inputSchema(form({ draft: id }))
  .action(async ({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    const draft = findSetup(place.aws, parsedInput.draft);
    const choices = draft && allChoices(draft);
    if (!draft || !choices || firstOpenStep(draft) !== 'proof') throw new Refused('Apply the plan first.');
    if (!startProving(place.aws, draft, choices, await ownAccount()))
      throw new Refused('The proof is being run already.');
    return { ok: true, quiet: true, title: 'The proof is being run' };
  });
