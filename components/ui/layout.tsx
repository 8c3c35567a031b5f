import type { Route } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { cx } from './cx';

/** Head of a page: title, badges, one line under it, at most three actions. */
export function PageHeader({
  title,
  badges,
  sub,
  actions,
}: {
  title: ReactNode;
  badges?: ReactNode;
  sub?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="page-header">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2.5">
          <h1>{title}</h1>
          {badges}
        </div>
        {sub && <div className="sub">{sub}</div>}
      </div>
      {actions && <div className="actions">{actions}</div>}
    </div>
  );
}

/** Small dot between two facts of one line. */
export function Dot() {
  return <i className="dot" aria-hidden />;
}

/** A subject in a box. `count` says how many, `end` stands at the right. */
export function Card({
  title,
  count,
  end,
  rule = false,
  bare = false,
  className,
  children,
  id,
}: {
  title?: ReactNode;
  count?: ReactNode;
  end?: ReactNode;
  /** A line under the head, for lists and tables. */
  rule?: boolean;
  /** No padding around the children: a table or list fills the card. */
  bare?: boolean;
  className?: string;
  children: ReactNode;
  id?: string;
}) {
  return (
    <section className={cx('card', className)} id={id}>
      {title !== undefined && (
        <header className={rule ? 'rule' : undefined}>
          <h2>{title}</h2>
          {count !== undefined && <span className="text-ink-2">{count}</span>}
          {end !== undefined && <div className="ml-auto flex items-center gap-2">{end}</div>}
        </header>
      )}
      {bare ? children : <div className={cx('card-body', title === undefined && 'pt')}>{children}</div>}
    </section>
  );
}

export interface TabLink {
  readonly id: string;
  readonly label: string;
  readonly count?: number | string | undefined;
}

/** Sections of a page, as links: the open one is in the address. */
export function Tabs({
  label,
  tabs,
  open,
  href,
}: {
  label: string;
  tabs: readonly TabLink[];
  open: string;
  href: (tab: string) => Route;
}) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab, index) => (
        <Link
          key={tab.id}
          href={href(index === 0 ? '' : tab.id)}
          aria-current={tab.id === open ? 'page' : undefined}
          scroll={false}
        >
          {tab.label}
          {tab.count !== undefined && <span className="count">{tab.count.toLocaleString('en-US')}</span>}
        </Link>
      ))}
    </nav>
  );
}

/** Key-value panel. */
export function Facts({ children, wide = false }: { children: ReactNode; wide?: boolean }) {
  return <dl className={cx('facts', wide && 'wide')}>{children}</dl>;
}

export function Fact({
  label,
  children,
  oneLine = false,
}: {
  label: ReactNode;
  children: ReactNode;
  oneLine?: boolean;
}) {
  return (
    <>
      <dt>{label}</dt>
      <dd className={oneLine ? 'one' : undefined}>{children}</dd>
    </>
  );
}

/** Main column and a side column of 372 px; one column on narrow screens. */
export function Split({ main, side }: { main: ReactNode; side: ReactNode }) {
  return (
    <div className="split with-side">
      <div className="stack">{main}</div>
      <div className="stack">{side}</div>
    </div>
  );
}
