import { Cylinder, Plus } from 'lucide-react';
import type { Metadata } from 'next';
import { BucketTable } from '@/components/buckets/bucket-table';
import { routes } from '@/components/routes';
import { ButtonLink } from '@/components/ui/button';
import { Card, PageHeader } from '@/components/ui/layout';
import { Empty, Failure } from '@/components/ui/states';
import { getBucketEncryption } from '@/lib/aws/buckets';
import { mapLimited } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { toBucketRow } from '../bucket-rows';
import { aliasesByKey } from '../key-options';
import { LoadWorldButton } from '../load-world-button';
import { generalBuckets } from '../reads';

export const metadata: Metadata = { title: 'General purpose buckets' };

export default async function BucketsPage() {
  const [{ aws }, buckets, names] = await Promise.all([workplace(), generalBuckets(), aliasesByKey()]);
  const rows = buckets.ok
    ? await mapLimited(buckets.data.items, 8, async (bucket) =>
        toBucketRow(bucket, routes.bucket(bucket.name), await getBucketEncryption(aws, bucket.name), names, {
          general: true,
        }),
      )
    : [];
  return (
    <>
      <PageHeader
        title="General purpose buckets"
        sub="Objects are encrypted as they are written: by the bucket's default, or as the request says."
        actions={
          <ButtonLink href="/buckets/new" kind="primary">
            <Plus size={14} aria-hidden />
            Create bucket
          </ButtonLink>
        }
      />
      <Card bare>
        {!buckets.ok ? (
          <Failure title="Buckets could not be listed" error={buckets.error} />
        ) : rows.length === 0 ? (
          <Empty
            icon={Cylinder}
            title="No general purpose buckets yet"
            actions={
              <>
                <ButtonLink href="/buckets/new" kind="primary">
                  Create bucket
                </ButtonLink>
                <LoadWorldButton />
              </>
            }
          >
            A bucket encrypts with SSE-S3 until you choose a key. With a bucket key it asks KMS less often.
          </Empty>
        ) : (
          <BucketTable rows={rows} noun="general purpose buckets" />
        )}
      </Card>
    </>
  );
}
