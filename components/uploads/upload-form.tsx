'use client';

import { useState } from 'react';
import { ActionForm, FieldFrame, SelectField, TextField, useField } from '../ui/form';
import type { FormAction } from '../ui/outcome';

export interface TargetOption {
  readonly group: 'Tables' | 'Directory buckets' | 'General purpose buckets';
  readonly value: string;
  readonly label: string;
}

const GROUPS = ['Tables', 'Directory buckets', 'General purpose buckets'] as const;

/** What is uploaded where, and as whom. */
export function UploadForm({
  action,
  target,
  targets,
  principals,
  chosen,
  cancel,
}: {
  action: FormAction;
  target: string;
  targets: readonly TargetOption[];
  principals: readonly { readonly value: string; readonly label: string }[];
  /** Values of the plan that is repeated, or of a link. */
  chosen: Readonly<Partial<Record<'target' | 'principal' | 'objects' | 'size' | 'unit' | 'concurrency', string>>>;
  cancel: React.ReactNode;
}) {
  const [to, setTo] = useState(chosen.target ?? targets[0]?.value ?? '');
  const isTable = to.startsWith('table ');
  return (
    <ActionForm
      action={action}
      submit="Start the upload"
      target={target}
      guard="The upload you described"
      cancel={cancel}
    >
      <TargetField targets={targets} value={to} onValue={setTo} />
      <SelectField
        name="principal"
        label="As"
        options={principals}
        defaultValue={chosen.principal}
        hint="A role is assumed for the run. A user gets an access key that is deleted afterwards. KMS sees this principal."
      />
      <div className="upload-numbers">
        <TextField
          name="objects"
          label={isTable ? 'Appends' : 'Objects'}
          type="number"
          defaultValue={chosen.objects ?? (isTable ? '10' : '100')}
          hint={isTable ? 'Each is a snapshot.' : 'At most 100,000.'}
        />
        <TextField
          name="size"
          label="Size of each"
          type="number"
          defaultValue={chosen.size ?? '16'}
          hint="At most 1 GiB."
        />
        <UnitField value={chosen.unit ?? 'KiB'} />
        <TextField
          name="concurrency"
          label="At once"
          type="number"
          defaultValue={chosen.concurrency ?? '8'}
          hint="Requests, 1 to 64."
        />
      </div>
    </ActionForm>
  );
}

function TargetField({
  targets,
  value,
  onValue,
}: {
  targets: readonly TargetOption[];
  value: string;
  onValue: (value: string) => void;
}) {
  const { error, ids, control } = useField('target');
  return (
    <FieldFrame
      label="Upload to"
      error={error}
      ids={ids}
      hint="A table gets real Iceberg data files and metadata; a bucket gets objects of random bytes."
    >
      <span className="select-box">
        <select {...control} value={value} onChange={(event) => onValue(event.target.value)}>
          {GROUPS.map((group) => {
            const inGroup = targets.filter((it) => it.group === group);
            return (
              inGroup.length > 0 && (
                <optgroup key={group} label={group}>
                  {inGroup.map((it) => (
                    <option key={it.value} value={it.value}>
                      {it.label}
                    </option>
                  ))}
                </optgroup>
              )
            );
          })}
        </select>
      </span>
    </FieldFrame>
  );
}

function UnitField({ value }: { value: string }) {
  const { ids, control } = useField('unit');
  return (
    <FieldFrame label="Unit" ids={ids}>
      <span className="select-box">
        <select {...control} defaultValue={value}>
          <option value="B">B</option>
          <option value="KiB">KiB</option>
          <option value="MiB">MiB</option>
        </select>
      </span>
    </FieldFrame>
  );
}
