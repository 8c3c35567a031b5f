import type { Metadata } from 'next';
import { EncryptionFields } from '@/components/keys/encryption-fields';
import { CreatePage } from '@/components/ui/create-page';
import { TextField } from '@/components/ui/form';
import { createGeneralBucket } from '../../bucket-actions';
import { keyOptions } from '../../key-options';
import { writeTarget } from '../../reads';

export const metadata: Metadata = { title: 'Create bucket · General purpose buckets' };

export default async function NewBucketPage() {
  const [keys, target] = await Promise.all([keyOptions(), writeTarget()]);
  return (
    <CreatePage
      thing="general purpose bucket"
      submit="Create bucket"
      sub="Two calls: CreateBucket, then PutBucketEncryption where it is not SSE-S3."
      action={createGeneralBucket}
      target={target}
      back="/buckets"
    >
      <TextField
        name="name"
        label="Name"
        mono
        hint="3 to 63 lower-case letters, digits, dots and dashes. Unique among all of AWS."
      />
      <EncryptionFields bucket="general" keys={keys} />
    </CreatePage>
  );
}
