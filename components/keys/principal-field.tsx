'use client';

import { useId } from 'react';
import { FieldFrame, useField } from '../ui/form';

export interface PrincipalOption {
  readonly arn: string;
  readonly name: string;
  readonly kind: 'user' | 'role';
}

/** A principal by ARN, with the users and roles of the account to choose from. */
export function PrincipalField({
  name,
  label,
  hint,
  optional = false,
  principals,
}: {
  name: string;
  label: string;
  hint?: string;
  optional?: boolean;
  principals: readonly PrincipalOption[];
}) {
  const { error, ids, control } = useField(name);
  const list = useId();
  return (
    <FieldFrame label={label} hint={hint} error={error} ids={ids} optional={optional}>
      <span className="field-box">
        <input
          {...control}
          list={list}
          className="mono"
          autoComplete="off"
          spellCheck={false}
          placeholder="arn:aws:iam::…"
        />
      </span>
      <datalist id={list}>
        {principals.map((principal) => (
          <option key={principal.arn} value={principal.arn}>
            {principal.kind} {principal.name}
          </option>
        ))}
      </datalist>
    </FieldFrame>
  );
}
