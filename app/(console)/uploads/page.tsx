import { Upload } from 'lucide-react';
import type { Metadata } from 'next';
import { ButtonLink } from '@/components/ui/button';
import { Card, PageHeader } from '@/components/ui/layout';
import { Empty } from '@/components/ui/states';
import { UploadTable } from '@/components/uploads/upload-table';
import { workplace } from '@/lib/aws/session';
import { listUploads } from '@/lib/aws/uploads';

export const metadata: Metadata = { title: 'Simulated uploads' };

export default async function UploadsPage() {
  const { aws } = await workplace();
  const runs = listUploads(aws);
  return (
    <>
      <PageHeader
        title="Simulated uploads"
        sub="Runs through the real S3 client, with every key operation that was made and spared."
        actions={
          <ButtonLink href="/uploads/new" kind="primary">
            <Upload size={14} aria-hidden />
            Simulate an upload
          </ButtonLink>
        }
      />
      <Card bare>
        {runs.length === 0 ? (
          <Empty
            icon={Upload}
            title="No uploads yet"
            actions={
              <ButtonLink href="/uploads/new" kind="primary">
                Simulate an upload
              </ButtonLink>
            }
          >
            See what a workload asks of KMS before it runs, and which requests a bucket key or table key spares.
          </Empty>
        ) : (
          <UploadTable runs={runs} />
        )}
      </Card>
    </>
  );
}
