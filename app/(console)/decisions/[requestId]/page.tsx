import { ListTree } from 'lucide-react';
import type { Metadata } from 'next';
import { Suspense } from 'react';
import { DecisionTree } from '@/components/decisions/decision-tree';
import { KeyOperations } from '@/components/decisions/key-operations';
import { Alert } from '@/components/ui/alert';
import { Badge } from '@/components/ui/badge';
import { CopyButton } from '@/components/ui/copy-button';
import { plural } from '@/components/ui/format';
import { Card, Dot, Fact, Facts, PageHeader } from '@/components/ui/layout';
import { Principal } from '@/components/ui/principal';
import { Empty, Failure } from '@/components/ui/states';
import { Time } from '@/components/ui/time';
import { evaluate, type Trace } from '@/lib/access/index';
import { readDecisions, readLedger } from '@/lib/aws/emulator';
import { workplace } from '@/lib/aws/session';
import type { LedgerRecord } from '@/lib/contract/ledger';
import { loadAccess } from '../../access/load';
import { DecidingStatement } from '../../explain/deciding-statement';
import { explainTrace } from '../../explain/question';
import { Repairs } from '../../explain/repairs';
import { aliasesByKey } from '../../key-options';
import { ownAccount } from '../../reads';

export const metadata: Metadata = { title: 'Why was this decided? · Decisions' };

export default async function DecisionPage({ params }: PageProps<'/decisions/[requestId]'>) {
  const [{ requestId: encoded }, { aws }, account] = await Promise.all([params, workplace(), ownAccount()]);
  const requestId = decodeURIComponent(encoded);
  const [traces, ledger, names] = await Promise.all([
    readDecisions(aws, requestId),
    readLedger(aws, { requestId }),
    aliasesByKey(),
  ]);
  const record = ledger.ok ? ledger.data.records[0] : undefined;
  const refused = record
    ? record.error !== undefined
    : traces.ok && traces.data.some((trace) => trace.outcome !== 'allow');
  const list = traces.ok ? traces.data : [];
  // A refusal is what one came for; what was allowed on the way folds away.
  const denials = list.filter((trace) => trace.outcome !== 'allow');
  const shown = denials.length > 0 ? denials : list;
  const folded = denials.length > 0 ? list.filter((trace) => trace.outcome === 'allow') : [];
  return (
    <>
      <PageHeader
        title={refused ? 'Why was this denied?' : 'Why was this allowed?'}
        badges={
          record && <Badge tone={record.error ? 'bad' : 'good'}>{record.error?.code ?? `${record.status}`}</Badge>
        }
        sub={
          <>
            <span>Request</span>
            <span className="mono">{requestId}</span>
            <CopyButton text={requestId} label="Copy request id" />
            {record && (
              <>
                <Dot />
                <Time value={record.time} precision="seconds" />
              </>
            )}
          </>
        }
      />
      <div className="split decision-columns">
        <div className="stack">
          {record ? <RequestCard record={record} account={account} /> : <NoRecord ledger={ledger} />}
        </div>
        <div className="stack">
          {!traces.ok ? (
            <Card bare>
              <Failure title="The decision could not be read" error={traces.error} />
            </Card>
          ) : list.length === 0 ? (
            <Card bare>
              <Empty icon={ListTree} title="Nothing had to be decided">
                No policy was asked: the request failed before, or it came in a bucket session whose CreateSession was
                decided.
              </Empty>
            </Card>
          ) : (
            shown.map((trace, index) => (
              <DecisionTree
                key={`${index}:${trace.request.action}`}
                trace={trace}
                title={list.length > 1 ? `How ${trace.request.action} was decided` : 'How it was decided'}
              />
            ))
          )}
          {denials[0] !== undefined && (
            <Suspense fallback={null}>
              <Remedy trace={denials[0]} />
            </Suspense>
          )}
          {folded.length > 0 && (
            <details className="stack">
              <summary className="button">
                {plural(folded.length, 'other decision')} of this request, all allowed
              </summary>
              {folded.map((trace, index) => (
                <DecisionTree
                  key={`${index}:${trace.request.action}`}
                  trace={trace}
                  title={`How ${trace.request.action} was decided`}
                />
              ))}
            </details>
          )}
          {record && record.keyOperations.length > 0 && (
            <KeyOperations operations={record.keyOperations} names={names} />
          )}
        </div>
      </div>
    </>
  );
}

/** What would change the answer, with policies and grants as they are now. */
async function Remedy({ trace }: { trace: Trace }) {
  const loaded = await loadAccess();
  const explained = explainTrace(trace, loaded);
  const now = evaluate(explained.request, explained.policies, { trace: true });
  if (now.outcome === 'allow') {
    return (
      <Alert tone="good" title="It would be allowed now">
        {now.trace?.summary} Policies and grants were changed since this request.
      </Alert>
    );
  }
  return (
    <>
      <DecidingStatement decision={now} policies={explained.policies} />
      <Repairs explained={explained} loaded={loaded} />
    </>
  );
}

function RequestCard({ record, account }: { record: LedgerRecord; account: string }) {
  return (
    <>
      {record.error && (
        <Card title="The error">
          <p className="mono rounded-md border border-control bg-surface p-2.5 wrap-anywhere">{record.error.message}</p>
          <div className="mt-2">
            <Facts>
              <Fact label="Code">
                <span className="mono">{record.error.code}</span>{' '}
                <span className="text-ink-2">HTTP {record.status}</span>
              </Fact>
            </Facts>
          </div>
        </Card>
      )}
      <Card title="The request">
        <Facts>
          <Fact label="Operation">
            <span className="mono">
              {record.service}:{record.operation}
            </span>
          </Fact>
          <Fact label="Principal" oneLine>
            <Principal principal={record.principalArn} account={account} />
          </Fact>
          {record.resource && (
            <Fact label="Resource">
              <span className="mono wrap-anywhere">{record.resource}</span>
            </Fact>
          )}
          <Fact label="Region">
            <span className="mono">{record.region}</span>
          </Fact>
          <Fact label="Access key">
            <span className="mono">{record.accessKeyId}</span>
          </Fact>
          <Fact label="Answered in">{record.durationMs.toFixed(1)} ms</Fact>
        </Facts>
      </Card>
    </>
  );
}

function NoRecord({ ledger }: { ledger: Awaited<ReturnType<typeof readLedger>> }) {
  if (!ledger.ok) {
    return (
      <Card bare>
        <Failure title="The request could not be read" error={ledger.error} />
      </Card>
    );
  }
  return (
    <Card title="The request">
      <p className="text-ink-2">The ledger has no request with this id in this account.</p>
    </Card>
  );
}
