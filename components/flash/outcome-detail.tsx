'use client';

import Link from 'next/link';
import { Fragment } from 'react';
import { ShowApiCalls } from '../ui/api-calls';
import { CopyButton } from '../ui/copy-button';
import type { Outcome } from '../ui/outcome';

/** The sentence, links, code and request id of an outcome; also used inside a form. */
export function OutcomeDetail({ outcome }: { outcome: Outcome }) {
  const links = outcome.links ?? [];
  const calls = outcome.calls ?? [];
  return (
    <div className="text-ink-2">
      {outcome.detail && <div className="wrap-anywhere">{outcome.detail}</div>}
      {outcome.next && <div>{outcome.next}</div>}
      {outcome.once && (
        <div className="mt-1 flex min-w-0 items-center gap-1">
          <span>{outcome.once.label}</span>
          <span className="mono min-w-0 truncate text-ink">{outcome.once.value}</span>
          <CopyButton text={outcome.once.value} label={`Copy ${outcome.once.label.toLowerCase()}`} />
        </div>
      )}
      {(links.length > 0 || calls.length > 0) && (
        <div className="mt-0.5 flex flex-wrap items-center gap-x-2">
          {links.map((link) => (
            <Fragment key={link.label}>
              <Link className="link" href={link.href}>
                {link.label}
              </Link>
              <span aria-hidden className="text-ink-3 last:hidden">
                ·
              </span>
            </Fragment>
          ))}
          <ShowApiCalls calls={calls} asLink />
        </div>
      )}
      {(outcome.code ?? outcome.requestId) && (
        <div className="mono text-ink-3">
          {[outcome.code, outcome.requestId ? `request ${outcome.requestId}` : ''].filter(Boolean).join(', ')}
        </div>
      )}
    </div>
  );
}
