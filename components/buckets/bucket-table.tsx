'use client';

import type { Route } from 'next';
import Link from 'next/link';
import type { AwsFailure } from '@/lib/aws/result';
import { type Column, DataTable } from '../ui/data-table';
import { EncryptionBadge, type EncryptionKind } from '../ui/encryption';
import { formatCount } from '../ui/format';
import { ReadingProgress } from '../ui/list/progress';
import { type Pending, useDetails } from '../ui/list/use-details';
import { NotRead, RefusedCell } from '../ui/states';
import { Time } from '../ui/time';
import { BucketBulk } from './bucket-bulk';

/** A bucket of any kind in a list. */
export interface BucketRow extends Pending {
  readonly name: string;
  readonly arn?: string;
  readonly href: Route;
  readonly createdAt?: string;
  readonly encryption?: EncryptionKind;
  /** How a person calls the key; empty where no key of theirs is involved. */
  readonly key?: string;
  readonly keyHref?: Route;
  /** "On", "Off", or nothing where there is no choice. */
  readonly bucketKey?: string;
  /** One more column, such as the zone or the number of tables. */
  readonly extra?: string;
  readonly refused?: AwsFailure;
}

const name: Column<BucketRow> = {
  id: 'name',
  head: 'Name',
  sort: (row) => row.name,
  cell: (row) => (
    <Link className="link mono" href={row.href}>
      {row.name}
    </Link>
  ),
};
const encryption: Column<BucketRow> = {
  id: 'encryption',
  head: 'Encryption',
  sort: (row) => row.encryption ?? '',
  property: (row) => row.encryption ?? 'not read',
  cell: (row) =>
    row.refused ? (
      <RefusedCell error={row.refused} />
    ) : row.encryption ? (
      <EncryptionBadge kind={row.encryption} />
    ) : (
      <NotRead />
    ),
};
const key: Column<BucketRow> = {
  id: 'key',
  head: 'Key',
  sort: (row) => row.key ?? '',
  property: (row) => row.key ?? '',
  cell: (row) =>
    row.pending ? (
      <NotRead />
    ) : row.keyHref ? (
      <Link className="mono hover:underline" href={row.keyHref}>
        {row.key}
      </Link>
    ) : (
      <span className="text-ink-3">{row.key ?? 'none of yours'}</span>
    ),
};
const bucketKey: Column<BucketRow> = {
  id: 'bucketKey',
  head: 'Bucket key',
  property: (row) => row.bucketKey ?? '',
  cell: (row) => (row.pending ? <NotRead /> : (row.bucketKey ?? <span className="text-ink-3">not used</span>)),
};
const made: Column<BucketRow> = {
  id: 'made',
  head: 'Created',
  sort: (row) => row.createdAt ?? '',
  property: (row) => row.createdAt?.slice(0, 10) ?? '',
  cell: (row) => <Time value={row.createdAt} precision="day" />,
};

/** Which columns each kind of bucket has. */
const COLUMNS = {
  'table-buckets': [
    name,
    encryption,
    key,
    {
      id: 'extra',
      head: 'Tables',
      numeric: true,
      sort: (row: BucketRow) => Number(row.extra ?? -1),
      property: (row: BucketRow) => row.extra ?? '',
      cell: (row: BucketRow) =>
        row.extra === undefined ? (
          <NotRead />
        ) : Number.isNaN(Number(row.extra)) ? (
          row.extra
        ) : (
          formatCount(Number(row.extra))
        ),
    },
    made,
  ],
  'directory-buckets': [
    name,
    encryption,
    key,
    {
      id: 'extra',
      head: 'Zone',
      property: (row: BucketRow) => row.extra ?? '',
      cell: (row: BucketRow) => <span className="mono text-ink-2">{row.extra}</span>,
    },
    made,
  ],
  buckets: [name, encryption, key, bucketKey, made],
} as const satisfies Record<string, readonly Column<BucketRow>[]>;

const NOUNS = {
  'table-buckets': 'table buckets',
  'directory-buckets': 'directory buckets',
  buckets: 'general purpose buckets',
} as const;

const text = (row: BucketRow) => `${row.name} ${row.key ?? ''}`;
const item = ({ name: bucket, arn, createdAt }: BucketRow) => ({ name: bucket, arn, createdAt });

/** All buckets of one kind; details of a long list arrive after the first rows. */
export function BucketTable({
  rows: first,
  kind,
  unavailable,
  target,
}: {
  rows: readonly BucketRow[];
  kind: keyof typeof COLUMNS;
  unavailable?: string | undefined;
  target: string;
}) {
  const details = useDetails(`/api/lists/${kind}`, first, item);
  return (
    <DataTable
      rows={details.rows}
      columns={COLUMNS[kind]}
      rowKey={(row) => row.name}
      text={text}
      label={NOUNS[kind]}
      noun={NOUNS[kind]}
      filterHint="Name or key"
      tools={<ReadingProgress details={details} />}
      panel={{ title: (row) => row.name, href: (row) => row.href }}
      renderBulk={(selected, clear) => (
        <BucketBulk
          kind={kind}
          noun={NOUNS[kind]}
          selected={selected}
          onDone={clear}
          unavailable={unavailable}
          target={target}
        />
      )}
    />
  );
}
