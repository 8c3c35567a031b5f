/** Rows of the service's own tables in the shape that its own SELECT gives them. */

import type { SQLInputValue, StatementSync } from 'node:sqlite';

/** The first row, or undefined. `Row` is the shape of the statement's columns. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the shape
export function one<Row>(statement: StatementSync, ...values: SQLInputValue[]): Row | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the statement and its row type stand side by side
  return statement.get(...values) as Row | undefined;
}

/** All rows. `Row` is the shape of the statement's columns. */
export function all<Row>(statement: StatementSync, ...values: SQLInputValue[]): Row[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the statement and its row type stand side by side
  return statement.all(...values) as Row[];
}

/** JSON that this service wrote itself, or has checked. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the shape
export function parsed<T>(text: string): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the encoder beside the caller
  return JSON.parse(text) as T;
}
