import { FlaskConical } from 'lucide-react';
import { PrintButton } from '@/components/plan/print-button';
import { routes } from '@/components/routes';
import { ProofList } from '@/components/setup/proof-list';
import { RefreshWhile } from '@/components/setup/refresh-while';
import { Alert } from '@/components/ui/alert';
import { ButtonLink } from '@/components/ui/button';
import { ActionButton } from '@/components/ui/form';
import { plural } from '@/components/ui/format';
import { Card, Fact, Facts } from '@/components/ui/layout';
import { Empty } from '@/components/ui/states';
import { Time } from '@/components/ui/time';
import { workplace } from '@/lib/aws/session';
import { isGoing } from '@/lib/aws/setup';
import { type Choices, type Target } from '@/lib/setup/choices';
import { allChoices, type Draft } from '@/lib/setup/draft';
import { fillIn } from '@/lib/setup/plan';
import { isProven } from '@/lib/setup/proof';
import { keyArnOf } from '@/lib/setup/statements';
import { ownAccount, readOnlyReason } from '../../../reads';
import { prove } from '../../actions';

/** Tries the set-up, and gives the report. */
export async function ProofStep({ draft }: { draft: Draft }) {
  const choices = allChoices(draft);
  if (!choices) return null;
  const [readOnly, account, { aws }] = await Promise.all([readOnlyReason(), ownAccount(), workplace()]);
  const { proof } = draft;
  const going = isGoing(draft.id);
  const run = (
    <ActionButton action={prove} input={{ draft: draft.id }} kind={proof ? 'normal' : 'primary'} unavailable={readOnly}>
      {proof ? 'Run it again' : 'Run the proof'}
    </ActionButton>
  );
  if (!proof) {
    return (
      <Card bare>
        <RefreshWhile active={going} />
        <Empty icon={FlaskConical} title="Nothing was tried yet" actions={run}>
          The proof writes and reads as each client, tries what must be refused, and takes away what it made.
        </Empty>
      </Card>
    );
  }
  const wrong = proof.attempts.filter(({ state }) => state === 'wrong').length;
  return (
    <div className="stack">
      <RefreshWhile active={going} />
      <div role="status">
        {proof.state === 'running' ? (
          <Alert tone="info" title="It is being tried">
            {plural(proof.attempts.filter(({ state }) => state === 'right').length, 'attempt')} came out as they must.
          </Alert>
        ) : isProven(proof) ? (
          <Alert tone="good" title={`Proven: all ${proof.attempts.length} attempts came out as they must`}>
            {choices.goal.map(({ name }) => name).join(', ')} {choices.goal.length === 1 ? 'is' : 'are'} encrypted with
            the key, for those who may and for nobody else.
          </Alert>
        ) : (
          <Alert tone="bad" title={`${plural(wrong, 'attempt')} came out wrong`}>
            Explain shows which statement or grant decided.
          </Alert>
        )}
      </div>
      <Card title="Report" rule>
        <Report draft={draft} choices={choices} account={account} region={aws.region} at={proof.at} />
      </Card>
      <Card title="Attempts" count={proof.attempts.length} rule bare>
        <ProofList proof={proof} />
      </Card>
      <div className="flex flex-wrap gap-2">
        {run}
        <PrintButton />
        {choices.goal.slice(0, 1).map((target) => (
          <ButtonLink key={target.name} href={pageOf(target)} kind="primary">
            Open {target.name}
          </ButtonLink>
        ))}
      </div>
    </div>
  );
}

function Report({
  draft,
  choices,
  account,
  region,
  at,
}: {
  draft: Draft;
  choices: Choices;
  account: string;
  region: string;
  at: string;
}) {
  const outputs = new Map(Object.entries(draft.applied?.progress.outputs ?? {}));
  return (
    <Facts>
      <Fact label="Account and Region">
        <span className="mono">
          {account}, {region}
        </span>
      </Fact>
      <Fact label="Tried at">
        <Time value={at} precision="seconds" />
      </Fact>
      <Fact label={choices.goal.length === 1 ? 'Bucket' : 'Buckets'}>
        <span className="mono wrap-anywhere">{choices.goal.map(({ name }) => name).join(', ')}</span>
      </Fact>
      <Fact label="Key">
        <span className="mono wrap-anywhere">{fillIn(keyArnOf(choices), outputs)}</span>
      </Fact>
      <Fact label="Calls applied">{draft.applied?.calls.length ?? 0}</Fact>
    </Facts>
  );
}

function pageOf({ kind, name }: Target) {
  return kind === 'table'
    ? routes.tableBucket(name)
    : kind === 'directory'
      ? routes.directoryBucket(name)
      : routes.bucket(name);
}
