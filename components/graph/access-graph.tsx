'use client';

import { Search, Table2, Waypoints, X } from 'lucide-react';
import { parseAsArrayOf, parseAsString, useQueryStates } from 'nuqs';
import { type ReactNode, useSyncExternalStore, useTransition } from 'react';
import type { PrincipalKind } from '@/lib/access/reach/types';
import { AskForm, type AskOption } from './ask-form';
import { Canvas } from './canvas';
import { ExportMenu } from './export-menu';
import { KIND_WORDS } from './model/fold';
import { principalId } from './model/ids';
import type { Graph } from './model/types';

const NARROW = '(max-width: 760px)';
const VIEWS = ['graph', 'table'] as const;
const ICONS = { graph: Waypoints, table: Table2 } as const;

/** The access graph with its question, filters, table and panel. All of its state is in the address. */
export function AccessGraph({
  title,
  answer,
  graph,
  operations,
  kinds,
  ask,
  table,
  panel,
  notice,
  empty,
}: {
  title: string;
  answer: string;
  graph: Graph;
  /** Operations that occur, without prefix. */
  operations: readonly string[];
  kinds: readonly PrincipalKind[];
  ask: { readonly ask: string; readonly about: string; readonly options: readonly AskOption[] };
  table: ReactNode;
  panel: ReactNode;
  notice: ReactNode;
  /** In place of a graph without nodes. */
  empty: ReactNode;
}) {
  const [pending, start] = useTransition();
  const narrow = useNarrow();
  const [state, set] = useQueryStates(
    {
      q: parseAsString.withDefault(''),
      op: parseAsString.withDefault(''),
      kind: parseAsArrayOf(parseAsString).withDefault([]),
      open: parseAsArrayOf(parseAsString).withDefault([]),
      sel: parseAsString.withDefault(''),
      who: parseAsString.withDefault(''),
      on: parseAsString.withDefault(''),
      view: parseAsString.withDefault(''),
      page: parseAsString.withDefault(''),
    },
    { history: 'replace', shallow: false, clearOnDefault: true, startTransition: start },
  );
  const filter = (changed: Parameters<typeof set>[0]) => void set({ ...(changed as object), page: null });
  const select = (id: string) => {
    const node = graph.nodes.find((one) => one.id === id);
    if (node?.opens !== undefined) void set({ open: [...state.open, node.opens] }, { history: 'push' });
    else void set({ sel: id === state.sel ? null : id, who: null, on: null });
  };
  const filtered = state.q !== '' || state.op !== '' || state.kind.length > 0;
  const second = state.who === '' ? '' : principalId(state.who);
  return (
    <div className="access" data-view={state.view || 'auto'} data-pending={pending || undefined}>
      <div className="access-main">
        <header className="access-head">
          <div className="access-title">
            <h1>{title}</h1>
            <p className="text-ink-2">{answer}</p>
          </div>
          <div className="access-tools">
            <div className="segments" role="group" aria-label="View">
              {VIEWS.map((name) => {
                const Icon = ICONS[name];
                return (
                  <button
                    key={name}
                    type="button"
                    aria-pressed={name === (state.view || (narrow ? 'table' : 'graph'))}
                    onClick={() => void set({ view: name })}
                  >
                    <Icon size={14} aria-hidden />
                    {name === 'graph' ? 'Graph' : 'Table'}
                  </button>
                );
              })}
            </div>
            <ExportMenu graph={graph} title={title} answer={answer} />
          </div>
          <AskForm key={`${ask.ask} ${ask.about}`} {...ask} />
          <div className="access-filters">
            <label className="field-box">
              <Search size={14} aria-hidden />
              <span className="sr-only">Find in the graph</span>
              <input
                type="search"
                value={state.q}
                placeholder="Principal, statement, key or bucket"
                onChange={(event) => filter({ q: event.target.value || null })}
              />
            </label>
            <span className="select-box">
              <select
                aria-label="Operation"
                value={state.op}
                onChange={(event) => filter({ op: event.target.value || null })}
              >
                <option value="">Any operation</option>
                {operations.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </span>
            <span className="select-box">
              <select
                aria-label="Principal kind"
                value=""
                onChange={(event) => filter({ kind: [...state.kind, event.target.value] })}
              >
                <option value="">{state.kind.length === 0 ? 'Any principal' : 'And also …'}</option>
                {kinds
                  .filter((kind) => !state.kind.includes(kind))
                  .map((kind) => (
                    <option key={kind} value={kind}>
                      {KIND_WORDS[kind]}
                    </option>
                  ))}
              </select>
            </span>
            {state.kind.map((kind) => (
              <Token
                key={kind}
                label={`Principal is ${KIND_WORDS[kind as PrincipalKind] ?? kind}`}
                onRemove={() => filter({ kind: state.kind.filter((one) => one !== kind) })}
              />
            ))}
            {state.open.map((pile, index) => (
              <Token
                key={pile}
                label={`Pile ${index + 1} open`}
                onRemove={() => void set({ open: state.open.filter((one) => one !== pile) })}
              />
            ))}
            {filtered && (
              <button type="button" className="button ghost" onClick={() => filter({ q: null, op: null, kind: null })}>
                Clear filters
              </button>
            )}
          </div>
        </header>
        {notice}
        <section className="access-graph" aria-label="Graph">
          {graph.nodes.length === 0 ? (
            empty
          ) : (
            <Canvas
              graph={graph}
              selected={state.sel}
              second={second}
              onSelect={select}
              onClear={() => void set({ sel: null, who: null, on: null })}
            />
          )}
        </section>
        <div className="access-table">{table}</div>
      </div>
      {panel}
    </div>
  );
}

/** Whether the screen begins with the table: the same width as in graph.css. */
function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = matchMedia(NARROW);
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => matchMedia(NARROW).matches,
    () => false,
  );
}

function Token({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <span className="token">
      {label}
      <button type="button" aria-label={`Remove: ${label}`} onClick={onRemove}>
        <X size={12} aria-hidden />
      </button>
    </span>
  );
}
