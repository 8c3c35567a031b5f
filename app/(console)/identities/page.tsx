import { FileBadge, UsersRound } from 'lucide-react';
import type { Metadata } from 'next';
import { IdentityTable } from '@/components/identities/identity-table';
import { ManagedPolicyTable } from '@/components/identities/managed-policy-table';
import { routes } from '@/components/routes';
import { Tabs } from '@/components/ui/layout';
import { ListPage } from '@/components/ui/list-page';
import { type IdentityKind, listIdentities } from '@/lib/aws/identities';
import { listManagedPolicies } from '@/lib/aws/managed-policies';
import { workplace } from '@/lib/aws/session';
import { LoadWorldButton } from '../load-world-button';

export const metadata: Metadata = { title: 'Identities' };

const EMPTY: Readonly<Record<IdentityKind, string>> = {
  role: 'A role is assumed for a while, by a person, a service or another account. Key policies name it.',
  user: 'A user has access keys that last. A role with sessions leaks less.',
  group: "A group gives its users the same policies. Key policies and grants can't name it.",
};

export default async function IdentitiesPage({ searchParams }: PageProps<'/identities'>) {
  const [{ tab }, { aws }] = await Promise.all([searchParams, workplace()]);
  const open = tab === 'users' || tab === 'groups' || tab === 'policies' ? tab : 'roles';
  const sections = (
    <Tabs
      label="Kinds of identities"
      open={open}
      href={routes.identities}
      tabs={[
        { id: 'roles', label: 'Roles' },
        { id: 'users', label: 'Users' },
        { id: 'groups', label: 'Groups' },
        { id: 'policies', label: 'Managed policies' },
      ]}
    />
  );
  if (open === 'policies') {
    const policies = await listManagedPolicies(aws, 'Local');
    return (
      <ListPage
        title="Identities"
        sub="IAM policies of this account that several identities share."
        create={{ href: '/identities/new?kind=policy', label: 'Create managed policy' }}
        noun="managed policies"
        icon={FileBadge}
        list={policies}
        sections={sections}
        empty="A managed policy is attached to many identities and changed in one place, with five versions."
        other={<LoadWorldButton />}
      >
        <ManagedPolicyTable rows={policies.ok ? policies.data.items : []} />
      </ListPage>
    );
  }
  const kind: IdentityKind = open === 'users' ? 'user' : open === 'groups' ? 'group' : 'role';
  const identities = await listIdentities(aws, kind);
  return (
    <ListPage
      title="Identities"
      sub="Who can ask for keys and buckets: the principals of IAM, with the policies that they carry."
      create={{ href: `/identities/new?kind=${kind}`, label: `Create ${kind}` }}
      noun={open}
      icon={UsersRound}
      list={identities}
      sections={sections}
      empty={EMPTY[kind]}
      other={<LoadWorldButton />}
    >
      <IdentityTable key={kind} rows={identities.ok ? identities.data.items : []} kind={kind} />
    </ListPage>
  );
}
