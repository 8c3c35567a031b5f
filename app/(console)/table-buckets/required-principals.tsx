import Link from 'next/link';
import { routes } from '@/components/routes';
import { Status } from '@/components/ui/badge';
import { CodeRows, prettyJson } from '@/components/ui/code';
import { CopyButton } from '@/components/ui/copy-button';
import { diffLines } from '@/components/ui/diff';
import { ActionButton } from '@/components/ui/form';
import { formatCount, formatTime } from '@/components/ui/format';
import { Card } from '@/components/ui/layout';
import { Principal, readPrincipal } from '@/components/ui/principal';
import { parsePolicy, type SourcedPolicy } from '@/lib/access/index';
import type { Aws } from '@/lib/aws/connection';
import { lookupEvents } from '@/lib/aws/events';
import { listGrants } from '@/lib/aws/grants';
import { readIdentityPolicies } from '@/lib/aws/identity-policies';
import { describeKey, getKeyPolicy } from '@/lib/aws/keys';
import { dataOr, type Result } from '@/lib/aws/result';
import { keyPolicy } from '@/lib/plan/key-side';
import { type RequiredPrincipal, requiredPrincipals, withStatementFor } from '@/lib/plan/required-principals';
import { toEventRow } from '../event-rows';
import { readOnlyReason, writeTarget } from '../reads';
import { allowPrincipal } from './actions';

/** What the page knows about the principals that a table's key must let in. */
export interface RequiredPrincipals {
  readonly keyArn: string;
  readonly policy: Result<string>;
  /** Empty where the policy could not be read. */
  readonly rows: readonly RequiredPrincipal[];
  /** The last change of the key policy that CloudTrail shows. */
  readonly changed?: { readonly at: string; readonly by: string };
}

/** Grants that are looked at: more say nothing new of twelve principals. */
const MOST_GRANTS = 2000;

/** Evaluates the four families for the tables of a bucket, or for one table. */
export async function readRequiredPrincipals(
  aws: Aws,
  keyId: string,
  tables: {
    readonly bucketArn: string;
    readonly tableArn?: string;
    readonly resourcePolicy: Result<string | undefined>;
  },
): Promise<RequiredPrincipals> {
  const [key, policy, grants, identities] = await Promise.all([
    describeKey(aws, keyId),
    getKeyPolicy(aws, keyId),
    listGrants(aws, keyId, { most: MOST_GRANTS }),
    readIdentityPolicies(aws),
  ]);
  const parsed = policy.ok ? keyPolicy(policy.data) : undefined;
  const rows =
    key.ok && parsed
      ? requiredPrincipals({
          key: { key: key.data, policy: parsed, grants: dataOr(grants, { items: [], cutOff: false }).items },
          identities: identities.ok ? identities.data : undefined,
          resourcePolicy: tables.resourcePolicy.ok ? sourced(tables.resourcePolicy.data) : undefined,
          bucketArn: tables.bucketArn,
          ...(tables.tableArn ? { tableArn: tables.tableArn } : {}),
        })
      : [];
  const keyArn = key.ok ? key.data.arn : keyId;
  const changed = rows.some(({ status }) => status === 'missing') ? await lastPolicyChange(aws, keyArn) : undefined;
  return { keyArn, policy, rows, ...(changed ? { changed } : {}) };
}

function sourced(text: string | undefined): SourcedPolicy | undefined {
  try {
    return text === undefined ? undefined : { source: 'table bucket policy', policy: parsePolicy(text, 'resource') };
  } catch {
    return undefined;
  }
}

async function lastPolicyChange(aws: Aws, keyArn: string): Promise<{ at: string; by: string } | undefined> {
  const events = await lookupEvents(aws, { by: { key: 'ResourceName', value: keyArn } });
  const event = dataOr(events, { events: [] })
    .events.map(toEventRow)
    .find(({ name, errorCode }) => name === 'PutKeyPolicy' && errorCode === undefined);
  return event && { at: event.time, by: event.principal };
}

/** How many of those that need the key can't use it. */
export function missingOf(required: RequiredPrincipals | undefined): number {
  return required?.rows.filter(({ status }) => status === 'missing').length ?? 0;
}

/** Who must be able to use the key, and the repair where somebody can't. */
export async function RequiredPrincipalsCard({
  required,
  bucketArn,
}: {
  required: RequiredPrincipals;
  bucketArn: string;
}) {
  const needed = required.rows.filter(({ status }) => status !== 'not-needed');
  const can = needed.filter(({ status }) => status !== 'missing');
  const firstMissing = required.rows.find(({ status }) => status === 'missing');
  return (
    <Card
      title="Who must be able to use the key"
      count={needed.length > 0 ? `${can.length} of ${needed.length} can` : undefined}
      rule
      bare
    >
      {!required.policy.ok || required.rows.length === 0 ? (
        <p className="p-4 text-ink-2">
          {required.policy.ok
            ? 'The key could not be described, so nothing can be said.'
            : `The key policy could not be read: ${required.policy.error.action} answered ${required.policy.error.code}.`}
        </p>
      ) : (
        <ul className="principals">
          {required.rows.map((row) => (
            <li key={`${row.family} ${row.principal}`}>
              <Principal principal={row.principal} about={row.about} />
              <div className="state">
                <RowStatus status={row.status} />
              </div>
              <div className="how">{row.how}</div>
              {row.status === 'missing' && (
                <Repair row={row} required={required} bucketArn={bucketArn} open={row === firstMissing} />
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function RowStatus({ status }: { status: RequiredPrincipal['status'] }) {
  if (status === 'allowed') return <Status tone="good">Allowed</Status>;
  if (status === 'part') return <Status tone="warn">In part</Status>;
  if (status === 'missing') return <Status tone="bad">Missing</Status>;
  return <Status>Not needed</Status>;
}

async function Repair({
  row,
  required,
  bucketArn,
  open,
}: {
  row: RequiredPrincipal;
  required: RequiredPrincipals;
  bucketArn: string;
  open: boolean;
}) {
  const [unavailable, target] = await Promise.all([readOnlyReason(), writeTarget()]);
  const { keyArn, policy, changed } = required;
  if (!policy.ok) return null;
  const { text, statement } = withStatementFor(policy.data, row.principal, bucketArn);
  const { name } = readPrincipal(row.principal);
  return (
    <details className="repair" open={open}>
      <summary className="repair-head">
        <span className="font-semibold">{row.consequence}</span>
      </summary>
      <p className="repair-cause">
        {row.cause}
        {changed && (
          <>
            {' '}
            The key policy was last changed {formatTime(changed.at)}:{' '}
            <Link className="link" href={routes.audit({ by: 'ResourceName', value: keyArn })}>
              PutKeyPolicy by {readPrincipal(changed.by).name}
            </Link>
            .
          </>
        )}
      </p>
      <CodeRows rows={diffLines(prettyJson(policy.data), text)} label={`Proposed key policy statement for ${name}`} />
      <div className="repair-foot">
        <ActionButton
          action={allowPrincipal}
          input={{ keyId: keyArn, arn: bucketArn, principal: row.principal }}
          kind="primary"
          size="small"
          unavailable={unavailable}
          target={target}
        >
          Review and apply
        </ActionButton>
        <span className="flex items-center gap-1 text-ink-2">
          Statement <CopyButton text={JSON.stringify(statement, null, 2)} label={`Copy the statement for ${name}`} />
        </span>
        <span className="ml-auto text-xs text-ink-2">
          {formatCount(Buffer.byteLength(text))} of 32,768 bytes after the change
        </span>
      </div>
    </details>
  );
}
