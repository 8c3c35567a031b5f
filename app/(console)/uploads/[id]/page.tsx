import { RotateCw, ScrollText, Upload } from 'lucide-react';
import type { Metadata, Route } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { EventTable } from '@/components/audit/event-table';
import { routes } from '@/components/routes';
import { Badge } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { ActionButton } from '@/components/ui/form';
import { formatCount, plural } from '@/components/ui/format';
import { Card, Dot, PageHeader, Tabs } from '@/components/ui/layout';
import { Principal } from '@/components/ui/principal';
import { Empty, Failure } from '@/components/ui/states';
import { principalsOf, STATUS, targetKind, targetNames, workload } from '@/components/uploads/describe';
import { LiveRun } from '@/components/uploads/live-run';
import { PlanCard } from '@/components/uploads/plan-card';
import { RequestTable } from '@/components/uploads/request-table';
import { RunState } from '@/components/uploads/run-state';
import { lookupDeeds } from '@/lib/aws/events';
import { workplace } from '@/lib/aws/session';
import { findUpload, uploadObjects } from '@/lib/aws/uploads';
import { fieldsOf } from '@/lib/uploads/plan-form';
import { isOpen, type UploadRun } from '@/lib/uploads/record';
import { toEventRow } from '../../event-rows';
import { ownAccount } from '../../reads';
import { forgetUpload, goOnWithUpload, holdUpload, stopUpload } from '../actions';

const PAGE = 50;
const OUTCOMES = ['all', 'made', 'spared', 'refused'] as const;
type Outcome = (typeof OUTCOMES)[number];

export async function generateMetadata({ params }: PageProps<'/uploads/[id]'>): Promise<Metadata> {
  const [{ id }, { aws }] = await Promise.all([params, workplace()]);
  const run = findUpload(aws, id);
  return { title: `${run ? run.plan.name || targetNames(run.plan) : id} · Simulated uploads` };
}

export default async function UploadPage({ params, searchParams }: PageProps<'/uploads/[id]'>) {
  const [{ id }, query, { aws, connection }] = await Promise.all([params, searchParams, workplace()]);
  const run = findUpload(aws, id);
  if (run === undefined) notFound();
  const tab = typeof query['tab'] === 'string' ? query['tab'] : 'requests';
  const outcome = OUTCOMES.find((it) => it === query['outcome']) ?? 'all';
  const page = Math.max(1, Number(query['page']) || 1);
  const { word, tone } = STATUS[run.status];
  const account = await ownAccount();
  return (
    <>
      <PageHeader
        title={run.plan.name || `Upload to ${targetNames(run.plan)}`}
        badges={<Badge tone={tone}>{word}</Badge>}
        sub={
          <>
            <span>
              {run.plan.name ? `to ${targetNames(run.plan)}` : targetKind(run.plan.requesters[0]?.target ?? NO_TARGET)}
            </span>
            <Dot />
            <span>{workload(run.plan)}</span>
            <Dot />
            {principalsOf(run)
              .slice(0, 3)
              .map((it, index) => (
                <Principal key={`${index}${it}`} principal={it} />
              ))}
          </>
        }
        actions={<RunActions run={run} account={account} />}
      />
      <RunState run={run} />
      <LiveRun run={run} />
      <Tabs
        label="Upload sections"
        open={tab}
        href={(to) => (to === 'time' ? routes.uploadTime(id) : routes.upload(id, to))}
        tabs={[
          { id: 'requests', label: 'Requests' },
          ...(connection.kind === 'emulator' && !isOpen(run) ? [{ id: 'time', label: 'Time machine' }] : []),
          { id: 'events', label: 'CloudTrail events' },
          { id: 'plan', label: 'Plan' },
        ]}
      />
      {tab === 'events' ? (
        <Events run={run} />
      ) : tab === 'plan' ? (
        <PlanCard run={run} />
      ) : (
        <Requests run={run} outcome={outcome} page={page} withLedger={connection.kind === 'emulator'} />
      )}
    </>
  );
}

const NO_TARGET = { kind: 'bucket', bucket: '' } as const;

function RunActions({ run, account }: { run: UploadRun; account: string }) {
  const input = { id: run.id };
  if (isOpen(run)) {
    return (
      <>
        {run.status === 'running' ? (
          <ActionButton action={holdUpload} input={input}>
            Pause
          </ActionButton>
        ) : (
          <ActionButton action={goOnWithUpload} input={input} kind="primary">
            Go on
          </ActionButton>
        )}
        <ActionButton action={stopUpload} input={input}>
          Stop the upload
        </ActionButton>
      </>
    );
  }
  return (
    <>
      <ActionButton action={forgetUpload} input={input} kind="ghost">
        Delete record
      </ActionButton>
      {run.status === 'interrupted' && (
        <ActionButton action={goOnWithUpload} input={input}>
          Go on
        </ActionButton>
      )}
      <ButtonLink href={repeatHref(run, account)} kind="primary">
        <RotateCw size={14} aria-hidden />
        Repeat
      </ButtonLink>
    </>
  );
}

/** The form with this run's plan filled in. */
function repeatHref({ plan }: UploadRun, account: string): Route {
  return `/uploads/new?${new URLSearchParams(fieldsOf(plan, account))}` as Route;
}

function Requests({
  run,
  outcome,
  page,
  withLedger,
}: {
  run: UploadRun;
  outcome: Outcome;
  page: number;
  withLedger: boolean;
}) {
  const { total, objects } = uploadObjects(run.id, { outcome, offset: (page - 1) * PAGE, limit: PAGE });
  const to = (which: Outcome, number: number): Route => {
    const search = new URLSearchParams({
      ...(which === 'all' ? {} : { outcome: which }),
      ...(number > 1 ? { page: String(number) } : {}),
    });
    return `/uploads/${run.id}${search.size > 0 ? `?${search}` : ''}` as Route;
  };
  return (
    <Card
      title="Requests"
      count={plural(total, 'request')}
      end={
        <nav className="segments" aria-label="Which requests">
          {OUTCOMES.map((it) => (
            <Link key={it} href={to(it, 1)} aria-current={it === outcome ? 'true' : undefined} scroll={false}>
              {it === 'all' ? 'All' : it === 'made' ? 'KMS asked' : it === 'spared' ? 'Spared' : 'Refused'}
            </Link>
          ))}
        </nav>
      }
      rule
      bare
    >
      {objects.length === 0 ? (
        <Empty
          icon={Upload}
          title={run.status === 'running' ? 'The first requests are on their way' : 'No request matches'}
        >
          {outcome === 'all'
            ? 'Each request appears here with the key operations behind it.'
            : 'The other sections of this upload have requests.'}
        </Empty>
      ) : (
        <RequestTable objects={objects} withLedger={withLedger} />
      )}
      {total > PAGE && (
        <div className="table-foot">
          <span>
            Requests {formatCount((page - 1) * PAGE + 1)} to {formatCount(Math.min(total, page * PAGE))} of{' '}
            {formatCount(total)}
          </span>
          <span className="ml-auto flex gap-2">
            {page > 1 && (
              <ButtonLink size="small" href={to(outcome, page - 1)}>
                Earlier
              </ButtonLink>
            )}
            {page * PAGE < total && (
              <ButtonLink size="small" href={to(outcome, page + 1)}>
                Later
              </ButtonLink>
            )}
          </span>
        </div>
      )}
    </Card>
  );
}

async function Events({ run }: { run: UploadRun }) {
  const { aws } = await workplace();
  const accessKeyId = run.accessKeyIds?.[0];
  const byAccessKey = accessKeyId !== undefined;
  const found = await lookupDeeds(aws, {
    by: byAccessKey
      ? { key: 'AccessKeyId', value: accessKeyId ?? '' }
      : { key: 'EventSource', value: 'kms.amazonaws.com' },
    ...(run.worldStartedAt ? { from: new Date(run.worldStartedAt) } : {}),
  });
  return (
    <Card
      title="CloudTrail events"
      count={byAccessKey ? `of access key ${accessKeyId}` : 'of KMS since the upload began'}
      rule
      bare
    >
      {!found.ok ? (
        <Failure title="Events could not be looked up" error={found.error} />
      ) : found.data.events.length === 0 ? (
        <Empty icon={ScrollText} title="No events">
          Requests that a bucket key or table key answered leave no KMS event. On AWS, events appear within minutes.
        </Empty>
      ) : (
        <EventTable rows={found.data.events.map(toEventRow)} />
      )}
    </Card>
  );
}
