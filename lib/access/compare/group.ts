/** Rows that say the same become one. */

import type { Principal } from '../types.ts';
import type { Answer, Change, Question, Thing } from './types.ts';

export interface Row {
  readonly question: Question;
  readonly direction: Change['direction'];
  readonly before: Answer;
  readonly after: Answer;
}

/** For one principal, action and pair of answers: everything it is about. */
interface Cell {
  readonly row: Row;
  readonly pair: string;
  readonly things: Map<string, Thing>;
}

interface Block {
  readonly row: Row;
  readonly pair: string;
  readonly principals: Map<string, Principal>;
  readonly actions: Set<string>;
  readonly things: ReadonlyMap<string, Thing>;
}

/**
 * Groups so that every group is a full product of principals, actions and things: first the things of an action, then
 * actions with the same things, then principals with the same actions and things.
 */
export function grouped(rows: readonly Row[]): readonly Change[] {
  const cells = new Map<string, Cell>();
  for (const row of rows) {
    const { principal, action, resource, data, encryptionContext } = row.question;
    const pair = pairOf(row);
    const cell = entry(cells, keyOf(principal.arn, action, pair), () => ({ row, pair, things: new Map() }));
    const thing: Thing = {
      resource,
      ...(data === undefined ? {} : { data }),
      ...(encryptionContext === undefined ? {} : { encryptionContext }),
    };
    cell.things.set(keyOf(resource, data, encryptionContext), thing);
  }
  const byPrincipal = new Map<string, Block>();
  for (const { row, pair, things } of cells.values()) {
    const { principal, action } = row.question;
    const block = entry(byPrincipal, keyOf(principal.arn, pair, [...things.keys()].sort()), () => ({
      row,
      pair,
      principals: new Map([[principal.arn, principal]]),
      actions: new Set<string>(),
      things,
    }));
    block.actions.add(action);
  }
  const blocks = new Map<string, Block>();
  for (const block of byPrincipal.values()) {
    const key = keyOf(block.pair, [...block.actions].sort(), [...block.things.keys()].sort());
    const same = entry(blocks, key, () => block);
    for (const [arn, principal] of block.principals) same.principals.set(arn, principal);
  }
  const changes = [...blocks.values()].map(changeOf);
  return [
    ...changes.filter(({ direction }) => direction === 'loses'),
    ...changes.filter(({ direction }) => direction === 'gains'),
  ];
}

function changeOf({ row, principals, actions, things }: Block): Change {
  return {
    direction: row.direction,
    principals: [...principals.values()],
    actions: [...actions],
    things: [...things.values()],
    before: row.before,
    after: row.after,
  };
}

/** Answers are alike when the same place decided the same: their sentences name principal and action. */
function pairOf({ before, after }: Row): string {
  const place = ({ outcome, decidedBy, source, statement, reason }: Answer) => [
    outcome,
    decidedBy,
    source,
    statement,
    outcome === 'unavailable' ? reason : undefined,
  ];
  return keyOf(place(before), place(after));
}

function keyOf(...parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
