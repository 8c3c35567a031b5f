'use client';

import type { Route } from 'next';
import Link from 'next/link';
import { parseAsArrayOf, parseAsInteger, parseAsString, useQueryState, useQueryStates } from 'nuqs';
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import { countOf } from './format';
import { Fact, Facts } from './layout';
import { type Column, ListBody, PageFoot } from './list/body';
import { FilterBar } from './list/filter-bar';
import { OptionsMenu } from './list/options-menu';
import { useListPreferences } from './list/preferences';
import { formatToken, knownTokens, runQuery } from './list/query';
import { BulkBar, type Selection } from './list/selection';
import { SplitPanel } from './list/split-panel';
import { NoMatch } from './states';

export type { Column } from './list/body';

/** Details of a row beside the list. */
export interface RowPanel<Row> {
  readonly title: (row: Row) => string;
  /** The row's own page. */
  readonly href?: (row: Row) => Route | undefined;
  /** Under the facts. Without `facts` these are the row's columns, the hidden ones too. */
  readonly more?: (row: Row) => ReactNode;
  readonly facts?: (row: Row) => ReactNode;
}

/**
 * A table over a whole collection. Filter, order, page and the open row live in the address, so that a link shows the
 * same; columns, page size and panel width are kept for the person.
 * @param text what the filter searches in a row
 * @param panel opens a row's details beside the list, by click or Enter
 * @param renderBulk actions on the ticked rows; gets them, also when there are none, so that the actions can say why not
 * @param tools more controls of the list's head, such as exports or the progress of reading
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
  panel,
  renderBulk,
  tools,
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
  panel?: RowPanel<Row>;
  renderBulk?: (selected: readonly Row[], clear: () => void) => ReactNode;
  tools?: ReactNode;
}) {
  const [state, setState] = useQueryStates(
    {
      q: parseAsString.withDefault(''),
      filter: parseAsArrayOf(parseAsString).withDefault([]),
      page: parseAsInteger.withDefault(1),
      item: parseAsString.withDefault(''),
    },
    { history: 'replace', clearOnDefault: true },
  );
  const [order, setOrder] = useQueryState(
    'sort',
    parseAsString.withDefault('').withOptions({ history: 'push', clearOnDefault: true }),
  );
  const [preferences, setPreferences] = useListPreferences(label);
  const [linkedSize, setLinkedSize] = useQueryState('size', parseAsInteger);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [byKeyboard, setByKeyboard] = useState(false);

  const search = useDeferredValue(state.q);
  const tokens = knownTokens(state.filter, columns);
  const texts = useMemo(() => rows.map((row) => text(row).toLowerCase()), [rows, text]);
  const filter = tokens.map(formatToken).join('\0');
  const matching = useMemo(
    () => runQuery(rows, texts, { search, tokens: knownTokens(filter.split('\0'), columns), order }, columns),
    [rows, texts, search, filter, order, columns],
  );
  const size = linkedSize ?? preferences.size;
  const pages = size ? Math.max(1, Math.ceil(matching.length / size)) : 1;
  const page = Math.min(Math.max(1, state.page), pages);
  const shown = size ? matching.slice((page - 1) * size, page * size) : matching;
  const hidden = preferences.hidden ?? [];
  const visible = columns.filter((column, index) => index === 0 || !hidden.includes(column.id));
  const opened = panel && state.item ? rows.find((row) => rowKey(row) === state.item) : undefined;
  const clear = () => void setState({ q: null, filter: null, page: null });

  const selection: Selection | undefined = renderBulk && {
    keys: ticked,
    toggle: (key, on) => setTicked((before) => changed(before, [key], on)),
    all: (keys, on) => setTicked((before) => changed(before, keys, on)),
  };
  const selected = renderBulk ? rows.filter((row) => ticked.has(rowKey(row))) : [];
  const close = () => {
    void setState({ item: null });
    if (byKeyboard)
      document.querySelector<HTMLElement>(`table[aria-label="${label}"] tr[aria-selected="true"]`)?.focus();
  };

  return (
    <>
      <FilterBar
        rows={rows}
        columns={columns}
        noun={noun}
        hint={filterHint}
        search={state.q}
        tokens={tokens}
        matching={matching.length}
        onSearch={(value) => void setState({ q: value || null, page: null })}
        onTokens={(next) => void setState({ filter: next.length > 0 ? next.map(formatToken) : null, page: null })}
        onClear={clear}
      >
        {tools}
        <OptionsMenu
          columns={columns.slice(1).filter((column) => column.head !== '')}
          preferences={preferences}
          size={size}
          onPreferences={(next) => {
            setPreferences(next);
            void setLinkedSize(null);
            void setState({ page: null });
          }}
        />
      </FilterBar>
      {renderBulk && (
        <BulkBar
          count={selected.length}
          hidden={selected.length - matching.reduce((count, row) => count + (ticked.has(rowKey(row)) ? 1 : 0), 0)}
          noun={noun}
          onClear={() => setTicked(new Set())}
        >
          {renderBulk(selected, () => setTicked(new Set()))}
        </BulkBar>
      )}
      <div className={panel && opened ? 'with-split-panel' : undefined}>
        <div className="min-w-0">
          {matching.length === 0 ? (
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
            <ListBody
              // Another length changes how the rows are drawn; what was measured no longer holds.
              key={`${size ?? 'all'} ${filter} ${search}`}
              shown={shown}
              offset={size ? (page - 1) * size : 0}
              total={matching.length}
              columns={visible}
              rowKey={rowKey}
              label={label}
              noun={noun}
              stacked={stacked}
              order={order}
              onOrder={(id) => void setOrder(order === id ? `-${id}` : order === `-${id}` ? null : id)}
              selection={selection}
              open={state.item}
              onOpen={
                panel &&
                ((key, keyboard) => {
                  setByKeyboard(keyboard);
                  void setState({ item: key });
                })
              }
            />
          )}
          {size !== undefined && matching.length > size && (
            <PageFoot
              page={page}
              size={size}
              total={matching.length}
              onPage={(next) => {
                // The size goes along: a link shows the same rows to whoever prefers another.
                void setLinkedSize(size);
                void setState({ page: next });
              }}
            />
          )}
        </div>
        {panel && opened && (
          <SplitPanel key={state.item} title={panel.title(opened)} onClose={close} takeFocus={byKeyboard}>
            <PanelBody row={opened} columns={columns} panel={panel} />
          </SplitPanel>
        )}
      </div>
    </>
  );
}

function PanelBody<Row>({ row, columns, panel }: { row: Row; columns: readonly Column<Row>[]; panel: RowPanel<Row> }) {
  const href = panel.href?.(row);
  return (
    <>
      <div className="px-4 pb-3">
        {panel.facts?.(row) ?? (
          <Facts>
            {columns.map((column) => (
              <Fact key={column.id} label={column.head}>
                {column.cell(row)}
              </Fact>
            ))}
          </Facts>
        )}
      </div>
      {panel.more?.(row)}
      {href && (
        <div className="px-4 pb-4">
          <Link className="button" href={href}>
            Open
          </Link>
        </div>
      )}
    </>
  );
}

function changed(before: ReadonlySet<string>, keys: readonly string[], on: boolean): ReadonlySet<string> {
  const next = new Set(before);
  for (const key of keys) {
    if (on) next.add(key);
    else next.delete(key);
  }
  return next;
}
