/** IAM: identities, their policies and their credentials. One account, no Region. */

import type { IdentityPort, SessionPort } from '../ports.ts';
import type { Service, Surroundings } from '../service.ts';
import { Iam } from './iam.ts';
import { accessKeyOperations } from './operations/access-keys.ts';
import { accountOperations } from './operations/account.ts';
import { attachedPolicyOperations } from './operations/attached-policies.ts';
import { groupOperations } from './operations/groups.ts';
import { managedPolicyOperations } from './operations/managed-policies.ts';
import { roleOperations } from './operations/roles.ts';
import { simulationOperations } from './operations/simulation.ts';
import { userOperations } from './operations/users.ts';
import type { OrganizationPolicies } from './organization.ts';
import { OWNED, TABLES_BY_ACCOUNT } from './schema.ts';
import { createSessionPort } from './sessions.ts';

export interface IamParts {
  readonly service: Service;
  /** For the other services: who somebody is and what may be done. */
  readonly port: IdentityPort;
  /** For STS. */
  readonly sessions: SessionPort;
  /** Replaces the policies of an account's organisation. Throws RangeError with a sentence; then nothing changes. */
  setOrganizationPolicies(accountId: string, policies: OrganizationPolicies): void;
  getOrganizationPolicies(accountId: string): OrganizationPolicies;
}

export function createIamService(surroundings: Surroundings): IamParts {
  const iam = new Iam(surroundings);
  return {
    service: {
      name: 'iam',
      operations: {
        ...userOperations(iam),
        ...groupOperations(iam),
        ...roleOperations(iam),
        ...managedPolicyOperations(iam),
        ...attachedPolicyOperations(iam),
        ...accessKeyOperations(iam),
        ...accountOperations(iam),
        ...simulationOperations(iam),
      },
      tables: OWNED,
      reset(accountId) {
        iam.change(accountId, () => {
          const { state } = surroundings;
          state
            .statement('DELETE FROM iam_policy_versions WHERE arn IN (SELECT arn FROM iam_policies WHERE account = ?)')
            .run(accountId);
          for (const table of TABLES_BY_ACCOUNT)
            state.statement(`DELETE FROM ${table} WHERE account = ?`).run(accountId);
        });
      },
    },
    port: iam.identity,
    sessions: createSessionPort(iam),
    setOrganizationPolicies: (accountId, policies) => iam.organization.set(accountId, policies),
    getOrganizationPolicies: (accountId) => iam.organization.get(accountId),
  };
}
