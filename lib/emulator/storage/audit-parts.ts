/** What many audit rows have in common, stored once: rows hold its number. */

import { createHash } from 'node:crypto';
import type { Database } from './database.ts';

/** Texts remembered with their numbers; the rest is found by hash in the database. */
const REMEMBERED = 2000;

export class AuditParts {
  readonly #database: Database;
  #objects = new WeakMap<object, number>();
  #numbers = new Map<string, number>();
  readonly #texts = new Map<number, string>();
  /** Texts that came once. */
  readonly #seen = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Number of the part that describes `object`, which never changes: after the first time nothing is encoded. */
  ofObject(object: object, encode: () => string): number {
    const known = this.#objects.get(object);
    if (known !== undefined) return known;
    const number = this.ofText(encode());
    this.#objects.set(object, number);
    return number;
  }

  ofText(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const hash = createHash('sha256').update(text).digest();
    const row = this.#database.statement('SELECT id FROM part WHERE hash = ?').get(hash);
    const number =
      row === undefined
        ? Number(
            this.#database.statement('INSERT INTO part (hash, body) VALUES (?, ?)').run(hash, text).lastInsertRowid,
          )
        : Number(row['id']);
    if (this.#numbers.size >= REMEMBERED) this.#numbers.clear();
    this.#numbers.set(text, number);
    return number;
  }

  /**
   * Number of a text that came before, or undefined for one that is new: what never comes again is not worth a part.
   * Whoever gets undefined writes the text into the row.
   */
  ofRepeated(text: string): number | undefined {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    if (this.#seen.delete(text)) return this.ofText(text);
    if (this.#seen.size >= REMEMBERED) this.#seen.clear();
    this.#seen.add(text);
    return undefined;
  }

  text(number: number): string {
    const known = this.#texts.get(number);
    if (known !== undefined) return known;
    const row = this.#database.statement('SELECT body FROM part WHERE id = ?').get(number);
    if (row === undefined) throw new Error(`audit part ${number} is missing`);
    const text = String(row['body']);
    if (this.#texts.size >= REMEMBERED) this.#texts.clear();
    this.#texts.set(number, text);
    return text;
  }

  /** Numbers given since the last commit are void. */
  rolledBack(): void {
    this.#objects = new WeakMap();
    this.#numbers = new Map();
  }
}
