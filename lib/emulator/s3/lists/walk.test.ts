import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StateStore } from '../../storage/store.ts';
import { migrations } from '../schema.ts';
import { readToken, writeToken } from './tokens.ts';
import { type Walk, walkObjects } from './walk.ts';

/** A state store as far as listings use one. */
function storeWith(keys: readonly string[]) {
  const db = new DatabaseSync(':memory:');
  for (const script of migrations) db.exec(script);
  const insert = db.prepare(
    `INSERT INTO s3_object (bucket, key, size, etag, modified, scheme) VALUES (1, ?, 1, 'e', 0, 0)`,
  );
  db.exec('BEGIN');
  for (const key of keys) insert.run(key);
  db.exec('COMMIT');
  const statements = new Map<string, ReturnType<typeof db.prepare>>();
  const asked: string[] = [];
  const statement = (sql: string) => {
    asked.push(sql);
    const known = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  return { db, asked, state: { statement } as unknown as StateStore };
}

const bytes = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right));

/** Reads all pages; entries in the order in which they came. */
function walkAll(state: StateStore, walk: Omit<Walk, 'after' | 'bucket'>): string[] {
  const found: string[] = [];
  let after = '';
  for (let page = 0; page < 1000; page++) {
    const { objects, prefixes, truncated, last } = walkObjects(state, { ...walk, bucket: 1, after });
    found.push(...[...objects.map(({ key }) => key), ...prefixes].sort(bytes));
    if (!truncated) return found;
    after = last ?? '';
  }
  throw new Error('The pages did not end.');
}

/** What a listing is by definition. */
function expected(keys: readonly string[], prefix: string, delimiter: string): string[] {
  const entries = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      return at < 0 ? key : key.slice(0, at + delimiter.length);
    });
  return [...new Set(entries)].sort(bytes);
}

describe('pages of keys', () => {
  test('whatever the keys, prefix, delimiter and page size: every entry once, in UTF-8 order', () => {
    const piece = fc.constantFrom('a', 'b', '/', '//', 'ü', '\ue000', '\u{1f600}', '\uffff', 'z', '%');
    const key = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 30 }),
        fc.constantFrom('', 'a', 'a/', '/', 'ü', 'b/a'),
        fc.constantFrom('', '/', '//', 'a'),
        fc.integer({ min: 1, max: 4 }),
        (keys, prefix, delimiter, limit) => {
          const { state } = storeWith(keys);
          expect(walkAll(state, { prefix, delimiter, limit })).toEqual(expected(keys, prefix, delimiter));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a marker below the prefix begins at the prefix, one above it ends the listing', () => {
    const { state } = storeWith(['a', 'p/1', 'p/2', 'z']);
    const walk = { bucket: 1, prefix: 'p/', delimiter: '', limit: 10 };
    const keys = (after: string) => walkObjects(state, { ...walk, after }).objects.map(({ key }) => key);
    expect(keys('a')).toEqual(['p/1', 'p/2']);
    expect(keys('p/1')).toEqual(['p/2']);
    expect(keys('q')).toEqual([]);
  });

  test('common prefixes are passed by seeking: a page of three reads three ranges of 30,000 keys', () => {
    const keys = ['x/', 'y/', 'z/'].flatMap((folder) => Array.from({ length: 10_000 }, (_, n) => `${folder}${n}`));
    const { state, asked } = storeWith(keys);
    const page = walkObjects(state, { bucket: 1, prefix: '', delimiter: '/', after: '', limit: 1000 });
    expect(page.prefixes).toEqual(['x/', 'y/', 'z/']);
    expect(asked).toHaveLength(4);
  });

  test('every statement of a listing seeks in the index of keys', () => {
    const { db, asked, state } = storeWith(['a', 'b']);
    walkObjects(state, { bucket: 1, prefix: '', delimiter: '', after: '', limit: 1 });
    walkObjects(state, { bucket: 1, prefix: 'a', delimiter: '', after: '', limit: 1 });
    const plans = asked.map((sql) =>
      db
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...Array.from({ length: sql.split('?').length - 1 }, () => ''))
        .map((row) => String(row['detail'])),
    );
    expect(plans).toEqual([
      ['SEARCH s3_object USING PRIMARY KEY (bucket=? AND key>?)'],
      ['SEARCH s3_object USING PRIMARY KEY (bucket=? AND key>? AND key<?)'],
    ]);
  });
});

test('continuation tokens are opaque and made-up ones are refused', () => {
  expect(readToken(writeToken('photos/ü'))).toBe('photos/ü');
  expect(writeToken('photos/')).not.toContain('photos');
  for (const forged of ['', 'photos/', 'AAAA', Buffer.from('photos/2024').toString('base64')]) {
    expect(() => readToken(forged)).toThrow('The continuation token provided is incorrect');
  }
});
