import type { Aws } from '../aws/connection.ts';
import { sendPlannedCall } from '../aws/planned-call.ts';
import type { Result } from '../aws/result.ts';
import { callsOf, undoOf } from './calls.ts';
import type { Change } from './change.ts';
import { fingerprintOf, readState, type State } from './state.ts';

/** What came of applying a change. */
export interface Applied {
  /** In the order of the calls; ends with the first that failed. */
  readonly results: readonly Result<unknown>[];
  /** The change that takes it back and the fingerprint with which it may be applied; absent where AWS has no way back. */
  readonly undo?: { readonly change: Change; readonly plan: string };
}

/** Makes the calls of a change, in order, and finds the way back. */
export async function applyChange(aws: Aws, change: Change, state: State): Promise<Applied> {
  const results: Result<unknown>[] = [];
  for (const call of callsOf(change, state)) {
    const result = await sendPlannedCall(aws, call);
    results.push(result);
    if (!result.ok) return { results };
  }
  const last = results.at(-1);
  const back = undoOf(change, state, last?.ok ? last.data : undefined);
  if (!back) return { results };
  const now = await readState(aws, back);
  return now.ok ? { results, undo: { change: back, plan: fingerprintOf(back, now.data) } } : { results };
}
