import type { Timeline } from '@/lib/uploads/timeline';
import { formatCount, plural } from '../ui/format';
import { readPrincipal } from '../ui/principal';
import { Strip } from './lane-strip';
import { AXIS, clockOf, type Drawing, type Geometry, place } from './time-geometry';

/** Everything but the playhead: it does not change while the run is played. */
export function Lanes({ timeline, geometry, id }: { timeline: Timeline; geometry: Geometry; id: string }) {
  const highest = Math.max(
    1,
    ...timeline.lanes.flatMap(({ intervals }) => intervals.map((it) => it.stored + it.refused)),
  );
  const { lane, top, height, left, width, right } = geometry;
  const ticks = axisTicks(timeline, geometry.narrow ? 3 : 6);
  return (
    <>
      <defs>
        <pattern id={`${id}-late`} width="5" height="5" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">
          <rect width="5" height="5" fill="var(--warning-soft)" />
          <rect width="2" height="5" fill="var(--warning-edge)" />
        </pattern>
      </defs>
      {ticks.map((time) => {
        const x = place(geometry, timeline, time);
        return (
          <g key={time}>
            <line x1={x} x2={x} y1={top} y2={height - AXIS + 4} stroke="var(--line)" />
            <text
              className="axis"
              x={x}
              y={height - 8}
              textAnchor={x > width - right - 24 ? 'end' : x < left + 24 ? 'start' : 'middle'}
            >
              {clockOf(time).slice(0, timeline.to - timeline.from > 600_000 ? 5 : 8)}
            </text>
          </g>
        );
      })}
      {timeline.lanes.map((it, index) => (
        <LaneDrawing
          key={it.requester}
          it={it}
          timeline={timeline}
          geometry={geometry}
          y={top + index * lane}
          highest={highest}
          id={id}
        />
      ))}
      {timeline.revoked && <Revocation timeline={timeline} geometry={geometry} />}
    </>
  );
}

function axisTicks({ from, to }: Timeline, about: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200].map((it) => it * 1000);
  const step = steps.find((it) => (to - from) / it <= about) ?? 86_400_000;
  const ticks: number[] = [];
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) ticks.push(time);
  return ticks;
}

function LaneDrawing({ it, timeline, geometry, y, highest, id }: Drawing & { highest: number; id: string }) {
  const { left, right, width, bars, narrow } = geometry;
  const slot = (width - left - right) / it.intervals.length;
  const head = narrow ? 16 : 0;
  const base = y + head + bars;
  const name = readPrincipal(it.principalArn).name.replace(/\/upload-[\w-]+$/, '');
  const summary = `${formatCount(it.stored)} stored, ${plural(it.made, 'request')}`;
  return (
    <g>
      {narrow ? (
        <>
          <text className="lane-name" x={left} y={y + 8}>
            {name.slice(0, 26)}
          </text>
          <text className="axis" x={width - right} y={y + 8} textAnchor="end">
            {summary}
          </text>
        </>
      ) : (
        <>
          <text className="lane-name" x={0} y={y + 20}>
            {name.slice(0, 22)}
          </text>
          <text className="axis" x={0} y={y + 38}>
            {summary}
          </text>
        </>
      )}
      <line x1={left} x2={width - right} y1={base} y2={base} stroke="var(--line)" />
      {it.intervals.map((interval, number) => {
        const tall = (count: number) => (count === 0 ? 0 : Math.max(1.5, (count / highest) * bars));
        const x = left + number * slot + slot * 0.06;
        const from = timeline.from + number * timeline.stepMs;
        const stored = tall(interval.stored);
        const refused = tall(interval.refused);
        return interval.stored + interval.refused === 0 ? null : (
          <g key={from}>
            <title>{`${clockOf(from)}: ${formatCount(interval.stored)} stored${interval.late > 0 ? ' after the permission was removed' : ''}, ${formatCount(interval.refused)} refused`}</title>
            {stored > 0 && (
              <rect
                x={x}
                y={base - stored}
                width={slot * 0.88}
                height={stored}
                rx={1.5}
                fill={interval.late > 0 ? `url(#${id}-late)` : 'var(--spared)'}
                stroke={interval.late > 0 ? 'var(--warning-solid)' : 'none'}
                strokeWidth={interval.late > 0 ? 1 : 0}
              />
            )}
            {refused > 0 && (
              <rect
                x={x}
                y={base - stored - refused}
                width={slot * 0.88}
                height={refused}
                rx={1.5}
                fill="var(--danger-soft)"
                stroke="var(--danger-solid)"
              />
            )}
          </g>
        );
      })}
      <Strip it={it} timeline={timeline} geometry={geometry} y={base + 12} />
    </g>
  );
}

function Revocation({ timeline, geometry }: { timeline: Timeline; geometry: Geometry }) {
  const { revoked } = timeline;
  if (!revoked) return null;
  const x = place(geometry, timeline, revoked.at);
  const y = geometry.top + revoked.requester * geometry.lane;
  const left = x > geometry.width / 2;
  return (
    <g>
      <line
        x1={x}
        x2={x}
        y1={y - 8}
        y2={y + geometry.lane - 16}
        stroke="var(--danger-solid)"
        strokeWidth="1.5"
        strokeDasharray="3 3"
      />
      <text className="axis refused" x={left ? x - 6 : x + 6} y={y - 1} textAnchor={left ? 'end' : 'start'}>
        {revoked.what === 'kms' ? 'Permission removed' : 'Everything removed'} {clockOf(revoked.at)}
      </text>
    </g>
  );
}
