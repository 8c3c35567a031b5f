import { expect, test } from 'vitest';
import { toCsv } from './csv.ts';

test('cells are quoted, and what a spreadsheet would run is text', () => {
  expect(toCsv(['name', 'says'], [['a"b', 'x,\ny']])).toBe('"name","says"\n"a""b","x,\ny"\n');
  for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']) {
    expect(toCsv(['a'], [[formula]])).toBe(`"a"\n"'${formula}"\n`);
  }
});
