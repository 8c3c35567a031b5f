import { Container } from 'lucide-react';
import type { Metadata } from 'next';
import { ButtonLink } from '@/components/ui/button';
import { Card, PageHeader } from '@/components/ui/layout';
import { Empty } from '@/components/ui/states';
import { UploadForm } from '@/components/uploads/upload-form';
import { LoadWorldButton } from '../../load-world-button';
import { principalOptions } from '../../principal-options';
import { ownAccount, writeTarget } from '../../reads';
import { beginUpload } from '../actions';
import { chosenFields } from '../fields';
import { targetOptions } from '../options';

export const metadata: Metadata = { title: 'New upload · Simulated uploads' };

export default async function NewUploadPage({ searchParams }: PageProps<'/uploads/new'>) {
  const [query, targets, principals, account, where] = await Promise.all([
    searchParams,
    targetOptions(),
    principalOptions(),
    ownAccount(),
    writeTarget(),
  ]);
  const options = [
    { value: 'root', label: `The connection's own identity, account ${account}` },
    ...principals.map(({ kind, name, arn }) => ({ value: arn, label: `${kind === 'role' ? 'Role' : 'User'} ${name}` })),
  ];
  const chosen = await chosenFields(query, targets, options, account);
  return (
    <>
      <PageHeader
        title="Simulate an upload"
        sub="Real requests through the S3 client, as the principal you choose. For each you see what KMS was asked and why it was allowed."
      />
      <Card bare={targets.length === 0} className={targets.length === 0 ? '' : 'page-form max-w-[760px]'}>
        {targets.length === 0 ? (
          <Empty
            icon={Container}
            title="There is nothing to upload to yet"
            actions={
              <>
                <ButtonLink href="/buckets/new" kind="primary">
                  Create bucket
                </ButtonLink>
                <LoadWorldButton />
              </>
            }
          >
            An upload needs a bucket or a table.
          </Empty>
        ) : (
          <UploadForm
            action={beginUpload}
            target={where}
            targets={targets}
            principals={options}
            chosen={chosen}
            cancel={<ButtonLink href="/uploads">Cancel</ButtonLink>}
          />
        )}
      </Card>
    </>
  );
}
