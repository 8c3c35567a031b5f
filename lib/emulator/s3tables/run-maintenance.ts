/**
 * A run of a table's maintenance, in the name of the service principal (TB-17, TB-60, PERM-04). It proves that the
 * principal can use the table's key by reading the current metadata file and by writing a zero-byte object, then
 * removes such objects; files are not compacted yet.
 */

import { randomUUID } from 'node:crypto';
import type { KeyOperation } from '../../contract/ledger.ts';
import type { RequestContext, TrailEvent } from '../context.ts';
import type { Warehouse } from '../ports.ts';
import { AwsError } from '../wire/error.ts';
import type { Desk } from './desk.ts';
import { INSUFFICIENT_MAINTENANCE_ACCESS, noSuchBucket, noSuchNamespace, noSuchTable } from './errors.ts';
import { checkKey, MAINTAINER, MAINTENANCE_PRINCIPAL, PROBE_PREFIX, proveMaintenanceAccess } from './maintainer.ts';
import { jobSwitches } from './maintenance-operations.ts';
import type { JobState, JobStates, JobType } from './maintenance-settings.ts';
import type { BucketRow, TableRow } from './model.ts';
import { parseBucketArn } from './names.ts';
import { tableArn, warehouseLocation, warehouseOf } from './warehouses.ts';

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

/** Largest metadata file that is read: those up to it lie in the database. */
const READABLE = 64 * 1024;

/** Throws BadRequestException or NotFoundException when the table does not exist; a key that cannot be used is a result. */
export function runMaintenance(desk: Desk, request: MaintenanceRequest): MaintenanceResult {
  const begun = performance.now();
  const { bucket, table } = find(desk, request);
  const context = maintenanceContext(desk, bucket);
  const warehouse = warehouseOf(bucket, table);
  const failureMessage = visit(desk, context, warehouse, table);
  const state: JobState = {
    status: failureMessage === undefined ? 'Successful' : 'Failed',
    lastRun: context.now,
    ...(failureMessage !== undefined && { failureMessage }),
  };
  const types = jobSwitches(bucket, table)
    .filter(([, enabled]) => enabled)
    .map(([job]) => job);
  const jobs: JobStates = Object.fromEntries(types.map((job) => [job, state]));
  desk.around.state.write(() => desk.rows.changeTable(table.id, { jobs: { ...table.jobs, ...jobs } }));
  report(desk, context, warehouse, types, performance.now() - begun);
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

/** Uses the key as maintenance does. Answers the sentence of the failed job, or undefined. */
function visit(desk: Desk, context: RequestContext, warehouse: Warehouse, table: TableRow): string | undefined {
  const { state, ports } = desk.around;
  try {
    state.write(() => {
      // A table key that S3 still holds would hide that the key can no longer be used (TB-12).
      checkKey(ports.kms, context, warehouse, 'GenerateDataKey');
      const objects = ports.warehouses.list(warehouse);
      const metadataKey = table.metadataLocation?.slice(warehouseLocation(table).length + 1);
      if (objects.some(({ key, size }) => key === metadataKey && size <= READABLE)) {
        ports.warehouses.get({ context, caller: MAINTAINER, warehouse, key: metadataKey ?? '' });
      }
      proveMaintenanceAccess(ports, context, warehouse);
      const probes = ports.warehouses
        .list(warehouse)
        .map(({ key }) => key)
        .filter((key) => key.startsWith(PROBE_PREFIX));
      if (probes.length > 0) ports.warehouses.delete(warehouse, probes);
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return error.status >= 500 || error.code === 'ThrottlingException'
      ? error.message
      : INSUFFICIENT_MAINTENANCE_ACCESS;
  }
}

/** A request that nobody sent: the service principal's own. */
function maintenanceContext(desk: Desk, bucket: BucketRow): RequestContext {
  return {
    requestId: randomUUID(),
    service: 's3tables',
    operation: 'TablesMaintenanceEvent',
    caller: MAINTAINER,
    accountId: bucket.accountId,
    region: bucket.region,
    now: desk.around.world.now(bucket.accountId),
    sourceIp: MAINTENANCE_PRINCIPAL,
    userAgent: MAINTENANCE_PRINCIPAL,
    secureTransport: true,
    authType: 'none',
    signatureAge: 0,
    host: `s3tables.${bucket.region}.amazonaws.com`,
    headers: {},
    trail: { decisions: [], keyOperations: [], events: [] },
  };
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
      eventId: randomUUID(),
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
