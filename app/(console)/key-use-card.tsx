import { formatCount } from '@/components/ui/format';
import { Card } from '@/components/ui/layout';
import { readTotals } from '@/lib/aws/emulator';
import { mapLimited } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { worldNow } from './reads';

/** Beyond this many things the sums are left out rather than told in part. */
const MOST = 200;

/**
 * KMS requests of the last 24 hours of world time about a bucket or table, or a table bucket with its tables: requests
 * for table data are counted at the table. The emulator alone counts them.
 */
export async function KeyUseCard({ parents, spared }: { parents: readonly string[]; spared: string }) {
  const [{ aws, connection }, now] = await Promise.all([workplace(), worldNow()]);
  if (connection.kind !== 'emulator' || parents.length > MOST) return null;
  const span = {
    from: new Date(now - 86_400_000).toISOString(),
    to: new Date(now + 1000).toISOString(),
    intervals: 1,
  };
  const totals = await mapLimited(parents, 8, (parent) => readTotals(aws, { ...span, parent }));
  const counted = totals.flatMap((it) => (it.ok ? [it.data] : []));
  if (counted.length < parents.length) return null;
  const sum = (name: 'made' | 'spared' | 'refused') => counted.reduce((total, it) => total + it[name], 0);
  return (
    <Card title="KMS requests, 24 hours">
      <dl className="flex gap-6">
        <div>
          <dt className="text-ink-2">Made</dt>
          <dd className="text-xl font-semibold">{formatCount(sum('made'))}</dd>
        </div>
        <div>
          <dt className="text-ink-2">{spared}</dt>
          <dd className="text-xl font-semibold">{formatCount(sum('spared'))}</dd>
        </div>
        <div>
          <dt className="text-ink-2">Refused</dt>
          <dd className="text-xl font-semibold">{formatCount(sum('refused'))}</dd>
        </div>
      </dl>
    </Card>
  );
}
