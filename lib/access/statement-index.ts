/**
 * Finds the statements of a policy that can speak on an action, and among them those that name a principal. Which
 * actions are asked about follows from the code, not from the data, so the answers are kept for the life of the policy.
 */

import type { ActionSet, Statement } from './policy.ts';

/** Statements that match one action, in the order of the document. */
export interface ActionView {
  readonly allows: readonly Statement[];
  readonly denies: readonly Statement[];
  /** Statements with a Principal element, by each name in it. */
  readonly byName: ReadonlyMap<string, readonly Statement[]>;
  /** Statements for everyone, and with NotPrincipal: they have to be looked at whoever asks. */
  readonly open: readonly Statement[];
}

/** More different actions than any service has; beyond it an answer is made but not kept. */
const KEPT_ACTIONS = 512;

export class StatementIndex {
  readonly #statements: readonly Statement[];
  readonly #views = new Map<string, ActionView>();

  constructor(statements: readonly Statement[]) {
    this.#statements = statements;
  }

  /** Takes the action in lower case. */
  view(action: string): ActionView {
    const kept = this.#views.get(action);
    if (kept !== undefined) return kept;
    const view = buildView(this.#statements.filter((statement) => actionMatches(statement.action, action)));
    if (this.#views.size < KEPT_ACTIONS) this.#views.set(action, view);
    return view;
  }
}

/** Whether an Action or NotAction element means an action, given in lower case. */
export function actionMatches(set: ActionSet, action: string): boolean {
  return set.globs.some((glob) => glob.test(action)) !== set.not;
}

function buildView(matching: readonly Statement[]): ActionView {
  const byName = new Map<string, Statement[]>();
  const open: Statement[] = [];
  for (const statement of matching) {
    const set = statement.principal;
    if (set === undefined) continue;
    if (set.not || set.everyone) {
      open.push(statement);
      continue;
    }
    for (const name of set.names) {
      const list = byName.get(name);
      if (list === undefined) byName.set(name, [statement]);
      else list.push(statement);
    }
  }
  return {
    allows: matching.filter((statement) => statement.effect === 'Allow'),
    denies: matching.filter((statement) => statement.effect === 'Deny'),
    byName,
    open,
  };
}
