import { Table2 } from 'lucide-react';
import type { Metadata } from 'next';
import { BucketTable } from '@/components/buckets/bucket-table';
import { ListPage } from '@/components/ui/list-page';
import { workplace } from '@/lib/aws/session';
import { bucketRows } from '../bucket-rows';
import { LoadWorldButton } from '../load-world-button';
import { readOnlyReason, tableBuckets, writeTarget } from '../reads';

export const metadata: Metadata = { title: 'Table buckets' };

export default async function TableBucketsPage() {
  const [{ aws }, buckets, readOnly, target] = await Promise.all([
    workplace(),
    tableBuckets(),
    readOnlyReason(),
    writeTarget(),
  ]);
  const rows = buckets.ok ? await bucketRows(aws, 'table-buckets', buckets.data.items) : [];
  return (
    <ListPage
      title="Table buckets"
      sub="Buckets of S3 Tables: Apache Iceberg tables, each encrypted as its bucket said when the table was created."
      create={{ href: '/table-buckets/new', label: 'Create table bucket' }}
      noun="table buckets"
      icon={Table2}
      list={buckets}
      empty="A table bucket encrypts with SSE-S3 until you choose a key. Choose it before the first table: tables keep what they were created with."
      other={<LoadWorldButton />}
    >
      <BucketTable rows={rows} kind="table-buckets" unavailable={readOnly} target={target} />
    </ListPage>
  );
}
