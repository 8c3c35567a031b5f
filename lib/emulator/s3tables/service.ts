/** Amazon S3 Tables: all 49 operations, the port that S3 asks about table data, and maintenance. */

import type { MetadataTablePort, TableCatalogPort, TablePort } from '../ports.ts';
import type { Service, Surroundings } from '../service.ts';
import { bucketSettingOperations } from './bucket-settings.ts';
import { bucketOperations } from './buckets.ts';
import { createCatalog } from './catalog.ts';
import { createTableOperation } from './create-table.ts';
import type { Desk } from './desk.ts';
import { type MaintenanceRequest, type MaintenanceResult, runMaintenance } from './jobs/run.ts';
import { type Schedule, scheduleMaintenance } from './jobs/schedule.ts';
import { maintenanceOperations } from './maintenance-operations.ts';
import { metadataLocationOperations } from './metadata-location.ts';
import { createMetadataTables } from './metadata-tables.ts';
import { migrations, OWNED } from './migrations.ts';
import { namespaceOperations } from './namespaces.ts';
import { policyOperations } from './policy-operations.ts';
import { recordExpirationOperations } from './record-expiration.ts';
import { replicationOperations } from './replication.ts';
import { openRows } from './rows.ts';

import { tableOperations } from './tables.ts';
import { tagOperations } from './tags.ts';
import { openWarehouses } from './warehouses.ts';

export interface S3TablesService {
  readonly service: Service;
  readonly port: TablePort;
  /** What the Iceberg REST catalog calls. */
  readonly catalog: TableCatalogPort;
  /** What S3 Metadata calls. */
  readonly metadata: MetadataTablePort;
  /** Runs the table's maintenance now; `POST /_emulator/maintenance`. Rejects with AwsError when there is no such table. */
  runMaintenance(request: MaintenanceRequest): Promise<MaintenanceResult>;
  readonly schedule: Schedule;
}

/** `log` is told of a scheduled run that broke off. */
export function createS3TablesService(around: Surroundings, log: (error: unknown) => void): S3TablesService {
  around.state.migrate('s3tables', migrations);
  const rows = openRows(around.state);
  const desk: Desk = { around, rows, warehouses: openWarehouses(rows) };
  return {
    service: {
      name: 's3tables',
      operations: {
        ...bucketOperations(desk),
        ...bucketSettingOperations(desk),
        ...namespaceOperations(desk),
        CreateTable: createTableOperation(desk),
        ...tableOperations(desk),
        ...metadataLocationOperations(desk),
        ...policyOperations(desk),
        ...maintenanceOperations(desk),
        ...recordExpirationOperations(desk),
        ...replicationOperations(desk),
        ...tagOperations(desk),
      },
      tables: OWNED,
      reset(accountId) {
        rows.removeAccount(accountId);
        desk.warehouses.forgetAll();
      },
    },
    port: desk.warehouses,
    catalog: createCatalog(desk),
    metadata: createMetadataTables(desk),
    runMaintenance: (request) => runMaintenance(desk, request),
    schedule: scheduleMaintenance(desk, log),
  };
}
