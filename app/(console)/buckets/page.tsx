import { Cylinder } from 'lucide-react';
import type { Metadata } from 'next';
import { BucketTable } from '@/components/buckets/bucket-table';
import { ListPage } from '@/components/ui/list-page';
import { workplace } from '@/lib/aws/session';
import { bucketRows } from '../bucket-rows';
import { LoadWorldButton } from '../load-world-button';
import { generalBuckets, readOnlyReason, writeTarget } from '../reads';

export const metadata: Metadata = { title: 'General purpose buckets' };

export default async function BucketsPage() {
  const [{ aws }, buckets, readOnly, target] = await Promise.all([
    workplace(),
    generalBuckets(),
    readOnlyReason(),
    writeTarget(),
  ]);
  const rows = buckets.ok ? await bucketRows(aws, 'buckets', buckets.data.items) : [];
  return (
    <ListPage
      title="General purpose buckets"
      sub="Objects are encrypted as they are written: by the bucket's default, or as the request says."
      create={{ href: '/buckets/new', label: 'Create bucket' }}
      noun="general purpose buckets"
      icon={Cylinder}
      list={buckets}
      empty="A bucket encrypts with SSE-S3 until you choose a key. With a bucket key it asks KMS less often."
      other={<LoadWorldButton />}
    >
      <BucketTable rows={rows} kind="buckets" unavailable={readOnly} target={target} />
    </ListPage>
  );
}
