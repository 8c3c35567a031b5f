/** World time as a run sees it, between two looks at the emulator's clock. */

import type { EmulatorDoor } from './emulator-door.ts';

export interface WorldTime {
  /** Milliseconds. */
  now(): number;
  /** Moves the world's clock to a moment, unless it is there already: other runs move it too. */
  reach(moment: number): Promise<void>;
  look(): Promise<number>;
}

/** Without an emulator the world's time is the machine's, and it can't be moved. */
export function worldTime(door: Pick<EmulatorDoor, 'clock' | 'advance'> | undefined): WorldTime {
  let ahead = 0;
  const take = ({ now }: { readonly now: string }): number => {
    const moment = Date.parse(now);
    ahead = moment - Date.now();
    return moment;
  };
  const look = async () => (door === undefined ? Date.now() : take(await door.clock()));
  return {
    now: () => Date.now() + ahead,
    look,
    async reach(moment) {
      if (door === undefined || moment - (Date.now() + ahead) <= 0) return;
      // Somebody else may have moved it since the last look.
      const left = (moment - (await look())) / 1000;
      if (left > 0) take(await door.advance(left));
    },
  };
}
