/** Reading the parts of a policy document, with the place of what is wrong. */

import { type JsonNode, type JsonObject, readJson } from './json.ts';
import { type PolicyProblem, PolicySyntaxError } from './syntax-error.ts';

/** A value with the index at which it stands. */
export interface PlacedValue {
  readonly value: string;
  readonly offset: number;
}

export class DocumentReader {
  readonly #text: string;
  readonly #lineStarts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
  }

  /** The outermost object. Throws where the text is not JSON or not an object. */
  root(): JsonObject {
    const node = readJson(this.#text);
    if (node.type !== 'object') throw this.error('json', 'A policy is a JSON object.', node.offset, '');
    for (let at = this.#text.indexOf('\n'); at >= 0; at = this.#text.indexOf('\n', at + 1))
      this.#lineStarts.push(at + 1);
    return node;
  }

  /** The line of an index, from 1. */
  line(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#lineStarts[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  error(problem: PolicyProblem, message: string, offset: number, path: string, subject?: string): PolicySyntaxError {
    return new PolicySyntaxError(problem, message, this.#text, offset, path, subject);
  }

  member(node: JsonObject, key: string): JsonNode | undefined {
    return node.members.find((member) => member.key === key)?.node;
  }

  onlyElements(node: JsonObject, known: ReadonlySet<string>, path: string): void {
    for (const { key, offset } of node.members) {
      if (known.has(key)) continue;
      const message = `${JSON.stringify(key)} is not an element of ${path === '' ? 'a policy' : 'a statement'}.`;
      throw this.error('unknown-element', message, offset, path, key);
    }
  }

  object(node: JsonNode, path: string): JsonObject {
    if (node.type === 'object') return node;
    throw this.error('wrong-type', `${path} is an object.`, node.offset, path);
  }

  string(node: JsonNode, path: string): string {
    if (node.type === 'string') return node.value;
    throw this.error('wrong-type', `${path} is a string.`, node.offset, path);
  }

  /** A string or a list of strings. */
  strings(node: JsonNode, path: string): PlacedValue[] {
    const items = node.type === 'array' ? node.items : [node];
    return items.map((item) => {
      if (item.type === 'string') return { value: item.value, offset: item.offset };
      throw this.error('wrong-type', `${path} is a string or a list of strings.`, item.offset, path);
    });
  }

  /** A condition's value: strings, numbers and booleans, or a list of them, as text. */
  scalars(node: JsonNode, path: string): string[] {
    const items = node.type === 'array' ? node.items : [node];
    return items.map((item) => {
      if (item.type === 'string' || item.type === 'number' || item.type === 'boolean') return item.value;
      throw this.error('wrong-type', `${path} is a value or a list of values.`, item.offset, path);
    });
  }
}
