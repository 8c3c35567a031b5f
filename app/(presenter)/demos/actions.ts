'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { form, Refused, sessionAction } from '@/app/_actions/ladder';
import type { Outcome } from '@/components/ui/outcome';
import { playTo, restart } from '@/lib/aws/demos';
import { seatOf } from '@/lib/scenarios/seats';
import { findStep } from './step';

const STEP = form({ scenario: z.string().max(64), step: z.coerce.number().int().min(1).max(99) });

/** The account in the address must be one of the demonstrations: no other is ever emptied. */
function found(input: { scenario: string; step: number }, world: string | undefined) {
  const seat = seatOf(world ?? '');
  const step = findStep(input.scenario, String(input.step));
  if (seat === undefined || step === undefined)
    throw new Refused('There is no such step, or no account to play it in.');
  return { seat, ...step };
}

async function told(work: Promise<void>, failed: string): Promise<Outcome> {
  try {
    await work;
  } catch (thrown) {
    const { name, message, code } = thrown as Error & { code?: string };
    return {
      ok: false,
      title: failed,
      detail: message,
      code: code ?? name,
      next: 'Reset the scenario, then try again.',
    };
  }
  refresh();
  return { ok: true, title: 'The step was played' };
}

/** Plays what is missing up to a step, with the SDK, in the tab's own accounts. */
export const playStep = sessionAction
  .metadata({ action: 'scenarios:Play' })
  .inputSchema(STEP)
  .action(async ({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    const { seat, scenario, step } = found(parsedInput, place.world);
    return told(playTo(seat, scenario, step), 'The step was not played');
  });

/** Empties the accounts of this tab and begins the story anew. */
export const resetScenario = sessionAction
  .metadata({ action: 'scenarios:Reset' })
  .inputSchema(STEP)
  .action(async ({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    const { seat, scenario } = found(parsedInput, place.world);
    return told(restart(seat, scenario), 'The scenario was not reset');
  });
