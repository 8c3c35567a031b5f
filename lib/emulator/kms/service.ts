import type { RequestContext } from '../context.ts';
import type { KmsPort } from '../ports.ts';
import type { Service, Surroundings } from '../service.ts';
import type { Operation, OperationTable } from '../wire/operation.ts';
import { dataKeyOperations } from './crypto/data-keys.ts';
import { encapsulationOperations } from './crypto/encapsulation.ts';
import { encryptionOperations } from './crypto/encryption.ts';
import { macOperations } from './crypto/macs.ts';
import { signingOperations } from './crypto/signing.ts';
import { grantOperations } from './grants/operations.ts';
import { customKeyStoreOperations } from './key-stores/operations.ts';
import { aliasOperations } from './keys/aliases.ts';
import { deletionOperations } from './keys/deletion.ts';
import { importOperations } from './keys/import.ts';
import { lifecycleOperations } from './keys/lifecycle.ts';
import { policyOperations } from './keys/policies.ts';
import { replaceDeleted } from './keys/policy-principals.ts';
import { replicaOperations } from './keys/replicas.ts';
import { rotationOperations } from './keys/rotation.ts';
import { tagOperations } from './keys/tags.ts';
import { settleAccount, settleDue } from './keys/time.ts';
import { assemble, type Kms } from './kms.ts';
import { createPort } from './port.ts';
import { MIGRATIONS, OWNED } from './schema.ts';

/** The Key Management Service, and the door by which other services use it. */
export function createKmsService(surroundings: Surroundings): { service: Service; port: KmsPort } {
  surroundings.state.migrate('kms', MIGRATIONS);
  const kms = assemble(surroundings);
  surroundings.world.onAdvance((accountId, now) => settleAccount(kms, accountId, now));
  surroundings.ports.identity.onPrincipalDeleted((arn, uniqueId) => replaceDeleted(kms, arn, uniqueId));
  const operations = {
    ...lifecycleOperations(kms),
    ...deletionOperations(kms),
    ...policyOperations(kms),
    ...aliasOperations(kms),
    ...tagOperations(kms),
    ...rotationOperations(kms),
    ...importOperations(kms),
    ...replicaOperations(kms),
    ...grantOperations(kms),
    ...customKeyStoreOperations(kms),
    ...encryptionOperations(kms),
    ...dataKeyOperations(kms),
    ...signingOperations(kms),
    ...macOperations(kms),
    ...encapsulationOperations(kms),
  };
  return {
    service: {
      name: 'kms',
      operations: admitted(kms, operations),
      reset: (accountId) => reset(kms, accountId),
      tables: OWNED,
      writeDown: () => kms.lastUse.flush(),
    },
    port: createPort(kms),
  };
}

/** Before every operation: quotas and faults (LIM-01, LIM-04, ERR-08), and what time has done meanwhile. */
function admitted(kms: Kms, operations: OperationTable<RequestContext>): OperationTable<RequestContext> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]): [string, Operation<never, unknown, RequestContext>] => [
      name,
      (input, context) => {
        kms.quota.admit(context, name);
        settleDue(kms, context.accountId);
        return operation(input, context);
      },
    ]),
  );
}

function reset(kms: Kms, accountId: string): void {
  kms.lastUse.forget(accountId);
  kms.quota.forget(accountId);
  kms.aliases.removeAccount(accountId);
  kms.grants.removeAccount(accountId);
  kms.materials.removeAccount(accountId);
  kms.keys.removeAccount(accountId);
  kms.customKeyStores.removeAccount(accountId);
}
