/** Makes the calls of a plan in order, tells of each, and takes them back in reverse order when one fails. */

import { fillIn, type Outputs, type PlannedOperation, type SetupCall } from './plan.ts';

/** Why a call failed, in AWS's words. */
export interface StepFailure {
  readonly code: string;
  readonly message: string;
  readonly requestId?: string;
}

export type Answer =
  | { readonly ok: true; readonly output: unknown; readonly requestId?: string }
  | { readonly ok: false; readonly error: StepFailure };

/** How a call of a plan stands. `kept`: it was made, and can't or need not be taken back. */
export type StepState = 'waiting' | 'running' | 'done' | 'failed' | 'undoing' | 'undone' | 'kept' | 'undo-failed';

export interface Step {
  readonly id: string;
  readonly state: StepState;
  readonly requestId?: string;
  readonly error?: StepFailure;
}

export interface Progress {
  readonly state: 'running' | 'done' | 'undone' | 'stuck';
  /** In the order of the plan. */
  readonly steps: readonly Step[];
  /** What the calls answered, for what is done afterwards: ARNs of what was made. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Makes one call; never rejects. */
export type Caller = (operation: PlannedOperation) => Promise<Answer>;

/**
 * Applies a plan. `tell` gets every change and must not throw. Resolves with `done`; or, when a call failed, with
 * `undone` after everything before it was taken back; or with `stuck` where taking back failed too: the rest is then
 * still tried, because what is left behind should be as little as can be.
 */
export async function applyPlan(
  calls: readonly SetupCall[],
  call: Caller,
  tell: (progress: Progress) => void,
): Promise<Progress> {
  const outputs = new Map<string, unknown>();
  let progress: Progress = {
    state: 'running',
    steps: calls.map(({ id }) => ({ id, state: 'waiting' })),
    outputs: {},
  };
  const change = (more: Partial<Progress>) => {
    progress = { ...progress, ...more };
    tell(progress);
  };
  const set = (id: string, step: Omit<Step, 'id'>) =>
    change({ steps: progress.steps.map((it) => (it.id === id ? { id, ...step } : it)) });

  for (const [index, planned] of calls.entries()) {
    set(planned.id, { state: 'running' });
    const answer = await send(planned, outputs, call);
    if (!answer.ok) {
      set(planned.id, { state: 'failed', error: answer.error });
      const clean = await takeBack(calls.slice(0, index), outputs, call, set);
      change({ state: clean ? 'undone' : 'stuck' });
      return progress;
    }
    outputs.set(planned.id, answer.output);
    set(planned.id, { state: 'done', ...(answer.requestId === undefined ? {} : { requestId: answer.requestId }) });
    change({ outputs: Object.fromEntries(outputs) });
  }
  change({ state: 'done' });
  return progress;
}

async function takeBack(
  made: readonly SetupCall[],
  outputs: Outputs,
  call: Caller,
  set: (id: string, step: Omit<Step, 'id'>) => void,
): Promise<boolean> {
  let clean = true;
  for (const planned of made.toReversed()) {
    if (planned.undo.length === 0) {
      set(planned.id, { state: 'kept' });
      continue;
    }
    set(planned.id, { state: 'undoing' });
    let error: StepFailure | undefined;
    for (const undo of planned.undo) {
      const answer = await send(undo, outputs, call);
      if (!answer.ok) error ??= answer.error;
    }
    if (error) clean = false;
    set(planned.id, error ? { state: 'undo-failed', error } : { state: 'undone' });
  }
  return clean;
}

async function send(operation: PlannedOperation, outputs: Outputs, call: Caller): Promise<Answer> {
  try {
    return await call({ ...operation, input: fillIn(operation.input, outputs) });
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { ok: false, error: { code: 'NotSent', message } };
  }
}
