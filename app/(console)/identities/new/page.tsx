import type { Metadata } from 'next';
import { CreatePage } from '@/components/ui/create-page';
import { TextArea, TextField } from '@/components/ui/form';
import { ownAccount, writeTarget } from '../../reads';
import { createIdentity } from '../actions';
import { createManagedPolicy } from '../policy-actions';

export const metadata: Metadata = { title: 'Create identity · Identities' };

const SUBS = {
  user: 'A person or program with access keys of its own.',
  role: 'Assumed for a while by whom its trust policy names.',
  group: 'Users who get the same policies.',
};

export default async function NewIdentityPage({ searchParams }: PageProps<'/identities/new'>) {
  const [{ kind: asked }, account, target] = await Promise.all([searchParams, ownAccount(), writeTarget()]);
  if (asked === 'policy') {
    return (
      <CreatePage
        thing="managed policy"
        sub="A policy of this account that can be attached to many identities."
        action={createManagedPolicy}
        target={target}
        back="/identities?tab=policies"
      >
        <TextField name="name" label="Name" mono />
        <TextField name="description" label="Description" optional hint="Can't be changed later." />
        <TextArea
          name="policy"
          label="Policy"
          rows={15}
          defaultValue={EXAMPLE_POLICY}
          hint="JSON, at most 6,144 bytes."
        />
      </CreatePage>
    );
  }
  const kind = asked === 'user' || asked === 'group' ? asked : 'role';
  return (
    <CreatePage thing={kind} sub={SUBS[kind]} action={createIdentity} target={target} back={`/identities?tab=${kind}s`}>
      <input type="hidden" name="kind" value={kind} />
      <TextField
        name="name"
        label="Name"
        mono
        hint="Letters, digits and + = , . @ _ -. Unique in the account, whatever the case."
      />
      <TextField name="path" label="Path" optional mono hint="Begins and ends with a slash: /team/. Part of the ARN." />
      {kind === 'role' && (
        <>
          <TextField name="description" label="Description" optional />
          <TextArea
            name="trust"
            label="Trust policy"
            rows={12}
            defaultValue={trustOf(account)}
            hint="Who may assume the role. This one lets IAM policies of the account decide."
          />
        </>
      )}
    </CreatePage>
  );
}

const EXAMPLE_POLICY = JSON.stringify(
  {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'UseKeys',
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: 'arn:aws:kms:*:*:key/*',
      },
    ],
  },
  null,
  2,
);

function trustOf(account: string): string {
  const statement = {
    Sid: 'AccountDecides',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'sts:AssumeRole',
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, null, 2);
}
