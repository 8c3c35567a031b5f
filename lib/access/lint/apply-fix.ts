/**
 * Fixes put into the text of a document. Only what an edit names is written anew; indentation, order and line ends of
 * everything else stay as they are, and what is added is laid out like its neighbours.
 */

import { type JsonMember, type JsonNode, type JsonObject, readJson } from '../json.ts';
import { pointerKeys, pointerParent } from './pointer.ts';
import type { Edit, Fix, Json } from './types.ts';

/**
 * The text with a fix of `lintPolicy` in it. Throws PolicySyntaxError where the text is no JSON, and RangeError where a
 * path of the fix is not in it: the text is not the one that was looked at.
 */
export function applyFix(text: string, fix: Fix): string {
  return fix.edits.reduce(applyEdit, text);
}

function applyEdit(text: string, edit: Edit): string {
  const root = readJson(text);
  switch (edit.op) {
    case 'replace': {
      const node = nodeAt(root, edit.path);
      return splice(text, node.offset, node.end, written(text, edit.value, indentAt(text, node.offset)));
    }
    case 'rename': {
      const { offset, keyEnd } = memberAt(root, edit.path);
      return splice(text, offset, keyEnd, JSON.stringify(edit.key));
    }
    case 'add':
      return add(text, root, edit.path, edit.value);
    case 'remove':
      return remove(text, root, edit.path);
  }
}

function splice(text: string, from: number, to: number, part: string): string {
  return text.slice(0, from) + part + text.slice(to);
}

function absent(path: string): RangeError {
  return new RangeError(`There is nothing at ${path === '' ? 'the root' : path}.`);
}

function nodeAt(root: JsonNode, path: string): JsonNode {
  let node = root;
  for (const key of pointerKeys(path)) {
    const next: JsonNode | undefined =
      node.type === 'object'
        ? node.members.find((member) => member.key === key)?.node
        : node.type === 'array' && /^\d+$/.test(key)
          ? node.items[Number(key)]
          : undefined;
    if (next === undefined) throw absent(path);
    node = next;
  }
  return node;
}

function memberAt(root: JsonNode, path: string): JsonMember {
  const [parent, key] = pointerParent(path);
  const node = nodeAt(root, parent);
  const member = node.type === 'object' ? node.members.find((one) => one.key === key) : undefined;
  if (member === undefined) throw absent(path);
  return member;
}

function add(text: string, root: JsonNode, path: string, value: Json): string {
  const [parent, key] = pointerParent(path);
  const node = nodeAt(root, parent);
  if (node.type === 'object') {
    if (node.members.some((member) => member.key === key)) throw new RangeError(`${path} is there already.`);
    return addTo(text, node, node.members, value, `${JSON.stringify(key)}${colonOf(text, node)}`);
  }
  if (node.type !== 'array' || key !== '-') throw absent(path);
  return addTo(text, node, node.items, value, '');
}

/** What stands between a key and its value in this object: the neighbours' way, else `: `. */
function colonOf(text: string, { members }: JsonObject): string {
  const last = members.at(-1);
  if (last !== undefined) return text.slice(last.keyEnd, last.node.offset);
  return text.includes('": ') || !text.includes('":') ? ': ' : ':';
}

function addTo(
  text: string,
  parent: JsonNode,
  siblings: readonly { readonly offset: number; readonly end: number }[],
  value: Json,
  head: string,
): string {
  const last = siblings.at(-1);
  if (last !== undefined) {
    const gap = /\s*$/.exec(text.slice(0, last.offset))?.[0] ?? '';
    const indent = gap.includes('\n') ? gap.slice(gap.lastIndexOf('\n') + 1) : undefined;
    return splice(text, last.end, last.end, `,${gap}${head}${written(text, value, indent)}`);
  }
  const outer = indentAt(text, parent.offset);
  const inner = outer === undefined ? undefined : outer + unitOf(text);
  const part = `${head}${written(text, value, inner)}`;
  const lines = inner === undefined ? part : `${lineEnd(text)}${inner}${part}${lineEnd(text)}${outer}`;
  return splice(text, parent.offset + 1, parent.end - 1, lines);
}

function remove(text: string, root: JsonNode, path: string): string {
  const [parentPath, key] = pointerParent(path);
  const parent = nodeAt(root, parentPath);
  const siblings = parent.type === 'object' ? parent.members : parent.type === 'array' ? parent.items : [];
  const at = parent.type === 'object' ? parent.members.findIndex((member) => member.key === key) : Number(key);
  const own = siblings[at];
  if (own === undefined) throw absent(path);
  const next = siblings[at + 1];
  if (next !== undefined) return splice(text, own.offset, next.offset, '');
  const previous = siblings[at - 1];
  if (previous !== undefined) return splice(text, previous.end, own.end, '');
  return splice(text, parent.offset + 1, parent.end - 1, '');
}

/** A value as text: over several lines where its neighbours have lines of their own, else on one. */
function written(text: string, value: Json, indent: string | undefined): string {
  if (indent === undefined) {
    const spaced = text.includes('": ');
    return spaced ? oneLine(value) : JSON.stringify(value);
  }
  const lines = JSON.stringify(value, undefined, unitOf(text)).split('\n');
  return lines.join(`${lineEnd(text)}${indent}`);
}

function oneLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${oneLine(one)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** The indentation of the line on which an index lies; undefined in a document of one line. */
function indentAt(text: string, offset: number): string | undefined {
  if (!text.trimEnd().includes('\n')) return undefined;
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
}

/** One step of indentation: the first that the document shows. */
function unitOf(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
}

function lineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
