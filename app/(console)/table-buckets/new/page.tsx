import type { Metadata } from 'next';
import { EncryptionFields } from '@/components/keys/encryption-fields';
import { CreatePage } from '@/components/ui/create-page';
import { TextField } from '@/components/ui/form';
import { keyOptions } from '../../key-options';
import { writeTarget } from '../../reads';
import { createBucket } from '../actions';

export const metadata: Metadata = { title: 'Create table bucket · Table buckets' };

export default async function NewTableBucketPage() {
  const [keys, target] = await Promise.all([keyOptions(), writeTarget()]);
  return (
    <CreatePage
      thing="table bucket"
      sub="Tables in it are encrypted with the default that you choose here, unless a table names another."
      action={createBucket}
      target={target}
      back="/table-buckets"
    >
      <TextField
        name="name"
        label="Name"
        mono
        hint="3 to 63 lower-case letters, digits and dashes. Unique in this account and Region."
      />
      <EncryptionFields bucket="table" keys={keys} />
    </CreatePage>
  );
}
