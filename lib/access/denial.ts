/** The sentences in which AWS refuses (ERR-05, ERR-06), written once for all services. */

import type { AccessRequest, Decision, Layer } from './types.ts';

export interface DenialOptions {
  /** Printed instead of the request's resource. */
  readonly resource?: string;
  /** Add the ARN of the policy that explicitly denies, where its source is one (ERR-05). Default false. */
  readonly policyArn?: boolean;
}

/** Layers as AWS names them, after `no` and after `in`. A grant never denies and is never named. */
const NAMES: Readonly<Record<Exclude<Layer, 'grant'>, readonly [bare: string, article: string]>> = {
  'service-control-policy': ['service control policy', 'a'],
  'resource-control-policy': ['resource control policy', 'a'],
  'permissions-boundary': ['permissions boundary', 'a'],
  'session-policy': ['session policy', 'a'],
  'identity-policy': ['identity-based policy', 'an'],
  'resource-policy': ['resource-based policy', 'a'],
  'vpc-endpoint-policy': ['VPC endpoint policy', 'a'],
};

/**
 * The message for a refused request. The principal is printed as it called: the session of an assumed role, not the
 * role. Refusals of a key in another account hide whether it exists (ERR-06); S3 tells an anonymous caller and another
 * account nothing (S3UG troubleshoot-403-errors).
 */
export function denialMessage(decision: Decision, request: AccessRequest, options: DenialOptions = {}): string {
  const { principal, action } = request;
  const across = principal.accountId !== request.resourceAccountId && principal.kind !== 'AWSService';
  if (isS3(action) && across) return 'Access Denied';
  if (across && isKms(action) && decision.decidedBy === 'resource-policy') {
    return hiddenResourceMessage(principal.arn, action);
  }
  const head = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${options.resource ?? request.resource}`;
  return `${head}${tail(decision, action, options.policyArn ?? false)}`;
}

/** What KMS says of a key in another account that can't be used or does not exist (ERR-06). */
export function hiddenResourceMessage(principalArn: string, action: string): string {
  return `User: ${principalArn} is not authorized to perform: ${action} on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;
}

function tail(decision: Decision, action: string, withArn: boolean): string {
  const layer = decision.decidedBy === 'grant' ? 'resource-policy' : decision.decidedBy;
  const trust = layer === 'resource-policy' && action.startsWith('sts:');
  const [name, article] = NAMES[layer];
  if (decision.outcome === 'explicit-deny') {
    const arn = withArn && decision.source?.startsWith('arn:') === true ? `: ${decision.source}` : '';
    return ` with an explicit deny in ${trust ? 'the role trust policy' : `${article} ${name}`}${arn}`;
  }
  // STS gives no reason for a refusal that nobody spelled out.
  if (action.startsWith('sts:')) return '';
  return ` because no ${name} allows the ${action} action`;
}

function isKms(action: string): boolean {
  return action.startsWith('kms:');
}

function isS3(action: string): boolean {
  return action.startsWith('s3:') || action.startsWith('s3express:');
}
