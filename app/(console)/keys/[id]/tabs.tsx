import { Ticket } from 'lucide-react';
import { CreateGrant } from '@/components/keys/create-grant';
import { GrantTable, type GrantWindow } from '@/components/keys/grant-table';
import { PolicyEditor } from '@/components/policy/policy-editor';
import { routes } from '@/components/routes';
import { Alert } from '@/components/ui/alert';
import { Arn } from '@/components/ui/arn';
import { KeyState } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { ConfirmButton, FormDialogButton } from '@/components/ui/confirm';
import { TextField } from '@/components/ui/form';
import { formatCount, formatTime } from '@/components/ui/format';
import { Card, Fact, Facts, Split } from '@/components/ui/layout';
import { Empty, Failure } from '@/components/ui/states';
import { Time } from '@/components/ui/time';
import type { Aws } from '@/lib/aws/connection';
import { GRANT_OPERATIONS } from '@/lib/aws/grants';
import { getLastUse } from '@/lib/aws/key-use';
import { getKeyPolicy, type Key } from '@/lib/aws/keys';
import type { Result } from '@/lib/aws/result';
import { keyLintContext } from '../../policy-lint';
import { principalOptions } from '../../principal-options';
import { grantDelay, readOnlyReason, worldNow, writeTarget } from '../../reads';
import { addAlias, describeKeyAs, removeAlias, saveKeyPolicy } from '../actions';
import { CostCard, DeletionBanner, RotationCard } from './life';

/** Facts of a key, its aliases, and what its state means. */
export async function OverviewTab({
  aws,
  found: key,
  aliases,
  now,
  daysLeft,
}: {
  aws: Aws;
  found: Key;
  aliases: readonly string[];
  now: number;
  daysLeft: number | undefined;
}) {
  const own = key.manager === 'CUSTOMER';
  const [lastUse, readOnly, target] = await Promise.all([getLastUse(aws, key.id), readOnlyReason(), writeTarget()]);
  const unavailable = own ? readOnly : "An AWS managed key can't be changed";
  return (
    <Split
      main={
        <>
          {key.state === 'PendingDeletion' && (
            <DeletionBanner aws={aws} found={key} now={now} unavailable={unavailable} />
          )}
          {key.state === 'Disabled' && (
            <Alert tone="warn" title="This key is disabled">
              Reads and writes that need it fail with KMS.DisabledException. Bucket keys and table keys that S3 still
              holds answer until they end.
            </Alert>
          )}
          <Card title="Key">
            <Facts wide>
              <Fact label="Key ARN" oneLine>
                <Arn value={key.arn} />
              </Fact>
              <Fact label="State">
                <KeyState state={key.state} days={daysLeft} plain />
              </Fact>
              <Fact label="Description">
                {key.description || <span className="text-ink-3">None</span>}
                {own && (
                  <FormDialogButton
                    label="Change"
                    kind="ghost"
                    size="small"
                    title="Description"
                    action={describeKeyAs}
                    submit="Save"
                    target={target}
                    unavailable={unavailable}
                  >
                    <input type="hidden" name="keyId" value={key.id} />
                    <TextField name="description" label="Description" defaultValue={key.description} focusFirst />
                  </FormDialogButton>
                )}
              </Fact>
              <Fact label="Usage">
                <span className="mono">{key.usage}</span>
                <span className="text-ink-2">{key.spec}</span>
              </Fact>
              <Fact label="Origin">
                <span className="mono">{key.origin}</span>
              </Fact>
              <Fact label="Multi-Region">{key.multiRegion ? 'Yes' : 'No'}</Fact>
              <Fact label="Last use">
                {!lastUse.ok ? (
                  <span className="text-ink-3">not read</span>
                ) : lastUse.data.last ? (
                  <>
                    <span className="mono">{lastUse.data.last.operation}</span>
                    <Time value={lastUse.data.last.at} now={now} />
                  </>
                ) : (
                  <span className="text-ink-2">
                    No use is recorded
                    {lastUse.data.trackedSince ? ` since ${formatTime(lastUse.data.trackedSince, 'day')}` : ''}
                  </span>
                )}
              </Fact>
              <Fact label="Owner">
                <span className="mono">{key.accountId}</span>
              </Fact>
              <Fact label="Created">
                <Time value={key.createdAt} now={now} />
              </Fact>
            </Facts>
          </Card>
        </>
      }
      side={
        <>
          <RotationCard aws={aws} found={key} now={now} />
          <Card
            title="Aliases"
            count={formatCount(aliases.length)}
            end={
              own && (
                <FormDialogButton
                  label="Add alias"
                  size="small"
                  title="Add an alias"
                  action={addAlias}
                  submit="Create alias"
                  target={target}
                  unavailable={unavailable}
                >
                  <input type="hidden" name="keyId" value={key.id} />
                  <TextField name="alias" label="Alias" mono hint="lakehouse becomes alias/lakehouse." focusFirst />
                </FormDialogButton>
              )
            }
          >
            {aliases.length === 0 && (
              <p className="text-ink-2">
                People call this key by its id. An alias is easier to read and can move to another key.
              </p>
            )}
            <ul className="grid gap-2">
              {aliases.map((alias) => (
                <li key={alias} className="flex items-center justify-between gap-2">
                  <span className="mono min-w-0 truncate">{alias}</span>
                  {own && (
                    <ConfirmButton
                      label="Delete"
                      kind="ghost"
                      size="small"
                      unavailable={unavailable}
                      title={`Delete ${alias}`}
                      consequence={{
                        title: 'What names the key by this alias fails',
                        detail: 'The key itself, and what stores its ARN, stay as they are.',
                      }}
                      word={alias.replace(/^alias\//, '')}
                      action={removeAlias}
                      input={{ alias }}
                      submit="Delete alias"
                      target={target}
                    />
                  )}
                </li>
              ))}
            </ul>
            <p className="mt-3 text-ink-2">
              S3 stores the key ARN, not the alias: moving an alias does not move data to another key.
            </p>
          </Card>
          <CostCard aws={aws} found={key} />
          <Card title="Retire this key">
            <p className="mb-3 text-ink-2">
              A report of what was looked at, what could not be seen, and what would become unreadable.
            </p>
            <ButtonLink href={routes.retireKey(key.id)}>Retirement report</ButtonLink>
          </Card>
        </>
      }
    />
  );
}

export async function PolicyTab({ aws, keyId, managed }: { aws: Aws; keyId: string; managed: boolean }) {
  const [policy, lint, readOnly, target] = await Promise.all([
    getKeyPolicy(aws, keyId),
    keyLintContext(keyId),
    readOnlyReason(),
    writeTarget(),
  ]);
  return (
    <Card title="Key policy" count="decides first who may use the key" rule>
      <div className="pt-4">
        {policy.ok ? (
          <PolicyEditor
            label="Key policy"
            policy={policy.data}
            limit={32_768}
            action={saveKeyPolicy}
            input={{ keyId }}
            target={target}
            unavailable={managed ? "The policy of an AWS managed key can't be changed" : readOnly}
            example="{}"
            lint={lint}
          />
        ) : (
          <Failure title="The key policy could not be read" error={policy.error} />
        )}
      </div>
    </Card>
  );
}

export async function GrantsTab({ grants, keyId }: { grants: Result<GrantWindow>; keyId: string }) {
  const [principals, readOnly, target, knownAfter, now] = await Promise.all([
    principalOptions(),
    readOnlyReason(),
    writeTarget(),
    grantDelay(),
    worldNow(),
  ]);
  const create = (
    <CreateGrant
      keyId={keyId}
      operations={GRANT_OPERATIONS}
      principals={principals}
      target={target}
      unavailable={readOnly}
    />
  );
  if (!grants.ok) {
    return (
      <Card bare>
        <Failure title="Grants could not be listed" error={grants.error} />
      </Card>
    );
  }
  if (grants.data.total === 0) {
    return (
      <Card bare>
        <Empty icon={Ticket} title="No grants yet" actions={create}>
          A grant lets one principal use this key without a change of the key policy.
        </Empty>
      </Card>
    );
  }
  return (
    <div className="stack">
      {grants.data.total >= 50_000 && (
        <Alert
          tone="bad"
          title={`This key holds ${formatCount(grants.data.total)} grants, the most that a key may have`}
        >
          CreateGrant fails with LimitExceededException. A grant with a name is found again instead of made again.
        </Alert>
      )}
      <Card title="Grants" count={formatCount(grants.data.total)} end={create} rule bare>
        <GrantTable
          keyId={keyId}
          first={grants.data}
          unavailable={readOnly}
          target={target}
          knownAfter={knownAfter}
          now={now}
        />
      </Card>
    </div>
  );
}
