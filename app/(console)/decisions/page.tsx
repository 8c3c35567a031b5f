import { ListTree } from 'lucide-react';
import type { Metadata } from 'next';
import Form from 'next/form';
import { redirect } from 'next/navigation';
import { RefusalTable } from '@/components/decisions/refusal-table';
import { routes } from '@/components/routes';
import { Card, PageHeader } from '@/components/ui/layout';
import { Empty, Failure } from '@/components/ui/states';
import { readRefusals } from '@/lib/aws/emulator';
import { workplace } from '@/lib/aws/session';
import { ownAccount, worldNow } from '../reads';

export const metadata: Metadata = { title: 'Decisions' };

/** How far back refusals are listed: a week of world time. */
const SPAN_MILLISECONDS = 7 * 86_400_000;

/** A request id anywhere in a pasted error. */
const REQUEST_ID = /\b([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9A-Z]{10,64})\b/;

export default async function DecisionsPage({ searchParams }: PageProps<'/decisions'>) {
  const [{ request }, { aws }, account, now] = await Promise.all([searchParams, workplace(), ownAccount(), worldNow()]);
  const pasted = typeof request === 'string' ? REQUEST_ID.exec(request)?.[1] : undefined;
  if (pasted) redirect(routes.decision(pasted));
  const refused = await readRefusals(
    aws,
    { from: new Date(now - SPAN_MILLISECONDS).toISOString(), to: new Date(now + 1000).toISOString() },
    100,
  );
  return (
    <>
      <PageHeader
        title="Decisions"
        sub="Why a request was allowed or refused: each policy, statement and grant that was looked at."
      />
      <div className="stack">
        <Card title="Explain a request">
          <Form action="/decisions" className="flex flex-wrap items-end gap-2">
            <label className="grid grow gap-1">
              <span className="font-medium">Request id, or an error that contains one</span>
              <span className="field-box max-w-[560px]">
                <input name="request" className="mono" spellCheck={false} autoComplete="off" />
              </span>
            </label>
            <button type="submit" className="button primary">
              Explain
            </button>
          </Form>
          {typeof request === 'string' && request !== '' && (
            <p className="field-error">There is no request id in this text.</p>
          )}
        </Card>
        <Card title="Refused requests" count="last 7 days, newest first" bare rule>
          {!refused.ok ? (
            <Failure title="The ledger could not be read" error={refused.error} />
          ) : refused.data.length === 0 ? (
            <Empty icon={ListTree} title="No request was refused">
              A refusal appears here with the layer that decided it.
            </Empty>
          ) : (
            <RefusalTable records={refused.data} account={account} />
          )}
        </Card>
      </div>
    </>
  );
}
