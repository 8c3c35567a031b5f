/** How findings and summaries call people and policies. */

import { parseArn } from './arn.ts';
import type { Subject } from './layers.ts';
import type { Layer, Principal } from './types.ts';

/** The short name of a principal: `mia`, `IngestWriter`, `the root user of 111122223333`, a service's DNS name. */
export function principalLabel(principal: Principal): string {
  switch (principal.kind) {
    case 'AccountRoot':
      return `the root user of ${principal.accountId}`;
    case 'AWSService':
      return principal.serviceName ?? principal.arn;
    case 'Anonymous':
      return 'an anonymous caller';
    case 'AssumedRole':
      return lastName(principal.roleArn ?? principal.arn);
    case 'IAMUser':
    case 'FederatedUser':
      return lastName(principal.arn);
  }
}

/** What follows the last slash of an ARN's resource. */
export function lastName(arn: string): string {
  const resource = parseArn(arn)?.resource ?? arn;
  return resource.slice(resource.lastIndexOf('/') + 1);
}

/** What a resource's own policy is called: by its service. */
export function resourcePolicyNoun({ action }: Subject): string {
  if (action.startsWith('kms:')) return 'key policy';
  if (action.startsWith('s3:') || action.startsWith('s3express:')) return 'bucket policy';
  if (action.startsWith('sts:')) return 'trust policy';
  return 'resource policy';
}

/** A layer in running text, without article. */
export function layerNoun(layer: Layer, subject: Subject): string {
  switch (layer) {
    case 'service-control-policy':
      return 'service control policy';
    case 'resource-control-policy':
      return 'resource control policy';
    case 'permissions-boundary':
      return 'permissions boundary';
    case 'session-policy':
      return 'session policy';
    case 'identity-policy':
      return 'IAM policy';
    case 'resource-policy':
      return resourcePolicyNoun(subject);
    case 'grant':
      return 'grant';
    case 'vpc-endpoint-policy':
      return 'VPC endpoint policy';
  }
}

/** A policy by the name a person knows: the last part of an ARN, `inline WriteRaw` without its first word. */
export function sourceLabel(source: string): string {
  return source.startsWith('arn:') ? lastName(source) : source.replace(/^inline /, '');
}

/** Values in running text: the first, and how many more. */
export function listed(values: readonly string[]): string {
  const [first = 'nothing', ...rest] = values;
  return rest.length === 0 ? first : `${first} and ${rest.length} more`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
