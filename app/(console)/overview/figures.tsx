import { formatCount, formatShare, plural } from '@/components/ui/format';
import type { Listing } from '@/lib/aws/paginate';
import type { Result } from '@/lib/aws/result';
import type { LedgerRecord, LedgerTotals } from '@/lib/contract/ledger';
import type { Span } from './key-use-chart';

/** The four figures that matter. They are the emulator's own numbers. */
export function Figures({
  totals,
  refusals,
  keys,
  span,
}: {
  totals: Result<LedgerTotals>;
  refusals: Result<readonly LedgerRecord[]> | undefined;
  keys: Result<Listing<unknown>>;
  span: Span;
}) {
  const sums = totals.ok ? totals.data : undefined;
  const needed = sums ? sums.made + sums.spared : 0;
  const list = refusals?.ok ? refusals.data : [];
  const principals = new Set(list.map((record) => record.principalArn)).size;
  const places = new Set(list.map((record) => record.parent ?? record.resource ?? '')).size;
  const keyCount = keys.ok ? keys.data.items.length : undefined;
  return (
    <dl className="card figures">
      <Figure
        label="KMS requests made"
        value={sums?.made}
        note={sums ? `of ${plural(needed, 'key operation')} needed` : 'not read'}
      />
      <Figure
        label="Spared by bucket and table keys"
        value={sums?.spared}
        note={sums ? `${formatShare(sums.spared, needed)} of key operations` : 'not read'}
      />
      <Figure
        label="Refused requests"
        value={sums?.refused}
        note={
          list.length > 0
            ? `${plural(principals, 'principal')}, ${plural(places, 'resource')} lately`
            : `none in the ${span.label.toLowerCase()}`
        }
      />
      <Figure
        label="Requests in all"
        value={sums?.requests}
        note={keyCount === undefined ? 'keys not read' : `${plural(keyCount, 'KMS key')} in this Region`}
      />
    </dl>
  );
}

function Figure({ label, value, note }: { label: string; value: number | undefined; note: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="value">{value === undefined ? 'not read' : formatCount(value)}</dd>
      <dd className="note">{note}</dd>
    </div>
  );
}
