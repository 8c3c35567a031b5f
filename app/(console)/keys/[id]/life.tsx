import Link from 'next/link';
import { routes } from '@/components/routes';
import { Alert } from '@/components/ui/alert';
import { Assumed } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { FormDialogButton } from '@/components/ui/confirm';
import { ActionButton, TextField } from '@/components/ui/form';
import { formatAge, formatTime, plural } from '@/components/ui/format';
import { Card, Fact, Facts } from '@/components/ui/layout';
import { Time } from '@/components/ui/time';
import type { Aws } from '@/lib/aws/connection';
import { type Dependant, readDependants } from '@/lib/aws/key-dependants';
import { getRotation, type Key, listRotations } from '@/lib/aws/keys';
import { keyCost } from '@/lib/usage/key-cost';
import { readOnlyReason, writeTarget } from '../../reads';
import { rotateNow, setKeyState, setRotation } from '../actions';

/** Rotation of a key: automatic, on demand, and what there was. */
export async function RotationCard({ aws, found: key, now }: { aws: Aws; found: Key; now: number }) {
  const [rotation, past, readOnly, target] = await Promise.all([
    getRotation(aws, key.id),
    listRotations(aws, key.id),
    readOnlyReason(),
    writeTarget(),
  ]);
  const unavailable =
    key.manager === 'AWS'
      ? 'AWS rotates its own keys every year'
      : key.origin === 'EXTERNAL'
        ? "Imported material can't rotate by itself"
        : key.state === 'Enabled'
          ? readOnly
          : 'Enable the key first';
  const done = past.ok ? past.data : [];
  return (
    <Card title="Rotation" count={past.ok ? plural(done.length, 'time') : undefined}>
      {!rotation.ok ? (
        <p className="text-ink-2">
          Not read: {rotation.error.action} answered {rotation.error.code}.
        </p>
      ) : (
        <Facts>
          <Fact label="Automatic">{rotation.data.on ? `Every ${rotation.data.days ?? 365} days` : 'Off'}</Fact>
          {rotation.data.nextAt && (
            <Fact label="Next">
              <Time value={rotation.data.nextAt} now={now} precision="day" />
            </Fact>
          )}
        </Facts>
      )}
      {done.length > 0 && (
        <ol className="mt-2 grid gap-1" aria-label="Rotations so far">
          {done.slice(0, 10).map(({ at, type }) => (
            <li key={at} className="flex justify-between gap-2">
              <span className="text-ink-2">{type === 'ON_DEMAND' ? 'On demand' : 'Automatic'}</span>
              <Time value={at} now={now} precision="day" />
            </li>
          ))}
        </ol>
      )}
      <p className="my-3 text-ink-2">
        New key material, same ARN. What is encrypted stays readable, and nothing is encrypted anew.
      </p>
      <div className="flex flex-wrap gap-2">
        <FormDialogButton
          label={rotation.ok && rotation.data.on ? 'Change the period' : 'Turn on'}
          size="small"
          title="Rotate by itself"
          action={setRotation}
          submit="Review"
          unavailable={unavailable}
          target={target}
        >
          <input type="hidden" name="keyId" value={key.id} />
          <input type="hidden" name="on" value="true" />
          <TextField
            name="days"
            label="Period"
            type="number"
            unit="days"
            defaultValue={(rotation.ok ? rotation.data.days : undefined) ?? 365}
            hint="90 to 2,560 days."
            focusFirst
          />
        </FormDialogButton>
        {rotation.ok && rotation.data.on && (
          <ActionButton
            action={setRotation}
            input={{ keyId: key.id, on: 'false' }}
            size="small"
            kind="ghost"
            unavailable={unavailable}
            target={target}
          >
            Turn off
          </ActionButton>
        )}
        <ActionButton
          action={rotateNow}
          input={{ keyId: key.id }}
          size="small"
          kind="ghost"
          unavailable={unavailable}
          target={target}
        >
          Rotate now
        </ActionButton>
      </div>
    </Card>
  );
}

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** What holding the key costs a month, requests apart. */
export async function CostCard({ aws, found: key }: { aws: Aws; found: Key }) {
  const past = await listRotations(aws, key.id);
  const { month, parts } = keyCost(key, past.ok ? past.data.length : 0);
  return (
    <Card title="Cost per month">
      <p className="text-xl font-semibold">{dollars.format(month)}</p>
      {parts.length === 0 ? (
        <p className="text-ink-2">
          {key.manager === 'AWS'
            ? 'Keys of AWS cost nothing; their requests do.'
            : 'A key that waits for its deletion costs nothing. Cancelled, it is charged for the time in between.'}
        </p>
      ) : (
        <ul className="mt-1 text-ink-2">
          {parts.map(({ label, usd, published }) => (
            <li key={label} className="flex items-center justify-between gap-2">
              <span>
                {label} {!published && <Assumed>Price assumed</Assumed>}
              </span>
              <span className="tabular-nums">{dollars.format(usd)}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="mt-2 text-ink-2">Requests come on top: $0.03 for each 10,000.</p>
    </Card>
  );
}

/** The banner of a key that waits for its deletion: how long, what becomes unreadable, and the way back. */
export async function DeletionBanner({
  aws,
  found: key,
  now,
  unavailable,
}: {
  aws: Aws;
  found: Key;
  now: number;
  unavailable: string | undefined;
}) {
  const { found } = await readDependants(aws, key);
  const at = key.deletionAt;
  return (
    <Alert
      tone="bad"
      title={
        at ? `This key is deleted ${formatAge(Date.parse(at), now)}, ${formatTime(at)}` : 'This key is deleted soon'
      }
    >
      <p className="mb-2">Nobody can use it now. After that, nothing it encrypted can be read again.</p>
      {found.length > 0 ? (
        <DependantList dependants={found} label="What becomes unreadable" />
      ) : (
        <p className="mb-2">
          No bucket or table of this account and Region names it. Objects may still be encrypted with it: the{' '}
          <Link className="link" href={routes.retireKey(key.id)}>
            retirement report
          </Link>{' '}
          says what was looked at.
        </p>
      )}
      <div className="mt-2 flex flex-wrap gap-2">
        <ActionButton
          action={setKeyState}
          input={{ keyId: key.id, change: 'cancel-deletion' }}
          unavailable={unavailable}
          size="small"
        >
          Cancel deletion
        </ActionButton>
        <ButtonLink href={routes.retireKey(key.id)} size="small" kind="ghost">
          Retirement report
        </ButtonLink>
      </div>
    </Alert>
  );
}

const KINDS: Readonly<Record<Dependant['kind'], string>> = {
  bucket: 'General purpose bucket',
  'directory-bucket': 'Directory bucket',
  'table-bucket': 'Table bucket, new tables',
  table: 'Table',
};

/** Buckets and tables, each with a link. */
export function DependantList({ dependants, label }: { dependants: readonly Dependant[]; label: string }) {
  return (
    <ul className="dependants" aria-label={label}>
      {dependants.map(({ kind, name, arn, bucket = '', namespace = '' }) => (
        <li key={`${kind} ${arn}`}>
          <span className="text-ink-2">{KINDS[kind]}</span>
          <Link
            className="link mono wrap-anywhere"
            href={
              kind === 'bucket'
                ? routes.bucket(name)
                : kind === 'directory-bucket'
                  ? routes.directoryBucket(name)
                  : kind === 'table-bucket'
                    ? routes.tableBucket(name)
                    : routes.table(bucket, namespace, name)
            }
          >
            {kind === 'table' ? `${bucket}, ${namespace}.${name}` : name}
          </Link>
        </li>
      ))}
    </ul>
  );
}
