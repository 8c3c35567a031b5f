import Link from 'next/link';
import type { DecisionSummary, LedgerRecord } from '@/lib/contract/ledger';
import { routes } from '../routes';
import { formatTime } from '../ui/format';
import { Principal } from '../ui/principal';
import { LAYER_NAMES } from './layers';

/** The decision that refused a request, or the one that comes nearest to it. */
function refusing(record: LedgerRecord): DecisionSummary | undefined {
  return record.decisions.findLast((decision) => decision.outcome !== 'allow');
}

function decidedBy(record: LedgerRecord): string {
  const decision = refusing(record);
  if (!decision) return record.error?.code ?? 'not recorded';
  const layer = LAYER_NAMES[decision.decidedBy] ?? decision.decidedBy;
  if (decision.outcome === 'explicit-deny') return `Explicit deny, ${decision.statement ?? layer.toLowerCase()}`;
  return `${layer}: nothing allows`;
}

/** Requests that were refused, with who asked, what for, and which layer decided. */
export function RefusalTable({
  records,
  account,
  compact = false,
}: {
  records: readonly LedgerRecord[];
  account: string;
  compact?: boolean;
}) {
  return (
    <div className="table-scroll">
      <table aria-label="Refused requests" className="stack-small refusals">
        <thead>
          <tr>
            <th scope="col">UTC</th>
            <th scope="col">Principal</th>
            <th scope="col">Action and resource</th>
            <th scope="col">Decided by</th>
            <th scope="col">
              <span className="sr-only">Explain</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => {
            const decision = refusing(record);
            const time = formatTime(record.time, 'seconds');
            return (
              <tr key={record.requestId}>
                <td>
                  <time className="mono whitespace-nowrap" dateTime={record.time} title={time}>
                    {compact ? time.slice(11, 16) : time.slice(5, 19)}
                  </time>
                </td>
                <td>
                  <Principal principal={decision?.principalArn ?? record.principalArn} account={account} />
                </td>
                <td>
                  <span className="mono block">{decision?.action ?? `${record.service}:${record.operation}`}</span>
                  <span className="sub mono block max-w-[56ch] truncate" title={record.resource}>
                    {(record.resource ?? decision?.resource ?? '').replace(/^arn:aws:[^:]*:[^:]*:[^:]*:/, '')}
                  </span>
                </td>
                <td className="text-ink-2">{decidedBy(record)}</td>
                <td className="num">
                  <Link
                    className="link"
                    href={routes.decision(record.requestId)}
                    aria-label={`Explain request ${record.requestId}`}
                  >
                    Explain
                  </Link>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
