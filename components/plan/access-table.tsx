import { CircleMinus, CirclePlus, TriangleAlert } from 'lucide-react';
import type { AccessChanges, AccessRow } from '@/lib/plan/types';
import { formatAge, formatCount, plural } from '../ui/format';
import { Principal } from '../ui/principal';

/** Who gains and who loses, losers last. `now` is world time in milliseconds. */
export function AccessTable({ access, now }: { access: AccessChanges; now: number }) {
  const gains = access.rows.filter(({ direction }) => direction === 'gains');
  const losses = access.rows.filter(({ direction }) => direction === 'loses');
  return (
    <>
      {access.rows.length === 0 ? (
        <p className="p-4 text-ink-2">Nobody gains or loses access.</p>
      ) : (
        <div className="table-scroll">
          <table aria-label="Who gains and loses" className="stack-small plan-access">
            <thead>
              <tr>
                <th scope="col">Principal</th>
                <th scope="col">Operations</th>
                <th scope="col">Holds when</th>
                <th scope="col">Because of</th>
              </tr>
            </thead>
            {gains.length > 0 && <Group rows={gains} now={now} />}
            {losses.length > 0 && <Group rows={losses} now={now} />}
          </table>
        </div>
      )}
      <p className="plan-foot">
        {access.keep === 0
          ? 'Nobody else can do the same as before.'
          : `${plural(access.keep, 'principal')} keep${access.keep === 1 ? 's' : ''} the access they have.`}
        {access.more > 0 && ` ${formatCount(access.more)} more rows are not shown.`}
        {!access.complete && ' There are more principals than were compared.'}
      </p>
    </>
  );
}

function Group({ rows, now }: { rows: readonly AccessRow[]; now: number }) {
  const gain = rows[0]?.direction === 'gains';
  const count = new Set(rows.map(({ principal }) => principal)).size;
  return (
    <tbody>
      <tr className="group-head">
        <th scope="colgroup" colSpan={4}>
          <span className={gain ? 'status good' : 'status bad'}>
            {gain ? <CirclePlus size={14} aria-hidden /> : <CircleMinus size={14} aria-hidden />}
            <span>
              {formatCount(count)} {gain ? (count === 1 ? 'gains' : 'gain') : count === 1 ? 'loses' : 'lose'} access
            </span>
          </span>
        </th>
      </tr>
      {rows.map((row, index) => (
        // The same principal may stand in two rows, for different data.
        <tr key={`${row.principal} ${row.holdsWhen} ${index}`}>
          <td>
            <Principal principal={row.principal} />
            {!gain && (
              <span className="sub block">
                {row.lastUsed ? (
                  <span className="status warn">
                    <TriangleAlert size={12} aria-hidden />
                    <span>Used {formatAge(Date.parse(row.lastUsed), now)}</span>
                  </span>
                ) : (
                  'No use was found'
                )}
              </span>
            )}
          </td>
          <td>
            <span className="flex flex-wrap gap-1">
              {row.actions.slice(0, 4).map((action) => (
                <span className="chip" key={action}>
                  {action.replace(/^kms:/, '')}
                </span>
              ))}
              {row.actions.length > 4 && (
                <span className="text-ink-3" title={row.actions.slice(4).join(', ')}>
                  +{row.actions.length - 4}
                </span>
              )}
            </span>
          </td>
          <td>
            {gain ? (
              row.holdsWhen
            ) : (
              <span className="text-ink-2">
                No longer: {row.holdsWhen.charAt(0).toLowerCase() + row.holdsWhen.slice(1)}
              </span>
            )}
          </td>
          <td className="text-ink-2">{row.because}</td>
        </tr>
      ))}
    </tbody>
  );
}
