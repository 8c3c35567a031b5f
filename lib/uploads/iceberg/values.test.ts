import { describe, expect, test } from 'vitest';
import { parseExact, stringifyExact } from '../../iceberg/exact-json.ts';
import { appendToTable } from './append.ts';
import { NAMES, scan, startFakeTable } from './testing.ts';

describe('values', () => {
  test('every primitive type that can be written is read back', async () => {
    const table = startFakeTable();
    const types = [
      'boolean',
      'int',
      'long',
      'float',
      'double',
      'date',
      'timestamp',
      'timestamptz',
      'string',
      'uuid',
      'binary',
    ] as const;
    const uuid = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
    const at = new Date('2026-11-21T12:34:56.789Z');
    await appendToTable({
      ...table,
      table: NAMES,
      columns: types.map((type) => ({ name: type, type })),
      rows: [
        {
          boolean: true,
          int: -5,
          long: 9_007_199_254_740_993n,
          float: 1.5,
          double: Number.NaN,
          date: at,
          timestamp: at,
          timestamptz: at,
          string: 'ü€😀',
          uuid,
          binary: new Uint8Array([0, 255]),
        },
        {},
      ],
    });
    const { rows, entries } = await scan(table);
    expect(rows[0]).toEqual({
      boolean: true,
      int: -5,
      long: 9_007_199_254_740_993n,
      float: 1.5,
      double: Number.NaN,
      date: new Date('2026-11-21T00:00:00Z'),
      timestamp: at,
      timestamptz: at,
      string: 'ü€😀',
      uuid,
      binary: expect.anything(),
    });
    expect(Object.values(rows[1] ?? {}).every((value) => value === null)).toBe(true);
    expect(entries[0]?.data_file.null_value_counts.every(({ value }) => value === 1n)).toBe(true);
  });

  test('bounds of texts are cut to 16 characters and still enclose every value', async () => {
    const table = startFakeTable();
    const texts = [`${'z'.repeat(16)}z`, 'm', 'a'.repeat(30)];
    await appendToTable({ ...table, table: NAMES, rows: texts.map((note) => ({ note })) });
    const [entry] = (await scan(table)).entries;
    expect(entry?.data_file.lower_bounds[0]?.value.toString()).toBe('a'.repeat(16));
    expect(entry?.data_file.upper_bounds[0]?.value.toString()).toBe(`${'z'.repeat(15)}{`);
  });

  test('integers of 63 bits pass through metadata unharmed', () => {
    const text = '{"a":9223372036854775807,"b":[-9223372036854775808,1.5,12],"c":1e3}';
    expect(stringifyExact(parseExact(text))).toBe(
      '{"a":9223372036854775807,"b":[-9223372036854775808,1.5,12],"c":1000}',
    );
  });
});
