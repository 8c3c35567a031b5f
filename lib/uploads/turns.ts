/** Which operation comes when: a function of the plan alone, so that a run can be repeated and gone on with. */

import { OPERATIONS, type OperationKind } from './operations.ts';
import type { Requester, UploadPlan } from './plan.ts';

/** One operation of one requester. */
export interface Turn {
  readonly requester: number;
  /** From 0, within the requester. */
  readonly turn: number;
}

/** All turns of a plan in order; those of several requesters are mixed evenly. */
export function* turnsOf(plan: Pick<UploadPlan, 'requesters'>): Generator<Turn> {
  const next = plan.requesters.map(() => 0);
  const total = plan.requesters.reduce((sum, { objects }) => sum + objects, 0);
  for (let count = 0; count < total; count += 1) {
    let first = -1;
    let lowest = Number.POSITIVE_INFINITY;
    plan.requesters.forEach(({ objects }, index) => {
      const share = ((next[index] ?? 0) + 0.5) / objects;
      if ((next[index] ?? 0) < objects && share < lowest) {
        lowest = share;
        first = index;
      }
    });
    const turn = next[first] ?? 0;
    next[first] = turn + 1;
    yield { requester: first, turn };
  }
}

/** What a requester does in a turn, and how large it is. */
export function operationAt(
  requester: Pick<Requester, 'mix' | 'size' | 'sizes'>,
  { requester: who, turn }: Turn,
  seed: number,
): {
  readonly kind: OperationKind;
  readonly size: number /** From 0 to 1, for any further choice. */;
  readonly draw: number;
} {
  const random = drawer(seed, who, turn);
  const { mix, size } = requester;
  const sum = OPERATIONS.reduce((total, kind) => total + mix[kind], 0);
  let left = random() * sum;
  let chosen: OperationKind = OPERATIONS.find((kind) => mix[kind] > 0) ?? 'put';
  for (const kind of OPERATIONS) {
    if (mix[kind] === 0) continue;
    chosen = kind;
    left -= mix[kind];
    if (left < 0) break;
  }
  // Sizes of files spread over orders of magnitude: evenly in their logarithm.
  const varied = Math.round((size / 8) * 16 ** random());
  return { kind: chosen, size: requester.sizes === 'varied' ? varied : size, draw: random() };
}

/** Mulberry32, seeded by three numbers: good enough to mix a workload, and the same everywhere. */
function drawer(seed: number, who: number, turn: number): () => number {
  let state = (seed ^ Math.imul(who + 1, 0x9e37_79b1) ^ Math.imul(turn + 1, 0x85eb_ca6b)) >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
