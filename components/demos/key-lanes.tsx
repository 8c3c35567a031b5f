import type { Lane, LanePoint, Lanes } from '@/lib/scenarios/lanes';
import { plural } from '../ui/format';
import { readPrincipal } from '../ui/principal';

const WIDTH = 1010;
const HEAD = 44;
const LANE = 132;
const FOOT = 34;
const BAR_TOP = 34;
const BAR_HEIGHT = 44;
const STRIP_TOP = 88;
const STRIP_HEIGHT = 28;
const BAR = 12;

/**
 * One lane for each requester: its requests as bars, and under them the life of each bucket key, which begins with the
 * request to KMS. Late requests are hatched, refused ones crossed out. The numbers are said in words for who can't see.
 */
export function KeyLanes({ lanes: { from, to, lanes, marks }, account }: { lanes: Lanes; account: string }) {
  const x = (at: number) => ((at - from) / (to - from)) * (WIDTH - 12) + 6;
  const height = HEAD + lanes.length * LANE + FOOT;
  const bottom = height - FOOT;
  const ticks = [0, 1, 2, 3].map((part) => from + ((to - from) * (part + 0.5)) / 4);
  return (
    <svg
      className="demo-lanes"
      viewBox={`0 0 ${WIDTH} ${height}`}
      width="100%"
      role="img"
      aria-label={inWords(lanes, account)}
    >
      <defs>
        <pattern id="late" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
          <rect width="8" height="8" fill="var(--warning-soft)" />
          <rect width="3" height="8" fill="var(--warning-edge)" />
        </pattern>
      </defs>
      {ticks.map((at) => (
        <g key={at}>
          <line x1={x(at)} x2={x(at)} y1={HEAD} y2={bottom} stroke="var(--line)" />
          <text className="tick" x={x(at)} y={height - 10} textAnchor="middle">
            {new Date(at).toISOString().slice(11, 19)}
          </text>
        </g>
      ))}
      {lanes.map((lane, index) => (
        <g key={lane.principal} transform={`translate(0 ${HEAD + index * LANE})`}>
          <text className="lane-name" x={6} y={20}>
            {readPrincipal(lane.principal, account).name}
          </text>
          <line x1={0} x2={WIDTH} y1={BAR_TOP + BAR_HEIGHT} y2={BAR_TOP + BAR_HEIGHT} stroke="var(--line-strong)" />
          {lane.keys.map((key) => (
            <g key={key.from}>
              <rect
                x={x(key.from)}
                y={STRIP_TOP}
                width={x(key.to) - x(key.from)}
                height={STRIP_HEIGHT}
                rx={5}
                fill="var(--accent-soft)"
                stroke="var(--accent-line)"
              />
              <rect
                x={x(key.from) - 3}
                y={STRIP_TOP - 5}
                width={6}
                height={STRIP_HEIGHT + 10}
                rx={3}
                fill="var(--made)"
              />
              <text className="strip" x={x(key.from) + 12} y={STRIP_TOP + 19}>
                bucket key
              </text>
            </g>
          ))}
          {lane.points.map((point, order) => (
            // Several requests may share one moment of a clock that stands.
            // oxlint-disable-next-line react/no-array-index-key
            <Point key={`${point.at} ${order}`} point={point} at={x(point.at)} />
          ))}
        </g>
      ))}
      {marks.map(({ at, label }) => (
        <g key={label}>
          <line
            x1={x(at)}
            x2={x(at)}
            y1={HEAD - 8}
            y2={bottom}
            stroke="var(--danger-solid)"
            strokeWidth={2.5}
            strokeDasharray="5 5"
          />
          <text className="mark" x={x(at)} y={HEAD - 18} textAnchor={x(at) > WIDTH / 2 ? 'end' : 'start'}>
            {label}, {new Date(at).toISOString().slice(11, 19)}
          </text>
        </g>
      ))}
    </svg>
  );
}

function Point({ point: { kind, late }, at }: { point: LanePoint; at: number }) {
  if (kind === 'refused') {
    const y = BAR_TOP + BAR_HEIGHT - 14;
    return (
      <path
        d={`M${at - 8} ${y - 8}l16 16m0 -16l-16 16`}
        stroke="var(--danger-solid)"
        strokeWidth={4}
        strokeLinecap="round"
      />
    );
  }
  return (
    <rect
      x={at - BAR / 2}
      y={BAR_TOP}
      width={BAR}
      height={BAR_HEIGHT}
      rx={2}
      fill={late ? 'url(#late)' : kind === 'made' ? 'var(--made)' : 'var(--spared)'}
      stroke={late ? 'var(--warning-solid)' : 'none'}
    />
  );
}

function inWords(lanes: readonly Lane[], account: string): string {
  return lanes
    .map(({ principal, points, keys }) => {
      const of = (kind: LanePoint['kind']) => points.filter((point) => point.kind === kind).length;
      const late = points.filter((point) => point.late).length;
      return `${readPrincipal(principal, account).name}: ${plural(points.length, 'request')}, ${of('made')} asked KMS, ${of('spared')} spared by ${plural(keys.length, 'bucket key')}, ${of('refused')} refused${late > 0 ? `, ${late} accepted after the permission was removed` : ''}.`;
    })
    .join(' ');
}
