import type { Metadata } from 'next';
import Link from 'next/link';
import { routes } from '@/components/routes';
import { CrumbName } from '@/components/shell/crumb-name';
import { ShowApiCalls } from '@/components/ui/api-calls';
import { Arn } from '@/components/ui/arn';
import { Badge, KeyState } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { formatCount } from '@/components/ui/format';
import { Card, Dot, PageHeader, Tabs } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import { describeCall } from '@/lib/aws/api-call';
import { readGrantWindow } from '@/lib/aws/grant-window';
import { countGrants } from '@/lib/aws/grants';
import { describeKey } from '@/lib/aws/keys';
import { mapResult } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { AuditTab } from '../../audit-tab';
import { aliasesByKey } from '../../key-options';
import { worldNow } from '../../reads';
import { KeyActions } from './key-actions';
import { GrantsTab, OverviewTab, PolicyTab } from './tabs';

export async function generateMetadata({ params }: PageProps<'/keys/[id]'>): Promise<Metadata> {
  const { id } = await params;
  const name = (await aliasesByKey()).get(decodeURIComponent(id))?.[0] ?? decodeURIComponent(id);
  return { title: `${name} · KMS keys` };
}

export default async function KeyPage({ params, searchParams }: PageProps<'/keys/[id]'>) {
  const [{ id: encoded }, { tab: asked }, { aws }] = await Promise.all([params, searchParams, workplace()]);
  const id = decodeURIComponent(encoded);
  const [found, names, now] = await Promise.all([describeKey(aws, id), aliasesByKey(), worldNow()]);
  if (!found.ok) {
    return (
      <>
        <PageHeader title={id} />
        <Card bare>
          <Failure title="This key could not be read" error={found.error} />
        </Card>
      </>
    );
  }
  const key = found.data;
  const aliases = names.get(key.id) ?? [];
  const tab = typeof asked === 'string' ? asked : 'overview';
  const grants =
    tab === 'grants'
      ? await readGrantWindow(aws, key.id, { search: '', operation: '', sort: 'made', offset: 0, limit: 200 }, true)
      : undefined;
  const count = grants ? mapResult(grants, ({ total }) => formatCount(total)) : await countGrants(aws, key.id);
  const daysLeft = key.deletionAt ? Math.max(0, Math.ceil((Date.parse(key.deletionAt) - now) / 86_400_000)) : undefined;
  const calls = [found, count].flatMap((result) => (result.call ? [describeCall(result.call)] : []));
  return (
    <>
      <PageHeader
        title={aliases[0] ?? `Key …${key.id.slice(-12)}`}
        badges={
          <>
            <KeyState state={key.state} days={daysLeft} />
            {key.manager === 'AWS' && <Badge>AWS managed</Badge>}
          </>
        }
        sub={
          <>
            <span>
              {key.manager === 'AWS' ? 'AWS managed' : 'Customer managed'}, {key.spec}
            </span>
            <Dot />
            <Arn value={key.arn} />
            <Dot />
            <Link className="link flex-none" href={routes.access({ ask: 'use', about: key.arn })}>
              Who can use it
            </Link>
          </>
        }
        actions={
          <>
            <ShowApiCalls calls={calls} />
            {key.manager === 'CUSTOMER' && <ButtonLink href={routes.exportOf('key', key.id)}>Export</ButtonLink>}
            <KeyActions keyId={key.id} name={aliases[0] ?? key.id} state={key.state} managed={key.manager === 'AWS'} />
          </>
        }
      />
      {aliases[0] && <CrumbName id={key.id} name={aliases[0]} />}
      <Tabs
        label="Key sections"
        open={tab}
        href={(to) => routes.key(key.id, to)}
        tabs={[
          { id: 'overview', label: 'Overview' },
          { id: 'policy', label: 'Key policy' },
          { id: 'grants', label: 'Grants', count: count.ok ? count.data : undefined },
          { id: 'audit', label: 'Audit trail' },
        ]}
      />
      {tab === 'policy' ? (
        <PolicyTab aws={aws} keyId={key.id} managed={key.manager === 'AWS'} />
      ) : grants ? (
        <GrantsTab grants={grants} keyId={key.id} />
      ) : tab === 'audit' ? (
        <AuditTab by="ResourceName" value={key.arn} />
      ) : (
        <OverviewTab aws={aws} found={key} aliases={aliases} now={now} daysLeft={daysLeft} />
      )}
    </>
  );
}
