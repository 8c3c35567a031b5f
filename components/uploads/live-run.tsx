'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { operationsOf } from '@/lib/uploads/operations';
import type { UploadPlan } from '@/lib/uploads/plan';
import type { RunSeries, UploadCounters, UploadRun, UploadStatus } from '@/lib/uploads/record';
import { formatBytes, formatCount, formatShare, formatUsd } from '../ui/format';
import { costOf } from './describe';
import { LiveChart } from './live-chart';

const POLL_MS = 500;
/** The requests below are read anew this often while a run goes. */
const REFRESH_EVERY = 4;

interface Standing {
  readonly status: UploadStatus;
  readonly counters: UploadCounters;
  readonly series?: RunSeries;
  readonly halted: number;
}

const isGoing = (status: UploadStatus): boolean => status === 'running' || status === 'paused';

/** The figures of a run, following it while it goes. */
export function LiveRun({ run }: { run: UploadRun }) {
  const router = useRouter();
  const [polled, setPolled] = useState<Standing>();
  const [lost, setLost] = useState(false);
  const going = isGoing(run.status) && (polled === undefined || isGoing(polled.status));

  useEffect(() => {
    if (!going) return;
    let polls = 0;
    let before = '';
    let stopped = false;
    const poll = async () => {
      try {
        const response = await fetch(`/api/uploads/${run.id}`, { cache: 'no-store' });
        if (stopped) return;
        if (response.ok) {
          const standing = (await response.json()) as Standing;
          setPolled(standing);
          polls += 1;
          const now = `${standing.status} ${standing.halted}`;
          if ((before !== '' && before !== now) || !isGoing(standing.status) || polls % REFRESH_EVERY === 0)
            router.refresh();
          before = now;
        }
        setLost(!response.ok);
      } catch {
        if (!stopped) setLost(true);
      }
    };
    const timer = setInterval(() => void poll(), POLL_MS);
    return () => {
      stopped = true;
      clearInterval(timer);
    };
  }, [going, run.id, router]);

  // What the server rendered last wins once the run has ended.
  const { counters, series } = isGoing(run.status) && polled ? polled : run;
  return (
    <>
      <Progress done={counters.finished} of={operationsOf(run.plan)} going={run.status === 'running'} />
      {lost && (
        <p className="mb-3 text-ink-2" role="status">
          The console does not answer. The upload goes on; this page tries again.
        </p>
      )}
      <Figures counters={counters} plan={run.plan} />
      {series && series.requests.length > 1 && <LiveChart series={series} going={going} />}
    </>
  );
}

function Progress({ done, of, going }: { done: number; of: number; going: boolean }) {
  const share = of === 0 ? 0 : Math.min(1, done / of);
  return (
    <div className="upload-progress">
      <progress aria-label="Progress" value={done} max={of} className={going ? 'going' : undefined} />
      <span className="tabular-nums text-ink-2">
        {formatCount(done)} of {formatCount(of)}, {Math.floor(share * 100)} %
      </span>
    </div>
  );
}

function Figures({ counters, plan }: { counters: UploadCounters; plan: UploadPlan }) {
  const needed = counters.made + counters.spared;
  const cost = costOf(plan, counters);
  return (
    <dl className="card figures five mb-4" aria-label="Figures of the upload">
      <Figure
        label="KMS requests made"
        value={formatCount(counters.made)}
        note="GenerateDataKey or Decrypt reached KMS"
      />
      <Figure
        label="Spared"
        value={formatCount(counters.spared)}
        note={
          needed === 0
            ? 'no request needed a key'
            : `${formatShare(counters.spared, needed)} of ${formatCount(needed)} key operations`
        }
      />
      <Figure
        label="Refused"
        value={formatCount(counters.failed)}
        note={`${counters.throttled > 0 ? `${formatCount(counters.throttled)} throttled; ` : ''}${formatBytes(counters.bytes)} were accepted`}
      />
      <Figure
        label="Cost so far"
        value={formatUsd(cost.kms)}
        note={`${counters.spared > 0 ? `KMS, instead of ${formatUsd(cost.without)}; ` : 'KMS; '}S3 ${formatUsd(cost.s3)}`}
      />
      <Figure
        label="Median latency"
        value={milliseconds(counters.latencyP50)}
        note={`99 % below ${milliseconds(counters.latencyP99)}`}
      />
    </dl>
  );
}

function Figure({ label, value, note }: { label: string; value: string; note: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="value">{value}</dd>
      <dd className="note">{note}</dd>
    </div>
  );
}

const milliseconds = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
