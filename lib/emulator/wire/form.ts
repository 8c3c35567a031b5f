/** Forms of the query protocol: `Tags.member.1.Key=…` to typed values (awsQuery). */

import type { Node, Shape } from './schema.ts';
import { fromText, setOwn, TextFault } from './text.ts';

/** What a form says at one place: a value, or further names. */
interface Branch {
  value: string | undefined;
  readonly names: Map<string, Branch>;
}

/** More than any operation takes; what a client could send beyond it would only cost memory. */
const MAX_PARAMETERS = 10_000;
/** `a.member.1.b.member.1.c` of the deepest input, and some. */
const MAX_SEGMENTS = 12;

/** A form that is none; the caller knows the service's words. */
export class FormFault extends Error {}

/** Decodes `application/x-www-form-urlencoded`; of a name that comes twice the last counts. Throws FormFault. */
export function parseForm(text: string): Map<string, string> {
  const form = new Map<string, string>();
  for (const [name, value] of pairsOf(text)) {
    form.set(name, value);
    if (form.size > MAX_PARAMETERS) throw new FormFault('too many parameters');
  }
  return form;
}

/** The name-value pairs of a query or form, decoded, in order. Throws FormFault for a broken percent escape. */
export function* pairsOf(text: string): Generator<readonly [string, string]> {
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf('&', start);
    if (end < 0) end = text.length;
    if (end > start) {
      const pair = text.slice(start, end);
      const equals = pair.indexOf('=');
      yield equals < 0
        ? [decodePart(pair), '']
        : [decodePart(pair.slice(0, equals)), decodePart(pair.slice(equals + 1))];
    }
    start = end + 1;
  }
}

function decodePart(part: string): string {
  const spaced = part.includes('+') ? part.replaceAll('+', ' ') : part;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new FormFault('a broken percent escape');
  }
}

/** Reads a form as a structure. Unknown names are ignored. Throws TextFault. */
export function structureFromForm(shape: Shape, form: ReadonlyMap<string, string>): Record<string, unknown> {
  const root: Branch = { value: undefined, names: new Map() };
  for (const [name, value] of form) {
    const segments = name.split('.', MAX_SEGMENTS + 1);
    if (segments.length > MAX_SEGMENTS) continue;
    let branch = root;
    for (const segment of segments) {
      let next = branch.names.get(segment);
      if (next === undefined) {
        next = { value: undefined, names: new Map() };
        branch.names.set(segment, next);
      }
      branch = next;
    }
    branch.value = value;
  }
  return structureFrom(shape, root);
}

function structureFrom(shape: Shape, branch: Branch): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [member, node] of shape.members) {
    const content = branch.names.get(node.traits.xmlName ?? member);
    if (content !== undefined) result[member] = valueFrom(node, content);
  }
  return result;
}

function valueFrom(node: Node, branch: Branch): unknown {
  switch (node.kind) {
    case 'structure':
      return structureFrom(node.shape, branch);
    case 'list': {
      const { item } = node;
      const items = node.traits.xmlFlattened === 1 ? branch : branch.names.get(item.traits.xmlName ?? 'member');
      return numbered(items).map((content) => valueFrom(item, content));
    }
    case 'map': {
      const result: Record<string, unknown> = {};
      const entries = node.traits.xmlFlattened === 1 ? branch : branch.names.get('entry');
      for (const entry of numbered(entries)) {
        const key = entry.names.get(node.key.traits.xmlName ?? 'key')?.value;
        const value = entry.names.get(node.item.traits.xmlName ?? 'value');
        if (key !== undefined && value !== undefined) setOwn(result, key, valueFrom(node.item, value));
      }
      return result;
    }
    default:
      if (branch.value === undefined) throw new TextFault(node.kind);
      return fromText(node, branch.value, 'date-time');
  }
}

/** Items by ascending number, whatever gaps there are. */
function numbered(branch: Branch | undefined): Branch[] {
  if (branch === undefined) return [];
  return [...branch.names]
    .filter(([name]) => /^\d{1,9}$/.test(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, item]) => item);
}
