'use client';

import { useState } from 'react';
import { createGrantAction } from '@/app/(console)/keys/grant-actions';
import { FormDialogButton } from '../ui/confirm';
import { Check, SelectField, TextArea, TextField } from '../ui/form';
import { PrincipalField, type PrincipalOption } from './principal-field';

const USUAL = new Set(['Decrypt', 'GenerateDataKey']);

/** Dialog that makes a grant. */
export function CreateGrant({
  keyId,
  operations,
  principals,
  target,
  unavailable,
}: {
  keyId: string;
  operations: readonly string[];
  principals: readonly PrincipalOption[];
  target: string;
  unavailable?: string | undefined;
}) {
  const [constraint, setConstraint] = useState('none');
  return (
    <FormDialogButton
      label="Create grant"
      kind="primary"
      title="Create a grant"
      width="wide"
      action={createGrantAction}
      submit="Create grant"
      target={target}
      unavailable={unavailable}
    >
      <input type="hidden" name="keyId" value={keyId} />
      <PrincipalField
        name="grantee"
        label="Who may use the key"
        principals={principals}
        hint="One user, role or account by its ARN, or a service principal."
      />
      <fieldset className="choice">
        <legend>Operations</legend>
        <div className="check-grid">
          {operations.map((operation) => (
            <Check
              key={operation}
              name="operations[]"
              value={operation}
              label={<span className="mono">{operation}</span>}
              defaultChecked={USUAL.has(operation)}
            />
          ))}
        </div>
      </fieldset>
      <TextField
        name="name"
        label="Name"
        optional
        mono
        hint="With a name, the same CreateGrant again gives the same grant instead of another one."
      />
      <PrincipalField name="retiring" label="Who may retire it" optional principals={principals} />
      <SelectField
        name="constraint"
        label="Only with this encryption context"
        defaultValue="none"
        onValue={setConstraint}
        options={[
          { value: 'none', label: 'Any context' },
          { value: 'equals', label: 'Exactly these pairs' },
          { value: 'subset', label: 'At least these pairs' },
        ]}
      />
      {constraint !== 'none' && (
        <TextArea
          name="context"
          label="Encryption context"
          rows={4}
          defaultValue={'{\n  "aws:s3:arn": "arn:aws:s3:::"\n}'}
        />
      )}
    </FormDialogButton>
  );
}
