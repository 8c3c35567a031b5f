'use client';

import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, type ReactNode, useRef, useState } from 'react';
import { cx } from '../cx';
import { formatCount } from '../format';
import { SpacerRow } from '../spacer-row';
import { useWindow } from '../window-rows';
import type { Queried } from './query';
import { SelectAll, type Selection } from './selection';

/** One column. `sort` makes its head a button; `property` makes it a filter. */
export interface Column<Row> extends Queried<Row> {
  readonly cell: (row: Row) => ReactNode;
  readonly numeric?: boolean;
}

/** Beyond this many rows only those in sight are in the page. */
export const WINDOW_FROM = 120;

interface BodyProps<Row> {
  readonly shown: readonly Row[];
  /** Index of the first of them in the whole list: pages after the first begin later. */
  readonly offset: number;
  readonly total: number;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly label: string;
  readonly noun: string;
  readonly stacked: boolean;
  readonly order: string;
  readonly onOrder: (id: string) => void;
  readonly selection?: Selection | undefined;
  readonly open?: string | undefined;
  /** A row was opened, by keyboard or not. */
  readonly onOpen?: ((key: string, byKeyboard: boolean) => void) | undefined;
}

/** What a click on a row must not take from. */
const CONTROLS = 'a, button, input, select, textarea, label, summary, dialog, [popover]';

/** The table itself; long ones draw only the rows in sight. */
export function ListBody<Row>(props: BodyProps<Row>) {
  const { shown, offset, total, columns, rowKey, label, noun, stacked, order, onOrder, selection, open, onOpen } =
    props;
  const long = shown.length > WINDOW_FROM;
  const scroller = useRef<HTMLDivElement>(null);
  const view = useWindow(scroller, shown.length);
  const [from, to] = long ? [view.from, view.to] : [0, shown.length];
  const [active, setActive] = useState(0);
  const width = columns.length + (selection ? 1 : 0);
  const onKey = (event: KeyboardEvent<HTMLTableRowElement>, key: string, index: number) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter') onOpen?.(key, true);
    else if (event.key === ' ' && selection) selection.toggle(key, !selection.keys.has(key));
    else {
      const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: shown.length - 1 }[event.key];
      if (next === undefined || next < 0 || next >= shown.length) return;
      setActive(next);
      const row = event.currentTarget.closest('tbody')?.querySelector<HTMLElement>(`[data-index="${next}"]`);
      if (row) row.focus();
      else view.goTo(next);
    }
    event.preventDefault();
  };
  const onClick = (event: MouseEvent<HTMLTableRowElement>, key: string, index: number) => {
    if (event.target instanceof Element && event.target.closest(CONTROLS)) return;
    if (window.getSelection()?.toString()) return;
    setActive(index);
    onOpen?.(key, false);
  };
  const tabbable = active >= from && active < to ? active : from;
  return (
    <>
      <div
        ref={scroller}
        className={cx('table-scroll', long && 'window')}
        {...(long ? { tabIndex: 0, role: 'region', 'aria-label': label } : {})}
      >
        <table className={cx(stacked && !long && 'stack-small')} aria-label={label} aria-rowcount={total + 1}>
          <thead>
            <tr>
              {selection && (
                <th scope="col" className="tick">
                  <SelectAll shown={shown.map(rowKey)} selection={selection} noun={noun} />
                </th>
              )}
              {columns.map((column) => (
                <Head key={column.id} column={column} order={order} onOrder={onOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            <SpacerRow columns={width} rows={from} rowHeight={view.rowHeight} />
            {shown.slice(from, to).map((row, position) => {
              const [key, index] = [rowKey(row), from + position];
              return (
                // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
                <tr
                  key={key}
                  data-row
                  data-index={index}
                  aria-rowindex={offset + index + 2}
                  {...(onOpen
                    ? {
                        tabIndex: index === tabbable ? 0 : -1,
                        className: 'opens',
                        'aria-selected': key === open,
                        onKeyDown: (event) => onKey(event, key, index),
                        onClick: (event) => onClick(event, key, index),
                      }
                    : {})}
                >
                  {selection && (
                    <td className="tick">
                      <input
                        type="checkbox"
                        aria-label={`Select ${key}`}
                        checked={selection.keys.has(key)}
                        onChange={(event) => selection.toggle(key, event.target.checked)}
                      />
                    </td>
                  )}
                  {columns.map((column) => (
                    <td key={column.id} className={column.numeric ? 'num' : undefined}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              );
            })}
            <SpacerRow columns={width} rows={shown.length - to} rowHeight={view.rowHeight} />
          </tbody>
        </table>
      </div>
      {long && <WindowFoot first={view.first} last={view.last} total={shown.length} goTo={view.goTo} />}
    </>
  );
}

function Head<Row>({ column, order, onOrder }: { column: Column<Row>; order: string; onOrder: (id: string) => void }) {
  const direction = order === column.id ? 'ascending' : order === `-${column.id}` ? 'descending' : undefined;
  const Arrow = direction === 'descending' ? ArrowDown : ArrowUp;
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

/** Pages, where a person prefers them to scrolling. */
export function PageFoot({
  page,
  size,
  total,
  onPage,
}: {
  page: number;
  size: number;
  total: number;
  onPage: (page: number) => void;
}) {
  const pages = Math.max(1, Math.ceil(total / size));
  return (
    <nav className="table-foot" aria-label="Pages">
      <span>
        Rows {formatCount((page - 1) * size + 1)} to {formatCount(Math.min(total, page * size))} of {formatCount(total)}
      </span>
      <span className="ml-auto flex items-center gap-2">
        <button
          type="button"
          className="button small"
          aria-disabled={page <= 1}
          onClick={() => page > 1 && onPage(page - 1)}
        >
          Previous
        </button>
        <span>
          Page {formatCount(page)} of {formatCount(pages)}
        </span>
        <button
          type="button"
          className="button small"
          aria-disabled={page >= pages}
          onClick={() => page < pages && onPage(page + 1)}
        >
          Next
        </button>
      </span>
    </nav>
  );
}
