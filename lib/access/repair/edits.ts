/** Edits of one statement, by its place in the document. */

import { parseOperator } from '../conditions/operators.ts';
import type { Edit, Json } from '../lint/types.ts';
import type { Policy } from '../policy.ts';

interface StatementJson {
  readonly [element: string]: Json;
}

/** The statement as JSON with its pointer; a document may hold one without a list. */
export function statementAt({ text }: Policy, position: number): { json: StatementJson; path: string } | undefined {
  const { Statement: block } = JSON.parse(text) as { Statement?: Json };
  if (Array.isArray(block)) {
    const json: unknown = block[position];
    return isObject(json) ? { json, path: `/Statement/${position}` } : undefined;
  }
  return position === 0 && isObject(block) ? { json: block, path: '/Statement' } : undefined;
}

function isObject(value: unknown): value is StatementJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Adds a value to an element that is one value or a list. */
export function addValue(path: string, present: Json | undefined, value: string): Edit {
  return Array.isArray(present)
    ? { op: 'add', path: `${path}/-`, value }
    : { op: 'replace', path, value: [...(present === undefined ? [] : [present]), value] };
}

/** A condition of a statement as the document writes it, found by operator and key as traces name them. */
export function conditionAt(
  { json, path }: { json: StatementJson; path: string },
  name: string,
): { path: string; block: string; value: Json; only: boolean } | undefined {
  const conditions = json['Condition'];
  if (!isObject(conditions)) return undefined;
  for (const [operator, keys] of Object.entries(conditions)) {
    if (!isObject(keys)) continue;
    for (const [key, value] of Object.entries(keys)) {
      if (`${parseOperator(operator)?.full ?? operator} ${key}` !== name) continue;
      const block = `${path}/Condition/${escape(operator)}`;
      const only = Object.keys(keys).length === 1;
      // The last of its operator goes with it, and the last operator with the whole block.
      const whole = only && Object.keys(conditions).length === 1 ? `${path}/Condition` : block;
      return { path: `${block}/${escape(key)}`, block: whole, value, only };
    }
  }
  return undefined;
}

/** A key as a part of a JSON Pointer (RFC 6901). */
function escape(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Appends a statement to the document. */
export function addStatement({ text }: Policy, statement: Json): Edit {
  const { Statement: block } = JSON.parse(text) as { Statement?: Json };
  return Array.isArray(block)
    ? { op: 'add', path: '/Statement/-', value: statement }
    : { op: 'replace', path: '/Statement', value: [...(block === undefined ? [] : [block]), statement] };
}
