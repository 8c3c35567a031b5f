import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BodyDamagedError } from './errors.ts';
import { SEGMENT, TAG } from './segments.ts';
import { bytesOf, chunked, temporaryStorage } from './testing/directory.ts';

const KEY = randomBytes(32);
const pathOf = (dataDir: string, file: string) => join(dataDir, 'bodies', file.slice(0, 2), file);

/** Names of all body files, finished or not. */
function filesIn(dataDir: string): string[] {
  return readdirSync(join(dataDir, 'bodies'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

test('a body in a row comes back, is not in clear, and opens under its own key only', () => {
  const { bodies } = temporaryStorage();
  const body = Buffer.from('a secret of some length, a secret of some length');
  const sealed = Buffer.from(bodies.seal(KEY, body));
  expect(sealed.includes('secret')).toBe(false);
  expect(Buffer.from(bodies.open(KEY, sealed)).equals(body)).toBe(true);
  expect(() => bodies.open(randomBytes(32), sealed)).toThrow(BodyDamagedError);
  expect(bodies.open(KEY, bodies.seal(KEY, Buffer.alloc(0)))).toHaveLength(0);
});

test('a body in a row of which any byte was changed or cut off does not open', () => {
  const { bodies } = temporaryStorage();
  const sealed = bodies.seal(KEY, Buffer.from('twelve bytes'));
  for (let index = 0; index < sealed.length; index++) {
    const changed = Buffer.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(() => bodies.open(KEY, changed)).toThrow(BodyDamagedError);
    expect(() => bodies.open(KEY, sealed.subarray(0, index))).toThrow(BodyDamagedError);
  }
});

test.each([0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 9 * SEGMENT + 17, 24 * SEGMENT])(
  'a file of %i bytes comes back whole, its bytes seen on the way',
  async (size) => {
    const { bodies, dataDir } = temporaryStorage();
    const body = randomBytes(size);
    const seen: Uint8Array[] = [];
    const { file, size: stored } = await bodies.ingest(KEY, chunked(body, 50_000), (chunk) => seen.push(chunk));
    expect(stored).toBe(size);
    expect(Buffer.concat(seen).equals(body)).toBe(true);
    expect((await bytesOf(bodies.read(KEY, file, size))).equals(body)).toBe(true);
    const onDisk = readFileSync(pathOf(dataDir, file));
    expect(size > 100 && onDisk.includes(body.subarray(0, 32))).toBe(false);
    expect(statSync(pathOf(dataDir, file)).mode & 0o777).toBe(0o600);
  },
);

test('any range gives just its bytes', async () => {
  const { bodies } = temporaryStorage();
  const body = randomBytes(3 * SEGMENT + 100);
  const { file } = await bodies.ingest(KEY, chunked(body, 40_000), () => {});
  const place = fc.oneof(
    fc.nat(body.length),
    fc.constantFrom(0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT, body.length),
  );
  await fc.assert(
    fc.asyncProperty(place, place, async (one, other) => {
      const [start, end] = [Math.min(one, other), Math.max(one, other)];
      const part = await bytesOf(bodies.read(KEY, file, body.length, start, end));
      expect(part.equals(body.subarray(start, end))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('a range reads only the segments that it needs', async () => {
  const { bodies, dataDir } = temporaryStorage();
  const body = randomBytes(3 * SEGMENT);
  const { file } = await bodies.ingest(KEY, chunked(body), () => {});
  const bytes = readFileSync(pathOf(dataDir, file));
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  writeFileSync(pathOf(dataDir, file), bytes);
  const end = await bytesOf(bodies.read(KEY, file, body.length, 2 * SEGMENT + 5, 3 * SEGMENT));
  expect(end.equals(body.subarray(2 * SEGMENT + 5))).toBe(true);
  await expect(bytesOf(bodies.read(KEY, file, body.length, 0, 1))).rejects.toThrow(BodyDamagedError);
});

test('a file that was changed, cut, reordered or given to another key does not read', async () => {
  const { bodies, dataDir } = temporaryStorage();
  const body = randomBytes(3 * SEGMENT);
  const { file } = await bodies.ingest(KEY, chunked(body), () => {});
  const path = pathOf(dataDir, file);
  const good = readFileSync(path);
  const whole = SEGMENT + TAG;
  const damage: Record<string, Buffer> = {
    'cut at a border': good.subarray(0, 2 * whole),
    'cut inside': good.subarray(0, good.length - 1),
    emptied: Buffer.alloc(0),
    'segments swapped': Buffer.concat([
      good.subarray(whole, 2 * whole),
      good.subarray(0, whole),
      good.subarray(2 * whole),
    ]),
    'a segment twice': Buffer.concat([good.subarray(0, whole), good.subarray(0, whole), good.subarray(2 * whole)]),
  };
  for (const [what, bytes] of Object.entries(damage)) {
    writeFileSync(path, bytes);
    const read = bytesOf(bodies.read(KEY, file, body.length));
    await expect(read.then(() => what)).rejects.toThrow(BodyDamagedError);
  }
  writeFileSync(path, good);
  truncateSync(path, 2 * whole);
  // And its size in the row with it.
  await expect(bytesOf(bodies.read(KEY, file, 2 * SEGMENT))).rejects.toThrow(BodyDamagedError);
  writeFileSync(path, good);
  await expect(bytesOf(bodies.read(randomBytes(32), file, body.length))).rejects.toThrow(BodyDamagedError);
  expect((await bytesOf(bodies.read(KEY, file, body.length))).equals(body)).toBe(true);
});

test('two files under one data key do not share a key stream', async () => {
  const { bodies, dataDir } = temporaryStorage();
  const zeros = Buffer.alloc(SEGMENT);
  const [one, two] = await Promise.all([
    bodies.ingest(KEY, chunked(zeros), () => {}),
    bodies.ingest(KEY, chunked(zeros), () => {}),
  ]);
  expect(readFileSync(pathOf(dataDir, one.file)).equals(readFileSync(pathOf(dataDir, two.file)))).toBe(false);
});

test('a source that fails leaves no file behind', async () => {
  const { bodies, dataDir } = temporaryStorage();
  async function* broken(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < 40; index++) yield randomBytes(65_536);
    throw new Error('the client went away');
  }
  await expect(bodies.ingest(KEY, broken(), () => {})).rejects.toThrow('the client went away');
  await expect(
    bodies.ingest(KEY, chunked(randomBytes(10)), () => {
      throw new Error('wrong checksum');
    }),
  ).rejects.toThrow('wrong checksum');
  expect(filesIn(dataDir)).toEqual([]);
});

test('a dropped file goes when the deletion of its row is durable, and stays when that is undone', async () => {
  const { bodies, dataDir, state, close } = temporaryStorage();
  const { file } = await bodies.ingest(KEY, chunked(randomBytes(10)), () => {});
  expect(() =>
    state.write(() => {
      bodies.drop(file);
      throw new Error('undo');
    }),
  ).toThrow('undo');
  await state.settled();
  expect(existsSync(pathOf(dataDir, file))).toBe(true);
  state.write(() => bodies.drop(file));
  expect(existsSync(pathOf(dataDir, file))).toBe(true);
  await close();
  expect(existsSync(pathOf(dataDir, file))).toBe(false);
});

test('the sweep removes what no row knows and what never was finished', async () => {
  const { bodies, dataDir } = temporaryStorage();
  const kept = await bodies.ingest(KEY, chunked(randomBytes(10)), () => {});
  const lost = await bodies.ingest(KEY, chunked(randomBytes(10)), () => {});
  writeFileSync(join(dataDir, 'bodies', 'incoming', 'half'), 'half');
  expect(await bodies.sweep((file) => file === kept.file)).toBe(2);
  expect(filesIn(dataDir)).toEqual([kept.file]);
  expect(lost.file).not.toBe(kept.file);
});

test.each(['../state.db', '..', '', 'ABCDEF0123456789ABCDEF0123456789', `${'a'.repeat(31)}/`])(
  'the name %j is none of a body file',
  async (name) => {
    const { bodies } = temporaryStorage();
    await expect(bytesOf(bodies.read(KEY, name, 1))).rejects.toThrow(RangeError);
    expect(() => bodies.drop(name)).toThrow(RangeError);
  },
);
