import type { Lane, Timeline } from '@/lib/uploads/timeline';
import { formatCount, formatDuration, plural } from '../ui/format';
import { readPrincipal } from '../ui/principal';

/** Where things stand in the drawing, for one width. */
export interface Geometry {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly lane: number;
  readonly bars: number;
  readonly height: number;
  readonly narrow: boolean;
}

const AXIS = 26;

export function geometryOf(lanes: number, narrow: boolean): Geometry {
  const lane = narrow ? 112 : 118;
  const top = 30;
  return {
    width: narrow ? 328 : 1120,
    left: narrow ? 4 : 164,
    right: narrow ? 4 : 12,
    top,
    lane,
    bars: narrow ? 44 : 54,
    height: top + lanes * lane + AXIS,
    narrow,
  };
}

export function place(
  { left, right, width }: Geometry,
  { from, to }: Pick<Timeline, 'from' | 'to'>,
  time: number,
): number {
  return left + ((Math.min(to, Math.max(from, time)) - from) / (to - from)) * (width - left - right);
}

export function clockOf(time: number): string {
  return new Date(time).toISOString().slice(11, 19);
}

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

interface Drawing {
  readonly it: Lane;
  readonly timeline: Timeline;
  readonly geometry: Geometry;
  readonly y: number;
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

/** The lives of the lane's keys: each begins with a KMS request. */
function Strip({ it, timeline, geometry, y }: Drawing) {
  const { left, narrow } = geometry;
  const refusals = timeline.events.filter(({ requester, error }) => requester === it.requester && error !== undefined);
  const crosses = apart(refusals, ({ time }) => place(geometry, timeline, time));
  const first = crosses[0];
  return (
    <g>
      {!narrow && (
        <>
          <text className="axis strip-name" x={0} y={y + 9}>
            {it.kind === 'none' ? 'KMS requests' : it.kind === 'table key' ? 'Table key' : 'Bucket key'}
          </text>
          <text className="axis" x={0} y={y + 23}>
            {it.kind === 'none'
              ? it.stored === 0
                ? 'every one refused'
                : 'no key is kept'
              : it.kind === 'table key'
                ? 'one per requester and table'
                : 'one per requester'}
          </text>
        </>
      )}
      {it.kind === 'none' &&
        it.intervals.map((interval, number) => {
          if (interval.made === 0) return null;
          const x = left + (number * (geometry.width - left - geometry.right)) / it.intervals.length;
          return <rect key={number} x={x} y={y} width={3} height={18} rx={1} fill="var(--made)" />;
        })}
      {it.lives.map((life) => {
        const from = place(geometry, timeline, life.born);
        const to = place(geometry, timeline, life.dies);
        return (
          <g key={`${life.cachedKey}${life.born}`}>
            <title>{`${clockOf(life.born)} to ${clockOf(life.dies)}: answered ${plural(life.served, 'request')}`}</title>
            <rect
              x={from}
              y={y}
              width={Math.max(2, to - from - 1)}
              height={18}
              rx={3}
              fill="var(--accent-soft)"
              stroke="var(--accent-line)"
            />
            <rect x={from} y={y - 1} width={3} height={20} rx={1} fill="var(--made)" />
          </g>
        );
      })}
      {it.sessions.map((session) => {
        const from = place(geometry, timeline, session.from);
        const to = place(geometry, timeline, session.to);
        return (
          <rect
            key={session.from}
            x={from}
            y={y + 22}
            width={Math.max(2, to - from - 1)}
            height={5}
            rx={2}
            fill="none"
            stroke="var(--pr-role)"
            strokeDasharray="3 2"
          >
            <title>{`Session from ${clockOf(session.from)} to ${clockOf(session.to)}`}</title>
          </rect>
        );
      })}
      {crosses.map((event) => (
        <Cross key={event.index} x={place(geometry, timeline, event.time)} y={y + 9} />
      ))}
      {first && (
        <text
          className="axis refused"
          x={Math.min(place(geometry, timeline, first.time) + 12, geometry.width - 130)}
          y={y + 34}
        >
          Refused {clockOf(first.time)}
          {timeline.revoked &&
          timeline.revoked.requester === it.requester &&
          first.time > timeline.revoked.at &&
          !narrow
            ? `, ${formatDuration((first.time - timeline.revoked.at) / 1000)} and ${plural(lateOf(it), 'upload')} later`
            : ''}
        </text>
      )}
    </g>
  );
}

/** Those of many marks that can be told apart. */
function apart<T>(marks: readonly T[], at: (mark: T) => number): readonly T[] {
  let last = Number.NEGATIVE_INFINITY;
  return marks.filter((mark) => {
    if (at(mark) - last < 11) return false;
    last = at(mark);
    return true;
  });
}

const lateOf = ({ intervals }: Lane): number => intervals.reduce((sum, { late }) => sum + late, 0);

function Cross({ x, y }: { x: number; y: number }) {
  return (
    <g stroke="var(--danger-solid)" strokeWidth="2" strokeLinecap="round">
      <line x1={x - 4} y1={y - 4} x2={x + 4} y2={y + 4} />
      <line x1={x - 4} y1={y + 4} x2={x + 4} y2={y - 4} />
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
