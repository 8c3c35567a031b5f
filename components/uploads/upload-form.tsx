'use client';

import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { LIMITS } from '@/lib/uploads/operations';
import { Button } from '../ui/button';
import { ActionForm, FieldFrame, SelectField, TextField, useField } from '../ui/form';
import type { FormAction } from '../ui/outcome';
import { FormSection } from './form-section';
import { RequesterFields } from './requester-fields';

export interface TargetOption {
  readonly group: 'Tables' | 'Directory buckets' | 'General purpose buckets';
  readonly value: string;
  readonly label: string;
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

/** Who uploads what where, how fast, and what happens on the way. */
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
  principals: readonly Option[];
  /** Fields of the workload that is repeated, edited, or came with a link. */
  chosen: Readonly<Record<string, string>>;
  cancel: React.ReactNode;
}) {
  const [requesters, setRequesters] = useState(() => {
    const count = Number(chosen['requesters'] ?? 1);
    return count >= 1 && count <= LIMITS.requesters.max ? count : 1;
  });
  const [pace, setPace] = useState(chosen['pace'] ?? 'flat-out');
  return (
    <ActionForm
      action={action}
      submit="Start the upload"
      target={target}
      guard="The upload you described"
      cancel={
        <>
          {cancel}
          <Button type="submit" name="intent" value="save">
            Save the workload
          </Button>
        </>
      }
    >
      <input type="hidden" name="requesters" value={requesters} readOnly />
      {chosen['saved'] && <input type="hidden" name="saved" value={chosen['saved']} readOnly />}
      {Array.from({ length: requesters }, (_, index) => (
        <RequesterFields
          key={index}
          index={index}
          alone={requesters === 1}
          targets={targets}
          principals={principals}
          chosen={chosen}
        />
      ))}
      <div className="flex flex-wrap gap-2">
        {requesters < LIMITS.requesters.max && (
          <Button size="small" kind="ghost" onClick={() => setRequesters(requesters + 1)}>
            <Plus size={14} aria-hidden />
            Add a requester
          </Button>
        )}
        {requesters > 1 && (
          <Button size="small" kind="ghost" onClick={() => setRequesters(requesters - 1)}>
            <Trash2 size={14} aria-hidden />
            Remove the last
          </Button>
        )}
      </div>
      <div className="upload-numbers">
        <TextField
          name="concurrency"
          label="At once"
          type="number"
          defaultValue={chosen['concurrency'] ?? '8'}
          hint="Requests, 1 to 64."
        />
        <SelectField
          name="pace"
          label="Pace"
          defaultValue={pace}
          onValue={setPace}
          options={[
            { value: 'flat-out', label: 'As fast as it goes' },
            { value: 'world', label: 'Over world time' },
          ]}
          hint={pace === 'world' ? 'The run moves the world’s clock.' : undefined}
        />
        {pace === 'world' && (
          <TextField
            name="seconds"
            label="Span"
            type="number"
            unit="s"
            defaultValue={chosen['seconds'] ?? '1800'}
            hint="Seconds of world time."
          />
        )}
      </div>
      <FormSection
        title="In the middle: take a permission away"
        names={['revoke', 'revokeAfter', 'revokeWhat']}
        open={chosen['revoke'] !== undefined}
      >
        <div className="upload-numbers">
          <SelectField
            name="revoke"
            label="From"
            defaultValue={chosen['revoke'] ?? ''}
            options={[
              { value: '', label: 'Nobody' },
              ...Array.from({ length: requesters }, (_, index) => ({
                value: String(index),
                label: `Requester ${index + 1}`,
              })),
            ]}
          />
          <SelectField
            name="revokeWhat"
            label="What"
            defaultValue={chosen['revokeWhat'] ?? 'kms'}
            options={[
              { value: 'kms', label: 'Use of KMS' },
              { value: 'everything', label: 'Everything' },
            ]}
          />
          <TextField
            name="revokeAfter"
            label="After"
            type="number"
            unit="s"
            defaultValue={chosen['revokeAfter'] ?? '60'}
          />
        </div>
        <p className="field-hint">
          A Deny is really put on the role or user, and taken away at the end. A bucket key that is still held goes on
          answering, so it bites only when that key expires.
        </p>
      </FormSection>
      <FormSection
        title="Faults and quota"
        names={['throttle', 'latency', 'quota']}
        open={['throttle', 'latency', 'quota'].some((name) => Number(chosen[name] ?? 0) > 0)}
      >
        <div className="upload-numbers">
          <TextField
            name="throttle"
            label="Throttled"
            type="number"
            unit="%"
            defaultValue={chosen['throttle'] ?? '0'}
          />
          <TextField name="latency" label="Delay" type="number" unit="ms" defaultValue={chosen['latency'] ?? '0'} />
          <TextField
            name="quota"
            label="Quota"
            type="number"
            unit="/s"
            defaultValue={chosen['quota'] ?? '0'}
            hint="0: the world’s own."
          />
        </div>
        <p className="field-hint">They hold for the whole world while the run goes, then the old ones come back.</p>
      </FormSection>
      <div className="upload-names">
        <NameField value={chosen['name'] ?? ''} />
        <TextField
          name="seed"
          label="Seed"
          type="number"
          defaultValue={chosen['seed'] ?? '7'}
          hint="The same seed, the same mix."
        />
      </div>
    </ActionForm>
  );
}

function NameField({ value }: { value: string }) {
  const { ids, control, error } = useField('name');
  return (
    <FieldFrame label="Name of the workload" optional ids={ids} error={error} hint="To find it again.">
      <span className="field-box">
        <input {...control} defaultValue={value} maxLength={80} autoComplete="off" />
      </span>
    </FieldFrame>
  );
}
