/**
 * A run of a table's maintenance, in the name of the service principal (TB-17, TB-60, PERM-04). It proves first that the
 * principal can use the table's key, then runs the jobs that are switched on, one after the other. What a job can't do is
 * its status, never an error of the API.
 */

import type { KeyOperation } from '../../../contract/ledger.ts';
import { IcebergError } from '../../../iceberg/metadata.ts';
import type { RequestContext, TrailEvent } from '../../context.ts';
import type { Warehouse } from '../../ports.ts';
import { AwsError } from '../../wire/error.ts';
import { newUuid, withIds } from '../../world/id-source.ts';
import type { Desk } from '../desk.ts';
import { INSUFFICIENT_MAINTENANCE_ACCESS, noSuchBucket, noSuchNamespace, noSuchTable } from '../errors.ts';
import { checkKey, MAINTAINER, MAINTENANCE_PRINCIPAL, proveMaintenanceAccess } from '../maintainer.ts';
import { bucketMaintenance, jobSwitches, tableMaintenance } from '../maintenance-operations.ts';
import type { JobState, JobStates, JobType } from '../maintenance-settings.ts';
import type { BucketRow, TableRow } from '../model.ts';
import { parseBucketArn } from '../names.ts';
import { serviceContext } from '../service-caller.ts';
import { tableArn, warehouseOf } from '../warehouses.ts';
import { compact } from './compaction.ts';
import { expireSnapshots } from './snapshots.ts';
import { openTableFiles, type TableFiles } from './table-files.ts';
import { removeUnreferenced } from './unreferenced.ts';

export interface MaintenanceRequest {
  readonly accountId: string;
  readonly region: string;
  readonly tableBucketARN: string;
  readonly namespace: string;
  readonly name: string;
}

export interface MaintenanceResult {
  readonly requestId: string;
  readonly tableArn: string;
  /** The jobs that ran; those that are switched off are absent. */
  readonly jobs: JobStates;
  readonly keyOperations: readonly KeyOperation[];
}

/** Attempts of a job whose commit met another one. */
const ATTEMPTS = 3;

/** Rejects with BadRequestException or NotFoundException when the table does not exist; a job that fails is a result. */
export async function runMaintenance(desk: Desk, request: MaintenanceRequest): Promise<MaintenanceResult> {
  const { bucket, table } = find(desk, request);
  return maintain(desk, bucket, table);
}

/** Runs the jobs of a table. Nobody's request: the ids are those of the account's world. */
export function maintain(desk: Desk, bucket: BucketRow, table: TableRow): Promise<MaintenanceResult> {
  const ids = desk.around.world.ids(bucket.accountId);
  return withIds(ids, () => runJobs(desk, bucket, table)).finally(() => ids?.keep());
}

async function runJobs(desk: Desk, bucket: BucketRow, table: TableRow): Promise<MaintenanceResult> {
  const begun = performance.now();
  const context = serviceContext(desk, MAINTAINER, 'TablesMaintenanceEvent', bucket);
  const warehouse = warehouseOf(bucket, table);
  const enabled = jobSwitches(bucket, table).flatMap(([job, on]) => (on ? [job] : []));
  const unusable = proveKey(desk, context, warehouse);
  const jobs: Partial<Record<JobType, JobState>> = {};
  for (const job of enabled) {
    const failureMessage = unusable ?? (await attempt(desk, context, bucket, table.id, warehouse, job));
    jobs[job] = {
      status: failureMessage === undefined ? 'Successful' : 'Failed',
      lastRun: context.now,
      ...(failureMessage !== undefined && { failureMessage }),
    };
  }
  desk.around.state.write(() => {
    const now = desk.rows.tableById(table.id);
    if (now) desk.rows.changeTable(table.id, { jobs: { ...now.jobs, ...jobs } });
  });
  report(desk, context, warehouse, enabled, performance.now() - begun);
  return {
    requestId: context.requestId,
    tableArn: tableArn(bucket, table.id),
    jobs,
    keyOperations: context.trail.keyOperations,
  };
}

function find(desk: Desk, request: MaintenanceRequest): { bucket: BucketRow; table: TableRow } {
  const arn = parseBucketArn(request.tableBucketARN);
  const bucket =
    arn.accountId === request.accountId && arn.region === request.region
      ? desk.rows.bucket(arn.accountId, arn.region, arn.name)
      : undefined;
  if (!bucket) throw noSuchBucket();
  const table = desk.rows.table(bucket.id, request.namespace, request.name);
  if (table) return { bucket, table };
  throw desk.rows.namespace(bucket.id, request.namespace) ? noSuchTable() : noSuchNamespace();
}

/** Uses the key as maintenance does. Answers the sentence of the failed jobs, or undefined. */
function proveKey(desk: Desk, context: RequestContext, warehouse: Warehouse): string | undefined {
  const { state, ports } = desk.around;
  try {
    state.write(() => {
      // A table key that S3 still holds would hide that the key can no longer be used (TB-12).
      checkKey(ports.kms, context, warehouse, 'GenerateDataKey');
      proveMaintenanceAccess(ports, context, warehouse);
    });
    return undefined;
  } catch (error) {
    return sentenceOf(error);
  }
}

/** Runs one job on the table as it stands. Answers the sentence of its failure, or undefined. */
async function attempt(
  desk: Desk,
  context: RequestContext,
  bucket: BucketRow,
  tableId: string,
  warehouse: Warehouse,
  job: JobType,
): Promise<string | undefined> {
  for (let count = 1; ; count += 1) {
    const row = desk.rows.tableById(tableId);
    if (!row) return undefined;
    try {
      await runJob(desk, openTableFiles(desk, context, row, warehouse), bucket, job);
      return undefined;
    } catch (error) {
      const met = error instanceof AwsError && error.code === 'ConflictException';
      if (!met || count >= ATTEMPTS) return sentenceOf(error);
    }
  }
}

function runJob(desk: Desk, files: TableFiles, bucket: BucketRow, job: JobType): Promise<void> {
  const { icebergCompaction, icebergSnapshotManagement } = tableMaintenance(files.row);
  switch (job) {
    case 'icebergCompaction':
      return compact(files, icebergCompaction);
    case 'icebergSnapshotManagement':
      return expireSnapshots(files, icebergSnapshotManagement);
    default:
      return removeUnreferenced(desk, files, bucketMaintenance(bucket).icebergUnreferencedFileRemoval);
  }
}

/** TB-60. An error that is neither an answer nor the table's own fault passes. */
function sentenceOf(error: unknown): string {
  if (error instanceof IcebergError) return error.message;
  if (!(error instanceof AwsError)) throw error;
  const passing = error.status >= 500 || error.code === 'ThrottlingException' || error.code === 'ConflictException';
  return passing ? error.message : INSUFFICIENT_MAINTENANCE_ACCESS;
}

/** The run in the ledger, with its KMS calls and one TablesMaintenanceEvent per job (CT-07). */
function report(
  desk: Desk,
  context: RequestContext,
  warehouse: Warehouse,
  jobs: readonly JobType[],
  durationMs: number,
): void {
  const { requestId, accountId, region, service, operation, caller, trail } = context;
  const runs = jobs.map(
    (activityType): TrailEvent => ({
      eventId: newUuid(),
      category: 'Management',
      eventSource: 's3tables.amazonaws.com',
      eventName: 'TablesMaintenanceEvent',
      readOnly: false,
      principal: caller.principal,
      invokedBy: MAINTENANCE_PRINCIPAL,
      requestParameters: null,
      responseElements: null,
      resources: [
        { accountId, type: 'AWS::S3Tables::TableBucket', ARN: warehouse.tableBucketArn },
        { accountId, type: 'AWS::S3Tables::Table', ARN: warehouse.tableArn },
      ],
      recipientAccountId: accountId,
      serviceEventDetails: { activityType },
    }),
  );
  desk.around.trail.request({
    ledger: {
      requestId,
      accountId,
      region,
      service,
      operation,
      principalArn: caller.principal.arn,
      accessKeyId: caller.accessKeyId,
      resource: warehouse.tableArn,
      parent: warehouse.tableBucketArn,
      status: 200,
      durationMs,
      keyOperations: trail.keyOperations,
    },
    time: context.now,
    origin: context,
    events: [...runs, ...trail.events],
    decisions: trail.decisions,
  });
}
