/** Who may do more, and who less, after a change. */

import { evaluate } from '../evaluate.ts';
import type { Decision } from '../types.ts';
import { grouped, type Row } from './group.ts';
import type { Answer, Comparison, Question, Situation, Version } from './types.ts';

export interface CompareOptions {
  /** Questions asked at most. Default 20,000, about a third of a second. */
  readonly maxQuestions?: number;
}

/**
 * Asks the same questions of two versions and gives those whose answer turns between allow and deny, with the reason on
 * both sides. Pure and deterministic: the same questions and versions give the same rows in the same order. Changes of
 * the reason alone are none.
 */
export function compareAccess(
  questions: Iterable<Question>,
  before: Version,
  after: Version,
  { maxQuestions = 20_000 }: CompareOptions = {},
): Comparison {
  const rows: Row[] = [];
  let asked = 0;
  let complete = true;
  for (const question of questions) {
    if (asked >= maxQuestions) {
      complete = false;
      break;
    }
    asked += 1;
    const situations = [before(question), after(question)] as const;
    const [then, now] = situations.map(decide);
    if (allows(then) === allows(now)) continue;
    const [answerThen, answerNow] = situations.map(answer);
    if (answerThen === undefined || answerNow === undefined) continue;
    rows.push({ question, direction: allows(now) ? 'gains' : 'loses', before: answerThen, after: answerNow });
  }
  return { changes: grouped(rows), asked, complete };
}

function decide(situation: Situation): Decision | undefined {
  return 'unavailable' in situation ? undefined : evaluate(situation.request, situation.policies);
}

function allows(decision: Decision | undefined): boolean {
  return decision?.outcome === 'allow';
}

/** With its reason: this is asked for the few questions that differ. */
function answer(situation: Situation): Answer {
  if ('unavailable' in situation) return { outcome: 'unavailable', reason: situation.unavailable };
  const { trace, ...decision } = evaluate(situation.request, situation.policies, { trace: true });
  return { ...decision, reason: trace?.summary ?? '' };
}
