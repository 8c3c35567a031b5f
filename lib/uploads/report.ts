import type { RunControl } from './run.ts';
import type { Tally } from './tally.ts';

const REPORT_MS = 400;
/** The ledger is read in every so many rounds: each time costs the emulator whole pages. */
const LEDGER_EVERY = 3;

/** Reads the ledger and tells how the run stands, again and again until it is over. */
export function report(
  control: RunControl,
  tally: Tally,
  tell: () => void,
): { end(): Promise<void>; readonly failed: boolean } {
  let over = false;
  let quiet = false;
  let round = 0;
  let failure: unknown;
  const going = (async () => {
    for (;;) {
      await new Promise((resolve) => void setTimeout(resolve, REPORT_MS));
      if (over) return;
      // A paused run of which everything is known has nothing to tell.
      if (quiet && control.paused) continue;
      try {
        round += 1;
        if (round % LEDGER_EVERY === 0 || control.paused) await tally.catchUp();
        tell();
        quiet = control.paused && tally.waiting() === 0;
      } catch (error) {
        failure = error;
        return;
      }
    }
  })();
  return {
    get failed() {
      return failure !== undefined;
    },
    async end() {
      over = true;
      await going;
      // A ledger that can't be read, or a disk that is full, ends the run: its counters would be wrong.
      if (failure !== undefined) throw failure;
      // What was answered last is in the ledger when it is read the next time.
      for (let tries = 0; tries < 5; tries += 1) {
        await tally.catchUp();
        if (tally.waiting() === 0) break;
      }
    },
  };
}
