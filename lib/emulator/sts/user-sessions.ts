import type {
  GetFederationTokenRequest,
  GetFederationTokenResponse,
  GetSessionTokenRequest,
  GetSessionTokenResponse,
} from '@aws-sdk/client-sts';
import type { Principal } from '../../access/types.ts';
import type { RequestContext } from '../context.ts';
import type { Operation } from '../wire/operation.ts';
import { accessDenied } from './errors.ts';
import { conditionMap, packedSize, readPolicies, readTags, tagConditions } from './session-request.ts';
import { authorize, logCredentials, openSession, printCredentials, type Sts } from './sts.ts';

/** Twelve hours; the root user gets one at most. */
const DEFAULT_SECONDS = 43_200;
const ROOT_SECONDS = 3600;

/** GetSessionToken: temporary credentials of the same user. Needs no permission; only long-term credentials may ask. */
export function getSessionToken(sts: Sts): Operation<GetSessionTokenRequest, GetSessionTokenResponse, RequestContext> {
  return (input, context) => {
    const { principal } = longTerm(context, 'GetSessionToken');
    if (input.SerialNumber !== undefined || input.TokenCode !== undefined) {
      throw accessDenied('MultiFactorAuthentication failed with invalid MFA one time pass code. ');
    }
    const issued = openSession(sts, context, lifetime(principal, input.DurationSeconds), {
      principal,
      ownerId: principal.userId,
      tags: {},
      transitiveTagKeys: [],
      mfa: false,
    });
    logCredentials(context, issued, {});
    return { Credentials: printCredentials(issued) };
  };
}

/** GetFederationToken: credentials for a name of the caller's choice, with what the caller and the session policies both allow. */
export function getFederationToken(
  sts: Sts,
): Operation<GetFederationTokenRequest, GetFederationTokenResponse, RequestContext> {
  return (input, context) => {
    const { principal } = longTerm(context, 'GetFederationToken');
    const { accountId } = principal;
    const federated: Principal = {
      kind: 'FederatedUser',
      arn: `arn:aws:sts::${accountId}:federated-user/${input.Name}`,
      accountId,
      userId: `${accountId}:${input.Name}`,
    };
    const tags = readTags(input.Tags);
    const conditions = conditionMap(tagConditions(tags, []));
    const question = { resource: federated.arn, resourceAccountId: accountId, conditions };
    authorize(sts, context, { action: 'sts:GetFederationToken', ...question });
    if (Object.keys(tags).length > 0) authorize(sts, context, { action: 'sts:TagSession', ...question });
    const packed = packedSize(input, tags);
    const policies = readPolicies(sts.sessions, accountId, input);
    const issued = openSession(sts, context, lifetime(principal, input.DurationSeconds), {
      principal: federated,
      ownerId: principal.userId,
      tags,
      transitiveTagKeys: [],
      mfa: false,
      policies: policies ?? [],
    });
    const user = { FederatedUserId: federated.userId, Arn: federated.arn };
    logCredentials(context, issued, { federatedUser: { federatedUserId: federated.userId, arn: federated.arn } });
    return {
      Credentials: printCredentials(issued),
      FederatedUser: user,
      ...(packed !== undefined && { PackedPolicySize: packed }),
    };
  };
}

/** @throws AwsError AccessDenied for callers that are themselves a session */
function longTerm({ caller }: RequestContext, operation: string): RequestContext['caller'] {
  if (caller.session !== undefined) throw accessDenied(`Cannot call ${operation} with session credentials`);
  return caller;
}

function lifetime(principal: Principal, asked: number | undefined): number {
  const seconds = asked ?? DEFAULT_SECONDS;
  return principal.kind === 'AccountRoot' ? Math.min(seconds, ROOT_SECONDS) : seconds;
}
