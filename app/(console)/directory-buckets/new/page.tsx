import type { Metadata } from 'next';
import { EncryptionFields } from '@/components/keys/encryption-fields';
import { Alert } from '@/components/ui/alert';
import { CreatePage } from '@/components/ui/create-page';
import { TextField } from '@/components/ui/form';
import { workplace } from '@/lib/aws/session';
import { createDirectory } from '../../bucket-actions';
import { keyOptions } from '../../key-options';
import { writeTarget } from '../../reads';

export const metadata: Metadata = { title: 'Create directory bucket · Directory buckets' };

export default async function NewDirectoryBucketPage() {
  const [keys, target, { aws }] = await Promise.all([keyOptions(), writeTarget(), workplace()]);
  return (
    <CreatePage
      thing="directory bucket"
      sub="S3 Express One Zone, in one zone of this Region."
      action={createDirectory}
      target={target}
      back="/directory-buckets"
      lasting={
        <Alert tone="warn" title="The key can't be changed for the life of the bucket">
          Another key later means a new directory bucket and a copy of the objects.
        </Alert>
      }
    >
      <TextField name="base" label="Name" mono hint="The zone is added: features becomes features--use1-az4--x-s3." />
      <TextField
        name="zone"
        label="Zone"
        mono
        defaultValue={firstZone(aws.region)}
        hint="Id of an Availability Zone or Local Zone."
      />
      <EncryptionFields bucket="directory" keys={keys} legend="Encryption" />
    </CreatePage>
  );
}

const DIRECTIONS: Readonly<Record<string, string>> = {
  northeast: 'ne',
  northwest: 'nw',
  southeast: 'se',
  southwest: 'sw',
};

/** A zone id to begin with, `us-east-1` → `use1-az4`: zone ids start with the shortened Region. */
function firstZone(region: string): string {
  const [area = '', direction = '', number = ''] = region.split('-');
  return `${area}${DIRECTIONS[direction] ?? direction.slice(0, 1)}${number}-az4`;
}
