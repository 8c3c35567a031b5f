import { FolderTree, Plus } from 'lucide-react';
import type { Metadata } from 'next';
import { BucketTable } from '@/components/buckets/bucket-table';
import { routes } from '@/components/routes';
import { ButtonLink } from '@/components/ui/button';
import { Card, PageHeader } from '@/components/ui/layout';
import { Empty, Failure } from '@/components/ui/states';
import { getBucketEncryption } from '@/lib/aws/buckets';
import { zoneOf } from '@/lib/aws/directory-buckets';
import { mapLimited } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { toBucketRow } from '../bucket-rows';
import { aliasesByKey } from '../key-options';
import { LoadWorldButton } from '../load-world-button';
import { directoryBuckets } from '../reads';

export const metadata: Metadata = { title: 'Directory buckets' };

export default async function DirectoryBucketsPage() {
  const [{ aws }, buckets, names] = await Promise.all([workplace(), directoryBuckets(), aliasesByKey()]);
  const rows = buckets.ok
    ? await mapLimited(buckets.data.items, 8, async (bucket) =>
        toBucketRow(bucket, routes.directoryBucket(bucket.name), await getBucketEncryption(aws, bucket.name), names, {
          extra: zoneOf(bucket.name),
        }),
      )
    : [];
  return (
    <>
      <PageHeader
        title="Directory buckets"
        sub="S3 Express One Zone. A directory bucket takes one customer managed key, for as long as it exists."
        actions={
          <ButtonLink href="/directory-buckets/new" kind="primary">
            <Plus size={14} aria-hidden />
            Create directory bucket
          </ButtonLink>
        }
      />
      <Card bare>
        {!buckets.ok ? (
          <Failure title="Directory buckets could not be listed" error={buckets.error} />
        ) : rows.length === 0 ? (
          <Empty
            icon={FolderTree}
            title="No directory buckets yet"
            actions={
              <>
                <ButtonLink href="/directory-buckets/new" kind="primary">
                  Create directory bucket
                </ButtonLink>
                <LoadWorldButton />
              </>
            }
          >
            Requests go through sessions of five minutes, and the bucket key is always on. Choose the key well: it can't
            be replaced.
          </Empty>
        ) : (
          <BucketTable rows={rows} noun="directory buckets" />
        )}
      </Card>
    </>
  );
}
