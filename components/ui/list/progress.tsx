'use client';

import { formatCount } from '../format';
import type { Details } from './use-details';

/** How far reading in the background is, with a way to stop it and to go on. Nothing once all is read. */
export function ReadingProgress({
  details,
}: {
  details: Pick<Details<unknown>, 'read' | 'total' | 'running' | 'failed' | 'stop' | 'resume'>;
}) {
  const { read, total, running, failed, stop, resume } = details;
  if (read === total) return null;
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap text-ink-2">
      <progress max={total} value={read} aria-label="Details read" />
      {failed ? 'Reading failed at ' : ''}
      {formatCount(read)} of {formatCount(total)} read
      <button type="button" className="button small" onClick={running ? stop : resume}>
        {running ? 'Stop' : 'Continue'}
      </button>
    </span>
  );
}
