import { formatAge, formatTime } from './format';

/** A time in UTC, with its age beside it where `now` (milliseconds of world time) is given. */
export function Time({
  value,
  now,
  precision = 'minutes',
}: {
  value: string | undefined;
  now?: number | undefined;
  precision?: 'seconds' | 'minutes' | 'day';
}) {
  if (!value) return <span className="text-ink-3">not read</span>;
  return (
    <>
      <time className="whitespace-nowrap" dateTime={value} title={formatTime(value, 'seconds')}>
        {formatTime(value, precision)}
      </time>
      {now !== undefined && (
        <>
          {' '}
          <span className="whitespace-nowrap text-ink-3">{formatAge(Date.parse(value), now)}</span>
        </>
      )}
    </>
  );
}
