'use client';

import type { ReactNode } from 'react';
import {
  type Description,
  FIELDS,
  type NumberField,
  type Problems,
  REGIONS,
  type Typed,
} from '@/lib/usage/description';
import { Assumed } from '../ui/badge';
import { NumberInput, Pick } from './fields';

interface Props {
  readonly typed: Typed;
  readonly problems: Problems;
  readonly description: Description;
  readonly change: (name: string, value: string) => void;
}

const OBJECTS: readonly NumberField[] = ['puts', 'gets', 'multiparts', 'parts', 'copies', 'lists'];
const TABLE: readonly NumberField[] = ['appends', 'scans', 'files', 'puts', 'gets'];

/** What the workload does, where, and who does it. */
export function WorkloadFields({ typed, problems, description, change }: Props) {
  const number = (name: NumberField, hint?: ReactNode, label: ReactNode = FIELDS[name].label) => (
    <NumberInput
      key={name}
      label={label}
      value={typed[name] ?? ''}
      problem={problems[name]}
      hint={hint}
      onValue={(value) => change(name, value)}
    />
  );
  const { target, encryption, regions } = description;
  const general = target === 'bucket';
  return (
    <div className="form usage-form">
      <Pick
        label="Into"
        value={target}
        options={[
          ['bucket', 'General purpose bucket'],
          ['directory-bucket', 'Directory bucket'],
          ['table', 'Table in a table bucket'],
        ]}
        onValue={(value) => change('target', value)}
      />
      <Pick
        label="Encryption"
        value={typed['encryption'] ?? 'kms'}
        problem={problems.encryption}
        options={[
          ['kms', 'SSE-KMS'],
          ['dsse', 'DSSE-KMS'],
          ['s3', 'SSE-S3'],
        ]}
        onValue={(value) => change('encryption', value)}
      />
      <Pick
        label="Bucket key"
        value={general && encryption === 'aws:kms' ? (typed['bucketKey'] ?? 'on') : keptBy(description) ? 'on' : 'off'}
        options={
          general && encryption === 'aws:kms'
            ? [
                ['on', 'On'],
                ['off', 'Off'],
              ]
            : keptBy(description)
              ? [['on', 'Always on']]
              : [['off', 'None']]
        }
        hint={
          general
            ? encryption === 'aws:kms:dsse'
              ? 'DSSE-KMS has no bucket keys.'
              : undefined
            : target === 'table'
              ? 'S3 Tables keeps table keys.'
              : 'Directory buckets always keep them; copies ask all the same.'
        }
        onValue={(value) => change('bucketKey', value)}
      />
      <Pick
        label="KMS key"
        value={typed['key'] ?? 'customer'}
        options={[
          ['customer', 'Customer managed'],
          ['managed', 'AWS managed (aws/s3)'],
        ]}
        onValue={(value) => change('key', value)}
      />
      <p className="group-label full">Each day, in each Region</p>
      {(target === 'table' ? TABLE : OBJECTS).map((name) => number(name))}
      {number('size')}
      {number('age', 'Older objects were wrapped by more keys.')}
      <Pick
        label="Reads go"
        value={typed['order'] ?? 'as-written'}
        options={[
          ['as-written', 'In the order of writing'],
          ['spread', 'All over the objects'],
        ]}
        onValue={(value) => change('order', value)}
      />
      <p className="group-label full">Who and when</p>
      {number('requesters', 'Sessions of one role are one requester.')}
      {number('keys')}
      {number('hours')}
      {number('days')}
      {number('peak', 'Times the average.')}
      {number(
        'lifetime',
        undefined,
        <>
          Life of a key, s <Assumed />
        </>,
      )}
      {number('quota', '0 takes the figure of the Region.')}
      <fieldset className="full regions">
        <legend className="group-label">Regions</legend>
        <div className="check-grid">
          {REGIONS.map((region) => (
            <label key={region} className="check">
              <input
                type="checkbox"
                checked={regions.includes(region) && problems.regions === undefined}
                onChange={(event) =>
                  change(
                    'regions',
                    REGIONS.filter((it) =>
                      it === region ? event.target.checked : regions.includes(it) && problems.regions === undefined,
                    ).join(','),
                  )
                }
              />
              <span className="mono">{region}</span>
            </label>
          ))}
        </div>
        {problems.regions && <p className="field-error">{problems.regions}</p>}
      </fieldset>
    </div>
  );
}

const keptBy = ({ target, encryption }: Description): boolean => target !== 'bucket' && encryption === 'aws:kms';
