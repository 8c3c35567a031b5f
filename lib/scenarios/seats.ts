/** Accounts of the emulator that belong to demonstrations: one pair for each presenter, so that two never meet. */

export interface Seat {
  /** The account that the story is about. */
  readonly home: string;
  /** The other company. */
  readonly partner: string;
}

export const SEATS = 99;
/** A seat is free again when nobody has looked at it for so long. */
const KEPT_MS = 6 * 3600 * 1000;

const seatAt = (number: number): Seat => {
  const digits = String(number * 10).padStart(4, '0');
  return { home: `44445555${digits}`, partner: `77778888${digits}` };
};

/** The seat whose home account this is; undefined for every other account: those are never reset by a demonstration. */
export function seatOf(account: string): Seat | undefined {
  const number = Number(/^44445555(\d{3})0$/.exec(account)?.[1] ?? 0);
  return number >= 1 && number <= SEATS ? seatAt(number) : undefined;
}

export class Seats {
  /** When each seat was last looked at, machine time in milliseconds; the one longest ago first. */
  readonly #taken = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** The first seat that nobody has; if there is none, the one that was left longest ago. */
  take(): Seat {
    for (let number = 1; number <= SEATS; number += 1) {
      const seat = seatAt(number);
      const at = this.#taken.get(seat.home);
      if (at === undefined || at < this.#now() - KEPT_MS) return this.keep(seat);
    }
    const [oldest] = this.#taken.keys();
    return this.keep(seatOf(oldest ?? '') ?? seatAt(1));
  }

  /** Says that somebody sits there. */
  keep(seat: Seat): Seat {
    this.#taken.delete(seat.home);
    this.#taken.set(seat.home, this.#now());
    return seat;
  }
}
