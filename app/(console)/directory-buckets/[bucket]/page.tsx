import { Lock } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { EncryptionFields } from '@/components/keys/encryption-fields';
import { routes } from '@/components/routes';
import { Alert } from '@/components/ui/alert';
import { ShowApiCalls } from '@/components/ui/api-calls';
import { Arn } from '@/components/ui/arn';
import { Badge } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { FormDialogButton } from '@/components/ui/confirm';
import { EncryptionBadge } from '@/components/ui/encryption';
import { Card, Dot, PageHeader, Tabs } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import { describeCall } from '@/lib/aws/api-call';
import { type Bucket, getBucketEncryption } from '@/lib/aws/buckets';
import { workplace } from '@/lib/aws/session';
import { AuditTab } from '../../audit-tab';
import { changeEncryption } from '../../bucket-actions';
import { BucketPolicyTab } from '../../bucket-policy-tab';
import { keyOptions } from '../../key-options';
import { ObjectsTab } from '../../objects-tab';
import { directoryBuckets, ownAccount, readOnlyReason, writeTarget } from '../../reads';
import { EncryptionTab } from './encryption-tab';

export async function generateMetadata({ params }: PageProps<'/directory-buckets/[bucket]'>): Promise<Metadata> {
  return { title: `${decodeURIComponent((await params).bucket)} · Directory buckets` };
}

export default async function DirectoryBucketPage({ params, searchParams }: PageProps<'/directory-buckets/[bucket]'>) {
  const [{ bucket: encoded }, query, { aws }, listed, account] = await Promise.all([
    params,
    searchParams,
    workplace(),
    directoryBuckets(),
    ownAccount(),
  ]);
  const name = decodeURIComponent(encoded);
  const [encryption, keys, readOnly, target] = await Promise.all([
    getBucketEncryption(aws, name),
    keyOptions(),
    readOnlyReason(),
    writeTarget(),
  ]);
  if (!encryption.ok && /NoSuchBucket|NotFound/.test(encryption.error.code)) {
    return (
      <>
        <PageHeader title={name} />
        <Card bare>
          <Failure title="This directory bucket could not be read" error={encryption.error} />
        </Card>
      </>
    );
  }
  const found = listed.ok ? listed.data.items.find((one) => one.name === name) : undefined;
  const bucket: Bucket = {
    ...(found ?? { name, region: aws.region }),
    arn: found?.arn || `arn:aws:s3express:${aws.region}:${account}:bucket/${name}`,
  };
  const locked = encryption.ok && encryption.data.keyId !== undefined;
  const tab = typeof query['tab'] === 'string' ? query['tab'] : 'encryption';
  return (
    <>
      <PageHeader
        title={name}
        badges={
          <>
            {encryption.ok && <EncryptionBadge kind={encryption.data.kind} />}
            {locked && <Badge icon={Lock}>Key locked</Badge>}
          </>
        }
        sub={
          <>
            <span>Directory bucket, S3 Express One Zone</span>
            <Dot />
            <Arn value={bucket.arn} />
            <Dot />
            <Link className="link flex-none" href={routes.access({ ask: 'data', about: bucket.arn })}>
              Who can read it
            </Link>
          </>
        }
        actions={
          <>
            <ShowApiCalls calls={encryption.call ? [describeCall(encryption.call)] : []} />
            <ButtonLink href={routes.exportOf('directory-bucket', name)}>Export</ButtonLink>
            {!locked && (
              <FormDialogButton
                label="Set a key"
                kind="primary"
                title={`Encryption of ${name}`}
                action={changeEncryption}
                submit="Set encryption"
                target={target}
                unavailable={readOnly}
              >
                <input type="hidden" name="bucket" value={name} />
                <Alert tone="warn" title="A key is for the life of the bucket">
                  Once set, it can't be replaced by another one.
                </Alert>
                <EncryptionFields bucket="directory" keys={keys} legend="Encryption" />
              </FormDialogButton>
            )}
          </>
        }
      />
      <Tabs
        label="Directory bucket sections"
        open={tab}
        href={(to) => routes.directoryBucket(name, to)}
        tabs={[
          { id: 'encryption', label: 'Encryption' },
          { id: 'objects', label: 'Objects' },
          { id: 'policy', label: 'Bucket policy' },
          { id: 'audit', label: 'Audit trail' },
        ]}
      />
      {tab === 'objects' ? (
        <ObjectsTab
          bucket={name}
          base={routes.directoryBucket(name, 'objects')}
          token={typeof query['next'] === 'string' ? query['next'] : ''}
        />
      ) : tab === 'policy' ? (
        <BucketPolicyTab bucket={name} arn={bucket.arn} directory />
      ) : tab === 'audit' ? (
        <AuditTab by="ResourceName" value={bucket.arn} />
      ) : (
        <EncryptionTab bucket={bucket} encryption={encryption} keys={keys} />
      )}
    </>
  );
}
