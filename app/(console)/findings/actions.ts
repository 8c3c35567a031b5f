'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { form, Refused, sessionAction, writeAction } from '@/app/_actions/ladder';
import { failureOutcome } from '@/app/_actions/outcome';
import { reviewed, reviewFields } from '@/app/_actions/review';
import type { Outcome } from '@/components/ui/outcome';
import { setIgnored } from '@/lib/findings/ignored';
import { beginScan, lastScan } from '@/lib/findings/registry';
import { repairOf } from '@/lib/findings/repair';
import { lintAround } from '../policy-lint';
import { scanSetting } from './scan-setting';

/** Scanning, repairing and ignoring. A scan only reads; what is ignored is the console's own. */

const id = z.string().min(1).max(2000);

export const scanAgain = sessionAction
  .metadata({ action: 'console:Scan' })
  .inputSchema(form({}))
  .action(async ({ ctx: { place } }): Promise<Outcome> => {
    beginScan(place.aws, await scanSetting());
    refresh();
    return { ok: true, title: 'The scan has begun' };
  });

export const repairFinding = writeAction
  .metadata({ action: 'console:Repair' })
  .inputSchema(form({ id, ...reviewFields }))
  .action(async ({ parsedInput: { id: finding, ...asked }, ctx: { place } }): Promise<Outcome> => {
    const found = lastScan(place.aws)?.findings.find((one) => one.id === finding);
    if (!found) throw new Refused('This finding is not known any more. Scan again.');
    const change = await repairOf(place.aws, found, await lintAround());
    if (!change.ok) return failureOutcome(change.error, 'This was not repaired');
    const outcome = await reviewed(place, change.data, asked, {
      done: 'Repaired',
      detail: found.title,
      failed: 'This was not repaired',
    });
    if (outcome.ok && !outcome.review) beginScan(place.aws, await scanSetting());
    return outcome;
  });

export const ignoreFinding = sessionAction
  .metadata({ action: 'console:IgnoreFinding' })
  .inputSchema(
    form({
      id,
      reason: z
        .string({ error: 'Say why, so that others understand it later.' })
        .trim()
        .min(3, 'Say why, so that others understand it later.')
        .max(500, 'At most 500 characters.'),
      days: z.coerce.number().int().min(1).max(365),
    }),
  )
  .action(async ({ parsedInput: { id: finding, reason, days }, ctx: { place } }): Promise<Outcome> => {
    const now = Date.now();
    setIgnored(place.aws, finding, {
      reason,
      at: new Date(now).toISOString(),
      until: new Date(now + days * 86_400_000).toISOString(),
    });
    refresh();
    return { ok: true, title: 'The finding is ignored', detail: `It comes back in ${days} days.` };
  });

export const showFinding = sessionAction
  .metadata({ action: 'console:ShowFinding' })
  .inputSchema(form({ id }))
  .action(async ({ parsedInput: { id: finding }, ctx: { place } }): Promise<Outcome> => {
    setIgnored(place.aws, finding);
    refresh();
    return { ok: true, title: 'The finding is shown again' };
  });
