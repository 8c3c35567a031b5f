import Link from 'next/link';
import type { LedgerRecord } from '@/lib/contract/ledger';
import { routes } from '../routes';
import { Status } from '../ui/badge';
import { formatCount, formatTime } from '../ui/format';
import { Principal } from '../ui/principal';

/** Requests with what they cost in key operations. */
export function LedgerTable({ records }: { records: readonly LedgerRecord[] }) {
  return (
    <div className="table-scroll">
      <table aria-label="Ledger of key use" className="stack-small">
        <thead>
          <tr>
            <th scope="col">UTC</th>
            <th scope="col">Principal</th>
            <th scope="col">Request</th>
            <th scope="col" className="num">
              Made
            </th>
            <th scope="col" className="num">
              Spared
            </th>
            <th scope="col">Key operations</th>
            <th scope="col">Outcome</th>
            <th scope="col" className="num">
              Time
            </th>
            <th scope="col">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <LedgerLine key={record.requestId} record={record} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LedgerLine({ record }: { record: LedgerRecord }) {
  const made = record.keyOperations.filter((operation) => operation.kind === 'made').length;
  const spared = record.keyOperations.length - made;
  return (
    <tr>
      <td>
        <time className="mono whitespace-nowrap" dateTime={record.time}>
          {formatTime(record.time, 'seconds').slice(5, 19)}
        </time>
      </td>
      <td>
        <Principal principal={record.principalArn} />
      </td>
      <td>
        <span className="mono">
          {record.service}:{record.operation}
        </span>
        <span className="sub mono block max-w-[26ch] truncate" title={record.resource}>
          {record.resource?.replace(/^arn:aws:[^:]*:[^:]*:[^:]*:/, '')}
        </span>
      </td>
      <td className="num">
        {formatCount(made)}
        <span className="only-narrow"> made</span>
      </td>
      <td className="num">
        {formatCount(spared)}
        <span className="only-narrow"> spared</span>
      </td>
      <td>
        <span className="inline-flex flex-wrap gap-1">
          {record.keyOperations.slice(0, 3).map((operation, index) => (
            <span
              className="chip"
              key={`${index}:${operation.operation}`}
              title={`${operation.kind}, answered by ${operation.answeredBy}`}
            >
              {operation.operation}
              {operation.kind === 'spared' ? ' spared' : ''}
            </span>
          ))}
        </span>
      </td>
      <td>
        {record.error ? <Status tone="bad">{record.error.code}</Status> : <Status tone="good">{record.status}</Status>}
      </td>
      <td className="num whitespace-nowrap text-ink-2">{record.durationMs.toFixed(1)} ms</td>
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
}
