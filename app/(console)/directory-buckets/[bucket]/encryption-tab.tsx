import { ArrowRight, Check, Lock, Plus, Trash2, X } from 'lucide-react';
import Link from 'next/link';
import { CopyList } from '@/components/copies/copy-list';
import { EncryptionFields } from '@/components/keys/encryption-fields';
import { KeyLink } from '@/components/keys/key-link';
import { type KeyOption, keyIdOf } from '@/components/keys/key-option';
import { Alert } from '@/components/ui/alert';
import { Arn } from '@/components/ui/arn';
import { Assumed, KeyState } from '@/components/ui/badge';
import { ConfirmButton, FormDialogButton } from '@/components/ui/confirm';
import { TextField } from '@/components/ui/form';
import { formatCount, formatTime } from '@/components/ui/format';
import { Card, Fact, Facts, Split } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import { Time } from '@/components/ui/time';
import type { Bucket } from '@/lib/aws/buckets';
import { zoneOf } from '@/lib/aws/directory-buckets';
import type { Encryption } from '@/lib/aws/encryption';
import { lookupEvents } from '@/lib/aws/events';
import { getRotation } from '@/lib/aws/keys';
import type { Result } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { copiesOf } from '@/lib/copies/registry';
import { deleteBucket } from '../../bucket-actions';
import { copyDirectoryBucket } from '../../copy-actions';
import { toEventRow } from '../../event-rows';
import { aliasesByKey } from '../../key-options';
import { KeyUseCard } from '../../key-use-card';
import { readOnlyReason, writeTarget } from '../../reads';

/** The key that is locked, its life, what the bucket accepts, and the way to another key. */
export async function EncryptionTab({
  bucket,
  encryption,
  keys,
}: {
  bucket: Bucket;
  encryption: Result<Encryption>;
  keys: readonly KeyOption[];
}) {
  const [{ aws }, names, readOnly, target] = await Promise.all([
    workplace(),
    aliasesByKey(),
    readOnlyReason(),
    writeTarget(),
  ]);
  const copies = copiesOf(aws, bucket.arn);
  const keyId = encryption.ok ? encryption.data.keyId : undefined;
  const key = keyId ? keys.find((one) => one.id === keyIdOf(keyId)) : undefined;
  const [rotation, setBy] = await Promise.all([
    keyId ? getRotation(aws, keyId) : undefined,
    keyId ? whenSet(bucket.arn) : undefined,
  ]);
  return (
    <Split
      main={
        <>
          {!encryption.ok ? (
            <Card bare>
              <Failure title="The encryption could not be read" error={encryption.error} />
            </Card>
          ) : keyId ? (
            <Card title="Key locked for the life of the bucket" bare>
              <p className="prose-line px-4 pb-3 text-ink-2">
                A directory bucket takes one customer managed key. It can't be replaced while the bucket exists, not by
                PutBucketEncryption and not by a header of a request.
              </p>
              <Life
                createdAt={bucket.createdAt}
                setAt={setBy}
                name={names.get(keyIdOf(keyId))?.[0] ?? `…${keyIdOf(keyId).slice(-12)}`}
              />
              <hr />
              <div className="p-4">
                <Facts>
                  <Fact label="Key">
                    <KeyLink reference={keyId} aliases={names} />
                    <span className="text-ink-2">alias for people; S3 stores the ARN</span>
                  </Fact>
                  <Fact label="Key ARN" oneLine>
                    <Arn value={key?.arn ?? keyId} />
                  </Fact>
                  <Fact label="Key state">
                    {key ? <KeyState state={key.state} plain /> : <span className="text-ink-3">not read</span>}
                  </Fact>
                  <Fact label="Rotation">
                    {!rotation?.ok ? (
                      <span className="text-ink-3">not read</span>
                    ) : rotation.data.on ? (
                      `Every ${rotation.data.days ?? 365} days. New key material, same ARN: needs no new bucket.`
                    ) : (
                      'Off. Rotation is allowed and needs no new bucket.'
                    )}
                  </Fact>
                  <Fact label="Bucket key">Always on, can't be turned off</Fact>
                  <Fact label="Encryption context">
                    <span className="mono wrap-anywhere">
                      <span className="code-key">"aws:s3express:arn"</span>:{' '}
                      <span className="code-string">"{bucket.arn}"</span>
                    </span>
                  </Fact>
                </Facts>
              </div>
            </Card>
          ) : (
            <Alert tone="info" title="This bucket encrypts with SSE-S3">
              No key of yours is involved. You can still set one; after that it stays for the life of the bucket.
            </Alert>
          )}
          <Accepts locked={keyId !== undefined} />
        </>
      }
      side={
        <>
          {keyId && (
            <Card title="Use another key">
              <p className="mb-3 text-ink-2">
                Make a new directory bucket with the key you want and copy the objects. This bucket stays as it is until
                you delete it.
              </p>
              <div className="alert quiet mb-3">
                <span>Bucket keys are not used for copies of SSE-KMS objects. Each copy request calls KMS.</span>
              </div>
              <FormDialogButton
                label="Copy to a new bucket"
                title={`Copy ${bucket.name} to a new bucket`}
                action={copyDirectoryBucket}
                submit="Create and copy"
                target={target}
                unavailable={readOnly}
              >
                <input type="hidden" name="from" value={bucket.name} />
                <input type="hidden" name="source" value={bucket.arn} />
                <TextField
                  name="base"
                  label="Name"
                  mono
                  hint={`Becomes NAME--${zoneOf(bucket.name)}--x-s3, in the same zone.`}
                  focusFirst
                />
                <EncryptionFields bucket="directory" keys={keys} legend="Encryption of the new bucket" />
              </FormDialogButton>
              <p className="mt-3">
                <Link className="link inline-flex items-center gap-1" href="/directory-buckets/new">
                  Create the new directory bucket
                  <ArrowRight size={14} aria-hidden />
                </Link>
              </p>
            </Card>
          )}
          {copies.length > 0 && (
            <Card title="Copies" count={formatCount(copies.length)}>
              <CopyList jobs={copies} />
            </Card>
          )}
          <KeyUseCard parents={[bucket.arn]} spared="Spared by sessions" />
          <Card title="Sessions">
            <p className="text-ink-2">
              Requests go through a session of five minutes. KMS is asked when a session is created, so a lost
              permission shows at the next CreateSession. <Assumed />
            </p>
          </Card>
          <Card title="Delete this bucket">
            <p className="mb-3 text-ink-2">
              Only an empty directory bucket can be deleted. The lock of the key ends here, and only here.
            </p>
            <ConfirmButton
              label="Delete directory bucket"
              unavailable={readOnly}
              title={`Delete ${bucket.name}`}
              consequence={{ title: 'The directory bucket and its policy are gone', detail: 'The key stays.' }}
              word={bucket.name}
              action={deleteBucket}
              input={{ bucket: bucket.name }}
              submit="Delete directory bucket"
              target={target}
            />
          </Card>
        </>
      }
    />
  );
}

/** When PutBucketEncryption was called, if CloudTrail still knows. */
async function whenSet(arn: string): Promise<{ time: string; principal: string } | undefined> {
  const { aws } = await workplace();
  const events = await lookupEvents(aws, { by: { key: 'ResourceName', value: arn } });
  if (!events.ok) return undefined;
  const event = events.data.events
    .map(toEventRow)
    .findLast((one) => one.name === 'PutBucketEncryption' && !one.errorCode);
  return event ? { time: event.time, principal: event.principal } : undefined;
}

function Life({
  createdAt,
  setAt,
  name,
}: {
  createdAt: string | undefined;
  setAt: { time: string; principal: string } | undefined;
  name: string;
}) {
  return (
    <div className="life">
      <div>
        <span className="rail" />
        <span className="point">
          <Plus size={12} aria-hidden />
        </span>
        <strong className="font-semibold">Created</strong>
        <span className="block text-ink-2">{createdAt ? <Time value={createdAt} /> : 'not read'}</span>
        <span className="block text-ink-2">SSE-S3</span>
      </div>
      <div className="locked">
        <span className="rail" />
        <span className="point">
          <Lock size={12} aria-hidden />
        </span>
        <strong className="font-semibold">SSE-KMS with {name}</strong>
        <span className="block text-ink-2">{setAt ? `since ${formatTime(setAt.time)}` : 'since it was set'}</span>
        {setAt && (
          <span className="block text-ink-2">
            PutBucketEncryption by {setAt.principal.replace(/^arn:aws:(iam|sts)::\d+:/, '')}
          </span>
        )}
      </div>
      <div className="after">
        <span className="rail" />
        <span className="point">
          <Trash2 size={12} aria-hidden />
        </span>
        <strong className="font-semibold">Bucket is deleted</strong>
        <span className="block text-ink-2">the lock ends here, and only here</span>
      </div>
    </div>
  );
}

function Accepts({ locked }: { locked: boolean }) {
  const rows = [
    {
      ok: true,
      what: 'PUT and GET without headers',
      answer: locked ? 'Encrypted with this key through the session. Recommended.' : 'Encrypted with SSE-S3.',
    },
    ...(locked
      ? [
          {
            ok: false,
            what: 'Another key in a request',
            answer: '400. Headers must equal those of the session.',
            assumed: true,
          },
        ]
      : []),
    { ok: false, what: 'AWS managed key aws/s3', answer: '400. Customer managed keys only.' },
    {
      ok: false,
      what: 'An alias as key id',
      answer: "400. Key id or key ARN; the full ARN for another account's key.",
    },
    { ok: false, what: 'DSSE-KMS, SSE-C', answer: 'Not available in directory buckets.' },
  ];
  return (
    <Card title="What this bucket accepts" rule bare>
      <ul className="accepts">
        {rows.map((row) => (
          <li key={row.what}>
            {row.ok ? <Check size={14} aria-label="Accepted" /> : <X size={14} aria-label="Refused" />}
            <span className="font-medium">{row.what}</span>
            <span className="text-ink-2">
              {row.answer} {'assumed' in row && <Assumed>Code assumed</Assumed>}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
