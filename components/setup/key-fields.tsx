'use client';

import { useState } from 'react';
import type { KeyOption } from '../keys/key-option';
import { KeyPicker } from '../keys/key-picker';
import { Check, Choice, TextField } from '../ui/form';

/** A new key, or one that exists. */
export function KeyFields({
  keys,
  mode: initial,
  alias,
  description,
  rotation,
  keyArn,
  managedRefused,
}: {
  keys: readonly KeyOption[];
  mode: 'new' | 'existing';
  alias: string;
  description: string;
  rotation: boolean;
  keyArn: string;
  managedRefused: string;
}) {
  const [mode, setMode] = useState(initial);
  return (
    <>
      <Choice
        name="keyMode"
        legend="Key"
        value={mode}
        onValue={(value) => setMode(value === 'existing' ? 'existing' : 'new')}
        options={[
          {
            value: 'new',
            label: 'Make a new key',
            about: "Its policy lets in whom you choose next, and the account's own administrators.",
          },
          {
            value: 'existing',
            label: 'Use a key that exists',
            about: 'Its policy gets what is missing. Nothing is taken out of it.',
          },
        ]}
      />
      {mode === 'new' ? (
        <>
          <TextField
            name="alias"
            label="Alias"
            mono
            defaultValue={alias}
            hint="A name for people, without alias/ in front. Buckets are given the key's ARN."
          />
          <TextField name="description" label="Description" optional defaultValue={description} />
          <Check
            name="rotation"
            label="Rotate it every year"
            about="KMS makes new material. What was encrypted before stays readable, and nothing has to be written again."
            defaultChecked={rotation}
          />
        </>
      ) : (
        <KeyPicker
          name="keyId"
          label="KMS key"
          keys={keys}
          defaultArn={keyArn}
          rules={{ managedRefused }}
          hint="It must lie in the same Region. For a key of another account, enter its ARN."
        />
      )}
    </>
  );
}
