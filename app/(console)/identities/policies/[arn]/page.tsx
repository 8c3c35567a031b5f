import type { Metadata } from 'next';
import Link from 'next/link';
import { PolicyEditor } from '@/components/policy/policy-editor';
import { routes } from '@/components/routes';
import { Arn } from '@/components/ui/arn';
import { Badge } from '@/components/ui/badge';
import { ConfirmButton } from '@/components/ui/confirm';
import { formatCount } from '@/components/ui/format';
import { Card, Fact, Facts, PageHeader, Split } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import { Time } from '@/components/ui/time';
import { attachmentsOf, getManagedPolicy, getPolicyDocument, listPolicyVersions } from '@/lib/aws/managed-policies';
import { dataOr } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { lintContext } from '../../../policy-lint';
import { readOnlyReason, worldNow, writeTarget } from '../../../reads';
import { DOCUMENT_LIMITS } from '../../fields';
import { removeManagedPolicy, saveManagedPolicy } from '../../policy-actions';

export async function generateMetadata({ params }: PageProps<'/identities/policies/[arn]'>): Promise<Metadata> {
  const { arn } = await params;
  return { title: `${decodeURIComponent(arn).split('/').at(-1) ?? ''} · Managed policies` };
}

export default async function ManagedPolicyPage({ params }: PageProps<'/identities/policies/[arn]'>) {
  const [{ arn: encoded }, { aws }] = await Promise.all([params, workplace()]);
  const arn = decodeURIComponent(encoded);
  const found = await getManagedPolicy(aws, arn);
  if (!found.ok) {
    return (
      <>
        <PageHeader title={arn.split('/').at(-1)} />
        <Card bare>
          <Failure title="This policy could not be read" error={found.error} />
        </Card>
      </>
    );
  }
  const policy = found.data;
  const [document, versions, attachments, readOnly, target, now] = await Promise.all([
    getPolicyDocument(aws, arn, policy.defaultVersion),
    listPolicyVersions(aws, arn),
    attachmentsOf(aws, arn),
    readOnlyReason(),
    writeTarget(),
    worldNow(),
  ]);
  const attached = dataOr(attachments, { items: [], cutOff: false }).items;
  const unavailable = policy.byAws ? "A policy of AWS can't be changed" : readOnly;
  const inUse = attached.length > 0 ? 'Detach it from everybody first' : undefined;
  return (
    <>
      <PageHeader
        title={policy.name}
        badges={policy.byAws && <Badge>AWS managed</Badge>}
        sub={<Arn value={policy.arn} />}
        actions={
          <ConfirmButton
            label="Delete"
            unavailable={unavailable ?? inUse}
            title={`Delete ${policy.name}`}
            consequence={{ title: 'The policy is gone with all its versions', detail: 'It is attached to nobody.' }}
            word={policy.name}
            action={removeManagedPolicy}
            input={{ arn }}
            submit="Delete policy"
            target={target}
          />
        }
      />
      <Split
        main={
          <Card title="Policy" count={`version ${policy.defaultVersion}`} rule>
            <div className="pt-4">
              {document.ok ? (
                <PolicyEditor
                  label="Policy"
                  policy={document.data}
                  limit={DOCUMENT_LIMITS.managed}
                  action={saveManagedPolicy}
                  input={{ arn }}
                  target={target}
                  unavailable={unavailable}
                  example="{}"
                  lint={await lintContext('identity')}
                />
              ) : (
                <Failure title="The document could not be read" error={document.error} />
              )}
            </div>
          </Card>
        }
        side={
          <>
            <Card title="Facts">
              <Facts>
                <Fact label="Path">
                  <span className="mono">{policy.path}</span>
                </Fact>
                <Fact label="Description">{policy.description ?? <span className="text-ink-3">None</span>}</Fact>
                <Fact label="Changed">
                  <Time value={policy.changedAt} now={now} />
                </Fact>
                <Fact label="Versions">
                  {versions.ok ? (
                    <span className="mono">{versions.data.items.map((version) => version.id).join(', ')}</span>
                  ) : (
                    'not read'
                  )}
                </Fact>
              </Facts>
            </Card>
            <Card title="Attached to" count={attachments.ok ? formatCount(attached.length) : 'not read'}>
              {attached.length === 0 && <p className="text-ink-2">Nobody.</p>}
              <ul className="grid gap-2">
                {attached.map(({ kind, name }) => (
                  <li key={`${kind} ${name}`} className="flex gap-2">
                    <span className="text-ink-2">{kind}</span>
                    <Link className="link mono min-w-0 truncate" href={routes.identity(kind, name, 'policies')}>
                      {name}
                    </Link>
                  </li>
                ))}
              </ul>
            </Card>
          </>
        }
      />
    </>
  );
}
