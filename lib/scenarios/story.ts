/** A demonstration: a world, and a story told in steps that really happen. Nothing about an outcome is written down here. */

import type { Trace } from '../access/types.ts';
import type { WorldSettingName } from '../contract/world.ts';
import type { CallRow } from './calls.ts';
import type { Lanes } from './lanes.ts';
import type { Stage } from './stage.ts';

/** One of at most three figures under the picture. */
export interface Figure {
  readonly value: string;
  readonly label: string;
}

/** What a policy document or a configuration file looks like, and the lines that matter. */
export interface Excerpt {
  readonly title: string;
  readonly text: string;
  readonly mark?: { readonly lines: readonly [first: number, last: number]; readonly tone: 'good' | 'bad' };
  /** Says what the marked lines do. */
  readonly says?: string;
}

/** KMS requests of one thing that is compared with another. */
export interface Amount {
  readonly label: string;
  readonly about: string;
  readonly made: number;
  readonly spared: number;
  readonly refused: number;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly tone?: 'good' | 'warn' | 'bad';
  readonly mono?: boolean;
}

/** The one picture of a step, made of what the emulator said. */
export type Picture =
  | { readonly kind: 'calls'; readonly rows: readonly CallRow[] }
  | { readonly kind: 'decision'; readonly trace: Trace; readonly sentence?: string }
  | { readonly kind: 'excerpt'; readonly excerpt: Excerpt }
  | { readonly kind: 'lanes'; readonly lanes: Lanes }
  | { readonly kind: 'amounts'; readonly amounts: readonly Amount[] }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] };

/** A page of the console that shows more. */
export type Place = { readonly label: string } & (
  | {
      readonly page: 'key' | 'bucket' | 'directory-bucket' | 'table-bucket';
      readonly name: string;
      readonly tab?: string;
    }
  | { readonly page: 'decision'; readonly requestId: string }
  | { readonly page: 'audit' | 'world' }
);

/** A step after it has happened. */
export interface Shown {
  /** One sentence that a person could repeat. */
  readonly claim: string;
  readonly lead: string;
  readonly picture: Picture;
  readonly figures: readonly Figure[];
  readonly look: readonly Place[];
  /** Whether the claim is what happened: a world that somebody has changed may tell another story. */
  readonly holds: boolean;
  /** A number behind this step that AWS does not publish. */
  readonly assumed?: string;
}

export interface StepHead {
  /** For the list of steps and the Next button. */
  readonly title: string;
  /** For the presenter alone. */
  readonly notes: readonly string[];
}

interface Step<World> extends StepHead {
  play(stage: Stage, world: World): Promise<Shown>;
}

export type Kind = 'table bucket' | 'directory bucket' | 'general purpose bucket';

export interface ScenarioHead {
  readonly id: string;
  readonly title: string;
  /** What somebody learns from it, in one sentence. */
  readonly about: string;
  readonly kinds: readonly Kind[];
}

interface Script<World> extends ScenarioHead {
  readonly settings?: Partial<Record<WorldSettingName, number | boolean | string>>;
  /** Makes what is there before the first step. */
  build(stage: Stage): Promise<World>;
  readonly steps: readonly Step<World>[];
}

/** A scenario under way. Steps are played in their order, each once. */
export interface Play {
  next(): Promise<Shown>;
}

export interface Scenario extends ScenarioHead {
  readonly steps: readonly StepHead[];
  /** Empties the accounts of the stage and makes the world. */
  begin(stage: Stage): Promise<Play>;
}

/** Every world begins on this Monday morning. In the past, so that no client takes a session of it for a fresh one. */
export const BEGINS = '2026-03-02T09:00:00.000Z';

export function scenario<World>(script: Script<World>): Scenario {
  return {
    ...script,
    async begin(stage) {
      await stage.begin({ seed: script.id, clock: BEGINS });
      if (script.settings !== undefined) await stage.change(script.settings);
      const world = await script.build(stage);
      let at = 0;
      return {
        next() {
          const step = script.steps[at++];
          if (step === undefined) return Promise.reject(new RangeError(`${script.id} has no step ${at}.`));
          return step.play(stage, world);
        },
      };
    },
  };
}
