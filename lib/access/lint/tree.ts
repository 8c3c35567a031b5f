/**
 * A policy as lint looks at it: every value with its place. Lenient, so that one fault does not hide the others: what
 * is not as it should be is left out here, and the parser tells of it.
 */

import { type Operator, parseOperator } from '../conditions/operators.ts';
import { type JsonNode, type JsonObject, readJson } from '../json.ts';
import type { Policy } from '../policy.ts';
import { pointerTo } from './pointer.ts';

export interface Spot {
  readonly offset: number;
  readonly end: number;
  /** JSON Pointer. */
  readonly pointer: string;
}

export interface Value extends Spot {
  readonly text: string;
}

export interface NamedPrincipal extends Value {
  /** `AWS`, `Service`, …; `*` where everyone stands without a type. */
  readonly type: string;
}

/** One line of a Condition block. */
export interface ConditionLine extends Spot {
  readonly operator: Operator;
  readonly operatorText: string;
  readonly operatorPointer: string;
  /** Whether the operator's block holds nothing else. */
  readonly alone: boolean;
  readonly keyText: string;
  /** In lower case. */
  readonly key: string;
  readonly values: readonly Value[];
}

/** Action or NotAction, Resource or NotResource. */
export interface Element {
  readonly not: boolean;
  readonly spot: Spot;
  readonly values: readonly Value[];
}

export interface LintStatement extends Spot {
  /** From 0. */
  readonly position: number;
  readonly label: string;
  readonly effect: 'Allow' | 'Deny' | undefined;
  readonly principals: readonly NamedPrincipal[];
  readonly notPrincipal: boolean;
  readonly action: Element | undefined;
  readonly resource: Element | undefined;
  readonly conditions: readonly ConditionLine[];
  readonly node: JsonObject;
}

export interface LintDocument {
  readonly text: string;
  /** Undefined when the text is not a policy. */
  readonly policy: Policy | undefined;
  readonly statements: readonly LintStatement[];
  /** The word Statement, else the beginning of the document: where findings on the whole stand. */
  readonly spot: Spot;
  /** Whether Statement is a list. */
  readonly listed: boolean;
  readonly version: Value | undefined;
}

/** Throws PolicySyntaxError where the text is not JSON; `policy` is what the parser made of it. */
export function lintDocument(text: string, policy: Policy | undefined): LintDocument {
  const node = readJson(text);
  const root: JsonObject =
    node.type === 'object' ? node : { type: 'object', members: [], offset: node.offset, end: node.end };
  const holder = root.members.find(({ key }) => key === 'Statement');
  const block = holder?.node;
  const listed = block?.type === 'array';
  const statements: LintStatement[] = [];
  const items = block?.type === 'array' ? block.items : block === undefined ? [] : [block];
  for (const [position, item] of items.entries()) {
    const pointer = listed ? `/Statement/${position}` : '/Statement';
    if (item.type === 'object') statements.push(statement(item, position, pointer));
  }
  const version = member(root, 'Version');
  return {
    text,
    policy,
    statements,
    spot:
      holder === undefined
        ? { offset: root.offset, end: root.offset + 1, pointer: '' }
        : { offset: holder.offset, end: holder.keyEnd, pointer: '/Statement' },
    listed,
    version: version === undefined ? undefined : strings(version, '/Version')[0],
  };
}

function statement(node: JsonObject, position: number, pointer: string): LintStatement {
  const sid = member(node, 'Sid');
  const effect = member(node, 'Effect');
  const named = sid?.type === 'string' && sid.value !== '';
  return {
    ...spotOf(node, pointer),
    node,
    position,
    label: named ? sid.value : `statement ${position + 1}`,
    effect:
      effect?.type === 'string' && (effect.value === 'Allow' || effect.value === 'Deny') ? effect.value : undefined,
    principals: [...principals(node, pointer, 'Principal'), ...principals(node, pointer, 'NotPrincipal')],
    notPrincipal: member(node, 'NotPrincipal') !== undefined,
    action: element(node, pointer, 'Action'),
    resource: element(node, pointer, 'Resource'),
    conditions: [...conditions(node, pointer)],
  };
}

function member(node: JsonObject, key: string): JsonNode | undefined {
  return node.members.find((one) => one.key === key)?.node;
}

function spotOf({ offset, end }: JsonNode, pointer: string): Spot {
  return { offset, end, pointer };
}

/** A string or a list of strings. */
function strings(node: JsonNode, pointer: string): Value[] {
  if (node.type === 'array') return node.items.flatMap((item, i) => strings(item, `${pointer}/${i}`));
  return node.type === 'object' || node.type === 'null' ? [] : [{ ...spotOf(node, pointer), text: node.value }];
}

function principals(node: JsonObject, pointer: string, name: string): NamedPrincipal[] {
  const block = member(node, name);
  if (block === undefined) return [];
  const place = `${pointer}/${name}`;
  const named = (type: string, values: Value[]) => values.map((value) => Object.assign(value, { type }));
  if (block.type !== 'object') return named('*', strings(block, place));
  return block.members.flatMap(({ key, node: values }) => named(key, strings(values, pointerTo(place, key))));
}

function element(node: JsonObject, pointer: string, name: string): Element | undefined {
  const not = member(node, name) === undefined;
  const key = not ? `Not${name}` : name;
  const block = member(node, key);
  if (block === undefined) return undefined;
  const place = `${pointer}/${key}`;
  return { not, spot: spotOf(block, place), values: strings(block, place) };
}

function* conditions(node: JsonObject, pointer: string): Generator<ConditionLine> {
  const block = member(node, 'Condition');
  if (block?.type !== 'object') return;
  for (const { key: operatorText, node: lines } of block.members) {
    const operator = parseOperator(operatorText);
    if (operator === undefined || lines.type !== 'object') continue;
    const operatorPointer = pointerTo(`${pointer}/Condition`, operatorText);
    for (const { key, keyEnd, offset, node: values } of lines.members) {
      const place = pointerTo(operatorPointer, key);
      yield {
        offset,
        end: keyEnd,
        pointer: place,
        operator,
        operatorText,
        operatorPointer,
        alone: lines.members.length === 1,
        keyText: key,
        key: key.toLowerCase(),
        values: strings(values, place),
      };
    }
  }
}
