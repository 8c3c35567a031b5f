import type { RunSeries } from './record.ts';

type Counted = 'requests' | 'made' | 'spared' | 'refused';

const MOST = 120;

/** Counts what happens in equal intervals; twice as long ones when there are too many of them. */
export function createSeries(before?: RunSeries): {
  add(second: number, what: Counted, count: number): void;
  value(): RunSeries;
} {
  let step = before?.step ?? 1;
  const counts: Record<Counted, number[]> = {
    requests: [...(before?.requests ?? [])],
    made: [...(before?.made ?? [])],
    spared: [...(before?.spared ?? [])],
    refused: [...(before?.refused ?? [])],
  };
  return {
    add(second, what, count) {
      if (count === 0) return;
      while (Math.floor(second / step) >= MOST) {
        step *= 2;
        for (const name of Object.keys(counts) as Counted[]) {
          const old = counts[name];
          counts[name] = Array.from(
            { length: Math.ceil(old.length / 2) },
            (_, i) => (old[2 * i] ?? 0) + (old[2 * i + 1] ?? 0),
          );
        }
      }
      const index = Math.floor(second / step);
      const list = counts[what];
      while (list.length <= index) list.push(0);
      list[index] = (list[index] ?? 0) + count;
    },
    value: () => ({ step, ...counts }),
  };
}
