'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { formatTime } from '../ui/format';

/** World time, ticking on from what the emulator said; a clock that stands moves only when it is told to. */
export function WorldClock({ now, standing = false }: { now: string; standing?: boolean | undefined }) {
  const [shown, setShown] = useState(now);
  useEffect(() => {
    if (standing) return undefined;
    const offset = Date.parse(now) - Date.now();
    const tick = () => setShown(new Date(Date.now() + offset).toISOString());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [now, standing]);
  const time = standing ? now : shown;
  return (
    <time dateTime={time} aria-live="off" suppressHydrationWarning>
      {formatTime(time, 'seconds')}
    </time>
  );
}

/** "14:52" until a time; then the page is read again, since what it allowed has ended. */
export function Countdown({ until }: { until: number }) {
  const [left, setLeft] = useState<number>();
  const router = useRouter();
  const over = left === 0;
  useEffect(() => {
    if (over) router.refresh();
  }, [over, router]);
  useEffect(() => {
    const tick = () => setLeft(Math.max(0, Math.round((until - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [until]);
  if (left === undefined) return null;
  return (
    <span className="mono">
      {Math.floor(left / 60)}:{String(left % 60).padStart(2, '0')}
    </span>
  );
}
