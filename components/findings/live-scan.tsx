'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import type { Scan } from '@/lib/findings/types';
import { formatCount } from '../ui/format';

const POLL_MS = 700;

type Standing = Pick<Scan, 'status' | 'done' | 'total'>;

/** Follows a scan that is going, and reads the page again when it has ended. */
export function LiveScan({ scan }: { scan: Standing }) {
  const router = useRouter();
  const [standing, setStanding] = useState(scan);
  useEffect(() => {
    let stopped = false;
    const timer = setInterval(() => {
      fetch('/api/findings', { cache: 'no-store' })
        .then((response) => (response.ok ? response.json() : Promise.reject(new Error(String(response.status)))))
        .then((now: Standing) => {
          if (stopped) return;
          setStanding(now);
          if (now.status === 'running') return;
          // Once: a page that is slow to come must not be asked for again and again.
          clearInterval(timer);
          router.refresh();
        })
        // Asked again at the next tick.
        .catch(() => undefined);
    }, POLL_MS);
    return () => {
      stopped = true;
      clearInterval(timer);
    };
  }, [router]);
  return (
    <div className="upload-progress">
      <progress
        aria-label="Progress of the scan"
        value={standing.done}
        max={Math.max(standing.total, 1)}
        className="going"
      />
      <span className="tabular-nums text-ink-2" role="status">
        {standing.total === 0
          ? 'Listing what there is'
          : `${formatCount(standing.done)} of ${formatCount(standing.total)} resources`}
      </span>
    </div>
  );
}
