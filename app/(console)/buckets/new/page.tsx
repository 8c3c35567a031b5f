import type { Metadata } from 'next';
import { EncryptionFields } from '@/components/keys/encryption-fields';
import { ButtonLink } from '@/components/ui/button';
import { ActionForm, TextField } from '@/components/ui/form';
import { Card, PageHeader } from '@/components/ui/layout';
import { createGeneralBucket } from '../../bucket-actions';
import { keyOptions } from '../../key-options';
import { writeTarget } from '../../reads';

export const metadata: Metadata = { title: 'Create bucket · General purpose buckets' };

export default async function NewBucketPage() {
  const [keys, target] = await Promise.all([keyOptions(), writeTarget()]);
  return (
    <>
      <PageHeader
        title="Create general purpose bucket"
        sub="Two calls: CreateBucket, then PutBucketEncryption where it is not SSE-S3."
      />
      <Card className="page-form max-w-[760px]">
        <ActionForm
          action={createGeneralBucket}
          submit="Create bucket"
          target={target}
          guard="The bucket you began"
          cancel={<ButtonLink href="/buckets">Cancel</ButtonLink>}
        >
          <TextField
            name="name"
            label="Name"
            mono
            hint="3 to 63 lower-case letters, digits, dots and dashes. Unique among all of AWS."
          />
          <EncryptionFields bucket="general" keys={keys} />
        </ActionForm>
      </Card>
    </>
  );
}
