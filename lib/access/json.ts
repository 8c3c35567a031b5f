/**
 * JSON with positions. `JSON.parse` keeps the last of two equal keys and forgets where things stood; a policy with a
 * key twice is refused, and an editor wants line and column. Strict RFC 8259; depth and size are bounded.
 */

import { PolicySyntaxError } from './syntax-error.ts';

interface Placed {
  /** Index of the first character in the text. */
  readonly offset: number;
  /** Index after the last character. */
  readonly end: number;
}
export interface JsonString extends Placed {
  readonly type: 'string';
  readonly value: string;
}
export interface JsonPrimitive extends Placed {
  readonly type: 'number' | 'boolean' | 'null';
  /** As it stands in the text. */
  readonly value: string;
}
export interface JsonArray extends Placed {
  readonly type: 'array';
  readonly items: readonly JsonNode[];
}
/** Placed from its key to the end of its value. */
export interface JsonMember extends Placed {
  readonly key: string;
  /** Index after the closing quote of the key. */
  readonly keyEnd: number;
  readonly node: JsonNode;
}
export interface JsonObject extends Placed {
  readonly type: 'object';
  readonly members: readonly JsonMember[];
}
export type JsonNode = JsonString | JsonPrimitive | JsonArray | JsonObject;

/** Deeper than any policy: document, statement, operator, key, values make seven levels. */
const MAX_DEPTH = 16;
/** The largest policy of any service is 32,768 bytes (LIM-05); services check their own limit with their own error. */
const MAX_LENGTH = 131_072;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Reads a whole text; throws PolicySyntaxError (`json`, `duplicate-key`, `too-deep`, `too-large`). */
export function readJson(text: string): JsonNode {
  if (text.length > MAX_LENGTH) {
    throw new PolicySyntaxError('too-large', `The document is longer than ${MAX_LENGTH} characters.`, text, 0, '');
  }
  return new Reader(text).document();
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonNode {
    const node = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#error('Nothing may follow the document.');
    return node;
  }

  #error(message: string, offset = this.#at): PolicySyntaxError {
    return new PolicySyntaxError('json', message, this.#text, offset, '');
  }

  #space(): void {
    for (;;) {
      const c = this.#text.charCodeAt(this.#at);
      if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return;
      this.#at += 1;
    }
  }

  #value(depth: number): JsonNode {
    this.#space();
    const offset = this.#at;
    if (depth > MAX_DEPTH) {
      throw new PolicySyntaxError(
        'too-deep',
        `The document is nested deeper than ${MAX_DEPTH}.`,
        this.#text,
        offset,
        '',
      );
    }
    const c = this.#text[offset];
    if (c === '"') return { type: 'string', value: this.#string(), offset, end: this.#at };
    if (c === '{') return this.#object(offset, depth);
    if (c === '[') return this.#array(offset, depth);
    if (c === undefined) throw this.#error('The document ends too early.');
    for (const word of ['true', 'false', 'null'] as const) {
      if (this.#text.startsWith(word, offset)) {
        this.#at += word.length;
        return { type: word === 'null' ? 'null' : 'boolean', value: word, offset, end: this.#at };
      }
    }
    NUMBER.lastIndex = offset;
    const number = NUMBER.exec(this.#text);
    if (number === null) throw this.#error(`Unexpected character ${JSON.stringify(c)}.`);
    this.#at += number[0].length;
    return { type: 'number', value: number[0], offset, end: this.#at };
  }

  #object(offset: number, depth: number): JsonObject {
    const members: JsonMember[] = [];
    const seen = new Set<string>();
    this.#at += 1;
    this.#space();
    if (this.#take('}')) return { type: 'object', members, offset, end: this.#at };
    do {
      this.#space();
      const at = this.#at;
      if (this.#text[at] !== '"') throw this.#error('A key in double quotes is expected.');
      const key = this.#string();
      if (seen.has(key)) {
        const message = `The key ${JSON.stringify(key)} stands twice in one object.`;
        throw new PolicySyntaxError('duplicate-key', message, this.#text, at, '', key);
      }
      seen.add(key);
      const keyEnd = this.#at;
      this.#space();
      if (!this.#take(':')) throw this.#error('A colon is expected.');
      const node = this.#value(depth + 1);
      members.push({ key, keyEnd, node, offset: at, end: node.end });
      this.#space();
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#error('A comma or } is expected.');
    return { type: 'object', members, offset, end: this.#at };
  }

  #array(offset: number, depth: number): JsonArray {
    const items: JsonNode[] = [];
    this.#at += 1;
    this.#space();
    if (this.#take(']')) return { type: 'array', items, offset, end: this.#at };
    do {
      items.push(this.#value(depth + 1));
      this.#space();
    } while (this.#take(','));
    if (!this.#take(']')) throw this.#error('A comma or ] is expected.');
    return { type: 'array', items, offset, end: this.#at };
  }

  #take(c: string): boolean {
    if (this.#text[this.#at] !== c) return false;
    this.#at += 1;
    return true;
  }

  #string(): string {
    const text = this.#text;
    let start = ++this.#at;
    let value = '';
    for (;;) {
      const c = text.charCodeAt(this.#at);
      if (Number.isNaN(c)) throw this.#error('A string is not closed.');
      if (c < 32) throw this.#error('A control character stands in a string.');
      if (c === 34) {
        value += text.slice(start, this.#at);
        this.#at += 1;
        return value;
      }
      if (c === 92) {
        value += text.slice(start, this.#at) + this.#escape();
        start = this.#at;
      } else {
        this.#at += 1;
      }
    }
  }

  #escape(): string {
    const at = this.#at;
    const c = this.#text[at + 1] ?? '';
    if (c === 'u') {
      const hex = this.#text.slice(at + 2, at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw this.#error('\\u takes four hexadecimal digits.');
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    // Not ESCAPES[c] alone: every object has inherited members.
    const plain = Object.hasOwn(ESCAPES, c) ? ESCAPES[c] : undefined;
    if (plain === undefined) throw this.#error('This escape does not exist.');
    this.#at += 2;
    return plain;
  }
}
