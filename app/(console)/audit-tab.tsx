import { ScrollText } from 'lucide-react';
import Link from 'next/link';
import { EventTable } from '@/components/audit/event-table';
import { routes } from '@/components/routes';
import { Card } from '@/components/ui/layout';
import { Empty, Failure } from '@/components/ui/states';
import { type LookupKey, lookupDeeds } from '@/lib/aws/events';
import { workplace } from '@/lib/aws/session';
import { toEventRow } from './event-rows';

/** The last events about one thing, on its own page. */
export async function AuditTab({ by, value }: { by: LookupKey; value: string }) {
  const { aws } = await workplace();
  const page = await lookupDeeds(aws, { by: { key: by, value } });
  return (
    <Card
      title="Audit trail"
      count="what changed or used it, from CloudTrail"
      end={
        <Link className="link" href={routes.audit({ by, value })}>
          Open in audit trail
        </Link>
      }
      rule
      bare
    >
      {!page.ok ? (
        <Failure title="Events could not be looked up" error={page.error} />
      ) : page.data.events.length === 0 ? (
        <Empty icon={ScrollText} title="No events yet">
          CloudTrail has no event that names {value}. On AWS, events appear within minutes; data events need a trail.
        </Empty>
      ) : (
        <EventTable rows={page.data.events.map(toEventRow)} />
      )}
    </Card>
  );
}
