'use client';

import type { Route } from 'next';
import Link from 'next/link';
import type { AwsFailure } from '@/lib/aws/result';
import { type Column, DataTable } from '../ui/data-table';
import { EncryptionBadge, type EncryptionKind } from '../ui/encryption';
import { RefusedCell } from '../ui/states';
import { Time } from '../ui/time';

/** A bucket of any kind in a list. */
export interface BucketRow {
  readonly name: string;
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
    ) : null,
};
const key: Column<BucketRow> = {
  id: 'key',
  head: 'Key',
  sort: (row) => row.key ?? '',
  property: (row) => row.key ?? '',
  cell: (row) =>
    row.keyHref ? (
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
  cell: (row) => row.bucketKey ?? <span className="text-ink-3">not used</span>,
};
const made: Column<BucketRow> = {
  id: 'made',
  head: 'Created',
  sort: (row) => row.createdAt ?? '',
  cell: (row) => <Time value={row.createdAt} precision="day" />,
};

/** Which columns each kind of bucket has. */
const COLUMNS = {
  'table buckets': [
    name,
    encryption,
    key,
    {
      id: 'extra',
      head: 'Tables',
      numeric: true,
      sort: (row: BucketRow) => Number(row.extra ?? 0),
      cell: (row: BucketRow) => row.extra ?? '',
    },
    made,
  ],
  'directory buckets': [
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
  'general purpose buckets': [name, encryption, key, bucketKey, made],
} as const satisfies Record<string, readonly Column<BucketRow>[]>;

export function BucketTable({ rows, noun }: { rows: readonly BucketRow[]; noun: keyof typeof COLUMNS }) {
  return (
    <DataTable
      rows={rows}
      columns={COLUMNS[noun]}
      rowKey={(row) => row.name}
      text={(row) => `${row.name} ${row.key ?? ''}`}
      label={noun}
      noun={noun}
      filterHint="Name or key"
    />
  );
}
