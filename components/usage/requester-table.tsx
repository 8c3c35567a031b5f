import type { Forecast } from '@/lib/usage/forecast';
import { formatLarge, plural } from '../ui/format';
import { Card } from '../ui/layout';

/** KMS requests of each Region and of one requester in it: S3 fetches a key for every requester (BK-06). */
export function RequesterTable({ result, requesters }: { result: Forecast; requesters: number }) {
  return (
    <Card title="By requester and Region" count={plural(requesters, 'requester')} rule bare>
      <div className="scroll">
        <table aria-label="KMS requests by requester and Region">
          <thead>
            <tr>
              <th scope="col">Region</th>
              <th scope="col" className="num">
                Needed
              </th>
              <th scope="col" className="num">
                Reach KMS
              </th>
              <th scope="col" className="num">
                Of each requester
              </th>
            </tr>
          </thead>
          <tbody>
            {result.regions.map((it) => (
              <tr key={it.region}>
                <td className="mono">{it.region}</td>
                <td className="num">{formatLarge(it.needed)}</td>
                <td className="num">{formatLarge(it.made)}</td>
                <td className="num">{formatLarge(result.madePerRequester)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
