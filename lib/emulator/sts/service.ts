/** STS: who somebody is, and credentials for a while. */

import type { GetAccessKeyInfoRequest, GetAccessKeyInfoResponse, GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { RequestContext } from '../context.ts';
import type { SessionPort } from '../ports.ts';
import type { Service, Surroundings } from '../service.ts';
import type { Operation } from '../wire/operation.ts';
import { assumeRole } from './assume-role.ts';
import { validationError } from './errors.ts';
import { authorize, type Sts } from './sts.ts';
import { getFederationToken, getSessionToken } from './user-sessions.ts';

/**
 * STS keeps nothing itself: sessions stand with IAM's other credentials.
 *
 * @param sessions IAM's side of it (`createIamService(…).sessions`)
 */
export function createStsService(surroundings: Surroundings, sessions: SessionPort): Service {
  const sts: Sts = { surroundings, sessions };

  // Needs no permission, and not even a Deny keeps it back (STS API, GetCallerIdentity).
  const GetCallerIdentity: Operation<object, GetCallerIdentityResponse, RequestContext> = (_input, { caller }) => ({
    UserId: caller.principal.userId,
    Account: caller.principal.accountId,
    Arn: caller.principal.arn,
  });

  const GetAccessKeyInfo: Operation<GetAccessKeyInfoRequest, GetAccessKeyInfoResponse, RequestContext> = (
    input,
    context,
  ) => {
    authorize(sts, context, {
      action: 'sts:GetAccessKeyInfo',
      resource: '*',
      resourceAccountId: context.accountId,
    });
    const account = sessions.accountOf(input.AccessKeyId);
    if (account === undefined) throw validationError('Invalid Access Key ID');
    return { Account: account };
  };

  return {
    name: 'sts',
    operations: {
      GetCallerIdentity,
      GetAccessKeyInfo,
      AssumeRole: assumeRole(sts),
      GetSessionToken: getSessionToken(sts),
      GetFederationToken: getFederationToken(sts),
    },
    tables: [],
    reset() {
      // Sessions go with IAM's credentials.
    },
  };
}
