'use client';

import { createContext, type ReactNode, use } from 'react';

const Context = createContext<string | undefined>(undefined);

/** Says to the lists inside when the server read what they show. */
export function ReadAt({ time, children }: { time: string; children: ReactNode }) {
  return <Context value={time}>{children}</Context>;
}

/** "Read 14:31:08 UTC": when this list was last read; nothing where the page doesn't say. */
export function LastReading() {
  const time = use(Context);
  if (!time) return null;
  return (
    <span className="only-wide whitespace-nowrap text-ink-3">
      Read{' '}
      <time dateTime={time} title={`${time.slice(0, 10)} ${time.slice(11, 19)} UTC`}>
        {time.slice(11, 19)}
      </time>
    </span>
  );
}
