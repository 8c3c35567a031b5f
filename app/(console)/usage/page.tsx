import type { Metadata } from 'next';
import { PageHeader } from '@/components/ui/layout';
import { ForecastView } from '@/components/usage/forecast-view';
import { readSettings } from '@/lib/aws/emulator';
import { workplace } from '@/lib/aws/session';
import { DEFAULTS, REGIONS } from '@/lib/usage/description';

export const metadata: Metadata = { title: 'KMS requests and cost' };

export default async function UsagePage({ searchParams }: PageProps<'/usage'>) {
  const [query, { aws, connection }] = await Promise.all([searchParams, workplace()]);
  const typed: Record<string, string> = {};
  for (const [name, value] of Object.entries(query)) if (typeof value === 'string') typed[name] = value;
  const settings = connection.kind === 'emulator' ? await readSettings(aws) : undefined;
  const lifetime = settings?.ok ? settings.data.find(({ name }) => name === 'bucketKeyLifetime')?.value : undefined;
  const here = REGIONS.find((it) => it === aws.region);
  return (
    <>
      <PageHeader
        title="KMS requests and cost"
        sub="What a workload will ask of KMS, what that costs, and where the request quota lies. Nothing is sent."
      />
      <ForecastView
        typed={typed}
        base={{
          ...DEFAULTS,
          ...(typeof lifetime === 'number' && { lifetime }),
          ...(here !== undefined && { regions: [here] }),
        }}
      />
    </>
  );
}
