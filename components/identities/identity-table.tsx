'use client';

import Link from 'next/link';
import type { Identity, IdentityKind } from '@/lib/aws/identities';
import { routes } from '../routes';
import { type Column, DataTable } from '../ui/data-table';
import { Principal } from '../ui/principal';
import { Time } from '../ui/time';

const name: Column<Identity> = {
  id: 'name',
  head: 'Name',
  sort: (row) => row.name,
  cell: (row) => (
    <Link className="link" href={routes.identity(row.kind, row.name)}>
      {row.kind === 'group' ? <span className="mono">{row.name}</span> : <Principal principal={row.arn} />}
    </Link>
  ),
};
const path: Column<Identity> = {
  id: 'path',
  head: 'Path',
  property: (row) => row.path,
  cell: (row) => <span className="mono text-ink-2">{row.path}</span>,
};
const arn: Column<Identity> = {
  id: 'arn',
  head: 'ARN',
  cell: (row) => (
    <span className="mono block max-w-[44ch] truncate text-ink-2" title={row.arn}>
      {row.arn}
    </span>
  ),
};
const trusts: Column<Identity> = {
  id: 'trusts',
  head: 'Trusts',
  property: (row) => trusted(row.trust),
  cell: (row) => <span className="mono block max-w-[40ch] truncate text-ink-2">{trusted(row.trust)}</span>,
};
const made: Column<Identity> = {
  id: 'made',
  head: 'Created',
  sort: (row) => row.createdAt ?? '',
  property: (row) => row.createdAt?.slice(0, 10) ?? '',
  cell: (row) => <Time value={row.createdAt} precision="day" />,
};

const COLUMNS: Readonly<Record<IdentityKind, readonly Column<Identity>[]>> = {
  user: [name, path, arn, made],
  role: [name, trusts, path, made],
  group: [name, path, arn, made],
};

/** Who a trust policy lets in, in short. */
function trusted(trust: string | undefined): string {
  try {
    const parsed = JSON.parse(trust ?? '{}') as { Statement?: unknown };
    const statements = [parsed.Statement ?? []].flat() as readonly { Principal?: unknown }[];
    const all = statements.flatMap(({ Principal: who }) =>
      typeof who === 'string' ? [who] : Object.values((who ?? {}) as Record<string, string | string[]>).flat(),
    );
    return [...new Set(all)].join(', ');
  } catch {
    return 'not readable';
  }
}

const text = (row: Identity) => `${row.name} ${row.path} ${row.arn} ${row.description ?? ''}`;

/** Users, roles or groups of the account. */
export function IdentityTable({ rows, kind }: { rows: readonly Identity[]; kind: IdentityKind }) {
  return (
    <DataTable
      rows={rows}
      columns={COLUMNS[kind]}
      rowKey={(row) => row.name}
      text={text}
      label={`IAM ${kind}s`}
      noun={`${kind}s`}
      filterHint="Name, path or ARN"
      panel={{ title: (row) => row.name, href: (row) => routes.identity(kind, row.name) }}
    />
  );
}
