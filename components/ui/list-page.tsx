import { type LucideIcon, Plus } from 'lucide-react';
import type { Route } from 'next';
import { cache, type ReactNode } from 'react';
import type { Listing } from '@/lib/aws/paginate';
import type { Result } from '@/lib/aws/result';
import { ButtonLink } from './button';
import { formatCount } from './format';
import { Card, PageHeader } from './layout';
import { ReadAt } from './list/reading';
import { Empty, Failure } from './states';

/** When this request reads: on the machine's clock, since it says how fresh the page is. */
const readingTime = cache(() => new Date().toISOString());

/**
 * The shape of every page that lists resources: head with its creating action, then the list, or why there is none.
 * @param list what was listed; decides between the list, the empty state and the failure
 * @param noun "table buckets": in the titles of both states
 * @param empty what such a resource is for
 * @param other a second way out of the empty state
 * @param children the table
 */
export function ListPage({
  title,
  sub,
  create,
  actions,
  noun,
  icon,
  list,
  empty,
  other,
  sections,
  children,
}: {
  title: string;
  sub: ReactNode;
  create: { readonly href: Route; readonly label: string };
  actions?: ReactNode;
  noun: string;
  icon: LucideIcon;
  list: Result<Listing<unknown>>;
  empty: ReactNode;
  other?: ReactNode;
  /** Links to lists beside this one. */
  sections?: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      <PageHeader
        title={title}
        sub={sub}
        actions={
          <>
            {actions}
            <ButtonLink href={create.href} kind="primary">
              <Plus size={14} aria-hidden />
              {create.label}
            </ButtonLink>
          </>
        }
      />
      {sections}
      <Card bare>
        {!list.ok ? (
          <Failure title={`${noun[0]?.toUpperCase()}${noun.slice(1)} could not be listed`} error={list.error} />
        ) : list.data.items.length === 0 ? (
          <Empty
            icon={icon}
            title={`No ${noun} yet`}
            actions={
              <>
                <ButtonLink href={create.href} kind="primary">
                  {create.label}
                </ButtonLink>
                {other}
              </>
            }
          >
            {empty}
          </Empty>
        ) : (
          <ReadAt time={readingTime()}>{children}</ReadAt>
        )}
      </Card>
      {list.ok && list.data.cutOff && (
        <p className="mt-2 text-ink-2">
          Only the first {formatCount(list.data.items.length)} {noun} were read.
        </p>
      )}
    </>
  );
}
