import type { Metadata } from 'next';
import Link from 'next/link';
import { EncryptionFields } from '@/components/keys/encryption-fields';
import { keyIdOf } from '@/components/keys/key-option';
import { routes } from '@/components/routes';
import { Alert } from '@/components/ui/alert';
import { ShowApiCalls } from '@/components/ui/api-calls';
import { Arn } from '@/components/ui/arn';
import { Badge } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { FormDialogButton } from '@/components/ui/confirm';
import { EncryptionBadge } from '@/components/ui/encryption';
import { plural } from '@/components/ui/format';
import { Card, Dot, PageHeader, Tabs } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import { describeCall } from '@/lib/aws/api-call';
import { workplace } from '@/lib/aws/session';
import { getTableBucketEncryption, getTableBucketPolicy } from '@/lib/aws/table-buckets';
import { listTables } from '@/lib/aws/tables';
import { AuditTab } from '../../audit-tab';
import { aliasesByKey, keyOptions } from '../../key-options';
import { ownAccount, readOnlyReason, tableBuckets, writeTarget } from '../../reads';
import { changeDefault } from '../actions';
import { missingOf, readRequiredPrincipals } from '../required-principals';
import { readTableEncryptions } from '../table-encryptions';
import { EncryptionTab } from './encryption-tab';
import { MaintenanceTab, PoliciesTab } from './policy-tabs';
import { TablesTab } from './tables-tab';

export async function generateMetadata({ params }: PageProps<'/table-buckets/[bucket]'>): Promise<Metadata> {
  return { title: `${decodeURIComponent((await params).bucket)} · Table buckets` };
}

export default async function TableBucketPage({ params, searchParams }: PageProps<'/table-buckets/[bucket]'>) {
  const [{ bucket: encoded }, { tab: asked }, { aws }] = await Promise.all([params, searchParams, workplace()]);
  const name = decodeURIComponent(encoded);
  const [listed, account] = await Promise.all([tableBuckets(), ownAccount()]);
  const bucket = listed.ok ? listed.data.items.find((one) => one.name === name) : undefined;
  if (!bucket) {
    return (
      <>
        <PageHeader title={name} />
        <Card bare>
          <Failure
            title="This table bucket could not be read"
            error={
              listed.ok
                ? {
                    code: 'NotFoundException',
                    message: `There is no table bucket ${name} in this account and Region.`,
                    action: 's3tables:ListTableBuckets',
                  }
                : listed.error
            }
          />
        </Card>
      </>
    );
  }
  const { arn } = bucket;
  const [encryption, tables, names, options, readOnly, target] = await Promise.all([
    getTableBucketEncryption(aws, arn),
    listTables(aws, arn),
    aliasesByKey(),
    keyOptions(),
    readOnlyReason(),
    writeTarget(),
  ]);
  const tab = typeof asked === 'string' ? asked : 'encryption';
  const keyArn = encryption.ok ? encryption.data.keyId : undefined;
  const [required, withEncryption] = await Promise.all([
    keyArn
      ? getTableBucketPolicy(aws, arn).then((resourcePolicy) =>
          readRequiredPrincipals(aws, keyArn, { bucketArn: arn, resourcePolicy }),
        )
      : undefined,
    tables.ok && (tab === 'encryption' || tab === 'tables') ? readTableEncryptions(aws, arn, tables.data.items) : [],
  ]);
  const missing = missingOf(required);
  const calls = [listed, encryption, tables].flatMap((result) => (result.call ? [describeCall(result.call)] : []));
  return (
    <>
      <PageHeader
        title={name}
        badges={
          <>
            {encryption.ok && <EncryptionBadge kind={encryption.data.kind} />}
            {missing > 0 && <Badge tone="bad">{plural(missing, 'principal')} missing</Badge>}
          </>
        }
        sub={
          <>
            <span>Table bucket</span>
            <Dot />
            <Arn value={arn} />
            <Dot />
            <Link className="link flex-none" href={routes.access({ ask: 'data', about: arn })}>
              Who can read it
            </Link>
          </>
        }
        actions={
          <>
            <ShowApiCalls calls={calls} />
            <ButtonLink href={routes.exportOf('table-bucket', name)}>Export</ButtonLink>
            <FormDialogButton
              label="Change default"
              title={`Default encryption of ${name}`}
              action={changeDefault}
              submit="Change default"
              target={target}
              unavailable={readOnly}
            >
              <input type="hidden" name="arn" value={arn} />
              <Alert tone="info" title="Changes apply to new tables only">
                A table keeps the encryption it was created with. To move one to another key, create a new table and
                copy its rows.
              </Alert>
              <EncryptionFields
                bucket="table"
                keys={options}
                kind={encryption.ok && encryption.data.kind === 'SSE-KMS' ? 'SSE-KMS' : 'SSE-S3'}
                keyArn={keyArn}
              />
            </FormDialogButton>
            <ButtonLink href={routes.newTable(name)} kind="primary">
              Create table
            </ButtonLink>
          </>
        }
      />
      <Tabs
        label="Table bucket sections"
        open={tab}
        href={(to) => routes.tableBucket(name, to)}
        tabs={[
          { id: 'encryption', label: 'Encryption' },
          { id: 'tables', label: 'Tables', count: tables.ok ? tables.data.items.length : undefined },
          { id: 'policies', label: 'Policies' },
          { id: 'maintenance', label: 'Maintenance' },
          { id: 'audit', label: 'Audit trail' },
        ]}
      />
      {tab === 'tables' ? (
        <TablesTab aws={aws} bucket={bucket} tables={withEncryption} listed={tables} names={names} />
      ) : tab === 'policies' ? (
        <PoliciesTab aws={aws} bucket={bucket} account={account} />
      ) : tab === 'maintenance' ? (
        <MaintenanceTab aws={aws} bucket={bucket} tables={tables} />
      ) : tab === 'audit' ? (
        <AuditTab by="ResourceName" value={arn} />
      ) : (
        <EncryptionTab
          bucket={bucket}
          encryption={encryption}
          keyState={options.find((key) => keyArn !== undefined && key.id === keyIdOf(keyArn))}
          required={required}
          tables={withEncryption}
          names={names}
          account={account}
        />
      )}
    </>
  );
}
