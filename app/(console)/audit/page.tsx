import { ScrollText } from 'lucide-react';
import type { Metadata, Route } from 'next';
import Link from 'next/link';
import { EventTable, ExportEvents } from '@/components/audit/event-table';
import { LedgerTable } from '@/components/audit/ledger-table';
import { LookupForm } from '@/components/audit/lookup-form';
import { ButtonLink } from '@/components/ui/button';
import { Card, PageHeader, Tabs } from '@/components/ui/layout';
import { Empty, Failure } from '@/components/ui/states';
import { isRefused, readLedger, searchLedger } from '@/lib/aws/emulator';
import { isRoutine, LOOKUP_KEYS, lookupDeeds, lookupEvents } from '@/lib/aws/events';
import { workplace } from '@/lib/aws/session';
import type { LedgerRecord } from '@/lib/contract/ledger';
import { toEventRow } from '../event-rows';

export const metadata: Metadata = { title: 'Audit trail' };

function text(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}

export default async function AuditPage({ searchParams }: PageProps<'/audit'>) {
  const [query, { simulated, connection }] = await Promise.all([searchParams, workplace()]);
  const ledger = text(query['tab']) === 'ledger' && connection.kind === 'emulator';
  return (
    <>
      <PageHeader
        title="Audit trail"
        sub={
          ledger
            ? 'Every request with the key operations that it made and those that were spared. The emulator alone records this.'
            : 'What CloudTrail says about every call. Spared key operations leave no event: see the ledger.'
        }
      />
      {connection.kind === 'emulator' && (
        <Tabs
          label="Audit sections"
          open={ledger ? 'ledger' : 'events'}
          href={(tab) => (tab ? `/audit?tab=${tab}` : '/audit')}
          tabs={[
            { id: 'events', label: 'CloudTrail events' },
            { id: 'ledger', label: 'Ledger of key use' },
          ]}
        />
      )}
      {ledger ? (
        <Ledger after={text(query['after'])} all={text(query['all']) === '1'} />
      ) : (
        <Events query={query} simulated={simulated} />
      )}
    </>
  );
}

async function Events({
  query,
  simulated,
}: {
  query: Readonly<Record<string, string | string[] | undefined>>;
  simulated: boolean;
}) {
  const { aws } = await workplace();
  const key = LOOKUP_KEYS.find((one) => one === text(query['by']));
  const value = text(query['value']).trim();
  const token = text(query['next']);
  const all = text(query['all']) === '1';
  const lookup = { ...(key && value ? { by: { key, value } } : {}), ...(token ? { token } : {}) };
  // An event that was asked for by name is shown, whatever it is.
  const whole = all || key === 'EventName' || key === 'EventId';
  const page = await (whole ? lookupEvents(aws, lookup) : lookupDeeds(aws, lookup));
  const rows = page.ok ? page.data.events.map(toEventRow) : [];
  const next = page.ok ? page.data.next : undefined;
  const chosen = key && value ? { by: key, value } : undefined;
  const onward = new URLSearchParams({ ...chosen, ...(all ? { all: '1' } : {}), ...(next ? { next } : {}) });
  const toggled = new URLSearchParams({ ...chosen, ...(all ? {} : { all: '1' }) });
  return (
    <Card
      bare
      title="Events"
      count={chosen ? `${chosen.by} is ${chosen.value}` : whole ? 'newest first' : 'newest first, without reads'}
      end={
        <>
          <Link className="link" href={`/audit?${toggled}` as Route}>
            {all ? 'Leave out reads' : 'Show reads too'}
          </Link>
          {rows.length > 0 && <ExportEvents rows={rows} />}
        </>
      }
      rule
    >
      <LookupForm attributes={LOOKUP_KEYS} by={key ?? 'EventName'} value={value} />
      {!page.ok ? (
        <Failure title="Events could not be looked up" error={page.error} />
      ) : rows.length === 0 ? (
        <Empty
          icon={ScrollText}
          title={value ? 'No event matches' : 'No events yet'}
          actions={value ? <ButtonLink href="/audit">Clear the lookup</ButtonLink> : undefined}
        >
          {value
            ? `CloudTrail has no event whose ${key ?? 'attribute'} is ${value}.`
            : simulated
              ? 'Each call to the emulator leaves one. Calls that only list or describe are left out here.'
              : 'CloudTrail keeps management events for 90 days.'}
        </Empty>
      ) : (
        <EventTable rows={rows} />
      )}
      {next && (
        <div className="table-foot">
          <span>{rows.length} on this page</span>
          <ButtonLink size="small" className="ml-auto" href={`/audit?${onward}` as Route}>
            Older events
          </ButtonLink>
        </div>
      )}
    </Card>
  );
}

/** Key use, refusals, and what failed beyond a read that found nothing. */
function toldByDefault(record: LedgerRecord): boolean {
  return (
    record.keyOperations.length > 0 || isRefused(record) || (record.error !== undefined && !isRoutine(record.operation))
  );
}

async function Ledger({ after, all }: { after: string; all: boolean }) {
  const { aws } = await workplace();
  const start = after ? { after } : {};
  const page = await (all ? readLedger(aws, { limit: 100, ...start }) : searchLedger(aws, toldByDefault, 100, start));
  const onward = new URLSearchParams({
    tab: 'ledger',
    ...(all ? { all: '1' } : {}),
    ...(page.ok && page.data.next ? { after: page.data.next } : {}),
  });
  return (
    <Card
      title="Ledger"
      count={all ? 'newest first' : 'requests that used a key, were refused or failed'}
      end={
        <Link className="link" href={all ? '/audit?tab=ledger' : '/audit?tab=ledger&all=1'}>
          {all ? 'Only key use and failures' : 'Show every request'}
        </Link>
      }
      rule
      bare
    >
      {!page.ok ? (
        <Failure title="The ledger could not be read" error={page.error} />
      ) : page.data.records.length === 0 ? (
        <Empty icon={ScrollText} title="No request used a key yet">
          Each request to the emulator is recorded, with the key operations behind it.
        </Empty>
      ) : (
        <LedgerTable records={page.data.records} />
      )}
      {page.ok && page.data.next && (
        <div className="table-foot">
          <span>{page.data.records.length} on this page</span>
          <ButtonLink size="small" className="ml-auto" href={`/audit?${onward}` as Route}>
            Older requests
          </ButtonLink>
        </div>
      )}
    </Card>
  );
}
