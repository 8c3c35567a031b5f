import type { Description } from '@/lib/usage/description';
import { type Forecast, toldSaving } from '@/lib/usage/forecast';
import { Assumed } from '../ui/badge';
import { formatLarge, formatRate, formatUsd, plural } from '../ui/format';

/** The answer in four numbers. */
export function ForecastFigures({ result, description }: { result: Forecast; description: Description }) {
  const { made, needed, spared, cost, costWithout, regions } = result;
  const saving = Math.floor(toldSaving(result) * 100);
  const days = plural(description.days, 'day');
  const busiest = regions.reduce((one, other) =>
    other.rate.highest / other.quota > one.rate.highest / one.quota ? other : one,
  );
  const throttled = busiest.rate.firstThrottledSecond;
  return (
    <dl className="card figures" aria-label="Forecast">
      <div>
        <dt>
          <i className="legend-made swatch" aria-hidden />
          KMS requests
        </dt>
        <dd className="value">{formatLarge(made)}</dd>
        <dd className="note">
          in {days}, {formatLarge(result.generateDataKey)} GenerateDataKey
        </dd>
      </div>
      <div>
        <dt>
          <i className="legend-spared swatch" aria-hidden />
          Spared
        </dt>
        <dd className="value">{formatLarge(spared)}</dd>
        <dd className="note">
          {needed === 0
            ? 'SSE-S3 asks KMS nothing'
            : result.keepsKeys
              ? `up to ${saving} % of ${formatLarge(needed)}`
              : 'no key is kept: every request asks'}
        </dd>
      </div>
      <div>
        <dt>Cost of SSE-KMS</dt>
        <dd className="value">{formatUsd(cost.kmsUsd)}</dd>
        <dd className="note">
          {result.keepsKeys ? `instead of ${formatUsd(costWithout.kmsUsd)}; ` : ''}
          {formatUsd(cost.usd)} with S3
        </dd>
      </div>
      <div>
        <dt>
          Busiest second <Assumed />
        </dt>
        <dd className="value">
          {formatRate(busiest.rate.highest)}
          <small>of {formatLarge(busiest.quota)}</small>
        </dd>
        <dd className="note">
          {throttled === undefined
            ? `never throttled in ${busiest.region}`
            : `throttled in second ${formatLarge(throttled)}, ${busiest.region}`}
        </dd>
      </div>
    </dl>
  );
}
