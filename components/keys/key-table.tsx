'use client';

import Link from 'next/link';
import type { AwsFailure } from '@/lib/aws/result';
import { routes } from '../routes';
import { KeyState } from '../ui/badge';
import { type Column, DataTable } from '../ui/data-table';
import { RefusedCell } from '../ui/states';
import { Time } from '../ui/time';

export interface KeyRow {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly description: string;
  readonly state: string;
  readonly manager: string;
  readonly spec: string;
  readonly createdAt?: string;
  readonly daysLeft?: number;
  /** DescribeKey was refused: what is known is the id. */
  readonly refused?: AwsFailure;
}

const COLUMNS: readonly Column<KeyRow>[] = [
  {
    id: 'name',
    head: 'Name',
    sort: (key) => key.aliases[0] ?? `~${key.id}`,
    cell: (key) => (
      <span className="block min-w-0">
        <Link className="link mono" href={routes.key(key.id)}>
          {key.aliases[0] ?? key.id}
        </Link>
        {key.aliases.length > 1 && <span className="text-ink-3"> and {key.aliases.length - 1} more</span>}
        {key.description && <span className="sub block max-w-[46ch] truncate">{key.description}</span>}
      </span>
    ),
  },
  {
    id: 'state',
    head: 'State',
    sort: (key) => key.state,
    property: (key) => key.state,
    cell: (key) =>
      key.refused ? <RefusedCell error={key.refused} /> : <KeyState state={key.state} days={key.daysLeft} />,
  },
  {
    id: 'manager',
    head: 'Managed by',
    property: (key) => key.manager,
    sort: (key) => key.manager,
    cell: (key) => key.manager,
  },
  {
    id: 'spec',
    head: 'Spec',
    property: (key) => key.spec,
    cell: (key) => <span className="mono text-ink-2">{key.spec}</span>,
  },
  { id: 'id', head: 'Key ID', cell: (key) => <span className="mono text-ink-2">…{key.id.slice(-12)}</span> },
  {
    id: 'made',
    head: 'Created',
    sort: (key) => key.createdAt ?? '',
    cell: (key) => <Time value={key.createdAt} precision="day" />,
  },
];

export function KeyTable({ rows }: { rows: readonly KeyRow[] }) {
  return (
    <DataTable
      rows={rows}
      columns={COLUMNS}
      rowKey={(key) => key.id}
      text={(key) => `${key.id} ${key.aliases.join(' ')} ${key.description}`}
      label="KMS keys"
      noun="keys"
      filterHint="Alias, key id or description"
    />
  );
}
