/** What IAM does for STS (contract: SessionPort). */

import type { IssuedCredentials, NewSession, RoleFacts, SessionPort } from '../ports.ts';
import { compile } from './documents.ts';
import type { Iam } from './iam.ts';

export function createSessionPort(iam: Iam): SessionPort {
  return {
    role(arn): RoleFacts | undefined {
      const role = iam.entities.byArn(arn);
      if (role?.kind !== 'role' || role.trust === undefined) return undefined;
      return {
        arn: role.arn,
        roleId: role.id,
        name: role.name,
        accountId: role.accountId,
        trust: { source: 'role trust policy', policy: compile(role.trust, 'trust') },
        maxSessionDuration: role.maxSession ?? 3600,
        tags: role.tags,
      };
    },
    managedPolicy(arn, accountId) {
      const policy = iam.policies.get(arn, accountId);
      return policy && iam.policies.defaultDocument(policy);
    },
    accountOf: (accessKeyId) => iam.credentials.accountOf(accessKeyId),
    transitiveTags: (accessKeyId) => iam.credentials.transitiveTags(accessKeyId),
    open: (session: NewSession): IssuedCredentials => iam.credentials.open(session),
  };
}
