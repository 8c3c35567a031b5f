import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines } from '../ui/diff';
import { sideBySide } from './side-by-side';

test('each side of a difference is the text of its side, with its own line numbers', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      fc.pre(before.join('\n') !== after.join('\n'));
      const pairs = sideBySide(diffLines(before.join('\n'), after.join('\n'), 100));
      expect(pairs.flatMap((pair) => (pair.before ? [pair.before.text] : []))).toEqual(before);
      expect(pairs.flatMap((pair) => (pair.after ? [pair.after.text] : []))).toEqual(after);
      expect(pairs.flatMap((pair) => pair.before?.number ?? [])).toEqual(before.map((_line, index) => index + 1));
      expect(pairs.flatMap((pair) => pair.after?.number ?? [])).toEqual(after.map((_line, index) => index + 1));
    }),
  );
});
