'use client';

import Link from 'next/link';
import type { AwsFailure } from '@/lib/aws/result';
import { routes } from '../routes';
import { Badge } from '../ui/badge';
import { type Column, DataTable } from '../ui/data-table';
import { EncryptionBadge, type EncryptionKind } from '../ui/encryption';
import { RefusedCell } from '../ui/states';
import { Time } from '../ui/time';

export interface TableRow {
  readonly bucket: string;
  readonly namespace: string;
  readonly name: string;
  readonly encryption?: EncryptionKind;
  readonly key?: string;
  readonly refused?: AwsFailure;
  readonly asDefault: boolean;
  readonly createdAt?: string;
}

const COLUMNS: readonly Column<TableRow>[] = [
  {
    id: 'table',
    head: 'Table',
    sort: (row) => `${row.namespace}.${row.name}`,
    cell: (row) => (
      <Link className="mono hover:underline" href={routes.table(row.bucket, row.namespace, row.name)}>
        <span className="text-ink-3">{row.namespace}.</span>
        <span className="text-accent">{row.name}</span>
      </Link>
    ),
  },
  {
    id: 'namespace',
    head: 'Namespace',
    property: (row) => row.namespace,
    cell: (row) => <span className="mono">{row.namespace}</span>,
  },
  {
    id: 'encryption',
    head: 'Encryption',
    property: (row) => row.encryption ?? 'not read',
    sort: (row) => row.encryption ?? '',
    cell: (row) =>
      row.refused ? (
        <RefusedCell error={row.refused} />
      ) : row.encryption ? (
        <EncryptionBadge kind={row.encryption} />
      ) : (
        <span className="text-ink-3">not read</span>
      ),
  },
  {
    id: 'key',
    head: 'Key',
    property: (row) => row.key ?? '',
    cell: (row) => <span className={row.key ? 'mono' : 'text-ink-3'}>{row.key ?? 'none of yours'}</span>,
  },
  {
    id: 'default',
    head: 'Default',
    property: (row) => (row.asDefault ? 'As the default' : 'Another'),
    cell: (row) =>
      row.asDefault ? <span className="text-ink-2">As the default</span> : <Badge tone="info">Another</Badge>,
  },
  { id: 'made', head: 'Created', sort: (row) => row.createdAt ?? '', cell: (row) => <Time value={row.createdAt} /> },
];

export function TableList({ rows }: { rows: readonly TableRow[] }) {
  return (
    <DataTable
      rows={rows}
      columns={COLUMNS}
      rowKey={(row) => `${row.namespace}.${row.name}`}
      text={(row) => `${row.namespace}.${row.name} ${row.key ?? ''}`}
      label="Tables"
      noun="tables"
      filterHint="Table, namespace or key"
    />
  );
}
