'use client';

import Link from 'next/link';
import { operationsOf } from '@/lib/uploads/operations';
import type { UploadRun } from '@/lib/uploads/record';
import { routes } from '../routes';
import { Status } from '../ui/badge';
import { type Column, DataTable } from '../ui/data-table';
import { formatBytes, formatCount } from '../ui/format';
import { Principal } from '../ui/principal';
import { Time } from '../ui/time';
import { principalsOf, STATUS, targetNames, workload } from './describe';

const columns: readonly Column<UploadRun>[] = [
  {
    id: 'target',
    head: 'Upload to',
    cell: ({ id, plan }) => (
      <>
        <Link className="link mono" href={routes.upload(id)}>
          {plan.name || targetNames(plan)}
        </Link>
        <span className="sub block">{workload(plan)}</span>
      </>
    ),
    sort: ({ plan }) => plan.name || targetNames(plan),
  },
  { id: 'as', head: 'As', cell: (run) => <Principal principal={principalsOf(run)[0] ?? ''} /> },
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
    cell: ({ counters, plan }) => `${formatCount(counters.finished)} of ${formatCount(operationsOf(plan))}`,
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
      text={(run) => `${run.plan.name} ${targetNames(run.plan)} ${principalsOf(run).join(' ')}`}
      label="Simulated uploads"
      noun="uploads"
      filterHint="Filter by target or principal"
    />
  );
}
