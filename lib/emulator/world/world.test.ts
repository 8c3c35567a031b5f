import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStorage } from '../storage/open.ts';
import { openWorld } from './open.ts';
import { SETTINGS } from './settings.ts';

const ACCOUNT = '111122223333';
let dataDir: string;
let storage: ReturnType<typeof openStorage>;
let machine: number;
const open = () => openWorld(storage.state, () => machine);

beforeEach(() => {
  dataDir = mkdtempSync(path.join(os.tmpdir(), 'world-'));
  storage = openStorage({ dataDir });
  machine = Date.UTC(2026, 10, 21);
});
afterEach(async () => {
  await storage.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test('an account that nobody touched has the machine’s clock', () => {
  const world = open();
  expect(world.now(ACCOUNT)).toBe(machine);
  expect(world.clock(ACCOUNT)).toEqual({ now: '2026-11-21T00:00:00.000Z', ahead: 0 });
});

test('a clock moves forward for its account only, goes on with the machine, and survives a restart', async () => {
  const world = open();
  world.advance(ACCOUNT, 300);
  machine += 1000;
  expect(world.now(ACCOUNT)).toBe(machine + 300_000);
  expect(world.now('444455556666')).toBe(machine);
  await storage.close();
  storage = openStorage({ dataDir });
  expect(open().clock(ACCOUNT).ahead).toBe(300);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 4e9])('the clock does not move by %s seconds', (seconds) => {
  const world = open();
  expect(() => world.advance(ACCOUNT, seconds)).toThrow(RangeError);
  expect(world.clock(ACCOUNT).ahead).toBe(0);
});

test('those who follow the clock are told when it moves', () => {
  const world = open();
  const told: [string, number][] = [];
  world.onAdvance((account, now) => told.push([account, now]));
  world.advance(ACCOUNT, 60);
  expect(told).toEqual([[ACCOUNT, machine + 60_000]]);
});

test('every setting is listed with its default, its bounds and whether AWS publishes it', () => {
  const settings = open().settings(ACCOUNT);
  expect(settings.map(({ name }) => name).sort()).toEqual(Object.keys(SETTINGS).sort());
  const byName = new Map(settings.map((it) => [it.name, it]));
  // The lifetimes of bucket keys and table keys are unpublished; a session's five minutes are not.
  expect(byName.get('bucketKeyLifetime')).toMatchObject({
    published: false,
    unit: 's',
    value: byName.get('bucketKeyLifetime')?.default,
  });
  expect(byName.get('tableKeyLifetime')).toMatchObject({ published: false });
  expect(byName.get('sessionLifetime')).toMatchObject({ published: true, default: 300 });
  expect(byName.get('grantPropagationDelay')).toMatchObject({ min: 0, max: 300, default: 0 });
});

test('a change keeps to bounds and types, names the setting, and changes nothing when one value is wrong', () => {
  const world = open();
  world.change(ACCOUNT, { bucketKeyLifetime: 60, tlsOnly: true });
  expect(world.values(ACCOUNT)).toMatchObject({ bucketKeyLifetime: 60, tlsOnly: true });
  expect(() => world.change(ACCOUNT, { bucketKeyLifetime: 61, grantPropagationDelay: 301 })).toThrow(
    /grantPropagationDelay/,
  );
  expect(() => world.change(ACCOUNT, { tlsOnly: 'yes' })).toThrow(/tlsOnly takes a boolean/);
  expect(() => world.change(ACCOUNT, { faultRegionCutOff: "'; DROP" })).toThrow(/Region/);
  expect(() => world.change(ACCOUNT, { nothing: 1 } as never)).toThrow(/no setting "nothing"/);
  expect(world.values(ACCOUNT).bucketKeyLifetime).toBe(60);
  expect(world.values('444455556666').bucketKeyLifetime).toBe(300);
});

test('a reset gives back clock and defaults', () => {
  const world = open();
  world.advance(ACCOUNT, 10);
  world.change(ACCOUNT, { faultLatency: 5 });
  world.reset(ACCOUNT);
  expect(world.clock(ACCOUNT).ahead).toBe(0);
  expect(world.values(ACCOUNT).faultLatency).toBe(0);
});
