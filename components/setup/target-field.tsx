'use client';

import { EncryptionBadge } from '../ui/encryption';
import { useField } from '../ui/form';

export interface TargetOption {
  readonly kind: 'table' | 'directory' | 'general';
  readonly name: string;
  readonly encryption?: 'SSE-S3' | 'SSE-KMS' | 'DSSE-KMS' | 'SSE-C';
  readonly bucketKey?: boolean;
  /** AWS's code, where its encryption could not be read. */
  readonly refused?: string;
}

const KINDS = { table: 'Table bucket', directory: 'Directory bucket', general: 'General purpose bucket' } as const;

/** The buckets that are there, each with what it has: any number of them. */
export function TargetField({ options, chosen }: { options: readonly TargetOption[]; chosen: readonly string[] }) {
  const { error, ids, control } = useField('targets');
  return (
    <fieldset
      aria-describedby={control['aria-describedby']}
      aria-invalid={control['aria-invalid']}
      // A group that is wrong takes the focus as a field does.
      tabIndex={-1}
    >
      <legend className="group-label">Buckets to secure</legend>
      {error && (
        <p className="field-error mb-2" id={ids.error}>
          {error}
        </p>
      )}
      <div className="field-hint mb-3" id={ids.hint}>
        Up to ten at once. Those without a key of yours come first.
      </div>
      <div className="setup-pick">
        {options.map(({ kind, name, encryption, refused }) => (
          <label key={`${kind} ${name}`} className="check">
            <input
              type="checkbox"
              name="targets[]"
              value={`${kind} ${name}`}
              defaultChecked={chosen.includes(`${kind} ${name}`)}
            />
            <span className="mono min-w-0 wrap-anywhere">
              {name}
              <span className="about">
                {KINDS[kind]}
                {encryption ? <EncryptionBadge kind={encryption} /> : <span>{refused}</span>}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
