'use client';

import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { type Counted, FOOT, NAVIGATION, type NavItem } from './navigation';
import { remember } from './preferences';

type Counts = Readonly<Record<Counted, ReactNode>>;

/** The links of the side navigation; also inside the drawer on narrow screens. */
export function NavLinks({ counts, onGo }: { counts: Counts; onGo?: () => void }) {
  const path = usePathname();
  const link = ({ href, label, icon: Icon, count }: NavItem) => {
    const current = href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
    return (
      <li key={href}>
        <Link
          href={href}
          aria-current={current ? 'page' : undefined}
          title={label}
          {...(onGo ? { onClick: onGo } : {})}
        >
          <Icon size={16} aria-hidden />
          <span className="label">{label}</span>
          {count && <span className="count">{counts[count]}</span>}
        </Link>
      </li>
    );
  };
  return (
    <>
      {NAVIGATION.map((group) => (
        <div key={group.title ?? 'first'}>
          {group.title && <h2>{group.title}</h2>}
          <ul>{group.items.map(link)}</ul>
        </div>
      ))}
      <ul className="foot">{FOOT.map(link)}</ul>
    </>
  );
}

/** Side navigation, 236 px or collapsed to 52 px; the choice is remembered. */
export function SideNav({ counts, collapsed: initially }: { counts: Counts; collapsed: boolean }) {
  const [collapsed, setCollapsed] = useState(initially);
  const Icon = collapsed ? PanelLeftOpen : PanelLeftClose;
  return (
    <nav className="side-nav" aria-label="Main">
      <NavLinks counts={counts} />
      <button
        type="button"
        className="nav-toggle"
        aria-expanded={!collapsed}
        onClick={() => {
          document.documentElement.dataset.nav = collapsed ? 'open' : 'collapsed';
          remember('nav', collapsed ? 'open' : 'collapsed');
          setCollapsed(!collapsed);
        }}
      >
        <Icon size={16} aria-hidden />
        <span className="label">{collapsed ? <span className="sr-only">Expand navigation</span> : 'Collapse'}</span>
      </button>
    </nav>
  );
}
