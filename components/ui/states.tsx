import { CircleX, type LucideIcon, SearchX } from 'lucide-react';
import type { Route } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { AwsFailure } from '@/lib/aws/result';
import { routes } from '../routes';
import { lacksPermission, MissingPermission } from './missing-permission';
import { RetryButton } from './retry-button';

function Blank({
  icon: Icon,
  title,
  children,
  actions,
  more,
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  more?: ReactNode;
}) {
  return (
    <div className="blank">
      <Icon size={20} aria-hidden />
      <p className="blank-title">{title}</p>
      {children && <p>{children}</p>}
      {actions && <div className="flex flex-wrap justify-center gap-2">{actions}</div>}
      {more}
    </div>
  );
}

/** Nothing there yet: what it is for, and the one action that makes the first. */
export function Empty(props: { icon: LucideIcon; title: string; children?: ReactNode; actions?: ReactNode }) {
  return <Blank {...props} />;
}

/** There is something, but the filter hides all of it. */
export function NoMatch({ title, children, actions }: { title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <Blank icon={SearchX} title={title} actions={actions}>
      {children}
    </Blank>
  );
}

/** Whether the decision behind a refusal can be looked at. */
export function explainable(error: AwsFailure): Route | undefined {
  return error.requestId && /AccessDenied|NotAuthorized|Forbidden/.test(error.code)
    ? routes.decision(error.requestId)
    : undefined;
}

/** A read failed: AWS's code, what was asked, and what can be done. The rest of the page stays. */
export function Failure({ title, error }: { title: string; error: AwsFailure }) {
  const explain = explainable(error);
  return (
    <Blank
      icon={CircleX}
      title={title}
      more={lacksPermission(error) && <MissingPermission error={error} />}
      actions={
        <>
          <RetryButton />
          {explain && (
            <Link className="button ghost" href={explain}>
              Explain
            </Link>
          )}
          {(error.code === 'Unreachable' || error.code === 'NoCredentials') && (
            <Link className="button ghost" href="/settings">
              Connection
            </Link>
          )}
        </>
      }
    >
      {error.message}
      <span className="mono mt-1 block text-ink-3">
        {error.code}, {error.action}
        {error.requestId ? `, request ${error.requestId}` : ''}
      </span>
    </Blank>
  );
}

/** A refusal inside a row of a table that otherwise stands. */
export function RefusedCell({ error }: { error: AwsFailure }) {
  const explain = explainable(error);
  return (
    <span className="status warn" title={error.message}>
      <span>
        {error.action} {explain ? 'refused' : 'failed'}: {error.code}.
      </span>
      {explain && (
        <Link className="link" href={explain}>
          Explain
        </Link>
      )}
    </span>
  );
}

/** Not read so far, or not readable: never an empty cell, which would mean that there is nothing. */
export function NotRead() {
  return <span className="text-ink-3">not read</span>;
}
