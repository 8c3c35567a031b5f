'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { formatDuration } from '@/components/ui/format';
import type { Outcome } from '@/components/ui/outcome';
import { advanceClock, changeSettings, resetAccount } from '@/lib/aws/emulator';
import { openSession, WRITING_MINUTES } from '@/lib/aws/session';
import { form, Refused, sessionAction, writeAction } from './ladder';
import { outcomeOf } from './outcome';

/** What the band at the top and the World page do. */

export const moveClock = writeAction
  .metadata({ action: 'emulator:MoveClock' })
  .inputSchema(
    form({
      seconds: z.coerce
        .number({ error: 'Forward by takes a number of seconds.' })
        .int('Forward by takes whole seconds.')
        .min(1, 'The clock only goes forward: at least 1 second.')
        .max(315_360_000, 'At most ten years at once.'),
    }),
  )
  .action(async ({ parsedInput: { seconds }, ctx: { place } }): Promise<Outcome> => {
    const moved = await advanceClock(place.aws, seconds);
    return outcomeOf(
      moved,
      { title: `The world clock moved by ${formatDuration(seconds)}` },
      'The clock was not moved',
    );
  });

export const resetWorld = writeAction
  .metadata({ action: 'emulator:Reset' })
  .inputSchema(form({}))
  .action(async ({ ctx: { place } }): Promise<Outcome> => {
    const reset = await resetAccount(place.aws);
    return outcomeOf(reset, { title: 'The world is empty', goTo: '/' }, 'The world was not reset');
  });

export const changeSetting = writeAction
  .metadata({ action: 'emulator:ChangeSetting' })
  .inputSchema(
    form({ name: z.string().max(64), kind: z.enum(['number', 'switch', 'choice']), value: z.string().max(64) }),
  )
  .action(async ({ parsedInput: { name, kind, value }, ctx: { place } }): Promise<Outcome> => {
    const typed = kind === 'number' ? Number(value) : kind === 'switch' ? value === 'true' : value;
    const changed = await changeSettings(place.aws, { [name]: typed });
    return outcomeOf(changed, { title: 'The world follows the new setting' }, 'The setting was not changed');
  });

export const unlockWriting = sessionAction
  .metadata({ action: 'console:UnlockWriting' })
  .inputSchema(form({}))
  .action(async ({ ctx: { place } }): Promise<Outcome> => {
    if (place.simulated) throw new Refused('Only a real connection is locked.');
    const session = await openSession();
    session.writingUntil = Date.now() + WRITING_MINUTES * 60_000;
    await session.save();
    refresh();
    return {
      ok: true,
      title: 'Writing is unlocked',
      detail: `It locks again by itself after ${WRITING_MINUTES} minutes.`,
    };
  });

export const lockWriting = sessionAction
  .metadata({ action: 'console:LockWriting' })
  .inputSchema(form({}))
  .action(async (): Promise<Outcome> => {
    const session = await openSession();
    delete session.writingUntil;
    await session.save();
    refresh();
    return { ok: true, title: 'Writing is locked' };
  });
