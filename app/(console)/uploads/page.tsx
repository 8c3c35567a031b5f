import { Upload } from 'lucide-react';
import type { Metadata, Route } from 'next';
import { headers } from 'next/headers';
import Link from 'next/link';
import { ButtonLink } from '@/components/ui/button';
import { Card, PageHeader } from '@/components/ui/layout';
import { Empty } from '@/components/ui/states';
import { SavedWorkloads } from '@/components/uploads/saved-workloads';
import { UploadTable } from '@/components/uploads/upload-table';
import { workplace } from '@/lib/aws/session';
import { listUploads, savedPlans } from '@/lib/aws/uploads';
import { WORKLOAD_PRESETS } from '@/lib/uploads/presets';
import { ownAccount } from '../reads';
import { duplicatePlan, forgetPlan } from './actions';
import { linkText } from './fields';

export const metadata: Metadata = { title: 'Simulated uploads' };

export default async function UploadsPage() {
  const [{ aws }, account, head] = await Promise.all([workplace(), ownAccount(), headers()]);
  const runs = listUploads(aws);
  const saved = savedPlans(aws);
  const origin = `${head.get('x-forwarded-proto') ?? 'http'}://${head.get('host') ?? ''}`;
  const links = new Map(saved.map(({ id, plan }) => [id, `${origin}/uploads/new?w=${linkText(plan, account)}`]));
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
      <div className="stack">
        <nav className="presets" aria-label="Workloads that people know">
          {WORKLOAD_PRESETS.map(({ id, name, about }) => (
            <Link key={id} href={`/uploads/new?preset=${id}` as Route}>
              <span className="font-medium">{name}</span>
              <span className="block text-ink-2">{about}</span>
            </Link>
          ))}
        </nav>
        {saved.length > 0 && (
          <SavedWorkloads saved={saved} links={links} duplicate={duplicatePlan} forget={forgetPlan} />
        )}
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
      </div>
    </>
  );
}
