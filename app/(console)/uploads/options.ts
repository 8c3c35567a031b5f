import 'server-only';
import type { TargetOption } from '@/components/uploads/upload-form';
import { mapLimited } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { listTables } from '@/lib/aws/tables';
import { directoryBuckets, generalBuckets, tableBuckets } from '../reads';

/** Everything that a simulated upload can write to, by kind. What can't be listed is left out. */
export async function targetOptions(): Promise<readonly TargetOption[]> {
  const [{ aws }, tables, directories, buckets] = await Promise.all([
    workplace(),
    tableBuckets(),
    directoryBuckets(),
    generalBuckets(),
  ]);
  const inBuckets = tables.ok
    ? await mapLimited(tables.data.items, 8, async ({ name, arn }) => ({
        name,
        arn,
        tables: await listTables(aws, arn),
      }))
    : [];
  return [
    ...inBuckets.flatMap(({ name: bucket, arn, tables: listed }) =>
      listed.ok
        ? listed.data.items.map(({ namespace, name }) => ({
            group: 'Tables' as const,
            value: `table ${namespace} ${name} ${arn}`,
            label: `${bucket}, ${namespace}.${name}`,
          }))
        : [],
    ),
    ...(directories.ok ? directories.data.items : []).map(({ name }) => ({
      group: 'Directory buckets' as const,
      value: `directory-bucket ${name}`,
      label: name,
    })),
    ...(buckets.ok ? buckets.data.items : []).map(({ name }) => ({
      group: 'General purpose buckets' as const,
      value: `bucket ${name}`,
      label: name,
    })),
  ];
}
