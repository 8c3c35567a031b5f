/** Maintenance of tables: what may be set, what holds where nothing was set, and what the jobs last did (TB-48, TB-49). */

export type BucketMaintenanceType = 'icebergUnreferencedFileRemoval';
export type TableMaintenanceTypeName = 'icebergCompaction' | 'icebergSnapshotManagement';
export type JobType = BucketMaintenanceType | TableMaintenanceTypeName;
export type Switch = 'enabled' | 'disabled';

export interface BucketMaintenance {
  readonly icebergUnreferencedFileRemoval: {
    readonly status: Switch;
    readonly unreferencedDays: number;
    readonly nonCurrentDays: number;
  };
}

export interface TableMaintenance {
  readonly icebergCompaction: {
    readonly status: Switch;
    readonly targetFileSizeMB: number;
    readonly strategy: 'auto' | 'binpack' | 'sort' | 'z-order';
  };
  readonly icebergSnapshotManagement: {
    readonly status: Switch;
    readonly minSnapshotsToKeep: number;
    readonly maxSnapshotAgeHours: number;
  };
}

export interface JobState {
  readonly status: 'Successful' | 'Failed';
  /** World time, milliseconds. */
  readonly lastRun: number;
  readonly failureMessage?: string;
}

export type JobStates = Readonly<Partial<Record<JobType, JobState>>>;

/** What AWS documents as its defaults (S3UG s3-table-buckets-maintenance, s3-tables-maintenance). */
export const DEFAULT_BUCKET_MAINTENANCE: BucketMaintenance = {
  icebergUnreferencedFileRemoval: { status: 'enabled', unreferencedDays: 3, nonCurrentDays: 10 },
};

export const DEFAULT_TABLE_MAINTENANCE: TableMaintenance = {
  icebergCompaction: { status: 'enabled', targetFileSizeMB: 512, strategy: 'auto' },
  icebergSnapshotManagement: { status: 'enabled', minSnapshotsToKeep: 1, maxSnapshotAgeHours: 120 },
};
