import { ScrollText } from 'lucide-react';
import type { Metadata, Route } from 'next';
import { EventTable, ExportEvents } from '@/components/audit/event-table';
import { LedgerTable } from '@/components/audit/ledger-table';
import { LookupForm } from '@/components/audit/lookup-form';
import { ButtonLink } from '@/components/ui/button';
import { Card, PageHeader, Tabs } from '@/components/ui/layout';
import { Empty, Failure } from '@/components/ui/states';
import { readLedger } from '@/lib/aws/emulator';
import { LOOKUP_KEYS, lookupEvents } from '@/lib/aws/events';
import { workplace } from '@/lib/aws/session';
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
          href={(tab) => (tab ? `/audit?tab=${tab}` : '/audit') as Route}
          tabs={[
            { id: 'events', label: 'CloudTrail events' },
            { id: 'ledger', label: 'Ledger of key use' },
          ]}
        />
      )}
      {ledger ? <Ledger after={text(query['after'])} /> : <Events query={query} simulated={simulated} />}
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
  const page = await lookupEvents(aws, {
    ...(key && value ? { by: { key, value } } : {}),
    ...(token ? { token } : {}),
  });
  const rows = page.ok ? page.data.events.map(toEventRow) : [];
  const next = page.ok ? page.data.next : undefined;
  const onward = new URLSearchParams({ ...(key && value ? { by: key, value } : {}), ...(next ? { next } : {}) });
  return (
    <Card
      bare
      title="Events"
      count={key && value ? `${key} is ${value}` : 'newest first'}
      end={rows.length > 0 && <ExportEvents rows={rows} />}
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
              ? 'Each call to the emulator leaves one.'
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

async function Ledger({ after }: { after: string }) {
  const { aws } = await workplace();
  const page = await readLedger(aws, { limit: 100, ...(after ? { after } : {}) });
  return (
    <Card title="Ledger" count="newest first" bare rule>
      {!page.ok ? (
        <Failure title="The ledger could not be read" error={page.error} />
      ) : page.data.records.length === 0 ? (
        <Empty icon={ScrollText} title="No requests yet">
          Each request to the emulator is recorded here, with the key operations behind it.
        </Empty>
      ) : (
        <LedgerTable records={page.data.records} />
      )}
      {page.ok && page.data.next && (
        <div className="table-foot">
          <span>{page.data.records.length} on this page</span>
          <ButtonLink
            size="small"
            className="ml-auto"
            href={`/audit?tab=ledger&after=${encodeURIComponent(page.data.next)}` as Route}
          >
            Older requests
          </ButtonLink>
        </div>
      )}
    </Card>
  );
}
