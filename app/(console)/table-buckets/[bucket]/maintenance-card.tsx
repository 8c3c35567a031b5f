import { Badge } from '@/components/ui/badge';
import { ActionButton } from '@/components/ui/form';
import { plural } from '@/components/ui/format';
import { Card } from '@/components/ui/layout';
import type { Aws } from '@/lib/aws/connection';
import { mapLimited } from '@/lib/aws/result';
import type { TableBucket } from '@/lib/aws/table-buckets';
import { getMaintenanceStatus, type TableSummary } from '@/lib/aws/tables';
import { readOnlyReason } from '../../reads';
import { drillMaintenance } from '../actions';

/** Tables whose last maintenance is read for the summary. */
const MOST = 50;

/** What the last maintenance of the bucket's tables came to, and a drill that runs it now. */
export async function MaintenanceSummary({
  aws,
  bucket,
  tables,
}: {
  aws: Aws;
  bucket: TableBucket;
  tables: readonly TableSummary[];
}) {
  const [unavailable, jobs] = await Promise.all([
    readOnlyReason(),
    mapLimited(tables.slice(0, MOST), 8, async (table) => ({
      table,
      status: await getMaintenanceStatus(aws, { bucketArn: bucket.arn, namespace: table.namespace, name: table.name }),
    })),
  ]);
  const read = jobs.flatMap(({ table, status }) => (status.ok ? [{ table, jobs: status.data }] : []));
  const failed = read.filter((one) => one.jobs.some(({ status }) => status === 'Failed'));
  const ran = read.filter((one) => one.jobs.some(({ lastRunAt }) => lastRunAt !== undefined));
  const message = failed[0]?.jobs.find(({ failure }) => failure !== undefined)?.failure;
  return (
    <Card
      title="Table maintenance"
      end={
        failed.length > 0 ? (
          <Badge tone="bad">{failed.length} failed</Badge>
        ) : ran.length > 0 ? (
          <Badge tone="good">Successful</Badge>
        ) : undefined
      }
    >
      {message ? (
        <>
          <blockquote className="mb-2 border-l-2 border-line-strong pl-3 text-ink-2">{message}</blockquote>
          <p className="mb-3 text-ink-2">
            Said by GetTableMaintenanceJobStatus for{' '}
            <span className="mono">
              {failed[0]?.table.namespace}.{failed[0]?.table.name}
            </span>
            {failed.length > 1 && ` and ${failed.length - 1} more`}.
          </p>
        </>
      ) : (
        <p className="mb-3 text-ink-2">
          {ran.length === 0
            ? 'Has not run yet.'
            : `The last run of ${plural(ran.length, 'table')} could read and write with the key.`}
        </p>
      )}
      {aws.connection.kind === 'emulator' ? (
        <ActionButton
          action={drillMaintenance}
          input={{ arn: bucket.arn, bucket: bucket.name }}
          unavailable={unavailable ?? (tables.length === 0 ? 'There is no table to maintain' : undefined)}
        >
          Run a maintenance drill
        </ActionButton>
      ) : (
        <p className="text-ink-2">S3 Tables runs it by itself; a drill is possible in the emulator only.</p>
      )}
    </Card>
  );
}
