/** What is set about maintenance, and what the jobs last did (TB-48, TB-49). */

import type {
  GetTableBucketMaintenanceConfigurationRequest,
  GetTableBucketMaintenanceConfigurationResponse,
  GetTableMaintenanceConfigurationRequest,
  GetTableMaintenanceConfigurationResponse,
  GetTableMaintenanceJobStatusRequest,
  GetTableMaintenanceJobStatusResponse,
  PutTableBucketMaintenanceConfigurationRequest,
  PutTableMaintenanceConfigurationRequest,
  TableMaintenanceJobStatusValue,
} from '@aws-sdk/client-s3tables';
import type { RequestContext } from '../context.ts';
import type { Checked } from '../wire/operation.ts';
import { openBucket, openTable } from './decide.ts';
import type { Desk } from './desk.ts';
import { badRequest } from './errors.ts';
import {
  type BucketMaintenance,
  DEFAULT_BUCKET_MAINTENANCE,
  DEFAULT_TABLE_MAINTENANCE,
  type JobType,
  type TableMaintenance,
} from './maintenance-settings.ts';
import type { BucketRow, TableRow } from './model.ts';

type Nothing = Record<string, never>;

const mismatch = (): Error => badRequest('The maintenance settings do not match the maintenance type.');

export function maintenanceOperations(desk: Desk) {
  const { rows, around } = desk;
  return {
    PutTableBucketMaintenanceConfiguration(
      input: Checked<PutTableBucketMaintenanceConfigurationRequest>,
      context: RequestContext,
    ): Nothing {
      const bucket = openBucket(desk, context, input.tableBucketARN, [
        's3tables:PutTableBucketMaintenanceConfiguration',
      ]);
      const settings = input.value.settings?.icebergUnreferencedFileRemoval;
      if (input.value.settings && !settings) throw mismatch();
      const before = bucketMaintenance(bucket).icebergUnreferencedFileRemoval;
      const maintenance: BucketMaintenance = {
        icebergUnreferencedFileRemoval: {
          status: input.value.status ?? before.status,
          unreferencedDays: settings?.unreferencedDays ?? before.unreferencedDays,
          nonCurrentDays: settings?.nonCurrentDays ?? before.nonCurrentDays,
        },
      };
      around.state.write(() => rows.changeBucket(bucket.id, { maintenance }));
      return {};
    },

    GetTableBucketMaintenanceConfiguration(
      input: Checked<GetTableBucketMaintenanceConfigurationRequest>,
      context: RequestContext,
    ): GetTableBucketMaintenanceConfigurationResponse {
      const bucket = openBucket(desk, context, input.tableBucketARN, [
        's3tables:GetTableBucketMaintenanceConfiguration',
      ]);
      const { status, ...settings } = bucketMaintenance(bucket).icebergUnreferencedFileRemoval;
      return {
        tableBucketARN: bucket.arn,
        configuration: {
          icebergUnreferencedFileRemoval: { status, settings: { icebergUnreferencedFileRemoval: settings } },
        },
      };
    },

    PutTableMaintenanceConfiguration(
      input: Checked<PutTableMaintenanceConfigurationRequest>,
      context: RequestContext,
    ): Nothing {
      const strategy = input.value.settings?.icebergCompaction?.strategy;
      const { table } = openTable(desk, context, input, [
        's3tables:PutTableMaintenanceConfiguration',
        // To order rows, S3 Tables must read them (PERM-13).
        ...(strategy === 'sort' || strategy === 'z-order' ? ['s3tables:GetTableData'] : []),
      ]);
      const maintenance = changed(tableMaintenance(table), input);
      around.state.write(() => rows.changeTable(table.id, { maintenance }));
      return {};
    },

    GetTableMaintenanceConfiguration(
      input: Checked<GetTableMaintenanceConfigurationRequest>,
      context: RequestContext,
    ): GetTableMaintenanceConfigurationResponse {
      const { table, arn } = openTable(desk, context, input, ['s3tables:GetTableMaintenanceConfiguration']);
      const { icebergCompaction, icebergSnapshotManagement } = tableMaintenance(table);
      const { status: compaction, ...compactionSettings } = icebergCompaction;
      const { status: snapshots, ...snapshotSettings } = icebergSnapshotManagement;
      return {
        tableARN: arn,
        configuration: {
          icebergCompaction: { status: compaction, settings: { icebergCompaction: compactionSettings } },
          icebergSnapshotManagement: {
            status: snapshots,
            settings: { icebergSnapshotManagement: snapshotSettings },
          },
        },
      };
    },

    GetTableMaintenanceJobStatus(
      input: Checked<GetTableMaintenanceJobStatusRequest>,
      context: RequestContext,
    ): GetTableMaintenanceJobStatusResponse {
      const { bucket, table, arn } = openTable(desk, context, input, ['s3tables:GetTableMaintenanceJobStatus']);
      const status = Object.fromEntries(
        jobSwitches(bucket, table).map(([job, enabled]) => [job, describeJob(table, job, enabled)]),
      );
      return { tableARN: arn, status };
    },
  };
}

export function bucketMaintenance(bucket: BucketRow): BucketMaintenance {
  return bucket.maintenance ?? DEFAULT_BUCKET_MAINTENANCE;
}

export function tableMaintenance(table: TableRow): TableMaintenance {
  return table.maintenance ?? DEFAULT_TABLE_MAINTENANCE;
}

/** The jobs of a table and whether each is switched on. */
export function jobSwitches(bucket: BucketRow, table: TableRow): readonly (readonly [JobType, boolean])[] {
  const { icebergCompaction, icebergSnapshotManagement } = tableMaintenance(table);
  return [
    ['icebergCompaction', icebergCompaction.status === 'enabled'],
    ['icebergSnapshotManagement', icebergSnapshotManagement.status === 'enabled'],
    ['icebergUnreferencedFileRemoval', bucketMaintenance(bucket).icebergUnreferencedFileRemoval.status === 'enabled'],
  ];
}

function describeJob(table: TableRow, job: JobType, enabled: boolean): TableMaintenanceJobStatusValue {
  const state = table.jobs?.[job];
  const lastRun = state && { lastRunTimestamp: new Date(state.lastRun) };
  if (!enabled) return { status: 'Disabled', ...lastRun };
  if (!state) return { status: 'Not_Yet_Run' };
  return {
    status: state.status,
    ...lastRun,
    ...(state.failureMessage !== undefined && { failureMessage: state.failureMessage }),
  };
}

function changed(
  before: TableMaintenance,
  { type, value }: Checked<PutTableMaintenanceConfigurationRequest>,
): TableMaintenance {
  if (type === 'icebergCompaction') {
    const settings = value.settings?.icebergCompaction;
    if (value.settings && !settings) throw mismatch();
    const target = settings?.targetFileSizeMB;
    if (target !== undefined && (target < 64 || target > 512)) {
      throw badRequest('The target file size must be between 64 MB and 512 MB.');
    }
    const { icebergCompaction: old } = before;
    return {
      ...before,
      icebergCompaction: {
        status: value.status ?? old.status,
        targetFileSizeMB: target ?? old.targetFileSizeMB,
        strategy: settings?.strategy ?? old.strategy,
      },
    };
  }
  const settings = value.settings?.icebergSnapshotManagement;
  if (value.settings && !settings) throw mismatch();
  const { icebergSnapshotManagement: old } = before;
  return {
    ...before,
    icebergSnapshotManagement: {
      status: value.status ?? old.status,
      minSnapshotsToKeep: settings?.minSnapshotsToKeep ?? old.minSnapshotsToKeep,
      maxSnapshotAgeHours: settings?.maxSnapshotAgeHours ?? old.maxSnapshotAgeHours,
    },
  };
}
