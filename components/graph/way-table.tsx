import type { Route } from 'next';
import Link from 'next/link';
import { Status } from '../ui/badge';
import { formatCount, plural } from '../ui/format';
import { Principal } from '../ui/principal';
import type { ThingInfo, WayRow } from './model/types';

/** So many rows stand on a page of the table. */
export const PAGE_ROWS = 100;

/** The rows behind the graph: each way with what it gives, on what condition. */
export function WayTable({
  rows,
  page,
  things,
  account,
  selected,
  href,
}: {
  rows: readonly WayRow[];
  page: number;
  things: ReadonlyMap<string, ThingInfo>;
  account: string;
  selected: { readonly sel: string; readonly who: string; readonly on: string };
  /** This page with other parameters. */
  href: (changed: Readonly<Record<string, string>>) => Route;
}) {
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
  const current = Math.min(page, pages);
  const from = (current - 1) * PAGE_ROWS;
  const shown = rows.slice(from, from + PAGE_ROWS);
  return (
    <>
      <div className="table-scroll">
        <table className="table stack-small" aria-label="Ways to the keys" data-rows={rows.length}>
          <thead>
            <tr>
              <th scope="col">Principal</th>
              <th scope="col">Because of</th>
              <th scope="col">Key</th>
              <th scope="col">Gives</th>
              <th scope="col">Opens</th>
              <th scope="col">Only if</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => {
              const chosen =
                selected.sel === row.reasonId &&
                (selected.who === '' || selected.who === row.principal) &&
                (selected.on === '' || selected.on === row.key);
              return (
                <tr key={`${row.id} ${row.key}`} aria-selected={chosen || undefined} data-reason={row.reasonId}>
                  <td>
                    <Principal principal={row.principal} account={account} />
                  </td>
                  <td>
                    <Link
                      className="link"
                      href={href({ sel: row.reasonId, who: row.principal, on: row.key })}
                      scroll={false}
                    >
                      {row.reason}
                    </Link>
                    <span className="block text-xs text-ink-2">{row.about}</span>
                  </td>
                  <td className="mono">{row.keyName}</td>
                  <td>
                    <Gives row={row} />
                  </td>
                  <td>{opensText(row, things)}</td>
                  <td className="text-ink-2">
                    {row.onlyIf[0] ?? ''}
                    {row.onlyIf.length > 1 && ` and ${plural(row.onlyIf.length - 1, 'more condition')}`}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <nav className="access-pages" aria-label="Pages of the table">
        <span>
          {rows.length === 0
            ? 'No rows'
            : `Rows ${formatCount(from + 1)} to ${formatCount(from + shown.length)} of ${formatCount(rows.length)}`}
        </span>
        {current > 1 && (
          <Link className="button small" href={href({ page: String(current - 1) })} scroll={false}>
            Previous
          </Link>
        )}
        {current < pages && (
          <Link className="button small" href={href({ page: String(current + 1) })} scroll={false}>
            Next
          </Link>
        )}
      </nav>
    </>
  );
}

function Gives({ row }: { row: WayRow }) {
  const names = row.actions.map((action) => action.slice('kms:'.length));
  const text = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  if (row.verdict === 'denied') return <Status tone="bad">Denied: {text}</Status>;
  if (row.verdict === 'administers') return <Status tone="neutral">Administers: {text}</Status>;
  return <Status tone="good">{text}</Status>;
}

function opensText({ things: open }: WayRow, things: ReadonlyMap<string, ThingInfo>): string {
  const [first] = open;
  if (first === undefined) return '';
  const name = things.get(first)?.name ?? first;
  return open.length === 1 ? name : `${name} and ${open.length - 1} more`;
}
