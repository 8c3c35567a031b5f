'use client';

import Link from 'next/link';
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import type { ContextChange, Plan, Touched } from '@/lib/plan/types';
import { Alert } from '../ui/alert';
import { ApiCallList } from '../ui/api-calls';
import { Status } from '../ui/badge';
import { prettyJson } from '../ui/code';
import { diffLines } from '../ui/diff';
import { formatTime, plural } from '../ui/format';
import { AccessTable } from './access-table';
import { DocumentDiff } from './document-diff';
import { placeHref } from './place-href';

interface Section {
  readonly id: string;
  readonly label: string;
  readonly count: ReactNode;
  readonly body: ReactNode;
}

/** What a plan will do: risks first, then who gains and loses, the difference, what it touches, and the calls. */
export function PlanReview({ plan }: { plan: Plan }) {
  const sections = sectionsOf(plan);
  return (
    <div className="plan">
      <p className="text-ink-2">
        {plural(plan.calls.length, 'API call')}. Nothing has been changed yet; the plan was made against the world as of{' '}
        <time dateTime={plan.madeAt}>{formatTime(plan.madeAt, 'seconds').slice(11)}</time>.
      </p>
      {plan.risks.map((risk) => (
        <Alert key={risk.title} tone={risk.grave ? 'bad' : 'warn'} title={risk.title}>
          {risk.detail}
        </Alert>
      ))}
      <PlanTabs sections={sections} />
      {plan.unseen.length > 0 && (
        <details className="plan-unseen">
          <summary>{plural(plan.unseen.length, 'thing')} could not be looked at</summary>
          <ul>
            {plan.unseen.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function sectionsOf(plan: Plan): readonly Section[] {
  const now = Date.parse(plan.madeAt);
  const access: Section[] = plan.access
    ? [
        {
          id: 'access',
          label: 'Who gains and loses',
          count: new Set(plan.access.rows.map(({ principal }) => principal)).size,
          body: <AccessTable access={plan.access} now={now} />,
        },
      ]
    : [];
  const documents: Section[] =
    plan.documents.length > 0
      ? [
          {
            id: 'diff',
            label: 'Policy diff',
            count: sizeOf(plan),
            body: plan.documents.map((change) => <DocumentDiff key={change.label} change={change} />),
          },
        ]
      : [];
  const contexts: Section[] =
    plan.contexts.length > 0
      ? [
          {
            id: 'context',
            label: 'Encryption context',
            count: plan.contexts.length,
            body: <ContextTable contexts={plan.contexts} />,
          },
        ]
      : [];
  const reach = plan.touched.length + plan.untouched.length;
  const touched: Section[] =
    reach > 0
      ? [
          {
            id: 'touched',
            label: 'What it touches',
            count: plan.touched.length,
            body: <Reach touched={plan.touched} untouched={plan.untouched} />,
          },
        ]
      : [];
  return [
    ...access,
    ...documents,
    ...contexts,
    ...touched,
    { id: 'calls', label: 'API calls', count: plan.calls.length, body: <Calls plan={plan} /> },
  ];
}

function sizeOf({ documents }: Plan): string {
  const rows = documents.flatMap(({ before, after }) => diffLines(prettyJson(before), prettyJson(after), 0));
  const count = (sign: string) => rows.filter((row) => row.sign === sign).length;
  return `+${count('+')} −${count('−')}`;
}

/** Tabs by the WAI-ARIA pattern: arrows move, the panel follows. */
function PlanTabs({ sections }: { sections: readonly Section[] }) {
  const [open, setOpen] = useState(sections[0]?.id ?? '');
  const base = useId();
  const list = useRef<HTMLDivElement>(null);
  const shown = sections.find(({ id }) => id === open) ?? sections[0];
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = sections.findIndex(({ id }) => id === shown?.id);
    const next = sections[(at + step + sections.length) % sections.length];
    if (!next) return;
    setOpen(next.id);
    list.current?.querySelector<HTMLElement>(`[data-section="${next.id}"]`)?.focus();
  };
  return (
    <div className="card">
      {/* The arrows are heard on the list, wherever in it the focus is. */}
      {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus */}
      <div className="tabs" role="tablist" aria-label="The plan" ref={list} onKeyDown={move}>
        {sections.map(({ id, label, count }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`${base}-${id}`}
            data-section={id}
            aria-selected={id === shown?.id}
            aria-controls={`${base}-panel`}
            tabIndex={id === shown?.id ? 0 : -1}
            onClick={() => setOpen(id)}
          >
            {label} <span className="count">{count}</span>
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${shown?.id ?? ''}`}>
        {shown?.body}
      </div>
    </div>
  );
}

function ContextTable({ contexts }: { contexts: readonly ContextChange[] }) {
  const [first] = contexts;
  return (
    <>
      <p className="px-4 pt-3 text-ink-2">
        S3 sends <span className="mono wrap-anywhere">{first?.after}</span> as <span className="mono">aws:s3:arn</span>{' '}
        instead of <span className="mono wrap-anywhere">{first?.before}</span>.
      </p>
      <div className="table-scroll">
        <table aria-label="Statements and grants by encryption context" className="stack-small">
          <thead>
            <tr>
              <th scope="col">Where</th>
              <th scope="col">Expects</th>
              <th scope="col">After the change</th>
            </tr>
          </thead>
          <tbody>
            {contexts.map((it) => (
              <tr key={`${it.where} ${it.expects}`}>
                <td>{it.where}</td>
                <td className="mono wrap-anywhere">{it.expects}</td>
                <td>
                  {it.matchesAfter ? (
                    <Status tone="info">Begins to match</Status>
                  ) : (
                    <Status tone="warn">Stops matching</Status>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Reach({ touched, untouched }: { touched: readonly Touched[]; untouched: readonly Touched[] }) {
  return (
    <div className="plan-reach">
      {touched.length > 0 && <ReachList title="Reached by the change" items={touched} />}
      {untouched.length > 0 && <ReachList title="Not touched" items={untouched} />}
    </div>
  );
}

function ReachList({ title, items }: { title: string; items: readonly Touched[] }) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul>
        {items.map(({ name, what, place }) => (
          <li key={`${name} ${what}`}>
            {place ? (
              <Link className="link mono wrap-anywhere" href={placeHref(place)}>
                {name}
              </Link>
            ) : (
              <span className="mono wrap-anywhere">{name}</span>
            )}
            <span className="text-ink-2">{what}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Calls({ plan }: { plan: Plan }) {
  return (
    <div className="p-4">
      <ol className="plan-calls">
        {plan.calls.map(({ service, operation, says }, index) => (
          // The same operation may be called twice; the order is what identifies a step.
          <li key={index}>
            <span className="mono">
              {service}:{operation}
            </span>{' '}
            <span className="text-ink-2">{says}</span>
          </li>
        ))}
      </ol>
      <ApiCallList calls={plan.calls.map(({ text }) => text)} />
    </div>
  );
}
