import 'server-only';
import { openStage } from '../scenarios/open-stage.ts';
import { Runs } from '../scenarios/runs.ts';
import { type Seat, Seats } from '../scenarios/seats.ts';
import type { Scenario } from '../scenarios/story.ts';
import { askAccount } from './emulator.ts';
import { emulatorUrl } from './env.ts';
import { processWide } from './process-wide.ts';

/** Demonstrations on the embedded emulator, whatever the connection is: what plays where, in this process. */

export const seats = processWide('demo-seats', () => new Seats());
export const runs = processWide('demo-runs', () => new Runs());

const REGION = 'us-east-1';

const stageIn = (seat: Seat) => () =>
  openStage({ endpoint: emulatorUrl(), region: REGION, home: seat.home, partner: seat.partner, ask: askAccount });

/** Plays a scenario in a seat up to a step, from 1. Rejects with what went wrong. */
export function playTo(seat: Seat, scenario: Scenario, step: number): Promise<void> {
  seats.keep(seat);
  return runs.playTo(seat.home, scenario, step, stageIn(seat));
}

/** Begins it again. */
export function restart(seat: Seat, scenario: Scenario): Promise<void> {
  seats.keep(seat);
  return runs.restart(seat.home, scenario, stageIn(seat));
}
