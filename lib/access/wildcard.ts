/**
 * Wildcards: `*` stands for any run of characters, `?` for exactly one. Matching never goes back over a star that a
 * later star follows, so the cost is the length of the value times the number of `?` runs at worst; there is no
 * regular expression, and so no pattern that takes exponential time.
 */

export const STAR = Symbol('*');
export const ONE = Symbol('?');

/** A pattern in pieces: literal text (which may hold `*` as itself), a star, or one character. */
export type GlobToken = string | typeof STAR | typeof ONE;

/** Literal text between two stars; `holes` are the positions of `?` in it. */
interface Chunk {
  readonly text: string;
  readonly holes: readonly number[] | undefined;
}

/** A compiled pattern. */
export class Glob {
  /** The only text that matches, when the pattern has no wildcard. */
  readonly exact: string | undefined;
  /** True when every text matches. */
  readonly any: boolean;
  readonly #chunks: readonly Chunk[];
  readonly #shortest: number;

  constructor(tokens: readonly GlobToken[]) {
    const chunks: Chunk[] = [];
    let text = '';
    let holes: number[] | undefined;
    for (const token of tokens) {
      if (token === STAR) {
        chunks.push({ text, holes });
        text = '';
        holes = undefined;
      } else if (token === ONE) {
        (holes ??= []).push(text.length);
        text += '?';
      } else {
        text += token;
      }
    }
    chunks.push({ text, holes });
    // Stars that follow each other leave empty chunks between them, which match anywhere.
    this.#chunks = chunks.filter((chunk, i) => i === 0 || i === chunks.length - 1 || chunk.text !== '');
    this.#shortest = chunks.reduce((sum, chunk) => sum + chunk.text.length, 0);
    this.exact = chunks.length === 1 && holes === undefined ? text : undefined;
    this.any = chunks.length > 1 && this.#shortest === 0;
  }

  test(value: string): boolean {
    if (this.exact !== undefined) return value === this.exact;
    if (this.any) return true;
    const chunks = this.#chunks;
    const first = chunks[0]!;
    if (value.length < this.#shortest || !matchesAt(first, value, 0)) return false;
    if (chunks.length === 1) return value.length === first.text.length;
    const last = chunks[chunks.length - 1]!;
    const end = value.length - last.text.length;
    if (!matchesAt(last, value, end)) return false;
    let at = first.text.length;
    for (let i = 1; i < chunks.length - 1; i += 1) {
      const chunk = chunks[i]!;
      const found = find(chunk, value, at, end);
      if (found < 0) return false;
      at = found + chunk.text.length;
    }
    return at <= end;
  }
}

function matchesAt(chunk: Chunk, value: string, at: number): boolean {
  const { text, holes } = chunk;
  if (holes === undefined) return value.startsWith(text, at);
  let hole = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (holes[hole] === i) hole += 1;
    else if (value.charCodeAt(at + i) !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** First place at or after `from` where the chunk stands and ends no later than `end`; -1 if none. */
function find(chunk: Chunk, value: string, from: number, end: number): number {
  const last = end - chunk.text.length;
  if (chunk.holes === undefined) {
    const at = value.indexOf(chunk.text, from);
    return at > last ? -1 : at;
  }
  for (let at = from; at <= last; at += 1) if (matchesAt(chunk, value, at)) return at;
  return -1;
}

/** Cuts a pattern at its wildcards. */
export function globTokens(pattern: string): GlobToken[] {
  const tokens: GlobToken[] = [];
  let start = 0;
  for (let i = 0; i < pattern.length; i += 1) {
    const c = pattern.charCodeAt(i);
    if (c !== 42 && c !== 63) continue;
    if (i > start) tokens.push(pattern.slice(start, i));
    tokens.push(c === 42 ? STAR : ONE);
    start = i + 1;
  }
  if (start < pattern.length) tokens.push(pattern.slice(start));
  return tokens;
}

/** Whether a value matches a pattern with `*` and `?`, with regard to case. */
export function wildcardMatch(pattern: string, value: string): boolean {
  return new Glob(globTokens(pattern)).test(value);
}

/** Compiled patterns, for callers that meet the same ones again and again; emptied when it is full. */
const kept = new Map<string, Glob>();
const KEPT_PATTERNS = 1024;

/** A pattern with `*` and `?`, compiled once while it is in use. */
export function globOf(pattern: string): Glob {
  let glob = kept.get(pattern);
  if (glob === undefined) {
    if (kept.size >= KEPT_PATTERNS) kept.clear();
    glob = new Glob(globTokens(pattern));
    kept.set(pattern, glob);
  }
  return glob;
}
