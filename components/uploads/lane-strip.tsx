import type { Lane } from '@/lib/uploads/timeline';
import { formatDuration, plural } from '../ui/format';
import { clockOf, type Drawing, place } from './time-geometry';

/** The lives of the lane's keys: each begins with a KMS request. */
export function Strip({ it, timeline, geometry, y }: Drawing) {
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
