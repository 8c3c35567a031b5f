import { type Interval, timeline } from '@/lib/usage/forecast';
import type { Assumptions, Workload } from '@/lib/usage/workload';
import { MadeAndSpared } from '../charts/made-and-spared';
import { formatLarge } from '../ui/format';
import { Card } from '../ui/layout';

const INTERVALS = 60;

/** The first hour of the workload, or all of it where it is shorter, in two aligned panels; the table holds the same. */
export function ForecastChart({ workload, assumptions }: { workload: Workload; assumptions: Assumptions }) {
  const seconds = Math.min(3600, workload.stretchSeconds);
  const intervals = timeline(workload, assumptions, { seconds, intervals: INTERVALS });
  const series = intervals.map(({ from, made, needed }) => ({
    time: new Date(from * 1000).toISOString(),
    requests: needed,
    made,
    spared: Math.max(0, needed - made),
    refused: 0,
  }));
  const sum = (of: (one: Interval) => number) => formatLarge(intervals.reduce((total, one) => total + of(one), 0));
  const label = `The first ${seconds >= 3600 ? 'hour' : `${Math.round(seconds / 60)} minutes`}: ${sum(({ needed }) => needed)} key operations are needed, ${sum(({ made }) => made)} reach KMS.`;
  return (
    <Card
      title="How it begins"
      count={`first ${seconds >= 3600 ? 'hour' : `${Math.max(1, Math.round(seconds / 60))} min`}, one Region`}
    >
      <div className="only-wide">
        <MadeAndSpared series={series} width={760} label={label} clock="in" />
      </div>
      <div className="only-narrow">
        <MadeAndSpared series={series} width={320} label={label} clock="in" />
      </div>
      <details className="table-twin">
        <summary>The same as a table</summary>
        <div className="scroll">
          <table aria-label="KMS requests by minute">
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col" className="num">
                  Needed
                </th>
                <th scope="col" className="num">
                  Reach KMS
                </th>
              </tr>
            </thead>
            <tbody>
              {series.map((one) => (
                <tr key={one.time}>
                  <td className="mono">{one.time.slice(11, 19)}</td>
                  <td className="num">{formatLarge(one.requests)}</td>
                  <td className="num">{formatLarge(one.made)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </Card>
  );
}
