import { ListKeysCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCENARIOS } from '../../lib/scenarios/all.ts';
import { type AskEmulator, openStage } from '../../lib/scenarios/open-stage.ts';
import { Runs } from '../../lib/scenarios/runs.ts';
import type { Scenario, Shown } from '../../lib/scenarios/story.ts';
import { rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;

beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

const ask: AskEmulator = (account, method, path, options = {}) => {
  const query = new URLSearchParams({ account, ...options.query });
  return emulator.admin(`${path.slice(1)}?${query.toString()}`, { method, body: options.body });
};

const stageOf = (home: string, partner: string) =>
  openStage({ endpoint: emulator.url, region: 'us-east-1', home, partner, ask });

/** Plays a scenario to its end. */
async function play(scenario: Scenario, home: string, partner: string): Promise<readonly Shown[]> {
  const stage = stageOf(home, partner);
  try {
    const under = await scenario.begin(stage);
    const shown: Shown[] = [];
    while (shown.length < scenario.steps.length) shown.push(await under.next());
    return shown;
  } finally {
    stage.close();
  }
}

type Pair = readonly [home: string, partner: string];
const FIRST: Pair = ['444455550010', '777788880010'];
const SECOND: Pair = ['444455550020', '777788880020'];
/** Scenarios make some hundred requests; a busy machine takes its time for them. */
const PATIENCE = 60_000;

test.each(SCENARIOS.map((scenario, index) => [scenario.id, scenario, index] as const))(
  '%s happens as it is told, from the first step to the last, and the same way again',
  async (_, scenario, index) => {
    const pair: Pair = [`44445555${300 + index}0`, `77778888${300 + index}0`];
    const shown = await play(scenario, ...pair);
    const untrue = shown.flatMap(({ claim, lead, figures, holds }) => (holds ? [] : [{ claim, lead, figures }]));
    expect(untrue).toEqual([]);
    for (const { claim, lead, figures, look } of shown) {
      expect(claim.length).toBeLessThanOrEqual(70);
      expect(lead).not.toBe('');
      expect(figures.length).toBeLessThanOrEqual(3);
      expect(look.length).toBeGreaterThan(0);
    }
    // Ids, ARNs, times, decisions and numbers: all that a step shows.
    expect(await play(scenario, ...pair)).toEqual(shown);
  },
  PATIENCE,
);

const find = (id: string): Scenario => {
  const found = SCENARIOS.find((scenario) => scenario.id === id);
  if (found === undefined) throw new Error(`There is no scenario ${id}.`);
  return found;
};

test(
  'two people present at once: clocks, settings and outcomes of one do not touch the other',
  async () => {
    const late = find('revocation-bites-late');
    const quota = find('throttled-at-peak');
    const alone = await play(late, ...FIRST);
    const [together, other] = await Promise.all([play(late, ...FIRST), play(quota, ...SECOND)]);
    expect(together).toEqual(alone);
    expect(other.every(({ holds }) => holds)).toBe(true);
    const [same, again] = await Promise.all([play(late, ...FIRST), play(late, ...SECOND)]);
    expect(same).toEqual(alone);
    expect(again.every(({ holds }) => holds)).toBe(true);
  },
  PATIENCE,
);

test('a reset begins one presenter’s story anew and leaves the other where it is', async () => {
  const runs = new Runs();
  const scenario = find('disabled-key');
  const open = (seat: Pair) => () => stageOf(...seat);
  await Promise.all([
    runs.playTo(FIRST[0], scenario, 3, open(FIRST)),
    // Two clicks play a step once.
    runs.playTo(FIRST[0], scenario, 3, open(FIRST)),
    runs.playTo(SECOND[0], scenario, 2, open(SECOND)),
  ]);
  const others = runs.shown(SECOND[0], scenario.id);
  const before = runs.shown(FIRST[0], scenario.id).slice(0, 1);
  expect(runs.current(FIRST[0])?.played).toBe(3);
  await runs.restart(FIRST[0], scenario, open(FIRST));
  expect(runs.shown(FIRST[0], scenario.id)).toEqual(before);
  expect(runs.shown(SECOND[0], scenario.id)).toEqual(others);
  const { Keys = [] } = await emulator.kms({ credentials: rootOf(SECOND[0]) }).send(new ListKeysCommand({}));
  expect(Keys).toHaveLength(1);
  expect(runs.shown(FIRST[0], 'one-key-for-life')).toEqual([]);
});

test('a step that fails says why, and the story begins anew afterwards', async () => {
  const runs = new Runs();
  const scenario = find('one-key-for-life');
  const gone = () =>
    openStage({ endpoint: 'http://127.0.0.1:1', region: 'us-east-1', home: FIRST[0], partner: FIRST[1], ask });
  await expect(runs.playTo(FIRST[0], scenario, 1, gone)).rejects.toThrow('ECONNREFUSED');
  expect(runs.current(FIRST[0])).toBeUndefined();
  await runs.playTo(FIRST[0], scenario, 1, () => stageOf(...FIRST));
  expect(runs.shown(FIRST[0], scenario.id)).toHaveLength(1);
});
