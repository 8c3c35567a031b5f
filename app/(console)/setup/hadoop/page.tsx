import type { Metadata } from 'next';
import { CoreSiteForm } from '@/components/exports/core-site-form';
import { Card, PageHeader } from '@/components/ui/layout';

export const metadata: Metadata = { title: 'Check a core-site.xml · Guided set-up' };

export default function HadoopPage() {
  return (
    <>
      <PageHeader
        title="Check a core-site.xml"
        sub="What S3A will encrypt with, and what is wrong. The file is read here and kept nowhere; nothing in it is followed."
      />
      <Card>
        <CoreSiteForm />
      </Card>
    </>
  );
}
