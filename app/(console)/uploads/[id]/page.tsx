import { RotateCw, ScrollText, Upload } from 'lucide-react';
import type { Metadata, Route } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { EventTable } from '@/components/audit/event-table';
import { routes } from '@/components/routes';
import { Alert } from '@/components/ui/alert';
import { Badge } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { ActionButton } from '@/components/ui/form';
import { formatBytes, formatCount, plural } from '@/components/ui/format';
import { Card, Dot, Fact, Facts, PageHeader, Tabs } from '@/components/ui/layout';
import { Principal } from '@/components/ui/principal';
import { Empty, Failure } from '@/components/ui/states';
import { Time } from '@/components/ui/time';
import { principalOf, STATUS, targetKind, targetName, workload } from '@/components/uploads/describe';
import { LiveRun } from '@/components/uploads/live-run';
import { RequestTable } from '@/components/uploads/request-table';
import { lookupDeeds } from '@/lib/aws/events';
import { workplace } from '@/lib/aws/session';
import { findUpload, uploadObjects } from '@/lib/aws/uploads';
import type { UploadRun } from '@/lib/uploads/record';
import { toEventRow } from '../../event-rows';
import { forgetUpload, stopUpload } from '../actions';

const PAGE = 50;
const OUTCOMES = ['all', 'made', 'spared', 'refused'] as const;
type Outcome = (typeof OUTCOMES)[number];

export async function generateMetadata({ params }: PageProps<'/uploads/[id]'>): Promise<Metadata> {
  const [{ id }, { aws }] = await Promise.all([params, workplace()]);
  const run = findUpload(aws, id);
  return { title: `${run ? targetName(run.plan.target) : id} · Simulated uploads` };
}

export default async function UploadPage({ params, searchParams }: PageProps<'/uploads/[id]'>) {
  const [{ id }, query, { aws, connection }] = await Promise.all([params, searchParams, workplace()]);
  const run = findUpload(aws, id);
  if (run === undefined) notFound();
  const tab = typeof query['tab'] === 'string' ? query['tab'] : 'requests';
  const outcome = OUTCOMES.find((it) => it === query['outcome']) ?? 'all';
  const page = Math.max(1, Number(query['page']) || 1);
  const { word, tone } = STATUS[run.status];
  return (
    <>
      <PageHeader
        title={`Upload to ${targetName(run.plan.target)}`}
        badges={<Badge tone={tone}>{word}</Badge>}
        sub={
          <>
            <span>{targetKind(run.plan.target)}</span>
            <Dot />
            <span>{workload(run.plan)}</span>
            <Dot />
            <Principal principal={run.principalArn ?? principalOf(run.plan)} />
          </>
        }
        actions={<RunActions run={run} />}
      />
      <Problem run={run} />
      <LiveRun run={run} />
      <Tabs
        label="Upload sections"
        open={tab}
        href={(to) => routes.upload(id, to)}
        tabs={[
          { id: 'requests', label: 'Requests' },
          { id: 'events', label: 'CloudTrail events' },
          { id: 'plan', label: 'Plan' },
        ]}
      />
      {tab === 'events' ? (
        <Events run={run} />
      ) : tab === 'plan' ? (
        <Plan run={run} />
      ) : (
        <Requests run={run} outcome={outcome} page={page} withLedger={connection.kind === 'emulator'} />
      )}
    </>
  );
}

function RunActions({ run }: { run: UploadRun }) {
  if (run.status === 'running') {
    return (
      <ActionButton action={stopUpload} input={{ id: run.id }}>
        Stop the upload
      </ActionButton>
    );
  }
  return (
    <>
      <ActionButton action={forgetUpload} input={{ id: run.id }} kind="ghost">
        Delete record
      </ActionButton>
      <ButtonLink href={repeatHref(run)} kind="primary">
        <RotateCw size={14} aria-hidden />
        Repeat
      </ButtonLink>
    </>
  );
}

/** The form with this run's plan filled in. */
function repeatHref({ plan: { target, principal, objects, size, concurrency }, principalArn }: UploadRun): Route {
  const fields = new URLSearchParams({
    target:
      target.kind === 'table'
        ? `table ${target.namespace} ${target.name} ${target.tableBucketArn}`
        : `${target.kind} ${target.bucket}`,
    principal:
      principal.kind === 'root' ? 'root' : principal.kind === 'role' ? principal.roleArn : (principalArn ?? 'root'),
    objects: String(objects),
    size: String(size),
    unit: 'B',
    concurrency: String(concurrency),
  });
  return `/uploads/new?${fields}` as Route;
}

function Problem({ run }: { run: UploadRun }) {
  if (run.status === 'interrupted') {
    return (
      <Alert tone="warn" className="mb-4" title="The console stopped while this upload ran">
        What had been uploaded by then stays. Repeat the upload to see it whole.
      </Alert>
    );
  }
  if (!run.problem) return null;
  const { code, message, requestId } = run.problem;
  return (
    <Alert tone="bad" className="mb-4" role="alert" title="The upload could not be made">
      {message}
      <span className="mono mt-1 block text-ink-3">
        {code}
        {requestId ? `, request ${requestId}` : ''}
      </span>
      {requestId && /AccessDenied|Forbidden/.test(code) && (
        <Link className="link" href={routes.decision(requestId)}>
          Explain the decision
        </Link>
      )}
    </Alert>
  );
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
  const byAccessKey = run.accessKeyId !== undefined;
  const found = await lookupDeeds(aws, {
    by: byAccessKey
      ? { key: 'AccessKeyId', value: run.accessKeyId ?? '' }
      : { key: 'EventSource', value: 'kms.amazonaws.com' },
    ...(run.worldStartedAt ? { from: new Date(run.worldStartedAt) } : {}),
  });
  return (
    <Card
      title="CloudTrail events"
      count={byAccessKey ? `of access key ${run.accessKeyId}` : 'of KMS since the upload began'}
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

function Plan({ run }: { run: UploadRun }) {
  const { plan } = run;
  return (
    <Card title="Plan">
      <Facts wide>
        <Fact label="Upload to">
          <span className="mono">{targetName(plan.target)}</span> {targetKind(plan.target)}
        </Fact>
        <Fact label="As">
          <Principal principal={run.principalArn ?? principalOf(plan)} />
        </Fact>
        <Fact label="Objects">{formatCount(plan.objects)}</Fact>
        <Fact label="Size of each">{formatBytes(plan.size)}</Fact>
        <Fact label="At once">{formatCount(plan.concurrency)}</Fact>
        <Fact label="Region">{run.region}</Fact>
        <Fact label="Began">
          <Time value={run.startedAt} precision="seconds" />
        </Fact>
        {run.endedAt && (
          <Fact label="Ended">
            <Time value={run.endedAt} precision="seconds" />
          </Fact>
        )}
      </Facts>
    </Card>
  );
}
