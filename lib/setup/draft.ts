/** A set-up that somebody began: kept between visits, changed by one tab at a time. */

import type { Progress } from './apply.ts';
import {
  type Choices,
  type Fields,
  FORM_STEPS,
  type FormStep,
  parseStep,
  STEPS,
  type StepId,
  type WizardKind,
} from './choices.ts';
import type { SetupCall } from './plan.ts';
import type { Proof } from './proof.ts';

export interface Draft {
  readonly id: string;
  /** The world it belongs to: connection and account. */
  readonly scope: string;
  readonly wizard: WizardKind;
  /** Grows with every change: who saves must have seen the last one. */
  readonly revision: number;
  readonly fields: Readonly<Partial<Record<FormStep, Fields>>>;
  /** Steps that were left with Next and were right. */
  readonly passed: readonly FormStep[];
  /** The calls as they were applied, and how far that came. */
  readonly applied?: { readonly calls: readonly SetupCall[]; readonly progress: Progress; readonly at: string };
  readonly proof?: Proof;
  /** Machine time, ISO 8601. */
  readonly createdAt: string;
  readonly changedAt: string;
}

export type StepState = 'complete' | 'current' | 'error' | 'open' | 'closed';

/** The choices of the steps that are right; a step that is not, or not yet filled in, is absent. */
export function choicesOf({ wizard, fields, passed }: Draft): Partial<Choices> {
  const choices: Partial<Choices> = {};
  for (const step of FORM_STEPS) {
    const parsed = passed.includes(step) ? parseStep(wizard, step, fields[step] ?? {}) : undefined;
    if (parsed?.ok) Object.assign(choices, { [step]: parsed.value });
  }
  return choices;
}

/** All choices, or undefined while a step is missing. */
export function allChoices(draft: Draft): Choices | undefined {
  const choices = choicesOf(draft);
  return FORM_STEPS.every((step) => choices[step] !== undefined) ? (choices as Choices) : undefined;
}

/** How each step stands when `shown` is open (E25). What was applied can't be changed, only looked at. */
export function stepStates(draft: Draft, shown: StepId): Readonly<Record<StepId, StepState>> {
  const choices = choicesOf(draft);
  const done = draft.applied?.progress.state === 'done';
  let reachable = true;
  const states = {} as Record<StepId, StepState>;
  for (const step of STEPS) {
    const complete =
      step === 'review' ? done : step === 'proof' ? draft.proof?.state === 'done' : choices[step] !== undefined;
    const wrong = step !== 'review' && step !== 'proof' && draft.passed.includes(step) && !complete;
    states[step] = step === shown ? 'current' : wrong ? 'error' : complete ? 'complete' : reachable ? 'open' : 'closed';
    reachable &&= complete;
  }
  return states;
}

/** The first step that is not complete: where a draft is resumed, and where a link too far ahead leads. */
export function firstOpenStep(draft: Draft): StepId {
  const choices = choicesOf(draft);
  return (
    FORM_STEPS.find((step) => choices[step] === undefined) ??
    (draft.applied?.progress.state === 'done' ? 'proof' : 'review')
  );
}

/** Whether a step may be opened: nothing before it is missing. */
export function mayOpen(draft: Draft, step: StepId): boolean {
  return STEPS.indexOf(step) <= STEPS.indexOf(firstOpenStep(draft));
}

/** The draft with the fields of one step; later steps stay, and are checked again with what they hold. */
export function withFields(draft: Draft, step: FormStep, fields: Fields, passed: boolean): Draft {
  return {
    ...draft,
    fields: { ...draft.fields, [step]: fields },
    passed: passed ? [...new Set([...draft.passed, step])] : draft.passed.filter((it) => it !== step),
  };
}
