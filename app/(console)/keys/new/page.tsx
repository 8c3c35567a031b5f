import type { Metadata } from 'next';
import { CreatePage } from '@/components/ui/create-page';
import { TextArea, TextField } from '@/components/ui/form';
import { ownAccount, writeTarget } from '../../reads';
import { createKey } from '../actions';

export const metadata: Metadata = { title: 'Create key · KMS keys' };

export default async function NewKeyPage() {
  const [account, target] = await Promise.all([ownAccount(), writeTarget()]);
  return (
    <CreatePage
      thing="key"
      sub="A symmetric customer managed key in this Region."
      action={createKey}
      target={target}
      back="/keys"
    >
      <TextField
        name="alias"
        label="Alias"
        optional
        mono
        hint="How people call the key: lakehouse becomes alias/lakehouse. It can point to another key later."
      />
      <TextField name="description" label="Description" optional hint="What the key protects." />
      <TextArea
        name="policy"
        label="Key policy"
        rows={15}
        defaultValue={defaultPolicy(account)}
        hint="This one lets IAM policies of the account decide. S3 Tables maintenance needs a statement of its own: add it on the table bucket's page."
      />
    </CreatePage>
  );
}

function defaultPolicy(account: string): string {
  return JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'AccountDecides',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    },
    null,
    2,
  );
}
