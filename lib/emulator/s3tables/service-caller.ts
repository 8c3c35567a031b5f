/** Callers that are services of AWS, and requests that they make of themselves. */

import type { Caller, RequestContext } from '../context.ts';
import { newUuid } from '../world/id-source.ts';
import type { Desk } from './desk.ts';

export function serviceCaller(name: string): Caller {
  return {
    principal: { kind: 'AWSService', arn: name, accountId: '', userId: name, serviceName: name },
    accessKeyId: '',
    requester: name,
  };
}

/** A request that nobody sent, in the account and Region of what it is about. */
export function serviceContext(
  desk: Desk,
  caller: Caller,
  operation: string,
  owner: { readonly accountId: string; readonly region: string },
): RequestContext {
  return {
    requestId: newUuid(),
    service: 's3tables',
    operation,
    caller,
    accountId: owner.accountId,
    region: owner.region,
    now: desk.around.world.now(owner.accountId),
    sourceIp: caller.requester,
    userAgent: caller.requester,
    secureTransport: true,
    authType: 'none',
    signatureAge: 0,
    host: `s3tables.${owner.region}.amazonaws.com`,
    headers: {},
    trail: { decisions: [], keyOperations: [], events: [] },
  };
}
