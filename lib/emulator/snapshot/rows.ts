/** Rows of one account, out of the state database and into it again. */

import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { StateStore } from '../storage/store.ts';

/** A table of the state, and which of its rows belong to an account. */
export interface OwnedTable {
  readonly name: string;
  /** SQL condition with the account as its one parameter. */
  readonly rows: string;
  /** Column of names of body files. */
  readonly file?: string;
  /** Integer key that is used again for others when a row goes: restored rows get new ones. Never one that anything is bound to. */
  readonly renumber?: string;
  /** Columns that hold renumbered keys of a table listed before this one. */
  readonly refers?: Readonly<Record<string, string>>;
}

type Cell = null | number | string | { readonly base64: string };

export interface SavedTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export function readRows(state: StateStore, table: OwnedTable, accountId: string): SavedTable {
  const columns = columnsOf(state, table.name);
  const rows = state.statement(`SELECT * FROM ${table.name} WHERE ${table.rows}`).all(accountId);
  return { name: table.name, columns, rows: rows.map((row) => columns.map((column) => toCell(row[column] ?? null))) };
}

/** Names of all body files in saved rows. */
export function filesOf(tables: readonly OwnedTable[], saved: readonly SavedTable[]): readonly string[] {
  return saved.flatMap(({ name, columns, rows }) => {
    const { file } = tables.find((table) => table.name === name) ?? {};
    if (file === undefined) return [];
    const index = columns.indexOf(file);
    return rows.flatMap((row) => (typeof row[index] === 'string' ? [row[index]] : []));
  });
}

/** Inserts saved rows in the order of `tables`. Call inside a write; what SQLite refuses passes on. */
export function insertRows(state: StateStore, tables: readonly OwnedTable[], saved: readonly SavedTable[]): void {
  const byName = new Map(saved.map((table) => [table.name, table]));
  const renumbered = new Map<string, Map<Cell, number>>();
  for (const table of tables) {
    const found = byName.get(table.name);
    if (found === undefined) continue;
    const numbers = new Map<Cell, number>();
    renumbered.set(table.name, numbers);
    const { columns } = found;
    const statement = state.statement(
      `INSERT INTO ${table.name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    const own = table.renumber === undefined ? -1 : columns.indexOf(table.renumber);
    const references = Object.entries(table.refers ?? {}).map(
      ([column, target]) => [columns.indexOf(column), renumbered.get(target)] as const,
    );
    for (const row of found.rows) {
      const cells = row.map(fromCell);
      if (own !== -1) cells[own] = null;
      for (const [index, known] of references) cells[index] = known?.get(row[index] ?? null) ?? cells[index] ?? null;
      const { lastInsertRowid } = statement.run(...cells);
      if (own !== -1) numbers.set(row[own] ?? null, Number(lastInsertRowid));
    }
  }
}

function columnsOf(state: StateStore, table: string): readonly string[] {
  return state
    .statement('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map(({ name }) => String(name));
}

function toCell(value: SQLOutputValue): Cell {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  return typeof value === 'bigint' ? Number(value) : value;
}

function fromCell(cell: Cell): SQLInputValue {
  return typeof cell === 'object' && cell !== null ? Buffer.from(cell.base64, 'base64') : cell;
}
