import { ChevronRight } from 'lucide-react';
import type { Route } from 'next';
import Link from 'next/link';
import { MadeAndSpared } from '@/components/charts/made-and-spared';
import { formatCount } from '@/components/ui/format';
import { Card } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import type { Result } from '@/lib/aws/result';
import type { LedgerTotals } from '@/lib/contract/ledger';

export interface Span {
  readonly id: string;
  readonly label: string;
  readonly seconds: number;
  readonly intervals: number;
}

/** Time ranges of the overview. World time. */
export const SPANS = [
  { id: '1h', label: 'Last hour', seconds: 3600, intervals: 24 },
  { id: '24h', label: 'Last 24 hours', seconds: 86_400, intervals: 24 },
  { id: '7d', label: 'Last 7 days', seconds: 604_800, intervals: 28 },
] as const satisfies readonly Span[];

export function KeyUseChart({ totals, span }: { totals: Result<LedgerTotals>; span: Span }) {
  const range = (
    <nav className="segments" aria-label="Time range">
      {SPANS.map((one) => (
        <Link
          key={one.id}
          href={(one.id === '24h' ? '/' : `/?span=${one.id}`) as Route}
          aria-current={one.id === span.id ? 'true' : undefined}
          scroll={false}
        >
          {one.id.replace(/(\d+)/, '$1 ')}
        </Link>
      ))}
    </nav>
  );
  if (!totals.ok) {
    return (
      <Card title="KMS requests made and spared" end={range}>
        <Failure title="The ledger could not be read" error={totals.error} />
      </Card>
    );
  }
  const { series, made, spared } = totals.data;
  const label = `${span.label}: ${formatCount(made + spared)} key operations were needed, ${formatCount(made)} reached KMS.`;
  return (
    <Card title="KMS requests made and spared" end={range}>
      <div className="only-wide">
        <MadeAndSpared series={series} width={760} label={label} />
      </div>
      <div className="only-narrow">
        <MadeAndSpared series={series} width={320} label={label} />
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <div className="legend">
          <span>
            <i className="legend-spared" />
            Answered with a bucket key or table key
          </span>
          <span>
            <i className="legend-made" />
            GenerateDataKey or Decrypt reached KMS
          </span>
        </div>
        <Link className="link ml-auto inline-flex items-center gap-0.5 text-xs" href="/audit?tab=ledger">
          Ledger of key use
          <ChevronRight size={12} aria-hidden />
        </Link>
      </div>
    </Card>
  );
}
