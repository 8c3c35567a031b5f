'use server';

import { z } from 'zod';
import { form, Refused, sessionAction, writeAction } from '@/app/_actions/ladder';
import { routes } from '@/components/routes';
import { plural } from '@/components/ui/format';
import type { Outcome } from '@/components/ui/outcome';
import {
  cancelUpload,
  deletePlan,
  deleteUpload,
  pauseUpload,
  resumeUpload,
  savedPlans,
  savePlan,
  startUpload,
} from '@/lib/aws/uploads';
import { operationsOf } from '@/lib/uploads/operations';
import type { UploadPlan } from '@/lib/uploads/plan';
import { readPlanForm } from '@/lib/uploads/plan-form';

/** Describing, starting, holding and forgetting simulated uploads. */

/** Every field of the form is text of bounded length; what it means is for `readPlanForm` to say. */
const texts = z.preprocess(
  (input) =>
    input instanceof FormData ? Object.fromEntries([...input].filter(([name]) => !name.startsWith('$ACTION'))) : input,
  z.record(z.string().max(64), z.string().max(4096)),
);

/** Turns the form into a plan; a rule that spans fields stands at the field that can mend it. */
const planField = texts.transform((fields, context): { plan: UploadPlan; intent: string; saved: string } => {
  const { plan, problems } = readPlanForm(fields);
  if (plan) return { plan, intent: fields['intent'] ?? 'start', saved: fields['saved'] ?? '' };
  for (const { field, message } of problems) context.addIssue({ code: 'custom', path: [field], message });
  return z.NEVER;
});

export const beginUpload = writeAction
  .metadata({ action: 'uploads:Start' })
  .inputSchema(planField)
  .action(async ({ parsedInput: { plan, intent, saved }, ctx: { place } }): Promise<Outcome> => {
    if (intent === 'save') {
      const kept = savePlan(place.aws, plan, saved === '' ? undefined : saved);
      return { ok: true, title: `The workload ${kept.plan.name || 'without a name'} was saved`, goTo: '/uploads' };
    }
    const needsWorld = plan.pace.kind === 'world' || plan.revoke !== undefined || plan.faults !== undefined;
    if (needsWorld && place.connection.kind !== 'emulator') {
      throw new Refused('World time, revocations and faults are for the emulator: this connection has none of them.');
    }
    const run = await startUpload(place.aws, plan);
    if (run === undefined) throw new Refused('Four uploads are running already. Wait for one, or stop one.');
    return {
      ok: true,
      title: `The upload of ${plural(operationsOf(plan), plan.requesters[0]?.target.kind === 'table' ? 'append' : 'object')} began`,
      goTo: routes.upload(run.id),
    };
  });

const one = form({ id: z.string().max(36) });

export const stopUpload = sessionAction
  .metadata({ action: 'uploads:Stop' })
  .inputSchema(one)
  .action(async ({ parsedInput: { id }, ctx: { place } }): Promise<Outcome> => {
    if (!cancelUpload(place.aws, id)) throw new Refused('This upload has ended already.');
    return { ok: true, title: 'The upload stops', detail: 'What was uploaded stays.' };
  });

export const holdUpload = writeAction
  .metadata({ action: 'uploads:Pause' })
  .inputSchema(one)
  .action(async ({ parsedInput: { id }, ctx: { place } }): Promise<Outcome> => {
    if (!(await pauseUpload(place.aws, id))) throw new Refused('This upload has ended already.');
    return { ok: true, title: 'The upload is paused' };
  });

export const goOnWithUpload = writeAction
  .metadata({ action: 'uploads:Resume' })
  .inputSchema(one)
  .action(async ({ parsedInput: { id }, ctx: { place } }): Promise<Outcome> => {
    if (!(await resumeUpload(place.aws, id))) throw new Refused('This upload has ended already.');
    return { ok: true, title: 'The upload goes on' };
  });

export const forgetUpload = writeAction
  .metadata({ action: 'uploads:Delete' })
  .inputSchema(one)
  .action(async ({ parsedInput: { id }, ctx: { place } }): Promise<Outcome> => {
    if (!deleteUpload(place.aws, id)) throw new Refused('Stop the upload first.');
    return {
      ok: true,
      title: 'The record of the upload was deleted',
      detail: 'What was uploaded stays.',
      goTo: '/uploads',
    };
  });

export const duplicatePlan = writeAction
  .metadata({ action: 'uploads:DuplicateWorkload' })
  .inputSchema(one)
  .action(async ({ parsedInput: { id }, ctx: { place } }): Promise<Outcome> => {
    const kept = savedPlans(place.aws).find((it) => it.id === id);
    if (!kept) throw new Refused('This workload was deleted.');
    const name = `${kept.plan.name || 'Workload'} copy`.slice(0, 80);
    savePlan(place.aws, { ...kept.plan, name });
    return { ok: true, title: `The workload ${name} was saved` };
  });

export const forgetPlan = writeAction
  .metadata({ action: 'uploads:DeleteWorkload' })
  .inputSchema(one)
  .action(async ({ parsedInput: { id }, ctx: { place } }): Promise<Outcome> => {
    deletePlan(place.aws, id);
    return { ok: true, title: 'The workload was deleted', detail: 'Its runs stay.' };
  });
