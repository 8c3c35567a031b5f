import type { Metadata } from 'next';
import { EncryptionFields } from '@/components/keys/encryption-fields';
import { ButtonLink } from '@/components/ui/button';
import { ActionForm, TextField } from '@/components/ui/form';
import { Card, PageHeader } from '@/components/ui/layout';
import { keyOptions } from '../../key-options';
import { writeTarget } from '../../reads';
import { createBucket } from '../actions';

export const metadata: Metadata = { title: 'Create table bucket · Table buckets' };

export default async function NewTableBucketPage() {
  const [keys, target] = await Promise.all([keyOptions(), writeTarget()]);
  return (
    <>
      <PageHeader
        title="Create table bucket"
        sub="Tables in it are encrypted with the default that you choose here, unless a table names another."
      />
      <Card className="page-form max-w-[760px]">
        <ActionForm
          action={createBucket}
          submit="Create table bucket"
          target={target}
          guard="The table bucket you began"
          cancel={<ButtonLink href="/table-buckets">Cancel</ButtonLink>}
        >
          <TextField
            name="name"
            label="Name"
            mono
            hint="3 to 63 lower-case letters, digits and dashes. Unique in this account and Region."
          />
          <EncryptionFields bucket="table" keys={keys} />
        </ActionForm>
      </Card>
    </>
  );
}
