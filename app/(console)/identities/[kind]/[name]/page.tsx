import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { routes } from '@/components/routes';
import { ShowApiCalls } from '@/components/ui/api-calls';
import { Arn } from '@/components/ui/arn';
import { CodeBlock, prettyJson } from '@/components/ui/code';
import { ConfirmButton, FormDialogButton } from '@/components/ui/confirm';
import { TextArea } from '@/components/ui/form';
import { formatCount, plural } from '@/components/ui/format';
import { Card, PageHeader, Tabs } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import { describeCall } from '@/lib/aws/api-call';
import { getIdentity, type Identity, type IdentityKind } from '@/lib/aws/identities';
import { dependentsOf } from '@/lib/aws/principal-policies';
import { workplace } from '@/lib/aws/session';
import { AuditTab } from '../../../audit-tab';
import { readOnlyReason, writeTarget } from '../../../reads';
import { deleteIdentity, saveTrust } from '../../actions';
import { DOCUMENT_LIMITS } from '../../fields';
import { OverviewTab } from './overview-tab';
import { PoliciesTab } from './policies-tab';

const KINDS: Readonly<Record<string, IdentityKind>> = { users: 'user', roles: 'role', groups: 'group' };
const TITLES: Readonly<Record<IdentityKind, string>> = { user: 'Users', role: 'Roles', group: 'Groups' };

export async function generateMetadata({ params }: PageProps<'/identities/[kind]/[name]'>): Promise<Metadata> {
  const { kind, name } = await params;
  const known = KINDS[kind];
  return { title: `${decodeURIComponent(name)} · ${known ? TITLES[known] : 'Identities'}` };
}

export default async function IdentityPage({ params, searchParams }: PageProps<'/identities/[kind]/[name]'>) {
  const [{ kind: section, name: encoded }, { tab: asked }, { aws }] = await Promise.all([
    params,
    searchParams,
    workplace(),
  ]);
  const kind = KINDS[section];
  if (!kind) notFound();
  const name = decodeURIComponent(encoded);
  const found = await getIdentity(aws, kind, name);
  if (!found.ok) {
    return (
      <>
        <PageHeader title={name} />
        <Card bare>
          <Failure title={`This ${kind} could not be read`} error={found.error} />
        </Card>
      </>
    );
  }
  const [readOnly, target] = await Promise.all([readOnlyReason(), writeTarget()]);
  const identity = found.data;
  const tab = asked === 'policies' || asked === 'audit' || (asked === 'trust' && kind === 'role') ? asked : 'overview';
  return (
    <>
      <PageHeader
        title={identity.name}
        sub={<Arn value={identity.arn} />}
        actions={
          <>
            <ShowApiCalls calls={found.call ? [describeCall(found.call)] : []} />
            <DeleteIdentity identity={identity} unavailable={readOnly} target={target} />
          </>
        }
      />
      <Tabs
        label={`Sections of the ${kind}`}
        open={tab}
        href={(to) => routes.identity(kind, identity.name, to)}
        tabs={[
          { id: 'overview', label: 'Overview' },
          { id: 'policies', label: 'Policies' },
          ...(kind === 'role' ? [{ id: 'trust', label: 'Trust policy' }] : []),
          { id: 'audit', label: 'Audit trail' },
        ]}
      />
      {tab === 'policies' ? (
        <PoliciesTab identity={identity} />
      ) : tab === 'audit' ? (
        <AuditTab by="ResourceName" value={identity.name} />
      ) : tab === 'trust' ? (
        <Card
          title="Trust policy"
          count="decides who may assume the role"
          end={
            <FormDialogButton
              label="Change"
              size="small"
              title="Trust policy"
              width="wide"
              action={saveTrust}
              submit="Save trust policy"
              target={target}
              unavailable={readOnly}
            >
              <input type="hidden" name="name" value={identity.name} />
              <TextArea
                name="policy"
                label="Trust policy"
                rows={16}
                defaultValue={prettyJson(identity.trust ?? '{}')}
                hint={`JSON, at most ${formatCount(DOCUMENT_LIMITS.trust)} bytes.`}
              />
            </FormDialogButton>
          }
        >
          <CodeBlock text={prettyJson(identity.trust ?? '{}')} label="Trust policy" />
        </Card>
      ) : (
        <OverviewTab identity={identity} />
      )}
    </>
  );
}

/** Deletes an identity with all that hangs on it, after saying what that is. */
async function DeleteIdentity({
  identity: { kind, name, arn },
  unavailable,
  target,
}: {
  identity: Identity;
  unavailable: string | undefined;
  target: string;
}) {
  const { aws } = await workplace();
  const dependents = await dependentsOf(aws, kind, name);
  const { inline, attached, accessKeys, memberships } = dependents.ok
    ? dependents.data
    : { inline: [], attached: [], accessKeys: [], memberships: [] };
  const parts = [
    ...(accessKeys.length > 0 ? [`${plural(accessKeys.length, 'access key')} deleted`] : []),
    ...(inline.length > 0 ? [`${plural(inline.length, 'inline policy', 'inline policies')} deleted`] : []),
    ...(attached.length > 0 ? [`${plural(attached.length, 'managed policy', 'managed policies')} detached`] : []),
    ...(memberships.length > 0 ? [`${plural(memberships.length, 'group membership')} ended`] : []),
  ];
  return (
    <ConfirmButton
      label="Delete"
      unavailable={unavailable}
      title={`Delete ${name}`}
      consequence={{
        title:
          kind === 'group'
            ? 'Its users lose what its policies gave'
            : `Who works as this ${kind} is refused from now on`,
        detail: (
          <>
            {parts.length > 0 ? `With it: ${parts.join(', ')}. ` : 'Nothing else hangs on it. '}
            {kind !== 'group' &&
              `Key policies and grants that name ${arn} keep an id that nobody has any more: a new ${kind} of the same name is not meant.`}
          </>
        ),
      }}
      word={name}
      action={deleteIdentity}
      input={{ kind, name }}
      submit={`Delete ${kind}`}
      target={target}
    />
  );
}
