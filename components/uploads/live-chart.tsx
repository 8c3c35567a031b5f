import type { RunSeries } from '@/lib/uploads/record';
import { MadeAndSpared } from '../charts/made-and-spared';
import { formatCount, plural } from '../ui/format';
import { Card } from '../ui/layout';

/** Requests of a run by the second, in two aligned panels; the table holds the same. */
export function LiveChart({ series, going }: { series: RunSeries; going: boolean }) {
  const { step } = series;
  const intervals = series.requests.map((requests, index) => ({
    // The chart prints hours and minutes: here they stand for minutes and seconds.
    time: new Date(index * step * 60_000).toISOString(),
    requests,
    made: series.made[index] ?? 0,
    spared: series.spared[index] ?? 0,
    refused: series.refused[index] ?? 0,
  }));
  const total = series.requests.reduce((sum, it) => sum + it, 0);
  const label = `${plural(total, 'request')} over ${plural(intervals.length * step, 'second')}`;
  const busiest = Math.max(...series.requests) / step;
  return (
    <Card
      className="mb-4"
      title="As it goes"
      count={`by ${plural(step, 'second')} of machine time; at most ${formatCount(Math.round(busiest))} requests a second${going ? '' : `, ${formatCount(Math.round(total / (intervals.length * step)))} on average`}`}
    >
      <div className="only-wide max-w-[860px]">
        <MadeAndSpared series={intervals} width={760} label={label} clock="in" />
      </div>
      <div className="only-narrow">
        <MadeAndSpared series={intervals} width={320} label={label} clock="in" />
      </div>
      <details className="table-twin">
        <summary>The same as a table</summary>
        <table aria-label="Requests by second" className="mt-2">
          <thead>
            <tr>
              <th scope="col">Second</th>
              <th scope="col" className="num">
                Requests
              </th>
              <th scope="col" className="num">
                Made
              </th>
              <th scope="col" className="num">
                Spared
              </th>
              <th scope="col" className="num">
                Refused
              </th>
            </tr>
          </thead>
          <tbody>
            {intervals.map((it, index) => (
              <tr key={it.time}>
                <td>{index * step}</td>
                <td className="num">{formatCount(it.requests)}</td>
                <td className="num">{formatCount(it.made)}</td>
                <td className="num">{formatCount(it.spared)}</td>
                <td className="num">{formatCount(it.refused)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </Card>
  );
}
