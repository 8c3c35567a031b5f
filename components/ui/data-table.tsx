'use client';

import { ArrowDown, ArrowUp, Search, X } from 'lucide-react';
import { parseAsArrayOf, parseAsString, useQueryState, useQueryStates } from 'nuqs';
import { type ReactNode, useDeferredValue, useRef } from 'react';
import { cx } from './cx';
import { countOf, formatCount } from './format';
import { RetryButton } from './retry-button';
import { SpacerRow } from './spacer-row';
import { NoMatch } from './states';
import { useWindow } from './window-rows';

/** One column. `sort` makes its head a button; `property` makes it a filter. */
export interface Column<Row> {
  readonly id: string;
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  readonly sort?: (row: Row) => string | number;
  /** The value by which rows can be filtered, one of few. */
  readonly property?: (row: Row) => string;
  readonly numeric?: boolean;
}

/** Beyond this many rows only those in sight are in the page. */
const WINDOW_FROM = 200;

/**
 * A table over a whole collection: filter, properties and order live in the address, so that a link shows the same.
 * @param text what the filter searches in a row
 */
export function DataTable<Row>({
  rows,
  columns,
  rowKey,
  text,
  label,
  noun,
  filterHint,
  stacked = true,
}: {
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  text: (row: Row) => string;
  label: string;
  /** "table buckets": what is counted. */
  noun: string;
  filterHint: string;
  /** On narrow screens each row becomes a small card. */
  stacked?: boolean;
}) {
  const [state, setState] = useQueryStates(
    { q: parseAsString.withDefault(''), is: parseAsArrayOf(parseAsString).withDefault([]) },
    { history: 'replace', clearOnDefault: true },
  );
  const [order, setOrder] = useQueryState(
    'sort',
    parseAsString.withDefault('').withOptions({ history: 'push', clearOnDefault: true }),
  );
  const search = useDeferredValue(state.q.trim().toLowerCase());
  const descending = order.startsWith('-');
  const sorted = columns.find((column) => column.id === order.replace(/^-/, '') && column.sort);

  const filters = state.is.map((one) => {
    const cut = one.indexOf(':');
    return { raw: one, id: one.slice(0, cut), value: one.slice(cut + 1) };
  });
  const matching = rows.filter(
    (row) =>
      (search === '' || text(row).toLowerCase().includes(search)) &&
      filters.every((filter) => columns.find((column) => column.id === filter.id)?.property?.(row) === filter.value),
  );
  const by = sorted?.sort;
  const shown = by
    ? matching.toSorted((left, right) => {
        const [a, b] = [by(left), by(right)];
        const way = a < b ? -1 : a > b ? 1 : 0;
        return descending ? -way : way;
      })
    : matching;
  const filtered = search !== '' || filters.length > 0;
  const clear = () => void setState({ q: null, is: null });

  return (
    <>
      <div className="filter-bar">
        <label className="field-box grow-field">
          <Search size={14} aria-hidden />
          <span className="sr-only">Filter {noun}</span>
          <input
            type="search"
            value={state.q}
            placeholder={filterHint}
            onChange={(event) => void setState({ q: event.target.value || null })}
          />
        </label>
        <PropertySelect
          columns={columns}
          rows={rows}
          used={state.is}
          onPick={(pick) => void setState({ is: [...state.is, pick] })}
        />
        {filters.map((filter) => (
          <span className="token" key={filter.raw}>
            <b>{columns.find((column) => column.id === filter.id)?.head ?? filter.id}</b>
            <span className="op">is</span>
            {filter.value}
            <button
              type="button"
              aria-label={`Remove filter ${filter.value}`}
              onClick={() => void setState({ is: state.is.filter((one) => one !== filter.raw) })}
            >
              <X size={12} aria-hidden />
            </button>
          </span>
        ))}
        {filtered && (
          <button type="button" className="button ghost" onClick={clear}>
            Clear filters
          </button>
        )}
        <span className="ml-auto text-ink-2" aria-live="polite">
          {filtered ? `${formatCount(shown.length)} of ${formatCount(rows.length)}` : countOf(rows.length, noun)}
        </span>
        <RetryButton label="Refresh" ghost />
      </div>
      {shown.length === 0 ? (
        <NoMatch
          title={`No ${noun} match`}
          actions={
            <button type="button" className="button" onClick={clear}>
              Clear filters
            </button>
          }
        >
          {countOf(rows.length, noun)} searched.
        </NoMatch>
      ) : (
        <Body
          key={shown.length > WINDOW_FROM ? 'window' : 'whole'}
          shown={shown}
          columns={columns}
          rowKey={rowKey}
          label={label}
          stacked={stacked}
          order={order}
          onOrder={(id) => void setOrder(order === id ? `-${id}` : order === `-${id}` ? null : id)}
        />
      )}
    </>
  );
}

function PropertySelect<Row>({
  columns,
  rows,
  used,
  onPick,
}: {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  used: readonly string[];
  onPick: (pick: string) => void;
}) {
  const groups = columns.flatMap((column) => {
    const { property } = column;
    if (!property) return [];
    const values = [...new Set(rows.map(property))].filter((value) => value !== '').toSorted();
    return values.length < 2 ? [] : [{ column, values: values.slice(0, 40) }];
  });
  if (groups.length === 0) return null;
  return (
    <span className="select-box compact">
      <select
        value=""
        aria-label="Add a property filter"
        onChange={(event) => event.target.value && onPick(event.target.value)}
      >
        <option value="">Property</option>
        {groups.map(({ column, values }) => (
          <optgroup key={column.id} label={column.head}>
            {values.map((value) => (
              <option key={value} value={`${column.id}:${value}`} disabled={used.includes(`${column.id}:${value}`)}>
                {column.head} is {value}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </span>
  );
}

interface BodyProps<Row> {
  shown: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  label: string;
  stacked: boolean;
  order: string;
  onOrder: (id: string) => void;
}

function Body<Row>(props: BodyProps<Row>) {
  const { shown, columns, rowKey, label, stacked, order, onOrder } = props;
  const long = shown.length > WINDOW_FROM;
  const scroller = useRef<HTMLDivElement>(null);
  const view = useWindow(scroller, shown.length);
  const [from, to] = long ? [view.from, view.to] : [0, shown.length];
  return (
    <>
      <div
        ref={scroller}
        className={cx('table-scroll', long && 'window')}
        {...(long ? { tabIndex: 0, role: 'region', 'aria-label': label } : {})}
      >
        <table className={cx(stacked && !long && 'stack-small')} aria-label={label} aria-rowcount={shown.length + 1}>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.id} column={column} order={order} onOrder={onOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            <SpacerRow columns={columns.length} rows={from} rowHeight={view.rowHeight} />
            {shown.slice(from, to).map((row, index) => (
              <tr key={rowKey(row)} data-row aria-rowindex={from + index + 2}>
                {columns.map((column) => (
                  <td key={column.id} className={column.numeric ? 'num' : undefined}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
            <SpacerRow columns={columns.length} rows={shown.length - to} rowHeight={view.rowHeight} />
          </tbody>
        </table>
      </div>
      {long && <WindowFoot first={view.first} last={view.last} total={shown.length} goTo={view.goTo} />}
    </>
  );
}

function Head<Row>({ column, order, onOrder }: { column: Column<Row>; order: string; onOrder: (id: string) => void }) {
  const direction = order === column.id ? 'ascending' : order === `-${column.id}` ? 'descending' : undefined;
  const Arrow = direction === 'descending' ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      className={column.numeric ? 'num' : undefined}
      aria-sort={column.sort ? (direction ?? 'none') : undefined}
    >
      {column.sort ? (
        <button type="button" onClick={() => onOrder(column.id)}>
          {column.head}
          {direction && <Arrow size={12} aria-hidden />}
        </button>
      ) : column.head === '' ? (
        <span className="sr-only">Actions</span>
      ) : (
        column.head
      )}
    </th>
  );
}

/** Where in a long table a person is, and a way to jump. */
export function WindowFoot({
  first,
  last,
  total,
  goTo,
}: {
  first: number;
  last: number;
  total: number;
  goTo: (row: number) => void;
}) {
  return (
    <div className="table-foot">
      <span>
        Rows {formatCount(first + 1)} to {formatCount(last)} of {formatCount(total)}
      </span>
      <label className="ml-auto flex items-center gap-2">
        Go to row
        <span className="field-box narrow">
          <input
            type="number"
            min={1}
            max={total}
            onKeyDown={(event) => {
              if (event.key === 'Enter') goTo(Math.max(0, Math.min(total, Number(event.currentTarget.value)) - 1));
            }}
          />
        </span>
      </label>
    </div>
  );
}
