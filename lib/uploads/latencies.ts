/** Percentiles of latencies without keeping them all: counts in steps of 5 %, from 10 µs to two minutes. */
export interface Latencies {
  add(milliseconds: number): void;
  /** The latency in milliseconds below which `share` (0 to 1) of them lie; 0 when there are none. */
  percentile(share: number): number;
}

const LOWEST = 0.01;
const STEP = Math.log(1.05);
const BINS = 340;

/** Starts with none. */
export function createLatencies(): Latencies {
  const bins = new Uint32Array(BINS);
  let total = 0;
  return {
    add(milliseconds) {
      const bin = Math.floor(Math.log(Math.max(milliseconds, LOWEST) / LOWEST) / STEP);
      bins[Math.min(bin, BINS - 1)] = (bins[Math.min(bin, BINS - 1)] ?? 0) + 1;
      total += 1;
    },
    percentile(share) {
      if (total === 0) return 0;
      let below = 0;
      for (let bin = 0; bin < BINS; bin += 1) {
        below += bins[bin] ?? 0;
        if (below >= share * total) return LOWEST * Math.exp((bin + 0.5) * STEP);
      }
      return LOWEST * Math.exp(BINS * STEP);
    },
  };
}
