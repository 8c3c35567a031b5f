import { ListTree } from 'lucide-react';
import type { Metadata } from 'next';
import { DecisionTree } from '@/components/decisions/decision-tree';
import { ExplainForm } from '@/components/decisions/explain-form';
import { shortName } from '@/components/graph/model/rows';
import { Alert } from '@/components/ui/alert';
import { CopyButton } from '@/components/ui/copy-button';
import { Card, PageHeader } from '@/components/ui/layout';
import { Empty } from '@/components/ui/states';
import { evaluate } from '@/lib/access/index';
import { workplace } from '@/lib/aws/session';
import { loadAccess } from '../access/load';
import { DecidingStatement } from './deciding-statement';
import { explainQuestion, readExplain } from './question';
import { Repairs } from './repairs';

export const metadata: Metadata = { title: 'Explain a decision' };

const MOST_OFFERED = 200;

export default async function ExplainPage({ searchParams }: PageProps<'/explain'>) {
  const [params, loaded, { simulated }] = await Promise.all([searchParams, loadAccess(), workplace()]);
  const asked = readExplain(params);
  const started = asked.principal !== '' || asked.action !== '' || asked.resource !== '';
  const found = started ? explainQuestion(asked, loaded) : undefined;
  const explained = found !== undefined && !('problems' in found) ? found : undefined;
  const decision = explained && evaluate(explained.request, explained.policies, { trace: true });
  const stopped = explained?.key !== undefined && explained.key.state !== 'Enabled' ? explained.key.state : undefined;
  return (
    <>
      <PageHeader
        title="Explain a decision"
        sub={
          <span>
            Ask who may do what, and why: decided by the same rules as the request itself, with the policies and grants
            that were read{simulated ? '' : ' from this account'}.
          </span>
        }
      />
      <div className="split decision-columns">
        <div className="stack">
          <Card title="The question">
            <ExplainForm
              asked={asked}
              problems={found !== undefined && 'problems' in found ? found.problems : {}}
              principals={loaded.picture.principals.slice(0, MOST_OFFERED).map(({ name }) => name)}
              resources={[...loaded.keyInfos, ...loaded.thingInfos]
                .slice(0, MOST_OFFERED)
                .map(({ arn, name }) => ({ arn, name }))}
              things={loaded.thingInfos.slice(0, MOST_OFFERED).map(({ name }) => name)}
            />
          </Card>
          {explained && (
            <Card
              title="The request, as asked"
              end={
                <CopyButton
                  text={JSON.stringify(Object.fromEntries(explained.request.context), null, 2)}
                  label="Copy the context"
                />
              }
            >
              <dl className="context-list">
                {[...explained.request.context]
                  .toSorted(([a], [b]) => (a < b ? -1 : 1))
                  .map(([name, values]) => (
                    <div key={name}>
                      <dt className="mono">{name}</dt>
                      <dd className="mono">{values.join(', ')}</dd>
                    </div>
                  ))}
              </dl>
            </Card>
          )}
          {loaded.notRead.length > 0 && (
            <Card title="Not read">
              <ul className="conditions">
                {loaded.notRead.slice(0, 12).map(({ what, action }) => (
                  <li key={what} className="wrap-anywhere">
                    {what}
                    {action === undefined ? '' : ` (${action})`}
                  </li>
                ))}
              </ul>
            </Card>
          )}
        </div>
        <div className="stack">
          {explained === undefined || decision?.trace === undefined ? (
            <Card bare>
              <Empty icon={ListTree} title="Ask a question">
                Choose a principal, an action and a resource. The answer says which statement or grant decides, and what
                would change it.
              </Empty>
            </Card>
          ) : (
            <>
              {stopped !== undefined && (
                <Alert tone="warn" title={`The key is ${stopped}`}>
                  KMS refuses its use to everybody until it is enabled, whatever policies say.
                </Alert>
              )}
              {explained.notKnown.map((text) => (
                <Alert key={text} tone="warn">
                  {text}
                </Alert>
              ))}
              <DecisionTree
                trace={decision.trace}
                title={`How ${explained.request.action} is decided for ${shortName(explained.who.name)}`}
              />
              <DecidingStatement decision={decision} policies={explained.policies} />
              <Repairs explained={explained} loaded={loaded} />
            </>
          )}
        </div>
      </div>
    </>
  );
}
