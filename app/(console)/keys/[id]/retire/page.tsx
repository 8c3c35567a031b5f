import type { Metadata } from 'next';
import Link from 'next/link';
import { PrintButton } from '@/components/plan/print-button';
import { routes } from '@/components/routes';
import { CrumbName } from '@/components/shell/crumb-name';
import { Alert } from '@/components/ui/alert';
import { Arn } from '@/components/ui/arn';
import { KeyState } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { formatCount, formatTime, plural } from '@/components/ui/format';
import { Card, Dot, PageHeader } from '@/components/ui/layout';
import { Principal } from '@/components/ui/principal';
import { Failure } from '@/components/ui/states';
import { Time } from '@/components/ui/time';
import { describeKey, type Key } from '@/lib/aws/keys';
import { workplace } from '@/lib/aws/session';
import { aliasesByKey } from '../../../key-options';
import { ownAccount, worldNow } from '../../../reads';
import { DependantList } from '../life';
import { readRetirement } from './read-report';

type Props = PageProps<'/keys/[id]/retire'>;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const id = decodeURIComponent((await params).id);
  const name = (await aliasesByKey()).get(id)?.[0] ?? id;
  return { title: `Retirement report · ${name} · KMS keys` };
}

/** What is known before a key is given up: it never says that a key is not needed, only what was looked at. */
export default async function RetirePage({ params }: Props) {
  const [{ id: encoded }, { aws }, names, now, account] = await Promise.all([
    params,
    workplace(),
    aliasesByKey(),
    worldNow(),
    ownAccount(),
  ]);
  const id = decodeURIComponent(encoded);
  const found = await describeKey(aws, id);
  if (!found.ok) {
    return (
      <>
        <PageHeader title="Retirement report" />
        <Card bare>
          <Failure title="This key could not be read" error={found.error} />
        </Card>
      </>
    );
  }
  const key = found.data;
  const name = names.get(key.id)?.[0] ?? `key …${key.id.slice(-12)}`;
  return (
    <>
      <PageHeader
        title={`Retirement report of ${name}`}
        badges={<KeyState state={key.state} />}
        sub={
          <>
            <span>
              Read {formatTime(new Date(now).toISOString(), 'seconds')}, account <span className="mono">{account}</span>
              , <span className="mono">{aws.region}</span>
            </span>
            <Dot />
            <Arn value={key.arn} />
          </>
        }
        actions={
          <>
            <ButtonLink href={routes.key(key.id)}>Open the key</ButtonLink>
            <PrintButton />
          </>
        }
      />
      <CrumbName id={key.id} name={name} />
      <Report found={key} now={now} />
    </>
  );
}

async function Report({ found: key, now }: { found: Key; now: number }) {
  const { aws } = await workplace();
  const report = await readRetirement(aws, key);
  const { dependants, lastUse, users, grants, objects } = report;
  const withKey = objects.reduce((sum, one) => sum + one.withKey, 0);
  const last = lastUse.ok ? lastUse.data.last : undefined;
  return (
    <div className="stack report">
      <Alert
        tone={dependants.found.length + withKey > 0 ? 'bad' : 'warn'}
        title={
          dependants.found.length + withKey > 0
            ? `${plural(dependants.found.length, 'bucket or table', 'buckets and tables')} and at least ${plural(withKey, 'object')} would become unreadable`
            : 'Nothing was found that would become unreadable, in what could be looked at'
        }
      >
        {last ? (
          <>
            The last use that KMS recorded was <span className="mono">{last.operation}</span>, {formatTime(last.at)}.{' '}
          </>
        ) : (
          'KMS recorded no use. '
        )}
        No report can prove that nobody needs a key: data that was not looked at may still be encrypted with it.
      </Alert>
      <Card title="What would become unreadable" count={formatCount(dependants.found.length)}>
        {dependants.found.length === 0 ? (
          <p className="text-ink-2">No bucket or table that was looked at names this key.</p>
        ) : (
          <DependantList dependants={dependants.found} label="Buckets and tables" />
        )}
        <h3 className="mt-4 mb-1 font-semibold">Objects</h3>
        <ul className="dependants" aria-label="Objects by bucket">
          {objects
            .filter(({ withKey: needs }) => needs > 0)
            .map((one) => (
              <li key={one.bucket}>
                <span className="mono wrap-anywhere">{one.bucket}</span>
                <span>
                  {formatCount(one.withKey)} of {plural(one.looked, 'object')} looked at
                  {!one.complete && ', there are more'}
                </span>
              </li>
            ))}
          {withKey === 0 && <li className="text-ink-2">None of the objects that were looked at.</li>}
        </ul>
      </Card>
      <Card title="Who used it" count="as far as CloudTrail tells">
        {!users.ok ? (
          <p className="text-ink-2">
            Not read: {users.error.action} answered {users.error.code}.
          </p>
        ) : users.data.lastUsed.size === 0 ? (
          <p className="text-ink-2">No event of a use was found.</p>
        ) : (
          <ul className="dependants" aria-label="Last use by principal">
            {[...users.data.lastUsed].map(([principal, at]) => (
              <li key={principal}>
                <Principal principal={principal} />
                <Time value={at} now={now} />
              </li>
            ))}
          </ul>
        )}
        <p className="mt-2 text-ink-2">
          {grants.ok
            ? `${plural(grants.data.items.length, 'grant')}${grants.data.cutOff ? ' or more' : ''} would end with the key.`
            : `Grants were not read: ${grants.error.code}.`}
        </p>
      </Card>
      <Scanned report={report} />
      <Card title="A careful order">
        <ol className="list-decimal pl-5">
          <li>Disable the key. Whatever needs it fails with KMS.DisabledException, and can be put right at once.</li>
          <li>
            Watch the{' '}
            <Link className="link" href={routes.audit({ by: 'ResourceName', value: key.arn })}>
              audit trail of the key
            </Link>{' '}
            for refused requests, over a whole cycle of your business: a yearly job asks once a year.
          </li>
          <li>Schedule the deletion with 30 days. It can be cancelled until the end.</li>
        </ol>
      </Card>
    </div>
  );
}

/** What was looked at, and what could not be seen. */
function Scanned({ report }: { report: Awaited<ReturnType<typeof readRetirement>> }) {
  const { dependants, lastUse, users, objects, notSampled } = report;
  const { scanned } = dependants;
  const partly = objects.filter(({ complete }) => !complete);
  const looked = objects.reduce((sum, one) => sum + one.looked, 0);
  const since = lastUse.ok ? lastUse.data.trackedSince : undefined;
  return (
    <>
      <Card title="What was looked at">
        <ul className="list-disc pl-5">
          <li>Default encryption of {plural(scanned.bucket, 'general purpose bucket')}</li>
          <li>Encryption of {plural(scanned['directory-bucket'], 'directory bucket')}</li>
          <li>
            Default of {plural(scanned['table-bucket'], 'table bucket')} and encryption of{' '}
            {plural(scanned.table, 'table')}
          </li>
          <li>
            {plural(looked, 'object')} of {plural(objects.length, 'bucket')}, one by one
          </li>
          <li>{users.ok ? 'CloudTrail events about the key, of 90 days at most' : 'No CloudTrail events'}</li>
          {since && <li>KMS's own record of the last use, kept since {formatTime(since, 'day')}</li>}
        </ul>
      </Card>
      <Card title="What could not be seen">
        <ul className="list-disc pl-5" aria-label="What could not be seen">
          <li>Other accounts and other Regions, which may use this key by its ARN</li>
          <li>Other services: EBS, RDS, DynamoDB, backups, and ciphertexts that applications keep themselves</li>
          <li>Earlier versions of objects, and copies outside S3</li>
          {partly.length > 0 && (
            <li>
              The rest of {plural(partly.length, 'bucket')}:{' '}
              {partly
                .map(({ bucket }) => bucket)
                .slice(0, 5)
                .join(', ')}
              {partly.length > 5 && ` and ${partly.length - 5} more`}
            </li>
          )}
          {notSampled > 0 && <li>The objects of {plural(notSampled, 'more bucket')}</li>}
          {users.ok && !users.data.complete && (
            <li>Earlier CloudTrail events of the key: there are more than were read</li>
          )}
          {[
            ...dependants.unseen,
            ...objects.flatMap(({ bucket, problem }) => (problem ? [`${bucket}: ${problem}.`] : [])),
          ].map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      </Card>
    </>
  );
}
