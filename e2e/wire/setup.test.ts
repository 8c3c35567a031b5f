/** A plan of the guided set-up, applied over the wire: it works, and a failure at any call leaves the world as it was. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyPlan, type Caller } from '../../lib/setup/apply.ts';
import { buildPlan } from '../../lib/setup/build.ts';
import type { Choices } from '../../lib/setup/choices.ts';
import { startTestEmulator, type TestEmulator } from './harness.ts';
import { choices, emptyFacts, setupWorld } from './setup-world.ts';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

const silent = () => undefined;

/** Names of general purpose and directory buckets belong to one account alone, so each test has its own. */
const WIZARDS: Readonly<Record<string, (name: string) => Choices>> = {
  table: () => choices(),
  directory: (name) => choices({ goal: [{ kind: 'directory', name: `${name}--use1-az4--x-s3`, existing: false }] }),
  general: (name) => choices({ goal: [{ kind: 'general', name, existing: false }] }),
};
const KINDS = Object.keys(WIZARDS);

describe.each(KINDS)('a new %s bucket', (kind) => {
  const account = (number: number) => `40000000${KINDS.indexOf(kind)}00${number}`;
  const chosen = (name: string) => WIZARDS[kind]?.(name) ?? choices();

  test('is made with its key, its role and its rules', async () => {
    const world = setupWorld(emulator, account(1));
    const { calls } = buildPlan(chosen('made-by-the-setup'), emptyFacts({ account: account(1) }));
    const { state, steps } = await applyPlan(calls, world.call, silent);
    expect(steps.filter((step) => step.state !== 'done')).toEqual([]);
    expect(state).toBe('done');
    const there = JSON.stringify(await world.state());
    for (const part of ['alias/sales-lake', 'SalesWriter', 'aws:kms', 'DenyOtherEncryption', 'DenyOtherKeys']) {
      expect(there).toContain(part);
    }
  });

  test('leaves the world as it was when any of its calls fails', async () => {
    const world = setupWorld(emulator, account(2));
    const before = await world.state();
    const { calls } = buildPlan(chosen('undone-by-the-setup'), emptyFacts({ account: account(2) }));
    for (const [failing, { id }] of calls.entries()) {
      let count = 0;
      const call: Caller = (operation) =>
        count++ === failing
          ? Promise.resolve({ ok: false, error: { code: 'Injected', message: 'This call was made to fail.' } })
          : world.call(operation);
      const { state, steps } = await applyPlan(calls, call, silent);
      expect({ id, state, failed: steps[failing]?.state }).toEqual({ id, state: 'undone', failed: 'failed' });
      expect({ id, world: await world.state() }).toEqual({ id, world: before });
    }
  });
});
