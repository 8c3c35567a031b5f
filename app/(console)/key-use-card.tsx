import { formatCount } from '@/components/ui/format';
import { Card } from '@/components/ui/layout';
import { readTotals } from '@/lib/aws/emulator';
import { workplace } from '@/lib/aws/session';
import { worldNow } from './reads';

/** KMS requests of the last 24 hours of world time about one bucket or key. The emulator alone counts them. */
export async function KeyUseCard({ parent, spared }: { parent: string; spared: string }) {
  const [{ aws, connection }, now] = await Promise.all([workplace(), worldNow()]);
  if (connection.kind !== 'emulator') return null;
  const totals = await readTotals(aws, {
    from: new Date(now - 86_400_000).toISOString(),
    to: new Date(now + 1000).toISOString(),
    intervals: 1,
    parent,
  });
  if (!totals.ok) return null;
  return (
    <Card title="KMS requests, 24 hours">
      <dl className="flex gap-6">
        <div>
          <dt className="text-ink-2">Made</dt>
          <dd className="text-xl font-semibold">{formatCount(totals.data.made)}</dd>
        </div>
        <div>
          <dt className="text-ink-2">{spared}</dt>
          <dd className="text-xl font-semibold">{formatCount(totals.data.spared)}</dd>
        </div>
        <div>
          <dt className="text-ink-2">Refused</dt>
          <dd className="text-xl font-semibold">{formatCount(totals.data.refused)}</dd>
        </div>
      </dl>
    </Card>
  );
}
