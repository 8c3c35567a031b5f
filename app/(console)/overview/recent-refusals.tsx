import Link from 'next/link';
import { RefusalTable } from '@/components/decisions/refusal-table';
import { plural } from '@/components/ui/format';
import { Card } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import type { Result } from '@/lib/aws/result';
import type { LedgerRecord } from '@/lib/contract/ledger';

const SHOWN = 6;

export function RecentRefusals({ refusals, account }: { refusals: Result<readonly LedgerRecord[]>; account: string }) {
  return (
    <Card
      title="Recent refusals"
      count={
        refusals.ok && refusals.data.length > 0 ? `${plural(refusals.data.length, 'refusal')} in this time` : undefined
      }
      end={
        <Link className="link text-xs" href="/decisions">
          All refusals
        </Link>
      }
      rule
      bare
    >
      {!refusals.ok ? (
        <Failure title="The ledger could not be read" error={refusals.error} />
      ) : refusals.data.length === 0 ? (
        <p className="p-4 text-ink-2">No denial lately. Every request was allowed by a policy or a grant.</p>
      ) : (
        <RefusalTable records={refusals.data.slice(0, SHOWN)} account={account} compact />
      )}
    </Card>
  );
}
