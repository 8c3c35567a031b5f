import { RotateCw } from 'lucide-react';
import type { Metadata, Route } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { routes } from '@/components/routes';
import { ButtonLink } from '@/components/ui/button';
import { CopyLink } from '@/components/ui/copy-link';
import { formatCount, formatShare, formatUsd, plural } from '@/components/ui/format';
import { Card, Dot, PageHeader, Tabs } from '@/components/ui/layout';
import { Empty } from '@/components/ui/states';
import { CompareForm } from '@/components/uploads/compare-form';
import { costOf, targetNames, workload } from '@/components/uploads/describe';
import { TimeMachine } from '@/components/uploads/time-machine';
import { readSettings } from '@/lib/aws/emulator';
import { workplace } from '@/lib/aws/session';
import { findUpload, listUploads, uploadStore } from '@/lib/aws/uploads';
import { fieldsOf } from '@/lib/uploads/plan-form';
import { isOpen, type UploadRun } from '@/lib/uploads/record';
import { readTimeline } from '@/lib/uploads/timeline';
import { ownAccount } from '../../../reads';

export async function generateMetadata({ params }: PageProps<'/uploads/[id]/time'>): Promise<Metadata> {
  const [{ id }, { aws }] = await Promise.all([params, workplace()]);
  const run = findUpload(aws, id);
  return { title: `Time machine of ${run ? run.plan.name || targetNames(run.plan) : id} ${id} · Simulated uploads` };
}

export default async function TimePage({ params, searchParams }: PageProps<'/uploads/[id]/time'>) {
  const [{ id }, query, { aws }, account] = await Promise.all([params, searchParams, workplace(), ownAccount()]);
  const run = findUpload(aws, id);
  if (run === undefined) notFound();
  const other = typeof query['with'] === 'string' ? findUpload(aws, query['with']) : undefined;
  const lifetimes = await lifetimesOf();
  const runs = other ? [run, other] : [run];
  // On the same axes: the longer of the two decides.
  const seconds = Math.max(...runs.map((it) => spanOf(it)));
  const start = Number(query['t']);
  return (
    <>
      <PageHeader
        title={`${plural(run.counters.finished, 'operation')}, ${plural(run.counters.made, 'KMS request')}`}
        sub={
          <>
            <span>
              into <span className="mono">{targetNames(run.plan)}</span>
            </span>
            <Dot />
            <span>{workload(run.plan)}</span>
            <Dot />
            <span>repeatable, seed {run.plan.seed}</span>
          </>
        }
        actions={
          <>
            <CopyLink />
            <ButtonLink
              href={`/uploads/new?${new URLSearchParams(fieldsOf(run.plan, account))}` as Route}
              kind="primary"
            >
              <RotateCw size={14} aria-hidden />
              Run again
            </ButtonLink>
          </>
        }
      />
      <Tabs
        label="Upload sections"
        open="time"
        href={(to) => (to === 'time' ? routes.uploadTime(id) : routes.upload(id, to))}
        tabs={[
          { id: 'requests', label: 'Requests' },
          { id: 'time', label: 'Time machine' },
          { id: 'events', label: 'CloudTrail events' },
          { id: 'plan', label: 'Plan' },
        ]}
      />
      <div className="stack">
        {runs.map((it, position) => {
          const timeline = isOpen(it)
            ? undefined
            : readTimeline(it, uploadStore(), lifetimes, other ? { seconds } : undefined);
          return (
            <section key={it.id} className="stack" aria-label={position === 0 ? 'This run' : 'The other run'}>
              {other && (
                <h2 className="h2">
                  {position === 0 ? 'This run' : 'Compared with'}{' '}
                  <Link className="link" href={routes.upload(it.id)}>
                    {it.plan.name || targetNames(it.plan)}
                  </Link>
                  , {workload(it.plan)}
                </h2>
              )}
              <RunFigures run={it} />
              {timeline ? (
                <TimeMachine
                  runId={it.id}
                  timeline={timeline}
                  lifetime={lifetimes.bucketKey}
                  start={position === 0 && Number.isFinite(start) && query['t'] !== undefined ? start : undefined}
                />
              ) : (
                <Card>
                  <Empty
                    icon={RotateCw}
                    title={isOpen(it) ? 'The run has not ended yet' : 'The ledger told nothing of this run'}
                  >
                    The time machine shows what has ended and what the emulator recorded.
                  </Empty>
                </Card>
              )}
            </section>
          );
        })}
        <CompareForm
          id={id}
          chosen={other?.id ?? ''}
          runs={listUploads(aws)
            .filter((it) => it.id !== id && !isOpen(it))
            .slice(0, 50)
            .map((it) => ({
              id: it.id,
              label: `${it.plan.name || targetNames(it.plan)}, ${it.startedAt.slice(11, 16)}, ${formatCount(it.counters.made)} KMS requests`,
            }))}
        />
      </div>
    </>
  );
}

/** Seconds of world time that a run took. */
function spanOf(run: UploadRun): number {
  const span = uploadStore().span(run.id);
  if (span === undefined) return 1;
  const from = Math.min(span.from, Date.parse(run.worldStartedAt ?? '') || span.from);
  return Math.max(
    1,
    (Math.max(span.to, run.plan.pace.kind === 'world' ? Date.parse(run.worldEndedAt ?? '') || 0 : 0) - from) / 1000,
  );
}

async function lifetimesOf(): Promise<{ bucketKey: number; tableKey: number; session: number }> {
  const { aws, connection } = await workplace();
  const settings = connection.kind === 'emulator' ? await readSettings(aws) : undefined;
  const value = (name: string) =>
    Number(settings?.ok ? (settings.data.find((it) => it.name === name)?.value ?? 300) : 300);
  return {
    bucketKey: value('bucketKeyLifetime'),
    tableKey: value('tableKeyLifetime'),
    session: value('sessionLifetime'),
  };
}

/** The emulator's own numbers. */
function RunFigures({ run }: { run: UploadRun }) {
  const { counters, plan } = run;
  const needed = counters.made + counters.spared;
  const cost = costOf(plan, counters);
  return (
    <dl className="card figures" aria-label="Figures of the run">
      <div>
        <dt>Operations</dt>
        <dd className="value">{formatCount(counters.finished)}</dd>
        <dd className="note">
          {counters.failed === 0 ? 'none refused' : `${plural(counters.failed, 'request')} refused`}
        </dd>
      </div>
      <div>
        <dt>
          <i className="legend-made swatch" aria-hidden />
          KMS requests made
        </dt>
        <dd className="value">{formatCount(counters.made)}</dd>
        <dd className="note">as the ledger has them</dd>
      </div>
      <div>
        <dt>
          <i className="legend-spared swatch" aria-hidden />
          Spared
        </dt>
        <dd className="value">{formatCount(counters.spared)}</dd>
        <dd className="note">
          {needed === 0 ? 'no request needed a key' : `${formatShare(counters.spared, needed)} of key operations`}
        </dd>
      </div>
      <div>
        <dt>Without kept keys</dt>
        <dd className="value">
          {formatCount(needed)}
          <small>requests</small>
        </dd>
        <dd className="note">
          {formatUsd(cost.without)} instead of {formatUsd(cost.kms)}
        </dd>
      </div>
    </dl>
  );
}
