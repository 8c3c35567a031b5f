import Link from 'next/link';
import { routes } from '@/components/routes';
import { Arn } from '@/components/ui/arn';
import { Status } from '@/components/ui/badge';
import { ConfirmButton, FormDialogButton } from '@/components/ui/confirm';
import { ActionButton, TextField } from '@/components/ui/form';
import { formatCount, formatDuration } from '@/components/ui/format';
import { Card, Fact, Facts, Split } from '@/components/ui/layout';
import { Time } from '@/components/ui/time';
import { listAccessKeys } from '@/lib/aws/access-keys';
import { groupsOf, type Identity, membersOf } from '@/lib/aws/identities';
import { dataOr } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { readOnlyReason, worldNow, writeTarget } from '../../../reads';
import { addTag, changeMembership, createAccessKey, removeTag, setAccessKey } from '../../actions';

/** What IAM knows of an identity, with its access keys, groups and tags. */
export async function OverviewTab({ identity }: { identity: Identity }) {
  const [readOnly, target, now] = await Promise.all([readOnlyReason(), writeTarget(), worldNow()]);
  const { kind, name } = identity;
  return (
    <Split
      main={
        <>
          <Card title={kind === 'user' ? 'User' : kind === 'role' ? 'Role' : 'Group'}>
            <Facts wide>
              <Fact label="ARN" oneLine>
                <Arn value={identity.arn} />
              </Fact>
              <Fact label="Id" oneLine>
                <Arn value={identity.id} label="id" />
              </Fact>
              <Fact label="Path">
                <span className="mono">{identity.path}</span>
              </Fact>
              {identity.description && <Fact label="Description">{identity.description}</Fact>}
              {identity.maxSessionSeconds && (
                <Fact label="Longest session">{formatDuration(identity.maxSessionSeconds)}</Fact>
              )}
              {identity.lastUsedAt && (
                <Fact label="Last used">
                  <Time value={identity.lastUsedAt} now={now} />
                </Fact>
              )}
              <Fact label="Created">
                <Time value={identity.createdAt} now={now} />
              </Fact>
            </Facts>
          </Card>
          {kind === 'user' && <AccessKeys user={name} readOnly={readOnly} target={target} now={now} />}
        </>
      }
      side={
        <>
          {kind !== 'role' && <Memberships identity={identity} readOnly={readOnly} target={target} />}
          {kind !== 'group' && <Tags identity={identity} kind={kind} readOnly={readOnly} target={target} />}
        </>
      }
    />
  );
}

interface Write {
  readonly readOnly: string | undefined;
  readonly target: string;
}

async function AccessKeys({ user, readOnly, target, now }: Write & { user: string; now: number }) {
  const { aws } = await workplace();
  const keys = await listAccessKeys(aws, user);
  const items = dataOr(keys, { items: [], cutOff: false }).items;
  return (
    <Card
      title="Access keys"
      count={keys.ok ? formatCount(items.length) : 'not read'}
      end={
        <ActionButton
          action={createAccessKey}
          input={{ name: user }}
          size="small"
          unavailable={readOnly ?? (items.length >= 2 ? 'A user has at most two access keys' : undefined)}
        >
          Create access key {target}
        </ActionButton>
      }
      rule
      bare
    >
      {items.length === 0 ? (
        <p className="card-body pt text-ink-2">
          {keys.ok ? 'No access key. The secret of a new one is shown once.' : keys.error.message}
        </p>
      ) : (
        <ul className="rows-list">
          {items.map((key) => (
            <li key={key.id}>
              <span className="inline-flex min-w-0 items-center gap-1">
                <Arn value={key.id} label="access key id" />
              </span>
              <Status tone={key.active ? 'good' : 'neutral'}>{key.active ? 'Active' : 'Inactive'}</Status>
              <Time value={key.createdAt} now={now} />
              <span className="ml-auto flex gap-2">
                <ActionButton
                  action={setAccessKey}
                  input={{ name: user, id: key.id, change: key.active ? 'deactivate' : 'activate' }}
                  size="small"
                  unavailable={readOnly}
                >
                  {key.active ? 'Deactivate' : 'Activate'}
                </ActionButton>
                <ConfirmButton
                  label="Delete"
                  kind="ghost"
                  size="small"
                  unavailable={readOnly}
                  title={`Delete access key ${key.id}`}
                  consequence={{
                    title: 'Programs that sign with it are refused from now on',
                    detail: "A deleted key can't be restored. Deactivate it first to see what still uses it.",
                  }}
                  word={key.id.slice(-4)}
                  action={setAccessKey}
                  input={{ name: user, id: key.id, change: 'delete' }}
                  submit="Delete access key"
                  target={target}
                />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

async function Memberships({ identity: { kind, name }, readOnly, target }: Write & { identity: Identity }) {
  const { aws } = await workplace();
  const user = kind === 'user';
  const found = await (user ? groupsOf(aws, name) : membersOf(aws, name));
  const names = dataOr(found, { items: [], cutOff: false }).items;
  const pair = (other: string) => (user ? { user: name, group: other } : { user: other, group: name });
  return (
    <Card
      title={user ? 'Groups' : 'Users'}
      count={found.ok ? formatCount(names.length) : 'not read'}
      end={
        <FormDialogButton
          label={user ? 'Add to group' : 'Add user'}
          size="small"
          title={user ? `Add ${name} to a group` : `Add a user to ${name}`}
          action={changeMembership}
          submit="Add"
          target={target}
          unavailable={readOnly}
        >
          <input type="hidden" name={user ? 'user' : 'group'} value={name} />
          <input type="hidden" name="change" value="add" />
          <TextField name={user ? 'group' : 'user'} label={user ? 'Group' : 'User'} mono focusFirst />
        </FormDialogButton>
      }
    >
      {names.length === 0 && <p className="text-ink-2">{user ? 'In no group.' : 'No users in this group.'}</p>}
      <ul className="grid gap-2">
        {names.map((other) => (
          <li key={other} className="flex items-center justify-between gap-2">
            <Link className="link mono min-w-0 truncate" href={routes.identity(user ? 'group' : 'user', other)}>
              {other}
            </Link>
            <ActionButton
              action={changeMembership}
              input={{ ...pair(other), change: 'remove' }}
              kind="ghost"
              size="small"
              unavailable={readOnly}
            >
              Remove
            </ActionButton>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Tags({
  identity: { name, tags },
  kind,
  readOnly,
  target,
}: Write & { identity: Identity; kind: 'user' | 'role' }) {
  return (
    <Card
      title="Tags"
      count={formatCount(tags.length)}
      end={
        <FormDialogButton
          label="Add tag"
          size="small"
          title="Add a tag"
          action={addTag}
          submit="Set tag"
          target={target}
          unavailable={readOnly}
        >
          <input type="hidden" name="kind" value={kind} />
          <input type="hidden" name="name" value={name} />
          <TextField name="key" label="Key" mono focusFirst />
          <TextField name="value" label="Value" optional mono />
        </FormDialogButton>
      }
    >
      {tags.length === 0 && (
        <p className="text-ink-2">Policies can ask for tags of the principal with aws:PrincipalTag.</p>
      )}
      <ul className="grid gap-2">
        {tags.map((tag) => (
          <li key={tag.key} className="flex items-center justify-between gap-2">
            <span className="mono min-w-0 truncate">
              {tag.key} = {tag.value}
            </span>
            <ActionButton
              action={removeTag}
              input={{ kind, name, key: tag.key }}
              kind="ghost"
              size="small"
              unavailable={readOnly}
            >
              Remove
            </ActionButton>
          </li>
        ))}
      </ul>
    </Card>
  );
}
