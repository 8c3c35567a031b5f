/** Helpers of the tests of this folder. */

/**
 * How many inputs a property is held against: few by default, `FUZZ_RUNS` many for a longer run
 * (`FUZZ_RUNS=1000000 npx vitest run lib/access/fuzz.test.ts`).
 */
export function fuzzRuns(byDefault: number): number {
  return Number(process.env['FUZZ_RUNS'] ?? byDefault);
}

/** A longer run takes longer than a test may: milliseconds for so many inputs, never less than the usual limit. */
export function fuzzTimeout(byDefault: number): number {
  return Math.max(20_000, fuzzRuns(byDefault) * 2);
}

/** Seconds of processor time that a function takes: neighbours on the machine don't count. */
export function cpuSeconds(run: () => void): number {
  const begun = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(begun);
  return (user + system) / 1_000_000;
}
