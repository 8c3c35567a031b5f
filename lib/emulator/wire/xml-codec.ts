/** XML elements to typed values and back (restXml; the answers of awsQuery). */

import type { MapNode, Node, Shape } from './schema.ts';
import { fromText, isRecord, setOwn, TextFault, toText } from './text.ts';
import { type Element, escapeXml, XmlFault } from './xml.ts';

type Entry = readonly [member: string, node: Node];

interface XmlNames {
  readonly elements: ReadonlyMap<string, Entry>;
  readonly attributes: readonly (readonly [name: string, member: string])[];
}

const names = new WeakMap<Shape, XmlNames>();

function namesOf(shape: Shape): XmlNames {
  let known = names.get(shape);
  if (known === undefined) {
    const elements = new Map<string, Entry>();
    const attributes: [string, string][] = [];
    for (const [member, node] of shape.members) {
      const name = node.traits.xmlName ?? member;
      if (node.traits.xmlAttribute === 1) attributes.push([name, member]);
      else if (node.traits.httpHeader === undefined) elements.set(name, [member, node]);
    }
    known = { elements, attributes };
    names.set(shape, known);
  }
  return known;
}

/**
 * Reads the content of an element as a structure. Unknown elements are ignored; one that must be single and comes twice
 * is a fault. Throws XmlFault or TextFault.
 */
export function structureFromXml(shape: Shape, element: Element): Record<string, unknown> {
  const { elements, attributes } = namesOf(shape);
  const result: Record<string, unknown> = {};
  for (const [name, member] of attributes) {
    const value = element.attributes?.get(name);
    if (value !== undefined) result[member] = value;
  }
  for (const child of element.children) {
    const entry = elements.get(child.name);
    if (entry === undefined) continue;
    const [member, node] = entry;
    if (node.kind === 'list' && node.traits.xmlFlattened === 1) {
      const item = valueFromXml(node.item, child);
      const list = result[member];
      if (Array.isArray(list)) list.push(item);
      else result[member] = [item];
    } else if (Object.hasOwn(result, member)) {
      throw new XmlFault(`${child.name} came twice`);
    } else {
      result[member] = valueFromXml(node, child);
    }
  }
  return result;
}

function valueFromXml(node: Node, element: Element): unknown {
  switch (node.kind) {
    case 'structure':
      return structureFromXml(node.shape, element);
    case 'list': {
      const { item } = node;
      const name = item.traits.xmlName ?? 'member';
      return element.children.filter((child) => child.name === name).map((child) => valueFromXml(item, child));
    }
    case 'map': {
      const result: Record<string, unknown> = {};
      const keyName = node.key.traits.xmlName ?? 'key';
      const valueName = node.item.traits.xmlName ?? 'value';
      for (const entry of element.children) {
        const key = entry.children.find((child) => child.name === keyName);
        const value = entry.children.find((child) => child.name === valueName);
        if (key !== undefined && value !== undefined) setOwn(result, key.text, valueFromXml(node.item, value));
      }
      return result;
    }
    default:
      if (element.children.length > 0) throw new TextFault('an element where a value was expected');
      return fromText(node, element.text, 'date-time');
  }
}

/** Writes `<name …>…</name>` for a value. */
function elementText(name: string, node: Node, value: unknown): string {
  const { xmlNamespace } = node.traits;
  const namespace =
    xmlNamespace === undefined
      ? ''
      : typeof xmlNamespace === 'string'
        ? ` xmlns="${xmlNamespace}"`
        : ` xmlns:${xmlNamespace[0]}="${xmlNamespace[1]}"`;
  switch (node.kind) {
    case 'structure': {
      if (!isRecord(value)) throw new TypeError(`${name} is no structure`);
      return `<${name}${namespace}${attributesText(node.shape, value)}>${membersText(node.shape, value)}</${name}>`;
    }
    case 'list': {
      if (!Array.isArray(value)) throw new TypeError(`${name} is no list`);
      const { item } = node;
      const isFlat = node.traits.xmlFlattened === 1;
      const itemName = isFlat ? name : (item.traits.xmlName ?? 'member');
      const items = value.map((content) => elementText(itemName, item, content)).join('');
      return isFlat ? items : `<${name}${namespace}>${items}</${name}>`;
    }
    case 'map':
      return `<${name}${namespace}>${entriesText(node, value)}</${name}>`;
    default:
      return `<${name}${namespace}>${escapeXml(toText(node, value, 'date-time'))}</${name}>`;
  }
}

function entriesText(node: MapNode, value: unknown): string {
  if (!isRecord(value)) throw new TypeError('no map where the schema has one');
  const keyName = node.key.traits.xmlName ?? 'key';
  const itemName = node.item.traits.xmlName ?? 'value';
  let text = '';
  for (const [key, content] of Object.entries(value)) {
    text += `<entry>${elementText(keyName, node.key, key)}${elementText(itemName, node.item, content)}</entry>`;
  }
  return text;
}

function attributesText(shape: Shape, value: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (const [name, member] of namesOf(shape).attributes) {
    const content = value[member];
    if (typeof content === 'string') text += ` ${name}="${escapeXml(content)}"`;
  }
  return text;
}

/** Writes a document: its root element with the namespace of the service. */
export function documentText(
  name: string,
  namespace: string,
  shape: Shape,
  value: Readonly<Record<string, unknown>>,
): string {
  return `<${name} xmlns="${namespace}"${attributesText(shape, value)}>${membersText(shape, value)}</${name}>`;
}

/** Writes the members of a structure, in the schema's order; undefined ones are left out, and so are headers. */
export function membersText(shape: Shape, value: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (const [name, [member, node]] of namesOf(shape).elements) {
    const content = value[member];
    if (content !== undefined && content !== null) text += elementText(name, node, content);
  }
  return text;
}
