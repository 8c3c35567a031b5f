'use client';

import type { Route } from 'next';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useCrumbName } from './crumb-name';

const SECTIONS: Readonly<Record<string, { group?: string; label: string }>> = {
  'table-buckets': { group: 'Resources', label: 'Table buckets' },
  'directory-buckets': { group: 'Resources', label: 'Directory buckets' },
  buckets: { group: 'Resources', label: 'General purpose buckets' },
  keys: { group: 'Resources', label: 'KMS keys' },
  access: { group: 'Understand', label: 'Access graph' },
  decode: { group: 'Understand', label: 'Decode an error' },
  explain: { group: 'Understand', label: 'Explain' },
  identities: { group: 'Resources', label: 'Identities' },
  decisions: { group: 'Understand', label: 'Decisions' },
  findings: { group: 'Understand', label: 'Findings' },
  usage: { group: 'Understand', label: 'KMS requests and cost' },
  audit: { group: 'Understand', label: 'Audit trail' },
  setup: { group: 'Try', label: 'Guided set-up' },
  uploads: { group: 'Try', label: 'Simulated uploads' },
  demos: { group: 'Try', label: 'Demo scenarios' },
  world: { label: 'World' },
  settings: { label: 'Settings' },
  export: { label: 'Export' },
};

/** The lists of identities are sections of one page. */
const IDENTITY_KINDS: Readonly<Record<string, string>> = {
  users: 'Users',
  roles: 'Roles',
  groups: 'Groups',
  policies: 'Managed policies',
};

interface Crumb {
  readonly label: string;
  readonly href?: Route;
}

function crumbsOf(path: string): Crumb[] {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const [first, second, third, namespace, table] = parts;
  if (first === undefined) return [{ label: 'Overview' }];
  const section = SECTIONS[first] ?? { label: first };
  const crumbs: Crumb[] = [
    ...(section.group ? [{ label: section.group }] : []),
    second === undefined ? { label: section.label } : { label: section.label, href: `/${first}` as Route },
  ];
  if (second === 'new') crumbs.push({ label: first === 'uploads' ? 'New upload' : 'Create' });
  else if (first === 'setup' && second === 'hadoop') crumbs.push({ label: 'Check a core-site.xml' });
  else if (first === 'identities' && second !== undefined) {
    const label = IDENTITY_KINDS[second] ?? second;
    crumbs.push({ label, href: `/identities?tab=${second}` as Route }, { label: third?.split('/').at(-1) ?? '' });
    return crumbs;
  } else if (second !== undefined) {
    crumbs.push(
      third === undefined
        ? { label: second }
        : { label: second, href: `/${first}/${encodeURIComponent(second)}` as Route },
    );
  }
  if (first === 'uploads' && third === 'time') crumbs.push({ label: 'Time machine' });
  if (first === 'keys' && third === 'retire') crumbs.push({ label: 'Retirement report' });
  if (first === 'export') return [{ label: section.label }, { label: third ?? second ?? '' }];
  // A draft has no page of its own: each of its steps is one.
  if (first === 'setup' && third !== undefined) return [...crumbs.slice(0, -1), { label: second ?? '' }];
  if (third === 'tables' && namespace === 'new' && table === undefined) crumbs.push({ label: 'Create table' });
  else if (namespace !== undefined && table !== undefined) crumbs.push({ label: `${namespace}.${table}` });
  return crumbs;
}

/** Where this page stands. The last part is the page itself. */
export function Breadcrumbs() {
  const crumbs = crumbsOf(usePathname());
  const nameOf = useCrumbName();
  return (
    <nav className="crumbs" aria-label="Breadcrumb">
      <ol>
        {crumbs.map((crumb, index) => (
          <li key={crumb.label} aria-current={index === crumbs.length - 1 ? 'page' : undefined}>
            {crumb.href ? (
              <Link href={crumb.href} className="hover:text-ink">
                {nameOf(crumb.label)}
              </Link>
            ) : (
              nameOf(crumb.label)
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
