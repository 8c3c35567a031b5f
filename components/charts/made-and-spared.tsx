import type { LedgerTotals } from '@/lib/contract/ledger';
import { formatCount } from '../ui/format';

type Interval = LedgerTotals['series'][number];

/** Round steps for an axis whose highest value is `highest`: three lines or four, the last at or above it. */
function axis(highest: number): number[] {
  if (highest <= 0) return [0, 1];
  const rough = highest / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power);
  const lines = [0];
  while ((lines.at(-1) ?? 0) < highest) lines.push(Math.round((lines.at(-1) ?? 0) + step));
  return lines;
}

function compact(value: number): string {
  if (value >= 1e9) return `${value / 1e9}G`;
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 10_000 ? `${value / 1000}k` : formatCount(value);
}

interface Panel {
  readonly title: string;
  readonly values: readonly number[];
  readonly top: number;
  readonly fill: string;
  readonly edge?: string;
}

/**
 * Made and spared in two aligned panels with axes of their own: they differ by orders of magnitude. Drawn for the
 * given width, not shrunk. Every bar has a title; the table twin holds the same numbers.
 */
export function MadeAndSpared({
  series,
  width,
  label,
  clock = 'UTC',
}: {
  series: readonly Interval[];
  width: 760 | 320;
  label: string;
  /** Whether times are of the day, or counted from the begin. */
  clock?: 'UTC' | 'in';
}) {
  const left = 44;
  const right = width - 8;
  const height = 104;
  const panels: Panel[] = [
    {
      title: 'Object requests that needed a data key',
      values: series.map((one) => one.made + one.spared),
      top: 20,
      fill: 'var(--spared)',
      edge: 'var(--spared-line)',
    },
    { title: 'KMS requests made', values: series.map((one) => one.made), top: 172, fill: 'var(--made)' },
  ];
  const slot = series.length > 0 ? (right - left) / series.length : right - left;
  const every = Math.max(1, Math.ceil(series.length / (width === 760 ? 6 : 4)));
  return (
    <svg viewBox={`0 0 ${width} 300`} width="100%" role="img" aria-label={label}>
      {panels.map((panel) => (
        <ChartPanel
          key={panel.title}
          panel={panel}
          series={series}
          left={left}
          right={right}
          slot={slot}
          height={panel.top === 172 ? height - 22 : height}
          clock={clock}
        />
      ))}
      {series.map((one, index) =>
        index % every === 0 ? (
          <text key={one.time} className="axis" x={left + index * slot + slot / 2} y={276} textAnchor="middle">
            {one.time.slice(11, 16)}
          </text>
        ) : null,
      )}
    </svg>
  );
}

function ChartPanel({
  panel,
  series,
  left,
  right,
  slot,
  height,
  clock,
}: {
  panel: Panel;
  series: readonly Interval[];
  left: number;
  right: number;
  slot: number;
  height: number;
  clock: 'UTC' | 'in';
}) {
  const lines = axis(Math.max(0, ...panel.values));
  const highest = lines.at(-1) ?? 1;
  const base = panel.top + height;
  const y = (value: number) => base - (value / highest) * height;
  return (
    <g>
      <text className="axis-title" x={left} y={panel.top - 10}>
        {panel.title}
      </text>
      {lines.map((line) => (
        <g key={line}>
          <line
            x1={left}
            x2={right}
            y1={y(line)}
            y2={y(line)}
            stroke="var(--line)"
            {...(line === 0 ? {} : { strokeDasharray: '2 3' })}
          />
          <text className="axis" x={left - 8} y={y(line) + 4} textAnchor="end">
            {compact(line)}
          </text>
        </g>
      ))}
      {panel.values.map((value, index) => {
        if (value === 0) return null;
        const top = Math.min(y(value), base - 1.5);
        const x = left + index * slot + slot * 0.08;
        const width = slot * 0.84;
        return (
          <g key={series[index]?.time ?? index}>
            <title>{`${series[index]?.time.slice(11, 16) ?? ''} ${clock}: ${formatCount(Math.round(value))}`}</title>
            <rect x={x} y={top} width={width} height={base - top} rx={1.5} fill={panel.fill} />
            {panel.edge && <rect x={x} y={top} width={width} height={1.5} fill={panel.edge} />}
          </g>
        );
      })}
    </g>
  );
}
