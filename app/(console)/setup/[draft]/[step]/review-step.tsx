import Link from 'next/link';
import type { ReactNode } from 'react';
import { PlanReview } from '@/components/plan/plan-review';
import { routes } from '@/components/routes';
import { ApplyBar } from '@/components/setup/apply-bar';
import { ProgressList } from '@/components/setup/progress';
import { RefreshWhile } from '@/components/setup/refresh-while';
import { Alert } from '@/components/ui/alert';
import { Arn } from '@/components/ui/arn';
import { ButtonLink } from '@/components/ui/button';
import { EncryptionBadge } from '@/components/ui/encryption';
import { Card } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import { workplace } from '@/lib/aws/session';
import { isGoing } from '@/lib/aws/setup';
import { buildPlan, shortName } from '@/lib/setup/build';
import type { Choices, FormStep } from '@/lib/setup/choices';
import { summaryOf } from '@/lib/setup/defaults';
import { allChoices, type Draft } from '@/lib/setup/draft';
import type { Facts } from '@/lib/setup/facts';
import { clientsOf } from '@/lib/setup/statements';
import { ownAccount, readOnlyReason, worldNow, writeTarget } from '../../../reads';
import { apply } from '../../actions';
import { mustBeKnown, reviewOf } from '../../setup-plan';
import { readStep } from '../../step-facts';

/** Every choice with a way back to it, the plan, and the button that applies it; then how far it has come. */
export async function ReviewStep({ draft }: { draft: Draft }) {
  const { aws } = await workplace();
  const choices = allChoices(draft);
  if (!choices) return null;
  const { applied } = draft;
  if (applied && applied.progress.state !== 'undone') return <Applied draft={draft} applied={applied} />;
  const [account, now, target, readOnly] = await Promise.all([
    ownAccount(),
    worldNow(),
    writeTarget(),
    readOnlyReason(),
  ]);
  const read = await readStep(aws, account, choices);
  if (!read.ok) {
    return (
      <Card bare>
        <Failure title="The chosen key can't be read" error={read.error} />
      </Card>
    );
  }
  const { facts, unseen } = read.data;
  const setup = buildPlan(choices, facts);
  const plan = await reviewOf(aws, setup, choices, facts, { now, unseen });
  return (
    <>
      <div className="stack">
        {applied && <Failed applied={applied} />}
        <Chosen draft={draft} choices={choices} facts={facts} />
        <PlanReview plan={plan} />
      </div>
      <ApplyBar
        key={plan.fingerprint}
        action={apply}
        draft={draft.id}
        fingerprint={plan.fingerprint}
        calls={plan.calls.length}
        target={target}
        know={mustBeKnown(plan)}
        back={routes.setup(draft.id, 'enforcement')}
        unavailable={readOnly ?? (plan.calls.length === 0 ? 'Everything is as the plan wants it already' : undefined)}
      />
    </>
  );
}

function Chosen({ draft, choices, facts }: { draft: Draft; choices: Choices; facts: Facts }) {
  const { goal, key, policies, enforcement } = choices;
  const clients = clientsOf(choices, facts).map(shortName);
  return (
    <Card bare>
      <div className="setup-review">
        <Choice draft={draft} step="goal" title={goal.length === 1 ? 'Bucket' : 'Buckets'}>
          <Pair name={goal[0]?.existing ? 'Exists' : 'New'}>
            <span className="mono wrap-anywhere">{goal.map(({ name }) => name).join(', ')}</span>
          </Pair>
          <Pair name="Default for new data">
            <EncryptionBadge kind="SSE-KMS" />
          </Pair>
        </Choice>
        <Choice draft={draft} step="key" title="Key">
          <Pair name="Key">
            <span className="mono wrap-anywhere">
              {key.mode === 'new' ? `alias/${key.alias}` : (facts.key?.alias ?? 'Without alias')}
            </span>
          </Pair>
          <Pair name="Key ARN">
            {key.mode === 'new' ? 'Known once it is made' : <Arn value={key.arn} label="key ARN" />}
          </Pair>
        </Choice>
        <Choice draft={draft} step="principals" title="Principals">
          <Pair name="Clients">
            <span className="mono wrap-anywhere">{clients.join(', ')}</span>
          </Pair>
          <Pair name="Services">
            {goal.some(({ kind }) => kind === 'table')
              ? choices.principals.metadata
                ? 'Maintenance and metadata'
                : 'Maintenance'
              : 'None needed'}
          </Pair>
        </Choice>
        <Choice draft={draft} step="policies" title="Policies">
          <Pair name="Use of the key">{summaryOf('policies', choices)}</Pair>
          <Pair name="Access to the bucket">
            {policies.bucketAccess ? 'Inline policy of each client' : 'Not part of this plan'}
          </Pair>
        </Choice>
        <Choice draft={draft} step="enforcement" title="Enforcement">
          <Pair name="Refused">
            {[...(enforcement.algorithm ? ['Other encryption'] : []), ...(enforcement.pin ? ['Other keys'] : [])].join(
              ', ',
            ) || 'Nothing'}
          </Pair>
        </Choice>
      </div>
    </Card>
  );
}

function Choice({
  draft,
  step,
  title,
  children,
}: {
  draft: Draft;
  step: FormStep;
  title: string;
  children: ReactNode;
}) {
  return (
    <section>
      <div className="flex items-center justify-between">
        <h2 className="h3">{title}</h2>
        <Link className="link" href={routes.setup(draft.id, step)}>
          Edit<span className="sr-only"> {title}</span>
        </Link>
      </div>
      <dl className="facts-2 mt-2">{children}</dl>
    </section>
  );
}

function Pair({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

type AppliedPlan = NonNullable<Draft['applied']>;

function Failed({ applied }: { applied: AppliedPlan }) {
  const failed = applied.progress.steps.find(({ state }) => state === 'failed');
  const call = applied.calls.find(({ id }) => id === failed?.id);
  return (
    <>
      <Alert tone="bad" title={`${call?.operation ?? 'A call'} failed, and everything before it was taken back`}>
        <span className="mono">{failed?.error?.code}</span>: {failed?.error?.message}
      </Alert>
      <Card title="What happened" rule bare>
        <ProgressList calls={applied.calls} progress={applied.progress} />
      </Card>
    </>
  );
}

function Applied({ draft, applied }: { draft: Draft; applied: AppliedPlan }) {
  const { calls, progress } = applied;
  const done = progress.steps.filter(({ state }) => state === 'done').length;
  const running = progress.state === 'running';
  return (
    <div className="stack">
      <RefreshWhile active={running && isGoing(draft.id)} />
      <div role="status">
        {progress.state === 'done' ? (
          <Alert tone="good" title="Everything was made">
            {calls.length} calls. Now try it: a set-up counts when it is proven.
          </Alert>
        ) : progress.state === 'stuck' ? (
          <Alert tone="bad" title="It stopped half way">
            What could not be taken back is marked below. Look at each, then begin a new set-up.
          </Alert>
        ) : (
          <Alert tone="info" title={`${done} of ${calls.length} calls are made`}>
            You can leave this page: it goes on.
          </Alert>
        )}
      </div>
      <Card title="Calls" count={`${done} of ${calls.length}`} rule bare>
        <ProgressList calls={calls} progress={progress} />
      </Card>
      {progress.state === 'done' && (
        <div className="flex gap-2">
          <ButtonLink href={routes.setup(draft.id, 'proof')} kind="primary">
            Prove it
          </ButtonLink>
        </div>
      )}
    </div>
  );
}
