import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatToken, knownTokens, parseToken, type Queried, runQuery, type Token, typedToken } from './query.ts';

interface Row {
  readonly name: string;
  readonly kind: string;
  readonly tables: number;
}

const COLUMNS: readonly Queried<Row>[] = [
  { id: 'name', head: 'Name', sort: (row) => row.name },
  { id: 'kind', head: 'Encryption', sort: (row) => row.kind, property: (row) => row.kind },
  { id: 'tables', head: 'Tables', sort: (row) => row.tables, property: (row) => String(row.tables) },
];

const ROWS: readonly Row[] = [
  { name: 'sales', kind: 'SSE-KMS', tables: 12 },
  { name: 'raw', kind: 'SSE-S3', tables: 9 },
  { name: 'events', kind: 'SSE-KMS', tables: 100 },
  { name: 'logs', kind: 'DSSE-KMS', tables: 9 },
];

function names(search: string, tokens: readonly string[], order = '', rows = ROWS): string[] {
  const texts = rows.map((row) => `${row.name} ${row.kind}`.toLowerCase());
  return runQuery(rows, texts, { search, tokens: knownTokens(tokens, COLUMNS), order }, COLUMNS).map((row) => row.name);
}

describe('a list', () => {
  it.each([
    ['text, every word', 'SSE-KMS sales', [], ['sales']],
    ['is, whatever the case', '', ['kind=sse-kms'], ['sales', 'events']],
    ['is not', '', ['kind!=SSE-KMS'], ['raw', 'logs']],
    ['contains', '', ['kind:dsse'], ['logs']],
    ["doesn't contain", '', ['kind!:KMS'], ['raw']],
    ['alternatives of one property', '', ['kind=SSE-S3', 'kind=DSSE-KMS'], ['raw', 'logs']],
    ['exclusions hold together', '', ['kind!=SSE-S3', 'kind!=DSSE-KMS'], ['sales', 'events']],
    ['numbers as numbers', '', ['tables>9'], ['sales', 'events']],
    ['two properties', '', ['tables<50', 'kind=SSE-KMS'], ['sales']],
    ['an unknown property is left out', '', ['colour=red'], ['sales', 'raw', 'events', 'logs']],
  ] as const)('filters by %s', (_name, search, tokens, expected) => {
    expect(names(search, tokens)).toEqual(expected);
  });

  it('sorts both ways and keeps equal rows in their order', () => {
    expect(names('', [], 'tables')).toEqual(['raw', 'logs', 'sales', 'events']);
    expect(names('', [], '-tables')).toEqual(['events', 'sales', 'raw', 'logs']);
    expect(names('', [], 'nothing')).toEqual(['sales', 'raw', 'events', 'logs']);
  });

  it('reads tokens as they were typed', () => {
    expect(typedToken('encryption is not SSE-S3', COLUMNS)).toEqual({
      property: 'kind',
      operator: '!=',
      value: 'SSE-S3',
    });
    expect(typedToken('tables > 3', COLUMNS)).toEqual({ property: 'tables', operator: '>', value: '3' });
    expect(typedToken('Encryption is', COLUMNS)).toBeUndefined();
    expect(typedToken('name = raw', COLUMNS)).toBeUndefined();
  });

  it('keeps a token through the address', () => {
    const token = fc.record({
      property: fc.constantFrom('kind', 'tables'),
      operator: fc.constantFrom<Token['operator']>('=', '!=', ':', '!:', '>', '<'),
      value: fc.string({ minLength: 1 }).filter((text) => !/^[=:]/.test(text)),
    });
    fc.assert(
      fc.property(token, (one) => {
        expect(parseToken(formatToken(one))).toEqual(one);
      }),
    );
    expect(parseToken('no token')).toBeUndefined();
  });

  it('filters and sorts 10,000 rows well within 200 ms', () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => ({
      name: `bucket-${(index * 7919) % 10_000}`,
      kind: index % 3 === 0 ? 'SSE-KMS' : 'SSE-S3',
      tables: index % 100,
    }));
    const began = performance.now();
    const found = names('bucket 7', ['kind=SSE-KMS', 'tables>10'], '-name', rows);
    expect(performance.now() - began).toBeLessThan(200);
    expect(found.length).toBeGreaterThan(100);
  });
});
