import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StateStore } from '../../storage/store.ts';
import { readVersionId, writeVersionId } from '../objects/version-ids.ts';
import { migrations } from '../schema.ts';
import { type VersionWalk, walkVersions } from './walk-versions.ts';

/** Keys with their versions, the newest first; what begins with `m` is a delete marker. */
type World = readonly (readonly [key: string, versions: readonly string[]])[];

function storeWith(world: World) {
  const db = new DatabaseSync(':memory:');
  for (const script of migrations) db.exec(script);
  const current = db.prepare(
    `INSERT INTO s3_object (bucket, key, version, size, etag, modified, scheme) VALUES (1, ?, ?, 1, 'e', 0, 0)`,
  );
  const older = db.prepare(
    `INSERT INTO s3_version (bucket, key, ord, marker, version, size, etag, modified, scheme) VALUES (1, ?, ?, ?, ?, 1, 'e', 0, 0)`,
  );
  db.exec('BEGIN');
  for (const [key, versions] of world) {
    versions.forEach((version, index) => {
      const marker = version.startsWith('m');
      if (index === 0 && !marker) current.run(key, version);
      else older.run(key, index, marker ? 1 : 0, version);
    });
  }
  db.exec('COMMIT');
  const asked: string[] = [];
  const statement = (sql: string) => {
    asked.push(sql);
    return db.prepare(sql);
  };
  return { db, asked, state: { statement } as unknown as StateStore };
}

const bytes = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right));

/** Every page; an entry is `key version` or a common prefix. */
function walkAll(world: World, walk: Pick<VersionWalk, 'prefix' | 'delimiter' | 'limit'>): string[] {
  const { state } = storeWith(world);
  const found: string[] = [];
  let start: Pick<VersionWalk, 'after' | 'behind'> = { after: '', behind: undefined };
  for (let page = 0; page < 1000; page++) {
    const answer = walkVersions(state, { bucket: 1, ...walk, ...start });
    const entries = [
      ...answer.versions.map(({ key, version, latest }) => [key, `${key} ${version}${latest ? '*' : ''}`] as const),
      ...answer.prefixes.map((prefix) => [prefix, prefix] as const),
    ];
    expect(entries.length).toBeLessThanOrEqual(walk.limit);
    found.push(...entries.toSorted(([left], [right]) => bytes(left, right)).map(([, text]) => text));
    if (!answer.truncated) return found;
    const { key = '', version } = answer.last ?? {};
    const versions = world.find(([name]) => name === key)?.[1] ?? [];
    const at = version === undefined ? -1 : versions.indexOf(version);
    start = {
      after: key,
      behind: version === undefined ? undefined : { ord: at, withCurrent: false },
    };
  }
  throw new Error('The pages did not end.');
}

/** What a listing is by definition. */
function expected(world: World, prefix: string, delimiter: string): string[] {
  const entries: (readonly [string, string])[] = [];
  for (const [key, versions] of world) {
    if (!key.startsWith(prefix)) continue;
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (at >= 0) {
      const common = key.slice(0, at + delimiter.length);
      if (!entries.some(([, text]) => text === common)) entries.push([common, common]);
      continue;
    }
    versions.forEach((version, index) => {
      entries.push([key, `${key} ${version}${index === 0 ? '*' : ''}`]);
    });
  }
  return entries.toSorted(([left], [right]) => bytes(left, right)).map(([, text]) => text);
}

describe('pages of versions', () => {
  test('whatever the keys, versions, prefix, delimiter and page size: every entry once, in order', () => {
    const piece = fc.constantFrom('a', 'b', '/', 'ü', '\ue000', '\u{1f600}');
    const key = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));
    const versions = fc
      .array(fc.constantFrom('v', 'm'), { minLength: 1, maxLength: 4 })
      .map((kinds) => kinds.map((kind, index) => `${kind}${index}`));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(key, versions), { maxLength: 15, selector: ([name]) => name }),
        fc.constantFrom('', 'a', 'a/', 'ü'),
        fc.constantFrom('', '/', 'a'),
        fc.integer({ min: 1, max: 4 }),
        (world, prefix, delimiter, limit) => {
          expect(walkAll(world, { prefix, delimiter, limit })).toEqual(expected(world, prefix, delimiter));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('every statement seeks in an index and sorts nothing', () => {
    const { db, asked, state } = storeWith([['a', ['v0', 'v1']]]);
    walkVersions(state, {
      bucket: 1,
      prefix: '',
      delimiter: '',
      after: 'a',
      behind: { ord: 0, withCurrent: true },
      limit: 1,
    });
    walkVersions(state, { bucket: 1, prefix: '', delimiter: '', after: '', behind: undefined, limit: 1 });
    const plans = asked.flatMap((sql) =>
      db
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...Array.from({ length: sql.split('?').length - 1 }, () => 0))
        .map((row) => String(row['detail'])),
    );
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) expect(plan).toMatch(/^SEARCH s3_(?:object|version) USING PRIMARY KEY/);
  });
});

test('ids of versions hide a position and are told apart from made-up ones', () => {
  const safe = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(safe, (position) => {
      const id = writeVersionId(position);
      expect(id).toMatch(/^[\w-]{32}$/);
      expect(readVersionId(id)).toBe(position);
    }),
  );
  for (const forged of ['', 'null', 'HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD', 'x'.repeat(32)]) {
    expect(readVersionId(forged)).toBeUndefined();
  }
});
