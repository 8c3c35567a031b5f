import type { Metadata } from 'next';
import Link from 'next/link';
import { EncryptionFields } from '@/components/keys/encryption-fields';
import { KeyLink } from '@/components/keys/key-link';
import { keyIdOf } from '@/components/keys/key-option';
import { routes } from '@/components/routes';
import { Alert } from '@/components/ui/alert';
import { ShowApiCalls } from '@/components/ui/api-calls';
import { Arn } from '@/components/ui/arn';
import { Badge, KeyState } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { ConfirmButton, FormDialogButton } from '@/components/ui/confirm';
import { EncryptionBadge } from '@/components/ui/encryption';
import { Check } from '@/components/ui/form';
import { Card, Dot, Fact, Facts, PageHeader, Split, Tabs } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import { Time } from '@/components/ui/time';
import { describeCall } from '@/lib/aws/api-call';
import { type Bucket, type BucketEncryption, getBucketEncryption } from '@/lib/aws/buckets';
import type { Result } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { AuditTab } from '../../audit-tab';
import { changeEncryption, deleteBucket } from '../../bucket-actions';
import { BucketPolicyTab } from '../../bucket-policy-tab';
import { aliasesByKey, keyOptions } from '../../key-options';
import { KeyUseCard } from '../../key-use-card';
import { ObjectsTab } from '../../objects-tab';
import { generalBuckets, readOnlyReason, writeTarget } from '../../reads';

export async function generateMetadata({ params }: PageProps<'/buckets/[bucket]'>): Promise<Metadata> {
  return { title: `${decodeURIComponent((await params).bucket)} · General purpose buckets` };
}

export default async function BucketPage({ params, searchParams }: PageProps<'/buckets/[bucket]'>) {
  const [{ bucket: encoded }, query, { aws }, listed] = await Promise.all([
    params,
    searchParams,
    workplace(),
    generalBuckets(),
  ]);
  const name = decodeURIComponent(encoded);
  const encryption = await getBucketEncryption(aws, name);
  if (!encryption.ok && /NoSuchBucket|NotFound/.test(encryption.error.code)) {
    return (
      <>
        <PageHeader title={name} />
        <Card bare>
          <Failure title="This bucket could not be read" error={encryption.error} />
        </Card>
      </>
    );
  }
  const bucket: Bucket = (listed.ok ? listed.data.items.find((one) => one.name === name) : undefined) ?? {
    name,
    arn: `arn:aws:s3:::${name}`,
    region: aws.region,
  };
  const tab = typeof query['tab'] === 'string' ? query['tab'] : 'encryption';
  return (
    <>
      <PageHeader
        title={name}
        badges={encryption.ok && <EncryptionBadge kind={encryption.data.kind} />}
        sub={
          <>
            <span>General purpose bucket</span>
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
            <ButtonLink href={routes.exportOf('bucket', name)}>Export</ButtonLink>
            <ChangeEncryption bucket={name} encryption={encryption} />
          </>
        }
      />
      <Tabs
        label="Bucket sections"
        open={tab}
        href={(to) => routes.bucket(name, to)}
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
          base={routes.bucket(name, 'objects')}
          token={typeof query['next'] === 'string' ? query['next'] : ''}
        />
      ) : tab === 'policy' ? (
        <BucketPolicyTab bucket={name} arn={bucket.arn} directory={false} />
      ) : tab === 'audit' ? (
        <AuditTab by="ResourceName" value={bucket.arn} />
      ) : (
        <EncryptionTab bucket={bucket} encryption={encryption} />
      )}
    </>
  );
}

async function ChangeEncryption({ bucket, encryption }: { bucket: string; encryption: Result<BucketEncryption> }) {
  const [keys, readOnly, target] = await Promise.all([keyOptions(), readOnlyReason(), writeTarget()]);
  const now = encryption.ok ? encryption.data : undefined;
  return (
    <FormDialogButton
      label="Change default"
      kind="primary"
      title={`Default encryption of ${bucket}`}
      action={changeEncryption}
      submit="Change default"
      target={target}
      unavailable={readOnly}
    >
      <input type="hidden" name="bucket" value={bucket} />
      <Alert tone="info" title="Changes apply to new objects only">
        Objects that exist keep what they were written with, until they are copied or written again.
      </Alert>
      <EncryptionFields
        bucket="general"
        keys={keys}
        kind={now && now.kind !== 'SSE-C' ? now.kind : 'SSE-S3'}
        keyArn={now?.keyId}
        bucketKey={now?.kind === 'SSE-KMS' ? now.bucketKey === true : true}
      />
      <Check
        name="blocksCustomerKeys"
        label="Refuse uploads with SSE-C"
        about="Keys that the client holds are then not accepted in this bucket."
        defaultChecked={now?.blocksCustomerKeys ?? true}
      />
    </FormDialogButton>
  );
}

async function EncryptionTab({ bucket, encryption }: { bucket: Bucket; encryption: Result<BucketEncryption> }) {
  const [names, keys, readOnly, target] = await Promise.all([
    aliasesByKey(),
    keyOptions(),
    readOnlyReason(),
    writeTarget(),
  ]);
  const found = encryption.ok ? encryption.data : undefined;
  const key = found?.keyId ? keys.find((one) => one.id === keyIdOf(found.keyId ?? '')) : undefined;
  return (
    <Split
      main={
        <>
          {found?.kind === 'SSE-KMS' && !found.bucketKey && (
            <Alert tone="warn" title="The bucket key is off">
              Every write and read of an object calls KMS. With a bucket key, S3 asks KMS once for a while and
              requester.
            </Alert>
          )}
          {found?.keyId && !key && (
            <Alert tone="warn" title="The key was accepted but not checked">
              S3 does not test the key of a general purpose bucket when it is set. A wrong one shows at the first
              upload: this account's Region lists no such key.
            </Alert>
          )}
          <Card title="Default encryption">
            {!encryption.ok || !found ? (
              <Failure
                title="The default could not be read"
                error={encryption.ok ? { code: '', message: '', action: '' } : encryption.error}
              />
            ) : (
              <Facts wide>
                <Fact label="Encryption">
                  <EncryptionBadge kind={found.kind} />
                </Fact>
                <Fact label="Key">
                  {found.keyId ? (
                    <KeyLink reference={found.keyId} aliases={names} />
                  ) : found.kind === 'SSE-S3' ? (
                    <span className="text-ink-3">none of yours</span>
                  ) : (
                    <>
                      <span className="mono">aws/s3</span> <Badge>AWS managed</Badge>
                    </>
                  )}
                </Fact>
                {found.keyId && (
                  <Fact label="Key as stored" oneLine>
                    <Arn value={found.keyId} label="key" />
                  </Fact>
                )}
                {key && (
                  <Fact label="Key state">
                    <KeyState state={key.state} plain />
                  </Fact>
                )}
                <Fact label="Bucket key">
                  {found.kind === 'SSE-KMS' ? (
                    found.bucketKey ? (
                      'On'
                    ) : (
                      'Off'
                    )
                  ) : (
                    <span className="text-ink-3">not used</span>
                  )}
                </Fact>
                <Fact label="Encryption context">
                  {found.kind === 'SSE-KMS' || found.kind === 'DSSE-KMS' ? (
                    <span className="mono wrap-anywhere">
                      <span className="code-key">"aws:s3:arn"</span>:{' '}
                      <span className="code-string">"{found.bucketKey ? bucket.arn : `${bucket.arn}/KEY`}"</span>
                    </span>
                  ) : (
                    <span className="text-ink-3">none</span>
                  )}
                </Fact>
                <Fact label="SSE-C uploads">{found.blocksCustomerKeys ? 'Refused' : 'Accepted'}</Fact>
                <Fact label="Created">
                  <Time value={bucket.createdAt} />
                </Fact>
              </Facts>
            )}
          </Card>
        </>
      }
      side={
        <>
          <KeyUseCard parents={[bucket.arn]} spared="Spared by bucket keys" />
          <Card title="Delete this bucket">
            <p className="mb-3 text-ink-2">Only an empty bucket can be deleted.</p>
            <ConfirmButton
              label="Delete bucket"
              unavailable={readOnly}
              title={`Delete ${bucket.name}`}
              consequence={{
                title: 'The bucket and its policy are gone',
                detail: 'The name becomes free for anybody. The key stays.',
              }}
              word={bucket.name}
              action={deleteBucket}
              input={{ bucket: bucket.name }}
              submit="Delete bucket"
              target={target}
            />
          </Card>
        </>
      }
    />
  );
}
