/** What has happened in each seat so far: the steps that were played, as they came out. */

import type { Stage } from './stage.ts';
import type { Play, Scenario, Shown } from './story.ts';

type OpenStage = () => Stage & { close(): void };

interface Run {
  readonly scenario: Scenario;
  readonly stage: Stage & { close(): void };
  readonly play: Play;
  readonly shown: Shown[];
}

/** Worlds that are remembered; of others the emulator keeps the state, and their story begins anew. */
const REMEMBERED = 32;

export class Runs {
  readonly #runs = new Map<string, Run>();
  /** One after another in each seat: two clicks must not play a step twice. */
  readonly #queues = new Map<string, Promise<unknown>>();

  /** The steps that were played in a seat, if it is this scenario that plays there. */
  shown(home: string, scenario: string): readonly Shown[] {
    const run = this.#runs.get(home);
    return run?.scenario.id === scenario ? run.shown : [];
  }

  /** What plays in a seat. */
  current(home: string): { readonly scenario: Scenario; readonly played: number } | undefined {
    const run = this.#runs.get(home);
    return run === undefined ? undefined : { scenario: run.scenario, played: run.shown.length };
  }

  /**
   * Plays a scenario up to a step, counted from 1; what was played already stays as it was. Rejects with the reason when
   * a step fails: then the seat is empty, and the story begins anew next time.
   */
  playTo(home: string, scenario: Scenario, step: number, open: OpenStage): Promise<void> {
    return this.#inTurn(home, async () => {
      let run = this.#runs.get(home);
      try {
        if (run?.scenario.id !== scenario.id) run = await this.#begin(home, scenario, open);
        while (run.shown.length < step) run.shown.push(await run.play.next());
      } catch (error) {
        this.#end(home);
        throw error;
      }
    });
  }

  /** Begins the scenario again, with its first step. */
  restart(home: string, scenario: Scenario, open: OpenStage): Promise<void> {
    this.#end(home);
    return this.playTo(home, scenario, 1, open);
  }

  async #begin(home: string, scenario: Scenario, open: OpenStage): Promise<Run> {
    this.#end(home);
    const stage = open();
    try {
      const run = { scenario, stage, play: await scenario.begin(stage), shown: [] };
      this.#runs.set(home, run);
      const [oldest] = this.#runs.keys();
      if (this.#runs.size > REMEMBERED && oldest !== undefined) this.#end(oldest);
      return run;
    } catch (error) {
      stage.close();
      throw error;
    }
  }

  #end(home: string): void {
    this.#runs.get(home)?.stage.close();
    this.#runs.delete(home);
  }

  #inTurn(home: string, work: () => Promise<void>): Promise<void> {
    const done = (this.#queues.get(home) ?? Promise.resolve()).then(work, work);
    const settled = done
      .catch(() => undefined)
      .finally(() => {
        if (this.#queues.get(home) === settled) this.#queues.delete(home);
      });
    this.#queues.set(home, settled);
    return done;
  }
}
