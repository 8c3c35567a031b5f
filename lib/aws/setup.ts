import 'server-only';
import { createHash, randomUUID } from 'node:crypto';
import { type Answer, applyPlan } from '../setup/apply.ts';
import { type Choices, type Fields, type FormStep, parseStep, type WizardKind } from '../setup/choices.ts';
import { type Draft, withFields } from '../setup/draft.ts';
import type { PlannedOperation, SetupCall } from '../setup/plan.ts';
import { type DraftStore, openDraftStore } from '../setup/store.ts';
import { type Aws, scopeOf } from './connection.ts';
import { dataDirectory } from './env.ts';
import { sendPlannedCall } from './planned-call.ts';
import { processWide } from './process-wide.ts';
import { proveSetup } from './setup-proof.ts';

/** Set-ups over a connection: begun, kept, applied and proven. */

interface Registry {
  readonly store: DraftStore;
  /** Drafts whose plan or proof is being run now. */
  readonly going: Set<string>;
}

function registry(): Registry {
  return processWide('setup', () => ({ store: openDraftStore(dataDirectory()), going: new Set<string>() }));
}

export function beginSetup(aws: Aws, wizard: WizardKind, from?: Draft): Draft {
  const now = new Date().toISOString();
  const draft: Draft = {
    fields: {},
    passed: [],
    ...(from ? { fields: from.fields, passed: from.passed } : {}),
    id: randomUUID().slice(0, 8),
    scope: scopeOf(aws.connection),
    wizard,
    revision: 1,
    createdAt: now,
    changedAt: now,
  };
  registry().store.add(draft);
  return draft;
}

/** A draft of this connection. One whose run was cut off by a restart says so. */
export function findSetup(aws: Aws, id: string): Draft | undefined {
  const { store, going } = registry();
  const draft = store.find(id);
  if (draft?.scope !== scopeOf(aws.connection)) return undefined;
  if (draft.applied?.progress.state !== 'running' || going.has(id)) return draft;
  const progress = { ...draft.applied.progress, state: 'stuck' as const };
  return store.save(changed(draft, { applied: { ...draft.applied, progress } })) ?? store.find(id);
}

/** Drafts of this connection, last changed first. */
export function listSetups(aws: Aws): readonly Draft[] {
  return registry().store.list(scopeOf(aws.connection), 100);
}

export function forgetSetup(aws: Aws, id: string): boolean {
  const { store, going } = registry();
  if (going.has(id) || findSetup(aws, id) === undefined) return false;
  store.delete(id);
  return true;
}

/** What came of keeping the fields of a step. */
export type Kept =
  | { readonly ok: true; readonly draft: Draft }
  | { readonly ok: false; readonly why: 'gone' | 'applied' | 'changed-elsewhere' };

/**
 * Keeps the fields of a step, if nobody else changed the draft since `revision`: another tab never writes over this one.
 * @param passed whether the step is left as right; its fields must then have been checked
 */
export function keepFields(
  aws: Aws,
  asked: {
    readonly id: string;
    readonly revision: number;
    readonly step: FormStep;
    readonly fields: Fields;
    readonly passed: boolean;
  },
): Kept {
  const draft = findSetup(aws, asked.id);
  if (!draft) return { ok: false, why: 'gone' };
  if (draft.applied !== undefined && draft.applied.progress.state !== 'undone') return { ok: false, why: 'applied' };
  if (draft.revision !== asked.revision) return { ok: false, why: 'changed-elsewhere' };
  // While somebody types, a step that was right may become wrong: it then has to be left anew.
  const passed =
    asked.passed || (draft.passed.includes(asked.step) && parseStep(draft.wizard, asked.step, asked.fields).ok);
  const next = registry().store.save(changed(withFields(draft, asked.step, asked.fields, passed), {}));
  return next ? { ok: true, draft: next } : { ok: false, why: 'changed-elsewhere' };
}

function changed(draft: Draft, more: Partial<Draft>): Draft {
  return { ...draft, ...more, changedAt: new Date().toISOString() };
}

/** Stands for a plan: any difference in a call or its undo gives another one. */
export function planFingerprint(calls: readonly SetupCall[]): string {
  return createHash('sha256').update(JSON.stringify(calls)).digest('base64url').slice(0, 22);
}

/** Begins to apply; the draft tells of the progress. False where it is going, or was applied already. */
export function startApplying(aws: Aws, draft: Draft, calls: readonly SetupCall[]): boolean {
  const { store, going } = registry();
  if (going.has(draft.id) || (draft.applied !== undefined && draft.applied.progress.state !== 'undone')) return false;
  going.add(draft.id);
  const at = new Date().toISOString();
  const tell = keeper(draft.id);
  void applyPlan(
    calls,
    (operation) => make(aws, operation),
    (progress) => tell({ applied: { calls, progress, at } }),
  )
    .catch((error: unknown) => console.error('a set-up was not applied', error))
    .finally(() => going.delete(draft.id));
  return store.find(draft.id) !== undefined;
}

/** Begins to prove what was applied; the draft tells of each attempt. */
export function startProving(aws: Aws, draft: Draft, choices: Choices, account: string): boolean {
  const { going } = registry();
  if (going.has(draft.id) || draft.applied?.progress.state !== 'done') return false;
  going.add(draft.id);
  const tell = keeper(draft.id);
  void proveSetup(aws, { choices, account, outputs: draft.applied.progress.outputs }, (proof) => tell({ proof }))
    .catch((error: unknown) => console.error('a set-up was not proven', error))
    .finally(() => going.delete(draft.id));
  return true;
}

/** Whether the plan or the proof of a draft is being run. */
export function isGoing(id: string): boolean {
  return registry().going.has(id);
}

/** Writes progress into a draft, whatever revision it has by then: only its own run does. */
function keeper(id: string): (more: Partial<Draft>) => void {
  const { store } = registry();
  return (more) => {
    const now = store.find(id);
    if (now) store.save(changed(now, more));
  };
}

async function make(aws: Aws, operation: PlannedOperation): Promise<Answer> {
  const result = await sendPlannedCall(aws, { ...operation, says: '' });
  if (!result.ok) {
    const { code, message, requestId } = result.error;
    return { ok: false, error: { code, message, ...(requestId === undefined ? {} : { requestId }) } };
  }
  const { $metadata: _metadata, ...output } = result.data as Record<string, unknown>;
  return { ok: true, output, ...(result.requestId === undefined ? {} : { requestId: result.requestId }) };
}
