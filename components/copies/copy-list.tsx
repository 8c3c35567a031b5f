'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useTransition } from 'react';
import { stopCopy } from '@/app/(console)/copy-actions';
import type { CopyJob } from '@/lib/copies/record';
import { routes } from '../routes';
import { Status, type Tone } from '../ui/badge';
import { ActionButton } from '../ui/form';
import { formatBytes, formatCount, formatTime, plural } from '../ui/format';

const TONES: Readonly<Record<CopyJob['status'], Tone>> = {
  running: 'info',
  done: 'good',
  cancelled: 'neutral',
  failed: 'bad',
  interrupted: 'warn',
};
const WORDS: Readonly<Record<CopyJob['status'], string>> = {
  running: 'Copying',
  done: 'Copied',
  cancelled: 'Stopped',
  failed: 'Failed',
  interrupted: 'Interrupted when the console stopped',
};
const REFRESH_MS = 1000;

/** Copies from a bucket or table: progress while they go, and what came of them. */
export function CopyList({ jobs }: { jobs: readonly CopyJob[] }) {
  const router = useRouter();
  const running = jobs.some(({ status }) => status === 'running');
  const [reading, read] = useTransition();
  useEffect(() => {
    // The next reading waits for this one, however slow it is.
    if (!running || reading) return;
    const timer = setTimeout(() => read(() => router.refresh()), REFRESH_MS);
    return () => clearTimeout(timer);
  }, [running, reading, router]);
  return (
    <ul className="copies" aria-label="Copies">
      {jobs.map((job) => (
        <li key={job.id}>
          <div className="flex flex-wrap items-center justify-between gap-2">
            <Status tone={TONES[job.status]}>{WORDS[job.status]}</Status>
            <time className="text-ink-3" dateTime={job.startedAt}>
              {formatTime(job.startedAt)}
            </time>
          </div>
          <Link className="link mono wrap-anywhere" href={hrefOf(job)}>
            {job.target.table ? `${job.target.namespace}.${job.target.table}` : job.target.bucket}
          </Link>
          {job.status === 'running' && (
            <progress
              className="going"
              aria-label="Progress of the copy"
              value={job.done}
              max={Math.max(job.total ?? 1, 1)}
            />
          )}
          <p className="text-ink-2">{resultOf(job)}</p>
          {job.problem && <p className="text-ink-2 wrap-anywhere">{job.problem}</p>}
          {job.failures.slice(0, 3).map(({ name, code }) => (
            <p key={name} className="text-ink-2 wrap-anywhere">
              <span className="mono">{name}</span>: {code}
            </p>
          ))}
          {job.status === 'running' && (
            <ActionButton action={stopCopy} input={{ id: job.id }} size="small">
              Stop the copy
            </ActionButton>
          )}
        </li>
      ))}
    </ul>
  );
}

function hrefOf({ target: { bucket, namespace, table } }: CopyJob) {
  return namespace && table ? routes.table(bucket, namespace, table) : routes.directoryBucket(bucket);
}

function resultOf({ kind, done, total, bytes, rows, failed }: CopyJob): string {
  const noun = kind === 'objects' ? 'object' : 'data file';
  const of = total === undefined ? plural(done, noun) : `${formatCount(done)} of ${plural(total, noun)}`;
  return [
    of,
    formatBytes(bytes),
    kind === 'table' ? plural(rows, 'row') : '',
    failed > 0 ? `${formatCount(failed)} refused` : '',
  ]
    .filter(Boolean)
    .join(', ');
}
