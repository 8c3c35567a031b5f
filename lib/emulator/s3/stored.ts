/** Rows as the statements that read them shape them: each caller's SQL stands beside the type that it names. */

import type { StatementSync } from 'node:sqlite';

type Parameter = string | number | null | Uint8Array;

// The schema (STRICT tables) keeps what the types say; checking each row again would cost more than reading it.
/* oxlint-disable typescript/no-unsafe-type-assertion, typescript/no-unnecessary-type-parameters */

export function firstRow<Row>(statement: StatementSync, ...parameters: readonly Parameter[]): Row | undefined {
  return statement.get(...parameters) as Row | undefined;
}

/**
 * A row as its values in the order of the columns: making an object of a wide row costs more than reading it. A statement
 * that is read so is never read as objects.
 */
export function firstTuple<Row extends readonly unknown[]>(
  statement: StatementSync,
  ...parameters: readonly Parameter[]
): Row | undefined {
  if (!tuples.has(statement)) {
    statement.setReturnArrays(true);
    tuples.add(statement);
  }
  return statement.get(...parameters) as unknown as Row | undefined;
}

const tuples = new WeakSet<StatementSync>();

export function allRows<Row>(statement: StatementSync, ...parameters: readonly Parameter[]): Row[] {
  return statement.all(...parameters) as unknown as Row[];
}

/** Rows one by one; stops reading when the loop does. Nothing may be written meanwhile. */
export function eachRow<Row>(statement: StatementSync, ...parameters: readonly Parameter[]): Iterable<Row> {
  return statement.iterate(...parameters) as Iterable<unknown> as Iterable<Row>;
}
/* oxlint-enable */

/**
 * An output of the SDK with its enumerations as plain strings: what is answered may be newer than the SDK's lists.
 */
export type Answer<T> = T extends string
  ? string
  : T extends Date | Uint8Array
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Answer<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Answer<T[Key]> }
        : T;
