/** Exported scripts run, and leave the same behind as the plan does. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { toCliScript } from '../../lib/exports/cli.ts';
import { applyPlan } from '../../lib/setup/apply.ts';
import { buildPlan } from '../../lib/setup/build.ts';
import { runCliScript } from './cli-script.ts';
import { startTestEmulator, type TestEmulator } from './harness.ts';
import { choices, emptyFacts, setupWorld } from './setup-world.ts';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

const HEAD = { title: "A set-up, with 'quotes' and $dollars\nand a second line", region: 'us-east-1' };

test('the AWS CLI script of a plan leaves the same state as the plan', async () => {
  const chosen = choices({
    key: { mode: 'new', alias: 'it-s/odd', description: `It's "odd": $HOME \`id\` \\ !x\nand long`, rotation: true },
    policies: { grantIn: 'iam', bucketAccess: true, bucketKey: true },
  });
  const [applied, scripted] = ['410000000001', '410000000002'].map((account) => {
    const world = setupWorld(emulator, account);
    return { world, account, calls: buildPlan(chosen, emptyFacts({ account })).calls };
  });
  if (!applied || !scripted) throw new Error('Two worlds are compared.');
  expect((await applyPlan(applied.calls, applied.world.call, () => undefined)).state).toBe('done');
  const ran = await runCliScript(toCliScript(scripted.calls, HEAD), scripted.world.make);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.calls.map(({ operation }) => operation)).toEqual(scripted.calls.map(({ operation }) => operation));
  const stateOf = async ({ world, account }: typeof applied) =>
    JSON.parse(JSON.stringify(await world.state()).replaceAll(account, 'ACCOUNT')) as unknown;
  expect(await stateOf(scripted)).toEqual(await stateOf(applied));
});

test('the script stops at the first call that fails', async () => {
  const { calls } = buildPlan(choices(), emptyFacts());
  const ran = await runCliScript(toCliScript(calls, HEAD), ({ operation }) =>
    operation === 'CreateAlias'
      ? Promise.reject(new Error('refused'))
      : Promise.resolve({ KeyMetadata: { Arn: 'arn' } }),
  );
  expect(ran.code).not.toBe(0);
  expect(ran.calls.at(-1)?.operation).toBe('CreateAlias');
});
