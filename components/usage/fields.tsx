'use client';

import { type ReactNode, useId } from 'react';

/** A number that is counted as it is typed: a problem stands under it and the last good value counts on. */
export function NumberInput({
  label,
  value,
  problem,
  hint,
  placeholder,
  onValue,
}: {
  label: ReactNode;
  value: string;
  problem?: string | undefined;
  hint?: ReactNode;
  placeholder?: string;
  onValue: (value: string) => void;
}) {
  const id = useId();
  const described = [problem ? `${id}-problem` : '', hint ? `${id}-hint` : ''].filter(Boolean).join(' ');
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      <span className="field-box">
        <input
          id={id}
          inputMode="decimal"
          autoComplete="off"
          spellCheck={false}
          value={value}
          placeholder={placeholder}
          aria-invalid={problem ? true : undefined}
          aria-describedby={described === '' ? undefined : described}
          onChange={(event) => onValue(event.target.value)}
        />
      </span>
      {problem && (
        <p className="field-error" id={`${id}-problem`}>
          {problem}
        </p>
      )}
      {hint && (
        <div className="field-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </div>
  );
}

/** One of a few words. */
export function Pick({
  label,
  value,
  options,
  problem,
  hint,
  onValue,
}: {
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  problem?: string | undefined;
  hint?: ReactNode;
  onValue: (value: string) => void;
}) {
  const id = useId();
  const described = [problem ? `${id}-problem` : '', hint ? `${id}-hint` : ''].filter(Boolean).join(' ');
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      <span className="select-box">
        <select
          id={id}
          value={value}
          aria-invalid={problem ? true : undefined}
          aria-describedby={described === '' ? undefined : described}
          onChange={(event) => onValue(event.target.value)}
        >
          {options.map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
      </span>
      {problem && (
        <p className="field-error" id={`${id}-problem`}>
          {problem}
        </p>
      )}
      {hint && (
        <div className="field-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </div>
  );
}
