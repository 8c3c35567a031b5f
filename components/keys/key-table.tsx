'use client';

import Link from 'next/link';
import type { AwsFailure } from '@/lib/aws/result';
import { routes } from '../routes';
import { KeyState } from '../ui/badge';
import { type Column, DataTable } from '../ui/data-table';
import { ReadingProgress } from '../ui/list/progress';
import { type Pending, useDetails } from '../ui/list/use-details';
import { NotRead, RefusedCell } from '../ui/states';
import { Time } from '../ui/time';
import { KeyBulk } from './key-bulk';

export interface KeyRow extends Pending {
  readonly id: string;
  readonly arn: string;
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
      key.pending ? (
        <NotRead />
      ) : key.refused ? (
        <RefusedCell error={key.refused} />
      ) : (
        <KeyState state={key.state} days={key.daysLeft} />
      ),
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
    property: (key) => key.createdAt?.slice(0, 10) ?? '',
    cell: (key) => (key.pending ? <NotRead /> : <Time value={key.createdAt} precision="day" />),
  },
];

const text = (key: KeyRow) => `${key.id} ${key.aliases.join(' ')} ${key.description}`;
const item = ({ id, arn }: KeyRow) => ({ name: id, arn });

/** All keys of the Region; details of a long list arrive after the first rows. */
export function KeyTable({
  rows: first,
  unavailable,
  target,
}: {
  rows: readonly KeyRow[];
  unavailable?: string | undefined;
  target: string;
}) {
  const details = useDetails('/api/lists/keys', first, item);
  return (
    <DataTable
      rows={details.rows}
      columns={COLUMNS}
      rowKey={(key) => key.id}
      text={text}
      label="KMS keys"
      noun="keys"
      filterHint="Alias, key id or description"
      tools={<ReadingProgress details={details} />}
      panel={{ title: (key) => key.aliases[0] ?? key.id, href: (key) => routes.key(key.id) }}
      renderBulk={(selected, clear) => (
        <KeyBulk selected={selected} onDone={clear} unavailable={unavailable} target={target} />
      )}
    />
  );
}
