import type { CodeRow } from './code';

/**
 * Line diff of two texts. Common heads and tails are cut off first; the middle is compared by longest common
 * subsequence up to a size, beyond which it is shown as replaced: a policy has at most 32 KiB.
 */
export function diffLines(before: string, after: string, context = 3): CodeRow[] {
  const old = before.split('\n');
  const next = after.split('\n');
  let head = 0;
  while (head < old.length && head < next.length && old[head] === next[head]) head++;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < next.length - head &&
    old[old.length - 1 - tail] === next[next.length - 1 - tail]
  )
    tail++;
  const rows: CodeRow[] = [];
  const same = (from: number, to: number) => {
    for (let line = from; line < to; line++) rows.push({ text: next[line] ?? '', number: line + 1 });
  };
  const folded = (from: number, to: number) => {
    if (to > from)
      rows.push({
        text: to - from === 1 ? `line ${from + 1} unchanged` : `lines ${from + 1} to ${to} unchanged`,
        sign: '⋯',
      });
  };
  if (head === old.length && head === next.length) return [{ text: 'no difference', sign: '⋯' }];
  const lead = Math.max(0, head - context);
  folded(0, lead);
  same(lead, head);
  middle(old.slice(head, old.length - tail), next.slice(head, next.length - tail), head, rows);
  const end = next.length - tail;
  const trail = Math.min(next.length, end + context);
  same(end, trail);
  folded(trail, next.length);
  return rows;
}

const LARGEST_COMPARED = 400_000;

function middle(old: readonly string[], next: readonly string[], offset: number, rows: CodeRow[]): void {
  const width = next.length + 1;
  const compared = old.length * next.length <= LARGEST_COMPARED;
  const table = new Uint16Array(compared ? (old.length + 1) * width : 0);
  if (compared) {
    for (let i = old.length - 1; i >= 0; i--) {
      for (let j = next.length - 1; j >= 0; j--) {
        table[i * width + j] =
          old[i] === next[j]
            ? (table[(i + 1) * width + j + 1] ?? 0) + 1
            : Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0);
      }
    }
  }
  let i = 0;
  let j = 0;
  while (i < old.length || j < next.length) {
    if (compared && i < old.length && j < next.length && old[i] === next[j]) {
      rows.push({ text: next[j] ?? '', number: offset + j + 1 });
      i++;
      j++;
    } else if (
      i < old.length &&
      (j >= next.length || !compared || (table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0))
    ) {
      rows.push({ text: old[i] ?? '', number: offset + i + 1, sign: '−' });
      i++;
    } else {
      rows.push({ text: next[j] ?? '', number: offset + j + 1, sign: '+' });
      j++;
    }
  }
}
