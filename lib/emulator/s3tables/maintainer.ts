/** The service principal that maintains tables, and what it must be able to do with a table's key (TB-17, PERM-03). */

import type { Caller, RequestContext } from '../context.ts';
import type { KmsPort, Warehouse, WarehousePort } from '../ports.ts';
import { newUuid } from '../world/id-source.ts';
import { serviceCaller } from './service-caller.ts';

export const MAINTENANCE_PRINCIPAL = 'maintenance.s3tables.amazonaws.com';

export const MAINTAINER: Caller = serviceCaller(MAINTENANCE_PRINCIPAL);

/** Zero-byte objects of the check lie here until unreferenced file removal takes them away. */
export const PROBE_PREFIX = 'metadata/.maintenance-access-check-';

/**
 * Writes a zero-byte object as the maintenance principal, which needs GenerateDataKey, and asks whether it may
 * Decrypt too. Throws what KMS answers. Does nothing for a table without a KMS key.
 */
export function proveMaintenanceAccess(
  ports: { readonly kms: KmsPort; readonly warehouses: WarehousePort },
  context: RequestContext,
  warehouse: Warehouse,
): void {
  if (warehouse.encryption.algorithm !== 'aws:kms') return;
  const key = `${PROBE_PREFIX}${newUuid()}`;
  ports.warehouses.put({ context, caller: MAINTAINER, warehouse, key, body: new Uint8Array(0) });
  checkKey(ports.kms, context, warehouse, 'Decrypt');
}

/** Asks KMS what it would answer a service principal, that of maintenance unless another is named. Throws that answer where it is an error. */
export function checkKey(
  kms: KmsPort,
  context: RequestContext,
  warehouse: Warehouse,
  operation: 'GenerateDataKey' | 'Decrypt',
  caller: Caller = MAINTAINER,
): void {
  if (warehouse.encryption.algorithm !== 'aws:kms') return;
  kms.check(
    {
      context,
      caller,
      keyId: warehouse.encryption.keyArn,
      accountId: warehouse.accountId,
      region: warehouse.region,
      // The same as S3 uses for the table's objects (TB-62).
      encryptionContext: { 'aws:s3:arn': `${warehouse.tableArn}/data` },
      viaService: `s3.${warehouse.region}.amazonaws.com`,
      sourceArn: warehouse.tableArn,
      sourceAccount: warehouse.accountId,
    },
    operation,
  );
}
