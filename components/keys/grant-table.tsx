'use client';

import { Hourglass, Search, X } from 'lucide-react';
import { parseAsString, useQueryStates } from 'nuqs';
import { useCallback, useDeferredValue, useEffect, useRef, useState } from 'react';
import { retireGrantAction, revokeGrantAction } from '@/app/(console)/keys/grant-actions';
import type { KeyGrant } from '@/lib/aws/grants';
import { Badge } from '../ui/badge';
import { ActionButton } from '../ui/form';
import { countOf, formatCount } from '../ui/format';
import { WindowFoot } from '../ui/list/body';
import { Principal } from '../ui/principal';
import { RetryButton } from '../ui/retry-button';
import { SpacerRow } from '../ui/spacer-row';
import { NoMatch } from '../ui/states';
import { Time } from '../ui/time';
import { useWindow } from '../ui/window-rows';
import { GrantPanel } from './grant-panel';

export interface GrantWindow {
  /** All grants of the key. */
  readonly total: number;
  /** Those that the filter leaves. */
  readonly matching: number;
  readonly offset: number;
  readonly grants: readonly KeyGrant[];
}

/** How many rows are asked for at once. */
const CHUNK = 200;

const ORDERS = { made: 'Made', grantee: 'Grantee', name: 'Name' } as const;

/**
 * `knownAfter` are the seconds until a new grant counts without its token, `now` world time in milliseconds.
 * Grants of a key, up to 50,000: the whole collection stays on the server, which filters and orders it; only the rows
 * near the ones in sight are fetched.
 */
export function GrantTable({
  keyId,
  first,
  unavailable,
  target,
  knownAfter,
  now,
}: {
  keyId: string;
  first: GrantWindow;
  unavailable?: string | undefined;
  target: string;
  knownAfter: number;
  now: number;
}) {
  const [query, setQuery] = useQueryStates(
    {
      q: parseAsString.withDefault(''),
      operation: parseAsString.withDefault(''),
      sort: parseAsString.withDefault('made'),
      grant: parseAsString.withDefault(''),
    },
    { history: 'replace', clearOnDefault: true },
  );
  const search = useDeferredValue(query.q);
  const { loaded, matching, need } = useGrants(keyId, first, search, query.operation, query.sort);
  const scroller = useRef<HTMLDivElement>(null);
  const view = useWindow(scroller, matching);
  useEffect(() => need(view.from, view.to), [need, view.from, view.to]);
  const selected = query.grant ? [...loaded.values()].find((grant) => grant.id === query.grant) : undefined;
  const filtered = query.q !== '' || query.operation !== '';
  const clear = () => void setQuery({ q: null, operation: null });
  const rows = Array.from({ length: view.to - view.from }, (_, index) => view.from + index);
  const operations = ['Decrypt', 'GenerateDataKey', 'Encrypt', 'CreateGrant', 'DescribeKey', 'RetireGrant'];

  return (
    <>
      <div className="filter-bar">
        <label className="field-box grow-field">
          <Search size={14} aria-hidden />
          <span className="sr-only">Filter grants</span>
          <input
            type="search"
            value={query.q}
            placeholder="Grant ID, name or principal"
            onChange={(event) => void setQuery({ q: event.target.value || null })}
          />
        </label>
        <span className="select-box compact">
          <select
            aria-label="Operation"
            value={query.operation}
            onChange={(event) => void setQuery({ operation: event.target.value || null })}
          >
            <option value="">Operation</option>
            {operations.map((operation) => (
              <option key={operation}>{operation}</option>
            ))}
          </select>
        </span>
        {query.operation && (
          <span className="token">
            <b>Operation</b>
            <span className="op">includes</span>
            {query.operation}
            <button
              type="button"
              aria-label={`Remove filter ${query.operation}`}
              onClick={() => void setQuery({ operation: null })}
            >
              <X size={12} aria-hidden />
            </button>
          </span>
        )}
        {filtered && (
          <button type="button" className="button ghost" onClick={clear}>
            Clear filters
          </button>
        )}
        <span className="ml-auto text-ink-2" aria-live="polite">
          {filtered ? `${formatCount(matching)} of ${formatCount(first.total)}` : countOf(first.total, 'grants')}
        </span>
        <RetryButton label="Refresh" ghost />
      </div>
      {matching === 0 ? (
        <NoMatch
          title="No grant matches"
          actions={
            <button type="button" className="button" onClick={clear}>
              Clear filters
            </button>
          }
        >
          {formatCount(first.total)} grants were searched.
        </NoMatch>
      ) : (
        <div className={selected ? 'with-panel' : ''}>
          <div className="min-w-0">
            <div
              ref={scroller}
              className={`table-scroll ${matching > 15 ? 'window' : ''}`}
              role="region"
              aria-label="Grants"
              // It scrolls, so a keyboard must reach it.
              // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
              tabIndex={0}
            >
              <table aria-label="Grants" aria-rowcount={matching + 1}>
                <thead>
                  <tr>
                    {(['grantee', 'name'] as const).map((id) => (
                      <SortHead key={id} id={id} sort={query.sort} onSort={(sort) => void setQuery({ sort })} />
                    ))}
                    <th scope="col">Operations</th>
                    <th scope="col">Context</th>
                    <th scope="col">State</th>
                    <SortHead id="made" sort={query.sort} onSort={(sort) => void setQuery({ sort })} />
                  </tr>
                </thead>
                <tbody>
                  <SpacerRow columns={6} rows={view.from} rowHeight={view.rowHeight} />
                  {rows.map((index) => {
                    const grant = loaded.get(index);
                    return (
                      <tr
                        key={grant?.id ?? index}
                        data-row
                        aria-rowindex={index + 2}
                        aria-selected={grant !== undefined && grant.id === query.grant}
                      >
                        {grant ? (
                          <GrantCells
                            grant={grant}
                            onOpen={() => void setQuery({ grant: grant.id })}
                            tokenSeconds={tokenSeconds(grant, knownAfter, now)}
                          />
                        ) : (
                          <td colSpan={6} className="text-ink-3">
                            …
                          </td>
                        )}
                      </tr>
                    );
                  })}
                  <SpacerRow columns={6} rows={matching - view.to} rowHeight={view.rowHeight} />
                </tbody>
              </table>
            </div>
            {matching > 15 && <WindowFoot first={view.first} last={view.last} total={matching} goTo={view.goTo} />}
          </div>
          {selected && (
            <GrantPanel
              grant={selected}
              onClose={() => void setQuery({ grant: null })}
              actions={<EndGrant grant={selected} keyId={keyId} unavailable={unavailable} target={target} />}
            />
          )}
        </div>
      )}
    </>
  );
}

function SortHead({ id, sort, onSort }: { id: keyof typeof ORDERS; sort: string; onSort: (sort: string) => void }) {
  return (
    <th scope="col" aria-sort={sort === id ? (id === 'made' ? 'descending' : 'ascending') : 'none'}>
      <button type="button" onClick={() => onSort(id)}>
        {ORDERS[id]}
        {sort === id && <span aria-hidden>↓</span>}
      </button>
    </th>
  );
}

/** Seconds for which a grant still needs its token. */
function tokenSeconds(grant: KeyGrant, knownAfter: number, now: number): number {
  return grant.createdAt ? Math.max(0, Math.ceil((Date.parse(grant.createdAt) + knownAfter * 1000 - now) / 1000)) : 0;
}

function GrantCells({
  grant,
  onOpen,
  tokenSeconds: left,
}: {
  grant: KeyGrant;
  onOpen: () => void;
  tokenSeconds: number;
}) {
  const more = grant.operations.length - 3;
  return (
    <>
      <td>
        <button type="button" className="principal" onClick={onOpen} aria-label={`Open grant to ${grant.grantee}`}>
          <Principal principal={grant.grantee} />
        </button>
      </td>
      <td>{grant.name ? <span className="mono">{grant.name}</span> : <span className="mono text-ink-3">none</span>}</td>
      <td>
        <span className="inline-flex gap-1">
          {grant.operations.slice(0, 3).map((operation) => (
            <span className="chip" key={operation}>
              {operation}
            </span>
          ))}
          {more > 0 && <span className="text-ink-3">+{more}</span>}
        </span>
      </td>
      <td>
        {grant.contextEquals ? 'Equals' : grant.contextSubset ? 'Subset' : <span className="text-ink-3">None</span>}
      </td>
      <td>
        {left > 0 ? (
          <Badge tone="info" icon={Hourglass}>
            Token only, {Math.floor(left / 60)}:{String(left % 60).padStart(2, '0')}
          </Badge>
        ) : (
          <Badge tone="good">Active</Badge>
        )}
      </td>
      <td>
        <Time value={grant.createdAt} />
      </td>
    </>
  );
}

function EndGrant({
  grant,
  keyId,
  unavailable,
  target,
}: {
  grant: KeyGrant;
  keyId: string;
  unavailable?: string | undefined;
  target: string;
}) {
  const shared = {
    input: { keyId, keyArn: grant.keyArn, grantId: grant.id },
    unavailable,
    target,
    size: 'small' as const,
  };
  return (
    <>
      <ActionButton action={revokeGrantAction} {...shared}>
        Revoke…
      </ActionButton>
      <ActionButton action={retireGrantAction} kind="ghost" {...shared}>
        Retire…
      </ActionButton>
    </>
  );
}

interface Fetched {
  readonly id: string;
  /** The window that the server rendered; another one means that the grants were read again. */
  readonly first: GrantWindow;
  readonly matching: number;
  readonly rows: ReadonlyMap<number, KeyGrant>;
}

/** Keeps what was fetched for one filter and order; another filter starts afresh. */
function useGrants(keyId: string, first: GrantWindow, search: string, operation: string, sort: string) {
  const id = `${search}\0${operation}\0${sort}`;
  const plain = search === '' && operation === '' && sort === 'made';
  const [state, setState] = useState<Fetched>();
  const asked = useRef(new Map<string, GrantWindow>());

  const load = useCallback(
    (chunk: number) => {
      const key = `${id}\0${chunk}`;
      if (asked.current.get(key) === first || (plain && chunk === 0)) return;
      asked.current.set(key, first);
      const query = { q: search, operation, sort, offset: String(chunk * CHUNK), limit: String(CHUNK) };
      fetch(`/api/keys/${encodeURIComponent(keyId)}/grants?${new URLSearchParams(query)}`)
        .then((response) => (response.ok ? response.json() : Promise.reject(new Error(String(response.status)))))
        .then((page: GrantWindow) =>
          setState((before) => {
            const same = before?.id === id && before.first === first;
            const rows = new Map(same ? before.rows : plain ? rowsOf(first) : []);
            for (const [row, grant] of rowsOf(page)) rows.set(row, grant);
            return { id, first, matching: page.matching, rows };
          }),
        )
        // Asked again when the rows come into sight the next time.
        .catch(() => asked.current.delete(key));
    },
    [id, keyId, search, operation, sort, first, plain],
  );
  useEffect(() => load(0), [load]);

  const need = useCallback(
    (from: number, to: number) => {
      for (let chunk = Math.floor(from / CHUNK); chunk * CHUNK < to; chunk++) load(chunk);
    },
    [load],
  );
  const current = state?.id === id && state.first === first;
  // Until the answer for a new filter is there, the rows of the one before stay.
  const shown = current ? state : plain || !state ? { matching: first.matching, rows: rowsOf(first) } : state;
  return { loaded: shown.rows, matching: shown.matching, need };
}

function rowsOf(window: GrantWindow): ReadonlyMap<number, KeyGrant> {
  return new Map(window.grants.map((grant, index) => [window.offset + index, grant]));
}
