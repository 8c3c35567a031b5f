'use client';

import { useState } from 'react';
import { fieldOf, OPERATIONS, type OperationKind, POSSIBLE } from '@/lib/uploads/operations';
import { Check, FieldFrame, SelectField, TextField, useField } from '../ui/form';
import { FormSection } from './form-section';
import type { Option, TargetOption } from './upload-form';

const GROUPS = ['Tables', 'Directory buckets', 'General purpose buckets'] as const;

const WORDS: Readonly<Record<OperationKind, string>> = {
  put: 'Put',
  get: 'Get',
  multipart: 'Put in parts',
  copy: 'Copy',
  list: 'List',
  append: 'Append',
  scan: 'Query',
};

/** One requester: what it does, where, and as whom. */
export function RequesterFields({
  index,
  alone,
  targets,
  principals,
  chosen,
}: {
  index: number;
  alone: boolean;
  targets: readonly TargetOption[];
  principals: readonly Option[];
  chosen: Readonly<Record<string, string>>;
}) {
  const name = (field: string) => fieldOf(index, field);
  const first = (field: string): string | undefined => chosen[name(field)];
  const [to, setTo] = useState(first('target') ?? targets[0]?.value ?? '');
  const kind = to.startsWith('table ') ? 'table' : to.startsWith('directory-bucket ') ? 'directory-bucket' : 'bucket';
  const isTable = kind === 'table';
  const mixed = OPERATIONS.some((it) => first(`mix.${it}`) !== undefined);
  const weights = POSSIBLE[kind];
  const fields = (
    <>
      <TargetField name={name('target')} targets={targets} value={to} onValue={setTo} />
      <SelectField
        name={name('principal')}
        label="As"
        options={principals}
        defaultValue={first('principal') ?? principals[index === 0 ? 0 : index % principals.length]?.value}
        hint="A role is assumed for the run. A user gets an access key that is deleted afterwards. KMS sees this principal."
      />
      <div className="upload-numbers">
        <TextField
          name={name('objects')}
          label={isTable ? 'Appends' : 'Objects'}
          type="number"
          defaultValue={first('objects') ?? (isTable ? '10' : '100')}
          hint={isTable ? 'Each is a snapshot.' : 'At most 100,000.'}
        />
        <TextField
          name={name('size')}
          label="Size of each"
          type="number"
          defaultValue={first('size') ?? '16'}
          hint="At most 1 GiB."
        />
        <UnitField name={name('unit')} value={first('unit') ?? 'KiB'} />
        <SelectField
          name={name('sizes')}
          label="Sizes"
          defaultValue={first('sizes') ?? 'same'}
          options={[
            { value: 'same', label: 'All the same' },
            { value: 'varied', label: '⅛ to 2 times' },
          ]}
        />
      </div>
      <FormSection
        title="Operations, sessions, bucket key"
        names={[...OPERATIONS.map((it) => name(`mix.${it}`)), name('sessions'), name('bucketKey')]}
        open={mixed && !plain(chosen, name)}
      >
        <div className="upload-numbers weights">
          {weights.map((it) => (
            <TextField
              key={it}
              name={name(`mix.${it}`)}
              label={WORDS[it]}
              type="number"
              defaultValue={first(`mix.${it}`) ?? (mixed || it !== weights[0] ? '0' : '1')}
            />
          ))}
        </div>
        <p className="field-hint">Weights: 3 and 1 make three of the one for each of the other.</p>
        <div className="upload-numbers">
          <TextField
            name={name('sessions')}
            label="Sessions"
            type="number"
            defaultValue={first('sessions') ?? '1'}
            hint="Of a role; they share the work."
          />
          <SelectField
            name={name('bucketKey')}
            label="Bucket key"
            defaultValue={first('bucketKey') ?? 'default'}
            options={[
              { value: 'default', label: 'As the bucket says' },
              { value: 'on', label: 'On' },
              { value: 'off', label: 'Off' },
            ]}
          />
        </div>
        <Check
          name={name('scoped')}
          defaultChecked={first('scoped') === 'on'}
          label="A session policy of its own for each session"
          about="S3 then takes each session for a requester of its own, and fetches a bucket key for it."
        />
      </FormSection>
    </>
  );
  if (alone) return fields;
  return (
    <fieldset className="requester">
      <legend>Requester {index + 1}</legend>
      <div className="form">{fields}</div>
    </fieldset>
  );
}

/** Whether nothing but the plain first operation is asked for. */
function plain(chosen: Readonly<Record<string, string>>, name: (field: string) => string): boolean {
  const mix = OPERATIONS.filter((it) => Number(chosen[name(`mix.${it}`)] ?? 0) > 0);
  const ordinary = mix.length === 1 && (mix[0] === 'put' || mix[0] === 'append');
  return (
    ordinary && (chosen[name('sessions')] ?? '1') === '1' && (chosen[name('bucketKey')] ?? 'default') === 'default'
  );
}

function TargetField({
  name,
  targets,
  value,
  onValue,
}: {
  name: string;
  targets: readonly TargetOption[];
  value: string;
  onValue: (value: string) => void;
}) {
  const { error, ids, control } = useField(name);
  return (
    <FieldFrame
      label="Upload to"
      error={error}
      ids={ids}
      hint="A table gets real Iceberg data files and metadata; a bucket gets objects of random bytes."
    >
      <span className="select-box">
        <select {...control} value={value} onChange={(event) => onValue(event.target.value)}>
          {value === '' && <option value="">Choose a target</option>}
          {value !== '' && !targets.some((it) => it.value === value) && (
            <option value={value}>{value.split(' ')[value.startsWith('table ') ? 2 : 1]}, not there any more</option>
          )}
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

function UnitField({ name, value }: { name: string; value: string }) {
  const { ids, control } = useField(name);
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
