'use client';

import Form from 'next/form';
import { useId, useState } from 'react';

export interface AskOption {
  readonly value: string;
  readonly label: string;
  readonly kind: 'key' | 'thing' | 'principal' | 'grant';
}

const QUESTIONS = [
  { ask: 'use', label: 'Who can use', kind: 'key' },
  { ask: 'data', label: 'Who can read', kind: 'thing' },
  { ask: 'reach', label: 'What is reached by', kind: 'principal' },
  { ask: 'disable', label: 'What stops without key', kind: 'key' },
  { ask: 'revoke', label: 'What stops without grant', kind: 'grant' },
  { ask: 'delete', label: 'What stops without', kind: 'principal' },
] as const;

/** A question and what it is about. The answer is a page of its own, with an address to give on. */
export function AskForm({ ask, about, options }: { ask: string; about: string; options: readonly AskOption[] }) {
  const [question, setQuestion] = useState(ask || 'use');
  const list = useId();
  const kind = QUESTIONS.find((one) => one.ask === question)?.kind ?? 'key';
  const shown = options.filter((option) => option.kind === kind);
  return (
    <Form action="/access" className="access-ask">
      <span className="select-box">
        <select name="ask" aria-label="Question" value={question} onChange={(event) => setQuestion(event.target.value)}>
          {QUESTIONS.map((one) => (
            <option key={one.ask} value={one.ask}>
              {one.label}
            </option>
          ))}
        </select>
      </span>
      {kind === 'grant' ? (
        <span className="select-box grow-field">
          <select name="about" aria-label="About" defaultValue={about}>
            {shown.length === 0 && <option value="">No grants here</option>}
            {shown.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
        </span>
      ) : (
        <span className="field-box grow-field">
          <input
            name="about"
            aria-label="About"
            className="mono"
            defaultValue={about}
            list={list}
            autoComplete="off"
            spellCheck={false}
            placeholder={
              kind === 'key'
                ? 'alias/…, key id or ARN'
                : kind === 'thing'
                  ? 'Bucket, table bucket or table'
                  : 'Role or user'
            }
            required
          />
          <datalist id={list}>
            {shown.map((option) => (
              <option key={option.value} value={option.label}>
                {option.label}
              </option>
            ))}
          </datalist>
        </span>
      )}
      <button type="submit" className="button">
        Ask
      </button>
    </Form>
  );
}
