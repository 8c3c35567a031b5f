import { Plus, Table2 } from 'lucide-react';
import type { Metadata } from 'next';
import { BucketTable } from '@/components/buckets/bucket-table';
import { routes } from '@/components/routes';
import { ButtonLink } from '@/components/ui/button';
import { formatCount } from '@/components/ui/format';
import { Card, PageHeader } from '@/components/ui/layout';
import { Empty, Failure } from '@/components/ui/states';
import { mapLimited } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { getTableBucketEncryption } from '@/lib/aws/table-buckets';
import { listTables } from '@/lib/aws/tables';
import { toBucketRow } from '../bucket-rows';
import { aliasesByKey } from '../key-options';
import { LoadWorldButton } from '../load-world-button';
import { tableBuckets } from '../reads';

export const metadata: Metadata = { title: 'Table buckets' };

export default async function TableBucketsPage() {
  const [{ aws }, buckets, names] = await Promise.all([workplace(), tableBuckets(), aliasesByKey()]);
  const rows = buckets.ok
    ? await mapLimited(buckets.data.items, 6, async (bucket) => {
        const [encryption, tables] = await Promise.all([
          getTableBucketEncryption(aws, bucket.arn),
          listTables(aws, bucket.arn),
        ]);
        const count = tables.ok ? formatCount(tables.data.items.length) : 'not read';
        return toBucketRow(bucket, routes.tableBucket(bucket.name), encryption, names, { extra: count });
      })
    : [];
  return (
    <>
      <PageHeader
        title="Table buckets"
        sub="Buckets of S3 Tables: Apache Iceberg tables, each encrypted as its bucket said when the table was created."
        actions={
          <ButtonLink href="/table-buckets/new" kind="primary">
            <Plus size={14} aria-hidden />
            Create table bucket
          </ButtonLink>
        }
      />
      <Card bare>
        {!buckets.ok ? (
          <Failure title="Table buckets could not be listed" error={buckets.error} />
        ) : rows.length === 0 ? (
          <Empty
            icon={Table2}
            title="No table buckets yet"
            actions={
              <>
                <ButtonLink href="/table-buckets/new" kind="primary">
                  Create table bucket
                </ButtonLink>
                <LoadWorldButton />
              </>
            }
          >
            A table bucket encrypts with SSE-S3 until you choose a key. Choose it before the first table: tables keep
            what they were created with.
          </Empty>
        ) : (
          <BucketTable rows={rows} noun="table buckets" />
        )}
      </Card>
    </>
  );
}
