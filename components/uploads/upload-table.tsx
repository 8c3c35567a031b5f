'use client';

import Link from 'next/link';
import type { UploadRun } from '@/lib/uploads/record';
import { routes } from '../routes';
import { Status } from '../ui/badge';
import { type Column, DataTable } from '../ui/data-table';
import { formatBytes, formatCount } from '../ui/format';
import { Principal } from '../ui/principal';
import { Time } from '../ui/time';
import { principalOf, STATUS, targetKind, targetName } from './describe';

const columns: readonly Column<UploadRun>[] = [
  {
    id: 'target',
    head: 'Upload to',
    cell: ({ id, plan }) => (
      <>
        <Link className="link mono" href={routes.upload(id)}>
          {targetName(plan.target)}
        </Link>
        <span className="sub block">{targetKind(plan.target)}</span>
      </>
    ),
    sort: ({ plan }) => targetName(plan.target),
  },
  { id: 'as', head: 'As', cell: (run) => <Principal principal={run.principalArn ?? principalOf(run.plan)} /> },
  {
    id: 'status',
    head: 'Status',
    cell: ({ status }) => <Status tone={STATUS[status].tone}>{STATUS[status].word}</Status>,
    property: ({ status }) => STATUS[status].word,
  },
  {
    id: 'objects',
    head: 'Objects',
    numeric: true,
    cell: ({ counters, plan }) => `${formatCount(counters.finished)} of ${formatCount(plan.objects)}`,
    sort: ({ counters }) => counters.finished,
  },
  {
    id: 'bytes',
    head: 'Bytes',
    numeric: true,
    cell: ({ counters }) => formatBytes(counters.bytes),
    sort: ({ counters }) => counters.bytes,
  },
  {
    id: 'made',
    head: 'Made',
    numeric: true,
    cell: ({ counters }) => formatCount(counters.made),
    sort: ({ counters }) => counters.made,
  },
  {
    id: 'spared',
    head: 'Spared',
    numeric: true,
    cell: ({ counters }) => formatCount(counters.spared),
    sort: ({ counters }) => counters.spared,
  },
  {
    id: 'failed',
    head: 'Refused',
    numeric: true,
    cell: ({ counters }) => formatCount(counters.failed),
    sort: ({ counters }) => counters.failed,
  },
  {
    id: 'started',
    head: 'Started',
    cell: ({ startedAt }) => <Time value={startedAt} precision="seconds" />,
    sort: ({ startedAt }) => startedAt,
  },
];

/** All runs of this world. */
export function UploadTable({ runs }: { runs: readonly UploadRun[] }) {
  return (
    <DataTable
      rows={runs}
      columns={columns}
      rowKey={({ id }) => id}
      text={({ plan, principalArn = '' }) => `${targetName(plan.target)} ${principalArn}`}
      label="Simulated uploads"
      noun="uploads"
      filterHint="Filter by target or principal"
    />
  );
}
