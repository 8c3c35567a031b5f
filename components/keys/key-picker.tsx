'use client';

import { ChevronsUpDown, KeyRound } from 'lucide-react';
import { useId, useState } from 'react';
import { KeyState } from '../ui/badge';
import { FieldFrame, useField } from '../ui/form';
import { type KeyOption, keyName } from './key-option';

export interface KeyRules {
  /** Why an AWS managed key can't be used here; absent where it can. */
  readonly managedRefused?: string;
}

const NO_RULES: KeyRules = {};

function reasonAgainst(key: KeyOption, rules: KeyRules): string | undefined {
  if (key.managed && rules.managedRefused) return rules.managedRefused;
  if (key.state === 'PendingDeletion') return "Can't be used while it is pending deletion";
  if (key.state !== 'Enabled') return `Can't be used while it is ${key.state.toLowerCase()}`;
  return undefined;
}

/**
 * Combobox over the keys of the Region. Any key ARN can be typed, for keys of other accounts. The value sent is the
 * key's ARN: an alias would belong to one account only.
 */
export function KeyPicker({
  name,
  label,
  keys,
  rules = NO_RULES,
  hint,
  defaultArn,
}: {
  name: string;
  label: string;
  keys: readonly KeyOption[];
  rules?: KeyRules;
  hint?: string;
  defaultArn?: string | undefined;
}) {
  const { error, ids, control } = useField(name);
  const list = useId();
  const initial = keys.find((key) => key.arn === defaultArn);
  const [text, setText] = useState(initial ? keyName(initial) : (defaultArn ?? ''));
  const [chosen, setChosen] = useState<KeyOption | undefined>(initial);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const search = chosen ? '' : text.toLowerCase();
  const shown = keys
    .filter((key) => `${key.alias ?? ''} ${key.arn} ${key.id}`.toLowerCase().includes(search))
    .slice(0, 100);
  const pick = (key: KeyOption) => {
    if (reasonAgainst(key, rules)) return;
    setChosen(key);
    setText(keyName(key));
    setOpen(false);
  };
  return (
    <FieldFrame label={label} hint={hint} error={error} ids={ids}>
      <div
        className="combo"
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
        }}
      >
        <input type="hidden" name={name} value={chosen?.arn ?? text.trim()} />
        <span className="field-box">
          <KeyRound size={14} aria-hidden />
          <input
            id={control.id}
            aria-invalid={control['aria-invalid']}
            aria-describedby={control['aria-describedby']}
            className="mono"
            role="combobox"
            aria-expanded={open}
            aria-controls={list}
            aria-autocomplete="list"
            aria-activedescendant={open && shown[active] ? `${list}-${active}` : undefined}
            autoComplete="off"
            spellCheck={false}
            placeholder="Alias, id or ARN"
            value={text}
            onFocus={() => setOpen(true)}
            onClick={() => setOpen(true)}
            onChange={(event) => {
              setText(event.target.value);
              setChosen(undefined);
              setActive(0);
              setOpen(true);
            }}
            onKeyDown={(event) => {
              if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
                event.preventDefault();
                setOpen(true);
                const step = event.key === 'ArrowDown' ? 1 : -1;
                setActive((before) => (shown.length === 0 ? 0 : (before + step + shown.length) % shown.length));
              } else if (event.key === 'Enter' && open) {
                const key = shown[active];
                if (key) {
                  event.preventDefault();
                  pick(key);
                }
              } else if (event.key === 'Escape' && open) {
                event.preventDefault();
                event.stopPropagation();
                setOpen(false);
              }
            }}
          />
          <ChevronsUpDown size={14} aria-hidden className="text-ink-3" />
        </span>
        <div id={list} role="listbox" aria-label={label} className="combo-list" hidden={!open || shown.length === 0}>
          {shown.map((key, index) => {
            const against = reasonAgainst(key, rules);
            return (
              // Focus stays in the input; the active option is told by aria-activedescendant.
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
              <div
                key={key.arn}
                id={`${list}-${index}`}
                role="option"
                aria-selected={chosen?.arn === key.arn}
                aria-disabled={against !== undefined}
                data-active={index === active}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => pick(key)}
                onPointerMove={() => setActive(index)}
              >
                <span className="tile key">
                  <KeyRound size={12} aria-hidden />
                </span>
                <span className="min-w-0">
                  <span className="combo-name mono block truncate">{key.alias ?? key.id}</span>
                  <span className="block truncate text-xs text-ink-3">
                    {against ?? `…${key.id.slice(-12)}, ${key.region}, account ${key.accountId}`}
                  </span>
                </span>
                {key.managed ? <span className="text-ink-2">AWS managed</span> : <KeyState state={key.state} plain />}
              </div>
            );
          })}
        </div>
      </div>
    </FieldFrame>
  );
}
