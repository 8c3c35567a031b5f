import { Fragment } from 'react';
import type { Forecast, Rate, RegionForecast } from '@/lib/usage/forecast';
import { Assumed, Status } from '../ui/badge';
import { formatLarge, formatRate } from '../ui/format';
import { Card } from '../ui/layout';

/** Powers of ten between which the bar runs. */
const FROM = -3;
const TO = 7;
const DECADES = Array.from({ length: TO - FROM + 1 }, (_, index) => FROM + index);

/** Position on the bar in percent. */
function place(perSecond: number): number {
  const power = perSecond <= 0 ? FROM : Math.log10(perSecond);
  return ((Math.min(TO, Math.max(FROM, power)) - FROM) / (TO - FROM)) * 100;
}

/** KMS requests a second of each Region against its quota, on a logarithmic bar with every decade named. */
export function QuotaCard({ result }: { result: Forecast }) {
  return (
    <Card title="Against the request quota" count="KMS requests a second in the busiest second">
      <div className="quota" aria-hidden>
        {result.regions.map((it) => (
          <Bars key={it.region} it={it} keeps={result.keepsKeys} />
        ))}
        <span />
        <div className="decades">
          {DECADES.map((power) => (
            <span
              key={power}
              style={{ left: `${((power - FROM) / (TO - FROM)) * 100}%` }}
              className={power % 2 === 0 ? 'minor' : undefined}
            >
              {decade(power)}
            </span>
          ))}
        </div>
      </div>
      <div className="legend mt-2">
        <span>
          <i className="legend-made" />
          {result.keepsKeys ? 'With bucket or table keys' : 'This workload'}
        </span>
        {result.keepsKeys && (
          <span>
            <i className="legend-spared" />
            Without
          </span>
        )}
        <span>
          <i className="legend-quota" />
          Quota of the account
        </span>
        <Assumed>How AWS counts within a second</Assumed>
      </div>
      <div className="scroll mt-3">
        <table aria-label="Requests a second against the quota">
          <thead>
            <tr>
              <th scope="col">Region</th>
              <th scope="col" className="num">
                Average
              </th>
              <th scope="col" className="num">
                Busiest
              </th>
              <th scope="col" className="num">
                Quota
              </th>
              <th scope="col">Throttled</th>
              {result.keepsKeys && <th scope="col">Without kept keys</th>}
            </tr>
          </thead>
          <tbody>
            {result.regions.map((it) => (
              <tr key={it.region}>
                <td className="mono">{it.region}</td>
                <td className="num">{formatRate(it.rate.average)}</td>
                <td className="num">{formatRate(it.rate.highest)}</td>
                <td className="num">{formatLarge(it.quota)}</td>
                <td>
                  <Throttled rate={it.rate} />
                </td>
                {result.keepsKeys && (
                  <td>
                    <Throttled rate={it.rateWithout} />{' '}
                    <span className="text-ink-2">at {formatRate(it.rateWithout.highest)}</span>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Throttled({ rate }: { rate: Rate }) {
  if (rate.firstThrottledSecond === undefined) return <Status tone="good">Never</Status>;
  return <Status tone="bad">In second {formatLarge(rate.firstThrottledSecond)}</Status>;
}

function Bars({ it, keeps }: { it: RegionForecast; keeps: boolean }) {
  return (
    <Fragment>
      <span className="mono region">{it.region}</span>
      <div className="track">
        {DECADES.slice(1, -1).map((power) => (
          <i key={power} className="decade" style={{ left: `${((power - FROM) / (TO - FROM)) * 100}%` }} />
        ))}
        <i className="bar made" style={{ width: `${place(it.rate.highest)}%` }} />
        {keeps && <i className="bar spared" style={{ width: `${place(it.rateWithout.highest)}%` }} />}
        <i className="limit" style={{ left: `${place(it.quota)}%` }} />
      </div>
    </Fragment>
  );
}

function decade(power: number): string {
  if (power < 0) return String(10 ** power);
  return power >= 6 ? `${10 ** (power - 6)}M` : power >= 3 ? `${10 ** (power - 3)}k` : String(10 ** power);
}
