/** From the name of a principal in a policy or grant to somebody who can ask. */

import type { Principal } from './types.ts';

/**
 * Who an ARN, account number or service name is: for a role one of its sessions, for an account its root user.
 * Undefined for what can't call, and for the ids of deleted principals.
 */
export function namedPrincipal(arn: string): Principal | undefined {
  const match = /^arn:[^:]+:(iam|sts)::(\d{12}):(root|user\/.+|role\/.+|assumed-role\/.+)$/.exec(arn);
  if (match === null) {
    if (/^\d{12}$/.test(arn)) return namedPrincipal(`arn:aws:iam::${arn}:root`);
    if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(arn)) return undefined;
    return { kind: 'AWSService', arn, accountId: '', userId: arn, serviceName: arn };
  }
  const [, service, accountId = '', resource = ''] = match;
  if (resource === 'root') return { kind: 'AccountRoot', arn, accountId, userId: accountId };
  if (service === 'iam' && resource.startsWith('user/')) return { kind: 'IAMUser', arn, accountId, userId: '' };
  if (service === 'sts') return { kind: 'AssumedRole', arn, accountId, userId: '' };
  const session = arn.replace(':iam:', ':sts:').replace(/:role\/(?:.*\/)?([^/]+)$/, ':assumed-role/$1/session');
  return { kind: 'AssumedRole', arn: session, accountId, userId: '', roleArn: arn };
}
