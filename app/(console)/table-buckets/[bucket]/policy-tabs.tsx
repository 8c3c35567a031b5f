import { Wrench } from 'lucide-react';
import { PolicyEditor } from '@/components/policy/policy-editor';
import { Status } from '@/components/ui/badge';
import { Card, Fact, Facts, Split } from '@/components/ui/layout';
import { Empty, Failure } from '@/components/ui/states';
import { Time } from '@/components/ui/time';
import type { Aws } from '@/lib/aws/connection';
import type { Listing } from '@/lib/aws/paginate';
import { mapLimited, type Result } from '@/lib/aws/result';
import { getTableBucketMaintenance, getTableBucketPolicy, type TableBucket } from '@/lib/aws/table-buckets';
import { getMaintenanceStatus, type TableSummary } from '@/lib/aws/tables';
import { lintContext } from '../../policy-lint';
import { readOnlyReason, writeTarget } from '../../reads';
import { deletePolicy, savePolicy } from '../actions';

export async function PoliciesTab({ aws, bucket, account }: { aws: Aws; bucket: TableBucket; account: string }) {
  const [policy, lint, readOnly, target] = await Promise.all([
    getTableBucketPolicy(aws, bucket.arn),
    lintContext('table-bucket'),
    readOnlyReason(),
    writeTarget(),
  ]);
  return (
    <Card
      title="Table bucket policy"
      count={policy.ok && policy.data === undefined ? 'none' : 'who may use the bucket and its tables'}
      rule
    >
      <div className="pt-4">
        {!policy.ok ? (
          <Failure title="The policy could not be read" error={policy.error} />
        ) : (
          <>
            {policy.data === undefined && (
              <p className="prose-line mb-3 text-ink-2">
                Without a policy, identity policies of this account alone decide. A policy can let other accounts in, or
                keep somebody out.
              </p>
            )}
            <PolicyEditor
              label="Table bucket policy"
              policy={policy.data}
              limit={20_480}
              action={savePolicy}
              input={{ arn: bucket.arn }}
              removal={{
                action: deletePolicy,
              }}
              target={target}
              lint={lint}
              unavailable={readOnly}
              example={JSON.stringify(
                {
                  Version: '2012-10-17',
                  Statement: [
                    {
                      Sid: 'ReadTables',
                      Effect: 'Allow',
                      Principal: { AWS: `arn:aws:iam::${account}:root` },
                      Action: ['s3tables:GetTable', 's3tables:GetTableData'],
                      Resource: `${bucket.arn}/*`,
                    },
                  ],
                },
                null,
                2,
              )}
            />
          </>
        )}
      </div>
    </Card>
  );
}

/** More tables than this are not asked one by one. */
const MOST_ASKED = 100;

export async function MaintenanceTab({
  aws,
  bucket,
  tables,
}: {
  aws: Aws;
  bucket: TableBucket;
  tables: Result<Listing<TableSummary>>;
}) {
  const [settings, jobs] = await Promise.all([
    getTableBucketMaintenance(aws, bucket.arn),
    tables.ok
      ? mapLimited(tables.data.items.slice(0, MOST_ASKED), 8, async (table) => ({
          table,
          jobs: await getMaintenanceStatus(aws, {
            bucketArn: bucket.arn,
            namespace: table.namespace,
            name: table.name,
          }),
        }))
      : [],
  ]);
  return (
    <Split
      main={
        <Card title="Last maintenance of each table" rule bare>
          {jobs.length === 0 ? (
            <Empty icon={Wrench} title="Nothing to maintain yet">
              S3 Tables compacts files, expires snapshots and removes unreferenced files of each table, with its key.
            </Empty>
          ) : (
            <div className="table-scroll">
              <table aria-label="Last maintenance" className="stack-small">
                <thead>
                  <tr>
                    <th scope="col">Table</th>
                    <th scope="col">Job</th>
                    <th scope="col">Status</th>
                    <th scope="col">Last run</th>
                  </tr>
                </thead>
                <tbody>
                  {jobs.flatMap(({ table, jobs: status }) =>
                    status.ok
                      ? status.data.map((job) => (
                          <tr key={`${table.arn} ${job.job}`}>
                            <td className="mono">
                              <span className="text-ink-3">{table.namespace}.</span>
                              {table.name}
                            </td>
                            <td className="mono">{job.job}</td>
                            <td>
                              <Status
                                tone={
                                  job.status === 'Successful' ? 'good' : job.status === 'Failed' ? 'bad' : 'neutral'
                                }
                              >
                                {job.status.replaceAll('_', ' ')}
                              </Status>
                              {job.failure && <span className="sub block max-w-[48ch]">{job.failure}</span>}
                            </td>
                            <td>
                              {job.lastRunAt ? (
                                <Time value={job.lastRunAt} />
                              ) : (
                                <span className="text-ink-3">not yet</span>
                              )}
                            </td>
                          </tr>
                        ))
                      : [
                          <tr key={table.arn}>
                            <td className="mono">
                              {table.namespace}.{table.name}
                            </td>
                            <td colSpan={3} className="text-ink-2">
                              {status.error.code}: {status.error.message}
                            </td>
                          </tr>,
                        ],
                  )}
                </tbody>
              </table>
            </div>
          )}
        </Card>
      }
      side={
        <Card title="Settings of the bucket">
          {!settings.ok ? (
            <Failure title="The settings could not be read" error={settings.error} />
          ) : settings.data.length === 0 ? (
            <p className="text-ink-2">No job is configured.</p>
          ) : (
            settings.data.map((job) => (
              <Facts key={job.job}>
                <Fact label="Job">
                  <span className="mono wrap-anywhere">{job.job}</span>
                </Fact>
                <Fact label="Status">{job.status}</Fact>
                {Object.entries(job.settings).map(([name, value]) => (
                  <Fact key={name} label={name}>
                    {String(value)}
                  </Fact>
                ))}
              </Facts>
            ))
          )}
        </Card>
      }
    />
  );
}
