import type { CodeRow } from '../ui/code';

interface Half {
  readonly text: string;
  readonly number?: number;
  readonly changed: boolean;
  readonly fold: boolean;
}

interface Pair {
  readonly before?: Half;
  readonly after?: Half;
}

/** Rows of a unified difference as pairs: what was removed stands beside what was added in its place. */
export function sideBySide(rows: readonly CodeRow[]): readonly Pair[] {
  const pairs: Pair[] = [];
  let removed: Half[] = [];
  let added: Half[] = [];
  // Unchanged rows carry the number that they have afterwards.
  let shift = 0;
  const flush = () => {
    for (let index = 0; index < Math.max(removed.length, added.length); index++) {
      const [before, after] = [removed[index], added[index]];
      pairs.push({ ...(before ? { before } : {}), ...(after ? { after } : {}) });
    }
    shift += removed.length - added.length;
    removed = [];
    added = [];
  };
  for (const { text, number, sign } of rows) {
    const numbered = number === undefined ? {} : { number };
    if (sign === '−') removed.push({ text, ...numbered, changed: true, fold: false });
    else if (sign === '+') added.push({ text, ...numbered, changed: true, fold: false });
    else {
      flush();
      const fold = sign === '⋯';
      const after: Half = { text, ...numbered, changed: false, fold };
      pairs.push({ before: number === undefined ? after : { ...after, number: number + shift }, after });
    }
  }
  flush();
  return pairs;
}
