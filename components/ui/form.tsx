'use client';

import { createContext, type ReactNode, use, useEffect, useId, useMemo, useRef, useState } from 'react';
import { OutcomeDetail } from '../flash/outcome-detail';
import { ReviewStep, useReview } from '../plan/review-step';
import { Alert } from './alert';
import { Button } from './button';
import type { FormAction, Outcome } from './outcome';
import { UnsavedGuard } from './unsaved-guard';

interface FormContextValue {
  readonly errors: Readonly<Record<string, readonly string[] | undefined>>;
}

const NO_ERRORS: FormContextValue['errors'] = {};
const FormContext = createContext<FormContextValue>({ errors: NO_ERRORS });

/**
 * A form that posts to a server action. Input is kept when something is wrong; errors stand under their fields and
 * are summed up above the buttons; the first one gets the focus.
 */
export function ActionForm({
  action,
  children,
  submit,
  target,
  cancel,
  onDone,
  danger = false,
  ready = true,
  guard,
}: {
  action: FormAction;
  children: ReactNode;
  /** What the button says: "Create table bucket". */
  submit: string;
  /** Where it will be written to, "in the emulator"; part of the button. */
  target?: string | undefined;
  cancel?: ReactNode;
  onDone?: ((outcome: Outcome) => void) | undefined;
  danger?: boolean;
  ready?: boolean;
  /** What would be lost by leaving; forms on a page of their own ask before. */
  guard?: string;
}) {
  const element = useRef<HTMLFormElement>(null);
  const [dirty, setDirty] = useState(false);
  const review = useReview(action, {
    onDone: (outcome) => {
      setDirty(false);
      onDone?.(outcome);
    },
  });
  const { run, pending, showPending, answer } = review;
  const errors = answer.validationErrors?.fieldErrors ?? NO_ERRORS;
  const wrong = Object.entries(errors).filter(([, messages]) => messages?.length);
  const failure: Outcome | undefined =
    answer.data && !answer.data.ok && !review.plan
      ? answer.data
      : answer.serverError && !review.plan
        ? { ok: false, title: 'This was not done', detail: answer.serverError }
        : undefined;

  useEffect(() => {
    if (!answer.validationErrors) return;
    element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [answer]);

  const context = useMemo(() => ({ errors }), [errors]);
  return (
    <FormContext value={context}>
      <form
        ref={element}
        noValidate
        className="form"
        onChange={() => setDirty(true)}
        onSubmit={(event) => {
          event.preventDefault();
          // A second submit button says by its name and value what is wanted.
          const { submitter } = event.nativeEvent;
          if (ready && !pending) run(new FormData(event.currentTarget, submitter));
        }}
      >
        {guard && <UnsavedGuard active={dirty && !pending} what={guard} />}
        {children}
        {wrong.length > 0 && (
          <Alert
            tone="bad"
            role="alert"
            title={wrong.length === 1 ? 'One field needs a change' : `${wrong.length} fields need a change`}
          >
            <ul>
              {wrong.map(([name, messages]) => (
                <li key={name}>{messages?.[0]}</li>
              ))}
            </ul>
          </Alert>
        )}
        {failure && (
          <Alert tone="bad" role="alert" title={failure.title}>
            <OutcomeDetail outcome={failure} />
          </Alert>
        )}
        <div className="form-actions">
          {cancel}
          <button type="submit" className={`button ${danger ? 'danger' : 'primary'}`} aria-disabled={pending || !ready}>
            {showPending ? 'Working…' : submit}
            {target && !showPending ? ` ${target}` : ''}
          </button>
        </div>
      </form>
      <ReviewStep review={review} target={target} />
    </FormContext>
  );
}

/** What is wrong with the form's fields, by name. */
export function useFormErrors(): FormContextValue['errors'] {
  return use(FormContext).errors;
}

/** Ids that tie a control to its label, hint and error. */
export function useField(name: string) {
  const id = useId();
  const messages = use(FormContext).errors[name];
  const error = messages?.[0];
  return {
    error,
    ids: { control: id, hint: `${id}-hint`, error: `${id}-error` },
    control: {
      id,
      name,
      'aria-invalid': error ? true : undefined,
      'aria-describedby': [error ? `${id}-error` : '', `${id}-hint`].filter(Boolean).join(' '),
    } as const,
  };
}

/** Label above, hint below, error under it. */
export function FieldFrame({
  label,
  hint,
  error,
  ids,
  optional = false,
  children,
}: {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  ids: { control: string; hint: string; error: string };
  optional?: boolean;
  children: ReactNode;
}) {
  return (
    <div className="form-field">
      <label htmlFor={ids.control}>
        {label}
        {optional && <span className="font-normal text-ink-3"> optional</span>}
      </label>
      {children}
      {error && (
        <p className="field-error" id={ids.error}>
          {error}
        </p>
      )}
      <div className="field-hint" id={ids.hint}>
        {hint}
      </div>
    </div>
  );
}

/** One line of text. */
export function TextField({
  name,
  label,
  hint,
  optional,
  defaultValue,
  mono = false,
  type = 'text',
  unit,
  autoComplete = 'off',
  placeholder,
  onValue,
  focusFirst = false,
}: {
  name: string;
  label: string;
  hint?: ReactNode;
  optional?: boolean;
  defaultValue?: string | number | undefined;
  mono?: boolean;
  type?: 'text' | 'number' | 'password' | 'url';
  unit?: string;
  autoComplete?: string;
  placeholder?: string;
  onValue?: (value: string) => void;
  /** The first focus of a dialog. */
  focusFirst?: boolean;
}) {
  const { error, ids, control } = useField(name);
  return (
    <FieldFrame label={label} hint={hint} error={error} ids={ids} optional={optional ?? false}>
      <span className={`field-box ${type === 'number' ? 'narrow' : ''}`}>
        <input
          {...control}
          type={type}
          className={mono ? 'mono' : undefined}
          defaultValue={defaultValue}
          autoComplete={autoComplete}
          spellCheck={false}
          placeholder={placeholder}
          onChange={(event) => onValue?.(event.target.value)}
          data-autofocus={focusFirst || undefined}
        />
        {unit && <span className="text-ink-3">{unit}</span>}
      </span>
    </FieldFrame>
  );
}

export function TextArea({
  name,
  label,
  hint,
  optional,
  defaultValue,
  rows = 6,
  mono = true,
}: {
  name: string;
  label: string;
  hint?: ReactNode;
  optional?: boolean;
  defaultValue?: string;
  rows?: number;
  mono?: boolean;
}) {
  const { error, ids, control } = useField(name);
  return (
    <FieldFrame label={label} hint={hint} error={error} ids={ids} optional={optional ?? false}>
      <textarea
        {...control}
        className={`field-area ${mono ? 'mono' : ''}`}
        rows={rows}
        defaultValue={defaultValue}
        spellCheck={false}
      />
    </FieldFrame>
  );
}

export function SelectField({
  name,
  label,
  hint,
  options,
  defaultValue,
  onValue,
}: {
  name: string;
  label: string;
  hint?: ReactNode;
  options: readonly { readonly value: string; readonly label: string }[];
  defaultValue?: string | undefined;
  onValue?: (value: string) => void;
}) {
  const { error, ids, control } = useField(name);
  return (
    <FieldFrame label={label} hint={hint} error={error} ids={ids}>
      <span className="select-box">
        <select {...control} defaultValue={defaultValue} onChange={(event) => onValue?.(event.target.value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      </span>
    </FieldFrame>
  );
}

/** One of a few, each with a sentence. */
export function Choice({
  name,
  legend,
  options,
  value,
  onValue,
}: {
  name: string;
  legend: string;
  options: readonly {
    readonly value: string;
    readonly label: ReactNode;
    readonly about?: ReactNode;
    readonly unavailable?: string;
  }[];
  value: string;
  onValue: (value: string) => void;
}) {
  return (
    <fieldset className="choice">
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className={option.unavailable ? 'unavailable' : undefined}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={value === option.value}
            disabled={option.unavailable !== undefined}
            onChange={() => onValue(option.value)}
          />
          <span>
            <span className="font-medium">{option.label}</span>
            {(option.unavailable ?? option.about) && (
              <span className="block text-ink-2">{option.unavailable ?? option.about}</span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function Check({
  name,
  label,
  about,
  defaultChecked = false,
  value = 'on',
}: {
  name: string;
  label: ReactNode;
  about?: ReactNode;
  defaultChecked?: boolean;
  value?: string;
}) {
  return (
    <label className="check">
      <input type="checkbox" name={name} value={value} defaultChecked={defaultChecked} />
      <span>
        {label}
        {about && <span className="block text-ink-2">{about}</span>}
      </span>
    </label>
  );
}

/** A button that runs one action with fixed input, without a form around it. A change that is planned is reviewed first. */
export function ActionButton({
  action,
  input,
  children,
  kind = 'normal',
  size = 'normal',
  unavailable,
  target,
  onDone,
}: {
  action: FormAction;
  input: Readonly<Record<string, string | readonly string[]>>;
  children: ReactNode;
  kind?: 'normal' | 'primary' | 'danger' | 'ghost';
  size?: 'normal' | 'small';
  unavailable?: string | undefined;
  /** Where a reviewed change is written to: "in the emulator". */
  target?: string | undefined;
  onDone?: (() => void) | undefined;
}) {
  const review = useReview(action, { flashFailures: true, ...(onDone ? { onDone } : {}) });
  return (
    <>
      <Button kind={kind} size={size} unavailable={unavailable} onClick={() => review.run(input)}>
        {review.showPending && !review.plan ? 'Working…' : children}
      </Button>
      <ReviewStep review={review} target={target} />
    </>
  );
}
