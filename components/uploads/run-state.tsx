import Link from 'next/link';
import type { UploadRun } from '@/lib/uploads/record';
import { routes } from '../routes';
import { Alert } from '../ui/alert';
import { formatCount, formatTime, plural } from '../ui/format';
import { readPrincipal } from '../ui/principal';
import { principalsOf } from './describe';

/** What befell a run: why it failed, who could not go on, what was revoked, whether the console was away. */
export function RunState({ run }: { run: UploadRun }) {
  const { status, problem, halts = [], revoked, continued = 0 } = run;
  const names = principalsOf(run).map((it) => readPrincipal(it).name);
  return (
    <>
      {status === 'interrupted' && (
        <Alert tone="warn" className="mb-4" title="The console stopped while this upload ran">
          What had been uploaded by then stays. Go on with it to see it whole.
        </Alert>
      )}
      {continued > 0 && status !== 'interrupted' && (
        <Alert tone="info" className="mb-4" title="The upload went on after a restart of the console">
          It was taken up {plural(continued, 'time')} where it had been left. Nothing was done twice.
        </Alert>
      )}
      {halts.map((halt) => (
        <Alert
          key={halt.requester}
          tone="bad"
          className="mb-4"
          role="alert"
          title={`${names[halt.requester] ?? 'A requester'} could not go on after ${plural(halt.done, 'operation')}`}
        >
          {HALTED[halt.code] ?? 'Request after request was refused in the same way.'} {halt.message}
          <span className="mono mt-1 block text-ink-3">{halt.code}</span>
        </Alert>
      ))}
      {revoked && (
        <Alert
          tone="warn"
          className="mb-4"
          title={`${revoked.what === 'kms' ? 'Use of KMS' : 'Everything'} was taken from ${names[revoked.requester] ?? 'a requester'} at ${formatTime(revoked.at, 'seconds')}`}
        >
          {revoked.call};{' '}
          {status === 'running' || status === 'paused'
            ? 'it is given back at the end.'
            : 'it was given back at the end.'}{' '}
          {formatCount(run.counters.failed)} requests were refused.
        </Alert>
      )}
      {problem && (
        <Alert tone="bad" className="mb-4" role="alert" title="The upload could not be made">
          {problem.message}
          <span className="mono mt-1 block text-ink-3">
            {problem.code}
            {problem.requestId ? `, request ${problem.requestId}` : ''}
          </span>
          {problem.requestId && /AccessDenied|Forbidden/.test(problem.code) && (
            <Link className="link" href={routes.decision(problem.requestId)}>
              Explain the decision
            </Link>
          )}
        </Alert>
      )}
    </>
  );
}

const HALTED: Readonly<Record<string, string>> = {
  NoSuchBucket: 'Its bucket was deleted.',
  NoSuchTable: 'Its table was deleted.',
  NotFoundException: 'Its table was deleted.',
  InvalidAccessKeyId: 'Its access key was revoked.',
  InvalidClientTokenId: 'Its credentials were revoked.',
  ExpiredToken: 'Its session has expired.',
};
