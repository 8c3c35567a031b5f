import { FolderTree } from 'lucide-react';
import type { Metadata } from 'next';
import { BucketTable } from '@/components/buckets/bucket-table';
import { ListPage } from '@/components/ui/list-page';
import { workplace } from '@/lib/aws/session';
import { bucketRows } from '../bucket-rows';
import { LoadWorldButton } from '../load-world-button';
import { directoryBuckets, readOnlyReason, writeTarget } from '../reads';

export const metadata: Metadata = { title: 'Directory buckets' };

export default async function DirectoryBucketsPage() {
  const [{ aws }, buckets, readOnly, target] = await Promise.all([
    workplace(),
    directoryBuckets(),
    readOnlyReason(),
    writeTarget(),
  ]);
  const rows = buckets.ok ? await bucketRows(aws, 'directory-buckets', buckets.data.items) : [];
  return (
    <ListPage
      title="Directory buckets"
      sub="S3 Express One Zone. A directory bucket takes one customer managed key, for as long as it exists."
      create={{ href: '/directory-buckets/new', label: 'Create directory bucket' }}
      noun="directory buckets"
      icon={FolderTree}
      list={buckets}
      empty="Requests go through sessions of five minutes, and the bucket key is always on. Choose the key well: it can't be replaced."
      other={<LoadWorldButton />}
    >
      <BucketTable rows={rows} kind="directory-buckets" unavailable={readOnly} target={target} />
    </ListPage>
  );
}
