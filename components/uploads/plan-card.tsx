import { OPERATIONS } from '@/lib/uploads/operations';
import type { UploadRun } from '@/lib/uploads/record';
import { formatBytes, formatCount, formatDuration, plural } from '../ui/format';
import { Card, Fact, Facts } from '../ui/layout';
import { Principal } from '../ui/principal';
import { Time } from '../ui/time';
import { principalsOf, targetKind, targetName } from './describe';

const WORDS = {
  put: 'put',
  get: 'get',
  multipart: 'put in parts',
  copy: 'copy',
  list: 'list',
  append: 'append',
  scan: 'query',
};

/** What a run was meant to do. */
export function PlanCard({ run }: { run: UploadRun }) {
  const { plan } = run;
  const principals = principalsOf(run);
  return (
    <Card title="Plan">
      <Facts wide>
        {plan.requesters.map((it, index) => (
          <Fact key={index} label={plan.requesters.length > 1 ? `Requester ${index + 1}` : 'Upload to'}>
            <span className="mono">{targetName(it.target)}</span> {targetKind(it.target)}, as
            <Principal principal={principals[index] ?? ''} />
            <span>
              {formatCount(it.objects)} times{' '}
              {OPERATIONS.filter((kind) => it.mix[kind] > 0)
                .map((kind) => WORDS[kind])
                .join(', ')}
              , {formatBytes(it.size)}
              {it.sizes === 'varied' ? ' more or less' : ''}
              {it.sessions > 1
                ? `, ${plural(it.sessions, 'session')}${it.scoped ? ' with policies of their own' : ''}`
                : ''}
              {it.bucketKey === 'default' ? '' : `, bucket key ${it.bucketKey}`}
            </span>
          </Fact>
        ))}
        <Fact label="At once">{formatCount(plan.concurrency)}</Fact>
        <Fact label="Pace">
          {plan.pace.kind === 'world'
            ? `over ${formatDuration(plan.pace.seconds)} of world time`
            : 'as fast as it goes'}
        </Fact>
        {plan.revoke && (
          <Fact label="Revocation">
            {plan.revoke.what === 'kms' ? 'use of KMS' : 'everything'}, from requester {plan.revoke.requester + 1} after{' '}
            {formatDuration(plan.revoke.after)}
          </Fact>
        )}
        {plan.faults && (
          <Fact label="Faults">
            {plan.faults.throttle} % throttled, {plan.faults.latency} ms delay
            {plan.faults.quota > 0 ? `, quota of ${formatCount(plan.faults.quota)} a second` : ''}
          </Fact>
        )}
        <Fact label="Region">{run.region}</Fact>
        <Fact label="Seed">{plan.seed}</Fact>
        <Fact label="Began">
          <Time value={run.startedAt} precision="seconds" />
        </Fact>
        {run.endedAt && (
          <Fact label="Ended">
            <Time value={run.endedAt} precision="seconds" />
          </Fact>
        )}
      </Facts>
    </Card>
  );
}
