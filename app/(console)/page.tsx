import { Upload } from 'lucide-react';
import type { Metadata } from 'next';
import { ButtonLink } from '@/components/ui/button';
import { formatAge, plural } from '@/components/ui/format';
import { Dot, PageHeader } from '@/components/ui/layout';
import { RetryButton } from '@/components/ui/retry-button';
import { readRefusals, readTotals } from '@/lib/aws/emulator';
import { workplace } from '@/lib/aws/session';
import { DefaultEncryption } from './overview/default-encryption';
import { Figures } from './overview/figures';
import { FirstSteps, Unreachable } from './overview/first-steps';
import { KeyUseChart, SPANS, type Span } from './overview/key-use-chart';
import { RecentRefusals } from './overview/recent-refusals';
import { directoryBuckets, generalBuckets, keyIds, ownAccount, tableBuckets, worldNow } from './reads';

export const metadata: Metadata = { title: 'Overview' };

export default async function OverviewPage({ searchParams }: PageProps<'/'>) {
  const [{ aws, connection }, query, now] = await Promise.all([workplace(), searchParams, worldNow()]);
  const span: Span = SPANS.find((one) => one.id === query['span']) ?? SPANS[1];
  const window = {
    from: new Date(now - span.seconds * 1000).toISOString(),
    to: new Date(now + 1000).toISOString(),
    intervals: span.intervals,
  };
  const counted = connection.kind === 'emulator';
  const [tables, directories, general, keys, account, totals, refusals] = await Promise.all([
    tableBuckets(),
    directoryBuckets(),
    generalBuckets(),
    keyIds(),
    ownAccount(),
    counted ? readTotals(aws, window) : undefined,
    counted ? readRefusals(aws, window, 100) : undefined,
  ]);
  const lists = [tables, directories, general, keys];
  const failed = lists.flatMap((list) => (list.ok ? [] : [list.error]));
  if (failed.length === lists.length && failed[0]) return <Unreachable error={failed[0]} />;
  const empty = lists.every((list) => list.ok && list.data.items.length === 0);
  if (empty) return <FirstSteps />;
  const count = (list: (typeof lists)[number]) => (list.ok ? list.data.items.length : 0);
  return (
    <>
      <PageHeader
        title="Overview"
        sub={
          <>
            <span>
              {plural(count(tables) + count(directories) + count(general), 'bucket')}, {plural(count(keys), 'key')}
              {failed.length > 0 && `, ${plural(failed.length, 'list')} not read`}
            </span>
            <Dot />
            <span>
              {span.label}, read {formatAge(now, now)}
            </span>
          </>
        }
        actions={
          <>
            <RetryButton label="Refresh" ghost />
            <ButtonLink href="/keys/new">Create key</ButtonLink>
            <ButtonLink href="/uploads/new" kind="primary">
              <Upload size={14} aria-hidden />
              Simulate an upload
            </ButtonLink>
          </>
        }
      />
      <div className="stack">
        {totals && <Figures totals={totals} refusals={refusals} keys={keys} span={span} />}
        <div className={totals ? 'split overview-top' : undefined}>
          {totals ? <KeyUseChart totals={totals} span={span} /> : null}
          <DefaultEncryption />
        </div>
        {refusals && <RecentRefusals refusals={refusals} account={account} />}
      </div>
    </>
  );
}
