'use server';

import { z } from 'zod';
import { form, Refused, sessionAction, writeAction } from '@/app/_actions/ladder';
import { routes } from '@/components/routes';
import { plural } from '@/components/ui/format';
import type { Outcome } from '@/components/ui/outcome';
import { cancelUpload, deleteUpload, startUpload } from '@/lib/aws/uploads';
import { LIMITS, type UploadPlan, uploadPlan } from '@/lib/uploads/plan';

/** Starting, stopping and forgetting simulated uploads. */

const UNITS = { B: 1, KiB: 1024, MiB: 1_048_576 } as const;
const whole = (what: string, { min, max }: { min: number; max: number }) =>
  z.coerce
    .number({ error: `${what} takes a number.` })
    .int(`${what} takes a whole number.`)
    .min(min, `${what}: at least ${min}.`)
    .max(max, `${what}: at most ${max.toLocaleString('en-US')}.`);

const fields = form({
  target: z.string({ error: 'Choose where to upload.' }).max(4096),
  principal: z.string({ error: 'Choose as whom.' }).max(2100),
  objects: whole('Objects', LIMITS.objects),
  size: z.coerce.number({ error: 'Size takes a number.' }).min(0, 'Size: at least 0.'),
  unit: z.enum(['B', 'KiB', 'MiB']),
  concurrency: whole('At once', LIMITS.concurrency),
});

/** Turns the form into a plan; a rule that spans fields stands at the field that can mend it. */
const planField = fields.transform((input, context): UploadPlan => {
  const plan = uploadPlan.safeParse({
    target: targetOf(input.target),
    principal: principalOf(input.principal),
    objects: input.objects,
    size: Math.round(input.size * UNITS[input.unit]),
    concurrency: input.concurrency,
  });
  if (plan.success) return plan.data;
  for (const issue of plan.error.issues) {
    const field = String(issue.path[0] ?? 'target');
    context.addIssue({ code: 'custom', path: [field], message: sentence(field, issue.message) });
  }
  return z.NEVER;
});

/** `bucket NAME`, `directory-bucket NAME`, `table NAMESPACE NAME ARN`: how the form names a target. */
function targetOf(text: string): unknown {
  const [kind, first = '', second = '', third = ''] = text.split(' ');
  if (kind === 'table') return { kind, namespace: first, name: second, tableBucketArn: third };
  return { kind, bucket: first };
}

/** `root`, or the ARN of a user or role. */
function principalOf(text: string): unknown {
  if (text === 'root') return { kind: 'root' };
  const user = /^arn:aws[a-z-]*:iam::\d{12}:user\/(?:.*\/)?([^/]+)$/.exec(text);
  if (user) return { kind: 'user', userName: user[1] };
  return { kind: 'role', roleArn: text };
}

function sentence(field: string, message: string): string {
  if (field === 'target') return 'Choose where to upload.';
  if (field === 'principal') return 'Choose as whom.';
  if (field === 'size' && !message.startsWith('All')) return 'Size: at most 1 GiB for one object.';
  return message;
}

export const beginUpload = writeAction
  .metadata({ action: 'uploads:Start' })
  .inputSchema(planField)
  .action(async ({ parsedInput: plan, ctx: { place } }): Promise<Outcome> => {
    const run = startUpload(place.aws, plan);
    if (run === undefined) throw new Refused('Four uploads are running already. Wait for one, or stop one.');
    return {
      ok: true,
      title: `The upload of ${plural(plan.objects, plan.target.kind === 'table' ? 'append' : 'object')} began`,
      goTo: routes.upload(run.id),
    };
  });

export const stopUpload = sessionAction
  .metadata({ action: 'uploads:Stop' })
  .inputSchema(form({ id: z.string().max(36) }))
  .action(async ({ parsedInput: { id }, ctx: { place } }): Promise<Outcome> => {
    if (!cancelUpload(place.aws, id)) throw new Refused('This upload has ended already.');
    return { ok: true, title: 'The upload stops', detail: 'What was uploaded stays.' };
  });

export const forgetUpload = writeAction
  .metadata({ action: 'uploads:Delete' })
  .inputSchema(form({ id: z.string().max(36) }))
  .action(async ({ parsedInput: { id }, ctx: { place } }): Promise<Outcome> => {
    if (!deleteUpload(place.aws, id)) throw new Refused('Stop the upload first.');
    return {
      ok: true,
      title: 'The record of the upload was deleted',
      detail: 'What was uploaded stays.',
      goTo: '/uploads',
    };
  });
