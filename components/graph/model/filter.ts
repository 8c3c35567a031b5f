/** Which rows a question, filters and a search leave. */

import type { PrincipalKind } from '@/lib/access/reach/types';
import type { ThingInfo, WayRow } from './types';

export interface GraphFilter {
  /** `Decrypt`; empty for all. */
  readonly op: string;
  readonly kinds: readonly PrincipalKind[];
  readonly q: string;
  /** ARNs or names; empty where nothing is in focus. */
  readonly key: string;
  readonly thing: string;
  readonly principal: string;
}

/** Rows in their order. A focus on a thing leaves what opens it, and what is denied. */
export function filterRows(
  rows: readonly WayRow[],
  things: readonly ThingInfo[],
  { op, kinds, q, key, thing, principal }: GraphFilter,
): readonly WayRow[] {
  const words = q.trim().toLowerCase();
  const focused = things.find(({ arn }) => arn === thing);
  const thingText = new Map(things.map(({ arn, name }) => [arn, name.toLowerCase()]));
  return rows.filter(
    (row) =>
      (op === '' || row.actions.includes(`kms:${op}`)) &&
      (kinds.length === 0 || kinds.includes(row.principalKind)) &&
      (key === '' || row.key === key) &&
      (principal === '' || row.principal === principal) &&
      (thing === '' || opens(row, thing, focused)) &&
      (words === '' || textOf(row).includes(words) || row.things.some((arn) => thingText.get(arn)?.includes(words))),
  );
}

function opens(row: WayRow, thing: string, focused: ThingInfo | undefined): boolean {
  if (row.verdict === 'uses') return row.things.includes(thing);
  return row.verdict === 'denied' && row.key === focused?.keyArn;
}

function textOf(row: WayRow): string {
  return `${row.principal} ${row.reason} ${row.about} ${row.keyName} ${row.key}`.toLowerCase();
}

/** The answer in one line: `38 can use it, 1 administers it, 1 is denied`. Everybody counts once, by the best. */
export function answerOf(rows: readonly WayRow[]): { uses: number; administers: number; denied: number } {
  const best = new Map<string, WayRow['verdict']>();
  const rank = { uses: 0, administers: 1, denied: 2 } as const;
  for (const { principal, verdict } of rows) {
    const known = best.get(principal);
    if (known === undefined || rank[verdict] < rank[known]) best.set(principal, verdict);
  }
  const count = (verdict: WayRow['verdict']) => [...best.values()].filter((one) => one === verdict).length;
  return { uses: count('uses'), administers: count('administers'), denied: count('denied') };
}
