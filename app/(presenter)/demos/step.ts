import 'server-only';
import { notFound, redirect } from 'next/navigation';
import { readView, stepHref, type View } from '@/components/demos/places';
import { runs, seats } from '@/lib/aws/demos';
import { workplace } from '@/lib/aws/session';
import { findScenario } from '@/lib/scenarios/all';
import { type Seat, seatOf } from '@/lib/scenarios/seats';
import type { Scenario, Shown } from '@/lib/scenarios/story';

export interface OpenStep {
  readonly scenario: Scenario;
  /** From 1. */
  readonly step: number;
  readonly seat: Seat;
  readonly view: View;
  /** Absent until the step has been played. */
  readonly shown: Shown | undefined;
}

interface Props {
  readonly params: Promise<{ scenario: string; step: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export function findStep(scenarioId: string, step: string): { scenario: Scenario; step: number } | undefined {
  const scenario = findScenario(scenarioId);
  const number = /^[1-9]\d?$/.test(step) ? Number(step) : 0;
  if (scenario === undefined || number === 0 || number > scenario.steps.length) return undefined;
  return { scenario, step: number };
}

/**
 * The step of an address. Whoever comes without an account of the demonstrations is led to a free one, so that two tabs
 * never share a world by accident; a step that does not exist is not found.
 */
export async function openStep({ params, searchParams }: Props, page: '' | '/notes' = ''): Promise<OpenStep> {
  const [{ scenario: id, step: text }, query, { world }] = await Promise.all([params, searchParams, workplace()]);
  const found = findStep(id, text);
  if (found === undefined) notFound();
  const seat = seatOf(world ?? '');
  if (seat === undefined) redirect(stepHref(id, found.step, readView(query, seats.take().home), page));
  seats.keep(seat);
  const shown = runs.shown(seat.home, id)[found.step - 1];
  return { ...found, seat, view: readView(query, seat.home), shown };
}
