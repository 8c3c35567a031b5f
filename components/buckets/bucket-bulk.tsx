'use client';

import { deleteBuckets } from '@/app/(console)/bulk-actions';
import { ConfirmButton } from '../ui/confirm';
import { plural } from '../ui/format';
import type { BucketRow } from './bucket-table';

/** What can be done with several buckets at once: delete those that are empty. */
export function BucketBulk({
  kind,
  noun,
  selected,
  onDone,
  unavailable,
  target,
}: {
  kind: 'table-buckets' | 'directory-buckets' | 'buckets';
  noun: string;
  selected: readonly BucketRow[];
  onDone: () => void;
  unavailable?: string | undefined;
  target: string;
}) {
  const count = plural(selected.length, noun.replace(/s$/, ''), noun);
  return (
    <ConfirmButton
      label="Delete"
      size="small"
      title={`Delete ${count}`}
      unavailable={unavailable ?? (selected.length === 0 ? `Select ${noun} first` : undefined)}
      consequence={{
        title: `${count} are gone for good, with their policies`,
        detail: (
          <>
            Only empty ones can be deleted; the others stay, and the outcome names them.
            <ul className="bulk-names">
              {selected.slice(0, 8).map(({ name }) => (
                <li key={name} className="mono">
                  {name}
                </li>
              ))}
            </ul>
            {selected.length > 8 && `and ${selected.length - 8} more`}
          </>
        ),
      }}
      word="delete"
      action={deleteBuckets}
      input={{ kind, buckets: JSON.stringify(selected.map(({ name, arn }) => arn ?? name)) }}
      submit={`Delete ${count}`}
      target={target}
      onDone={onDone}
    />
  );
}
