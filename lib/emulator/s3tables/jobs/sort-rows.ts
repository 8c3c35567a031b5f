/** Rows in the table's sort order, where it is one of plain columns. */

import { currentSchema, type TableMetadata } from '../../../iceberg/metadata.ts';
import type { Row, Value } from '../../../iceberg/values.ts';

interface Direction {
  readonly name: string;
  readonly sign: 1 | -1;
  /** Where null comes, whatever the direction. */
  readonly nulls: 1 | -1;
}

/** Undefined when the table has no sort order, or one by a transform. */
export function sortedRows(
  metadata: TableMetadata,
  rows: readonly Row[],
): { readonly rows: readonly Row[]; readonly orderId: number } | undefined {
  const orderId = metadata['default-sort-order-id'] ?? 0;
  const order = metadata['sort-orders']?.find((it) => it['order-id'] === orderId);
  if (!order || order.fields.length === 0) return undefined;
  const columns = currentSchema(metadata).fields;
  const by: Direction[] = [];
  for (const field of order.fields) {
    const name = columns.find(({ id }) => id === field['source-id'])?.name;
    if (name === undefined || field.transform !== 'identity') return undefined;
    const { direction, 'null-order': nulls } = { direction: 'asc', 'null-order': 'nulls-first', ...field };
    by.push({ name, sign: direction === 'desc' ? -1 : 1, nulls: nulls === 'nulls-last' ? 1 : -1 });
  }
  return { orderId, rows: rows.toSorted((one, other) => compareRows(one, other, by)) };
}

function compareRows(one: Row, other: Row, by: readonly Direction[]): number {
  for (const { name, sign, nulls } of by) {
    const [a, b] = [one[name] ?? null, other[name] ?? null];
    if (a === null || b === null) {
      if (a !== b) return a === null ? nulls : -nulls;
      continue;
    }
    const order = compare(a, b);
    if (order !== 0) return order * sign;
  }
  return 0;
}

function compare(a: NonNullable<Value>, b: NonNullable<Value>): number {
  if (typeof a === 'string' || a instanceof Uint8Array) {
    // Iceberg orders strings by their bytes.
    return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string));
  }
  return a < b ? -1 : a > b ? 1 : 0;
}
