import { Lock } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { CopyList } from '@/components/copies/copy-list';
import { EncryptionFields } from '@/components/keys/encryption-fields';
import { KeyLink } from '@/components/keys/key-link';
import { PolicyEditor } from '@/components/policy/policy-editor';
import { routes } from '@/components/routes';
import { ShowApiCalls } from '@/components/ui/api-calls';
import { Arn } from '@/components/ui/arn';
import { Badge, Status } from '@/components/ui/badge';
import { ConfirmButton, FormDialogButton } from '@/components/ui/confirm';
import { CopyButton } from '@/components/ui/copy-button';
import { EncryptionBadge } from '@/components/ui/encryption';
import { ActionButton, TextField } from '@/components/ui/form';
import { formatCount } from '@/components/ui/format';
import { Card, Dot, Fact, Facts, PageHeader, Split, Tabs } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import { Time } from '@/components/ui/time';
import { describeCall } from '@/lib/aws/api-call';
import { workplace } from '@/lib/aws/session';
import { getMaintenanceStatus, getTable, getTableEncryption, getTablePolicy } from '@/lib/aws/tables';
import { copiesOf } from '@/lib/copies/registry';
import { AuditTab } from '../../../../../audit-tab';
import { copyTableTo } from '../../../../../copy-actions';
import { aliasesByKey, keyOptions } from '../../../../../key-options';
import { KeyUseCard } from '../../../../../key-use-card';
import { lintContext } from '../../../../../policy-lint';
import { ownAccount, readOnlyReason, tableBuckets, writeTarget } from '../../../../../reads';
import { RequiredPrincipalsCard, readRequiredPrincipals } from '../../../../required-principals';
import { deleteTable, deleteTablePolicy, maintainNow, saveTablePolicy } from '../../../../table-actions';

type Props = PageProps<'/table-buckets/[bucket]/tables/[namespace]/[table]'>;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { namespace, table } = await params;
  return { title: `${decodeURIComponent(namespace)}.${decodeURIComponent(table)} · Table buckets` };
}

export default async function TablePage({ params, searchParams }: Props) {
  const [raw, { tab: asked }, { aws, connection }, listed] = await Promise.all([
    params,
    searchParams,
    workplace(),
    tableBuckets(),
  ]);
  const bucket = decodeURIComponent(raw.bucket);
  const which = {
    bucketArn: (listed.ok && listed.data.items.find((one) => one.name === bucket)?.arn) || '',
    namespace: decodeURIComponent(raw.namespace),
    name: decodeURIComponent(raw.table),
  };
  const [table, encryption, names, readOnly, target] = await Promise.all([
    getTable(aws, which),
    getTableEncryption(aws, which),
    aliasesByKey(),
    readOnlyReason(),
    writeTarget(),
  ]);
  const title = `${which.namespace}.${which.name}`;
  if (!table.ok) {
    return (
      <>
        <PageHeader title={title} />
        <Card bare>
          <Failure title="This table could not be read" error={table.error} />
        </Card>
      </>
    );
  }
  const found = table.data;
  const tab = typeof asked === 'string' ? asked : 'encryption';
  const keyArn = encryption.ok ? encryption.data.keyId : undefined;
  const required =
    tab === 'encryption' && keyArn
      ? await readRequiredPrincipals(aws, keyArn, {
          bucketArn: which.bucketArn,
          tableArn: found.arn,
          resourcePolicy: await getTablePolicy(aws, which),
        })
      : undefined;
  const [keys, copies] = [await keyOptions(), copiesOf(aws, found.arn)];
  const input = { bucket, arn: which.bucketArn, namespace: which.namespace, name: which.name };
  return (
    <>
      <PageHeader
        title={title}
        badges={
          <>
            {encryption.ok && <EncryptionBadge kind={encryption.data.kind} />}
            <Badge icon={Lock}>Encryption fixed</Badge>
          </>
        }
        sub={
          <>
            <span>Table, Apache Iceberg</span>
            <Dot />
            <Arn value={found.arn} />
            <Dot />
            <Link className="link flex-none" href={routes.access({ ask: 'data', about: found.arn })}>
              Who can read it
            </Link>
          </>
        }
        actions={
          <>
            <ShowApiCalls
              calls={[table, encryption].flatMap((result) => (result.call ? [describeCall(result.call)] : []))}
            />
            {connection.kind === 'emulator' && (
              <ActionButton action={maintainNow} input={input}>
                Run maintenance now
              </ActionButton>
            )}
            <ConfirmButton
              label="Delete table"
              unavailable={readOnly}
              title={`Delete ${title}`}
              consequence={{
                title: 'The table and its data are gone',
                detail: 'S3 Tables removes its files. This can not be undone.',
              }}
              word={which.name}
              action={deleteTable}
              input={input}
              submit="Delete table"
              target={target}
            />
          </>
        }
      />
      <Tabs
        label="Table sections"
        open={tab}
        href={(to) => routes.table(bucket, which.namespace, which.name, to)}
        tabs={[
          { id: 'encryption', label: 'Encryption' },
          { id: 'policy', label: 'Policy' },
          { id: 'audit', label: 'Audit trail' },
        ]}
      />
      {tab === 'policy' ? (
        <TablePolicy which={which} input={input} />
      ) : tab === 'audit' ? (
        <AuditTab by="ResourceName" value={found.arn} />
      ) : (
        <Split
          main={
            <>
              {required && <RequiredPrincipalsCard required={required} bucketArn={which.bucketArn} />}
              <Card title="Encryption" count="fixed when the table was created">
                {!encryption.ok ? (
                  <Failure title="The encryption could not be read" error={encryption.error} />
                ) : (
                  <Facts wide>
                    <Fact label="Encryption">
                      <EncryptionBadge kind={encryption.data.kind} />
                    </Fact>
                    {encryption.data.keyId && (
                      <>
                        <Fact label="Key">
                          <KeyLink reference={encryption.data.keyId} aliases={names} />
                        </Fact>
                        <Fact label="Key ARN" oneLine>
                          <Arn value={encryption.data.keyId} />
                        </Fact>
                      </>
                    )}
                    <Fact label="Warehouse" oneLine>
                      <span className="mono truncate">{found.warehouseLocation}</span>
                      <CopyButton text={found.warehouseLocation} label="Copy warehouse location" />
                    </Fact>
                    <Fact label="Metadata" oneLine>
                      {found.metadataLocation ? (
                        <>
                          <span className="mono truncate" title={found.metadataLocation}>
                            {found.metadataLocation}
                          </span>
                          <CopyButton text={found.metadataLocation} label="Copy metadata location" />
                        </>
                      ) : (
                        <span className="text-ink-3">not written yet</span>
                      )}
                    </Fact>
                    <Fact label="Version token">
                      <span className="mono">{found.versionToken}</span>
                    </Fact>
                    <Fact label="Created">
                      <Time value={found.createdAt} />
                    </Fact>
                    <Fact label="Changed">
                      <Time value={found.modifiedAt} />
                    </Fact>
                  </Facts>
                )}
              </Card>
            </>
          }
          side={
            <>
              <Card title="Use another key">
                <p className="mb-3 text-ink-2">
                  There is no call that changes a table's encryption. Create a new table with the key you want and copy
                  the rows, here or with an engine: CREATE TABLE … AS SELECT.
                </p>
                <FormDialogButton
                  label="Copy to a new table"
                  title={`Copy ${title} to a new table`}
                  action={copyTableTo}
                  submit="Create and copy"
                  target={target}
                  unavailable={readOnly}
                >
                  {Object.entries({ ...input, source: found.arn }).map(([name, value]) => (
                    <input key={name} type="hidden" name={name} value={value} />
                  ))}
                  <TextField
                    name="newName"
                    label="Name"
                    mono
                    hint={`In ${which.namespace}, of the same bucket.`}
                    focusFirst
                  />
                  <EncryptionFields bucket="table" keys={keys} legend="Encryption of the new table" />
                </FormDialogButton>
              </Card>
              {copies.length > 0 && (
                <Card title="Copies" count={formatCount(copies.length)}>
                  <CopyList jobs={copies} />
                </Card>
              )}
              <MaintenanceCard which={which} />
              <KeyUseCard parents={[found.arn]} spared="Spared by table keys" />
            </>
          }
        />
      )}
    </>
  );
}

type Which = Parameters<typeof getTablePolicy>[1];

async function TablePolicy({ which, input }: { which: Which; input: Readonly<Record<string, string>> }) {
  const { aws } = await workplace();
  const [policy, lint, readOnly, target, account] = await Promise.all([
    getTablePolicy(aws, which),
    lintContext('table'),
    readOnlyReason(),
    writeTarget(),
    ownAccount(),
  ]);
  return (
    <Card title="Table policy" count={policy.ok && policy.data === undefined ? 'none' : undefined} rule>
      <div className="pt-4">
        {!policy.ok ? (
          <Failure title="The policy could not be read" error={policy.error} />
        ) : (
          <PolicyEditor
            label="Table policy"
            policy={policy.data}
            limit={20_480}
            action={saveTablePolicy}
            input={input}
            removal={{
              action: deleteTablePolicy,
            }}
            target={target}
            lint={lint}
            unavailable={readOnly}
            example={JSON.stringify(
              {
                Version: '2012-10-17',
                Statement: [
                  {
                    Effect: 'Allow',
                    Principal: { AWS: `arn:aws:iam::${account}:root` },
                    Action: 's3tables:GetTableData',
                    Resource: '*',
                  },
                ],
              },
              null,
              2,
            )}
          />
        )}
      </div>
    </Card>
  );
}

async function MaintenanceCard({ which }: { which: Which }) {
  const { aws } = await workplace();
  const status = await getMaintenanceStatus(aws, which);
  return (
    <Card title="Table maintenance">
      {!status.ok ? (
        <p className="text-ink-2">
          {status.error.code}: {status.error.message}
        </p>
      ) : status.data.length === 0 ? (
        <p className="text-ink-2">Has not run yet.</p>
      ) : (
        <ul className="grid gap-2">
          {status.data.map((job) => (
            <li key={job.job}>
              <span className="flex flex-wrap justify-between gap-x-2">
                <span className="mono wrap-anywhere">{job.job}</span>
                <Status tone={job.status === 'Successful' ? 'good' : job.status === 'Failed' ? 'bad' : 'neutral'}>
                  {job.status.replaceAll('_', ' ')}
                </Status>
              </span>
              {job.failure && (
                <blockquote className="mt-1 border-l-2 border-line-strong pl-3 text-ink-2">{job.failure}</blockquote>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
