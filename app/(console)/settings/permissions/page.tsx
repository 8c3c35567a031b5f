import { Download } from 'lucide-react';
import type { Metadata } from 'next';
import { CodeBlock } from '@/components/ui/code';
import { CopyButton } from '@/components/ui/copy-button';
import { Card, PageHeader, Tabs } from '@/components/ui/layout';
import { policyFor, readsOf } from '@/lib/aws/permissions';
import operations from '@/lib/aws/sent-operations.json';
import { workplace } from '@/lib/aws/session';

export const metadata: Metadata = { title: 'Permissions · Settings' };

export default async function PermissionsPage({ searchParams }: PageProps<'/settings/permissions'>) {
  const [{ tab }] = await Promise.all([searchParams, workplace()]);
  const full = tab === 'full';
  const sent = full ? operations : readsOf(operations);
  const text = JSON.stringify(policyFor(sent), null, 2);
  return (
    <>
      <PageHeader
        title="Permissions of this console"
        sub={`The smallest IAM policy for the ${sent.length} operations that it sends${full ? '' : ' while it is locked'}. Taken from its code.`}
        actions={
          <a className="button" href={`/api/permissions?access=${full ? 'full' : 'read'}`} download>
            <Download size={14} aria-hidden />
            JSON
          </a>
        }
      />
      <Tabs
        label="Permission sets"
        open={full ? 'full' : 'read'}
        href={(to) => (to ? `/settings/permissions?tab=${to}` : '/settings/permissions')}
        tabs={[
          { id: 'read', label: 'Read only' },
          { id: 'full', label: 'Read and write' },
        ]}
      />
      <Card title="Policy" end={<CopyButton text={text} label="Copy policy" />}>
        <p className="prose-line mb-3 text-ink-2">
          Where a permission is missing, the page that needs it says so and stays usable. Narrow Resource to your own
          buckets and keys where you can; List permissions take no resource.
          {!full && ' Simulated uploads, set-up and every change need the other policy.'}
        </p>
        <CodeBlock text={text} label="IAM policy" />
      </Card>
    </>
  );
}
