'use client';

import { ListFilter, Search, X } from 'lucide-react';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { formatCount } from '../format';
import { Popover } from '../popover';
import { RetryButton } from '../retry-button';
import { formatToken, OPERATORS, type Operator, type Queried, type Token, typedToken } from './query';
import { LastReading } from './reading';

/** Offered as a choice up to this many; beyond, the value is typed. */
const OFFERED = 60;

/** Text, tokens, counter, refresh: what stands above every list. */
export function FilterBar<Row>({
  rows,
  columns,
  noun,
  hint,
  search,
  tokens,
  matching,
  onSearch,
  onTokens,
  onClear,
  children,
}: {
  rows: readonly Row[];
  columns: readonly Queried<Row>[];
  noun: string;
  hint: string;
  search: string;
  tokens: readonly Token[];
  matching: number;
  onSearch: (text: string) => void;
  onTokens: (tokens: readonly Token[]) => void;
  onClear: () => void;
  /** More controls, at the right end. */
  children?: ReactNode;
}) {
  const filtered = search.trim() !== '' || tokens.length > 0;
  const properties = columns.filter((column) => column.property);
  return (
    <div className="filter-bar">
      <label className="field-box grow-field">
        <Search size={14} aria-hidden />
        <span className="sr-only">Filter {noun}</span>
        <input
          type="search"
          value={search}
          placeholder={hint}
          onChange={(event) => onSearch(event.target.value)}
          onKeyDown={(event) => {
            const token = event.key === 'Enter' ? typedToken(search, columns) : undefined;
            if (!token) return;
            onTokens([...tokens, token]);
            onSearch('');
          }}
        />
      </label>
      {properties.length > 0 && (
        <AddFilter
          rows={rows}
          properties={properties}
          onAdd={(token) => onTokens([...tokens.filter((one) => formatToken(one) !== formatToken(token)), token])}
        />
      )}
      {tokens.map((token) => {
        const head = columns.find((column) => column.id === token.property)?.head ?? token.property;
        return (
          <span className="token" key={formatToken(token)}>
            <b>{head}</b>
            <span className="op">{OPERATORS[token.operator]}</span>
            {token.value}
            <button
              type="button"
              aria-label={`Remove filter ${head} ${OPERATORS[token.operator]} ${token.value}`}
              onClick={() => onTokens(tokens.filter((one) => one !== token))}
            >
              <X size={12} aria-hidden />
            </button>
          </span>
        );
      })}
      {filtered && (
        <button type="button" className="button ghost" onClick={onClear}>
          Clear filters
        </button>
      )}
      <span className="list-count" aria-live="polite">
        <span aria-hidden>
          {filtered ? `(${formatCount(matching)}/${formatCount(rows.length)})` : `(${formatCount(rows.length)})`}
        </span>
        <span className="sr-only">
          {filtered
            ? `${formatCount(matching)} of ${formatCount(rows.length)} ${noun}`
            : `${formatCount(rows.length)} ${noun}`}
        </span>
      </span>
      <LastReading />
      {children}
      <RetryButton label="Refresh" iconOnly />
    </div>
  );
}

function AddFilter<Row>({
  rows,
  properties,
  onAdd,
}: {
  rows: readonly Row[];
  properties: readonly Queried<Row>[];
  onAdd: (token: Token) => void;
}) {
  const [property, setProperty] = useState(properties[0]?.id ?? '');
  const list = useId();
  const column = properties.find((one) => one.id === property) ?? properties[0];
  const value = column?.property;
  const values = value ? [...new Set(rows.map(value))].filter(Boolean).toSorted() : [];
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const [typed, chosen] = [fields.get('value'), fields.get('operator')];
    const text = typeof typed === 'string' ? typed.trim() : '';
    const operator = Object.keys(OPERATORS).find((one): one is Operator => one === chosen) ?? '=';
    if (text === '' || !column) return;
    onAdd({ property: column.id, operator, value: text });
    event.currentTarget.reset();
    event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover();
  };
  return (
    <Popover
      label="Add a property filter"
      button={
        <>
          <ListFilter size={14} aria-hidden />
          Filter
        </>
      }
      className="button"
    >
      <form className="filter-form" onSubmit={add}>
        <label className="form-field">
          <span className="group-label">Property</span>
          <span className="select-box">
            <select value={column?.id} onChange={(event) => setProperty(event.target.value)}>
              {properties.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.head}
                </option>
              ))}
            </select>
          </span>
        </label>
        <label className="form-field">
          <span className="group-label">Operator</span>
          <span className="select-box">
            <select name="operator" defaultValue="=">
              {Object.entries(OPERATORS).map(([operator, words]) => (
                <option key={operator} value={operator}>
                  {words}
                </option>
              ))}
            </select>
          </span>
        </label>
        <label className="form-field">
          <span className="group-label">Value</span>
          <span className="field-box">
            <input name="value" list={list} autoComplete="off" spellCheck={false} />
          </span>
          <datalist id={list}>
            {values.slice(0, OFFERED).map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </datalist>
        </label>
        <div className="form-actions">
          <button type="submit" className="button primary">
            Add filter
          </button>
        </div>
      </form>
    </Popover>
  );
}
