'use client';

import type { Route } from 'next';
import Link from 'next/link';
import type { TimeEvent, Timeline } from '@/lib/uploads/timeline';
import { Status } from '../ui/badge';
import { Button } from '../ui/button';
import { formatCount } from '../ui/format';
import { Card } from '../ui/layout';
import { Principal } from '../ui/principal';
import { clockOf } from './time-geometry';

const ROWS = 14;

/** The requests that reached KMS or were refused, a few around the playhead. */
export function TimeEvents({
  runId,
  timeline,
  current,
  onPick,
}: {
  runId: string;
  timeline: Timeline;
  /** Position of the last event before the playhead; -1 before the first. */
  current: number;
  onPick: (event: TimeEvent) => void;
}) {
  const { events, eventsTotal, lanes } = timeline;
  const page = Math.floor(Math.max(0, current) / ROWS);
  const shown = events.slice(page * ROWS, (page + 1) * ROWS);
  const most = Math.max(1, ...events.map(({ served = 0 }) => served));
  return (
    <Card
      title="KMS requests and refusals"
      count={
        eventsTotal > events.length
          ? `first ${formatCount(events.length)} of ${formatCount(eventsTotal)}`
          : formatCount(eventsTotal)
      }
      end={
        <Link className="link" href={`/uploads/${runId}?outcome=made` as Route}>
          All requests
        </Link>
      }
      rule
      bare
    >
      <table aria-label="KMS requests" className="stack-small time-events">
        <thead>
          <tr>
            <th scope="col">Time, UTC</th>
            <th scope="col">Requester</th>
            <th scope="col">Why S3 asked</th>
            <th scope="col">Answer</th>
            <th scope="col">Requests it served</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((event, row) => (
            <tr key={event.index} aria-current={page * ROWS + row === current ? 'true' : undefined}>
              <td>
                <button type="button" className="link mono" onClick={() => onPick(event)}>
                  {clockOf(event.time)}
                </button>
              </td>
              <td>
                <Principal
                  principal={(lanes[event.requester]?.principalArn ?? '').replace(
                    /^(.*):assumed-role\/([^/]+)\/.*$/,
                    '$1:role/$2',
                  )}
                />
              </td>
              <td>
                {event.why}
                <span className="sub block mono">{event.asked ?? event.operation}</span>
              </td>
              <td>
                {event.error === undefined ? (
                  <Status tone="good">Data key</Status>
                ) : (
                  <Status tone="bad">{event.error}</Status>
                )}
              </td>
              <td className="whitespace-nowrap">
                {event.served === undefined ? (
                  <span className="text-ink-3">{event.error === undefined ? '1' : 'none'}</span>
                ) : (
                  <>
                    <i className="served" style={{ width: `${4 + (event.served / most) * 80}px` }} aria-hidden />
                    <span className="mono">{formatCount(event.served)}</span>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {events.length > ROWS && (
        <div className="table-foot">
          <span>
            Events {formatCount(page * ROWS + 1)} to {formatCount(Math.min(events.length, (page + 1) * ROWS))} of{' '}
            {formatCount(events.length)}
          </span>
          <span className="ml-auto flex gap-2">
            {page > 0 && <Turn event={events[page * ROWS - 1]} onPick={onPick} word="Earlier" />}
            <Turn event={events[(page + 1) * ROWS]} onPick={onPick} word="Later" />
          </span>
        </div>
      )}
    </Card>
  );
}

function Turn({
  event,
  onPick,
  word,
}: {
  event: TimeEvent | undefined;
  onPick: (event: TimeEvent) => void;
  word: string;
}) {
  return event ? (
    <Button size="small" onClick={() => onPick(event)}>
      {word}
    </Button>
  ) : null;
}
