'use client';

import Link from 'next/link';
import type { ManagedPolicy } from '@/lib/aws/managed-policies';
import { routes } from '../routes';
import { type Column, DataTable } from '../ui/data-table';
import { formatCount } from '../ui/format';
import { Time } from '../ui/time';

const COLUMNS: readonly Column<ManagedPolicy>[] = [
  {
    id: 'name',
    head: 'Name',
    sort: (policy) => policy.name,
    cell: (policy) => (
      <Link className="link mono" href={routes.managedPolicy(policy.arn)}>
        {policy.name}
      </Link>
    ),
  },
  {
    id: 'attached',
    head: 'Attached to',
    numeric: true,
    sort: (policy) => policy.attachments,
    property: (policy) => String(policy.attachments),
    cell: (policy) => formatCount(policy.attachments),
  },
  { id: 'version', head: 'Version', cell: (policy) => <span className="mono">{policy.defaultVersion}</span> },
  {
    id: 'path',
    head: 'Path',
    property: (policy) => policy.path,
    cell: (policy) => <span className="mono">{policy.path}</span>,
  },
  {
    id: 'changed',
    head: 'Changed',
    sort: (policy) => policy.changedAt ?? '',
    cell: (policy) => <Time value={policy.changedAt} />,
  },
];

const text = (policy: ManagedPolicy) => `${policy.name} ${policy.arn} ${policy.description ?? ''}`;

/** Managed policies of the account. */
export function ManagedPolicyTable({ rows }: { rows: readonly ManagedPolicy[] }) {
  return (
    <DataTable
      rows={rows}
      columns={COLUMNS}
      rowKey={(policy) => policy.arn}
      text={text}
      label="Managed policies"
      noun="managed policies"
      filterHint="Name, ARN or description"
      panel={{ title: (policy) => policy.name, href: (policy) => routes.managedPolicy(policy.arn) }}
    />
  );
}
