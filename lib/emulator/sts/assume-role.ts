import type { AssumeRoleRequest, AssumeRoleResponse } from '@aws-sdk/client-sts';
import type { Principal } from '../../access/types.ts';
import type { RequestContext } from '../context.ts';
import type { RoleFacts } from '../ports.ts';
import type { Checked, Operation } from '../wire/operation.ts';
import { accessDenied, validationError } from './errors.ts';
import {
  type ConditionEntries,
  conditionMap,
  packedSize,
  readPolicies,
  readTags,
  tagConditions,
} from './session-request.ts';
import { authorize, logCredentials, openSession, printCredentials, type Sts } from './sts.ts';

const DEFAULT_SECONDS = 3600;
/** Sessions that a role session makes: one hour, whatever the role allows. */
const CHAINED_SECONDS = 3600;

/** `arn:aws:iam::ACCT:role/PATH/NAME` */
const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/.+$/;

/**
 * AssumeRole. The role's trust policy is its resource policy: it alone can allow a principal of its own account that it
 * names; across accounts the caller's policies must allow too.
 *
 * The root user may assume roles here, which AWS forbids: it is the identity that everybody starts with.
 */
export function assumeRole(sts: Sts): Operation<AssumeRoleRequest, AssumeRoleResponse, RequestContext> {
  return (input, context) => {
    const accountId = ROLE_ARN.exec(input.RoleArn)?.[1];
    if (accountId === undefined) throw validationError(`${input.RoleArn} is invalid`);
    const role = sts.sessions.role(input.RoleArn);
    // Of a role that does not exist nobody is told more than of one that he may not assume.
    if (role === undefined) throw denied(context, input.RoleArn);
    const inherited = sts.sessions.transitiveTags(context.caller.accessKeyId);
    const tags = { ...readTags(input.Tags), ...inherited };
    const transitive = [...new Set([...Object.keys(inherited), ...(input.TransitiveTagKeys ?? [])])];
    const sourceIdentity = input.SourceIdentity ?? context.caller.session?.sourceIdentity;
    ask(sts, context, role, input, tags, transitive);
    const seconds = readDuration(context, role, input.DurationSeconds);
    const packed = packedSize(input, tags);
    const policies = readPolicies(sts.sessions, accountId, input);
    const principal: Principal = {
      kind: 'AssumedRole',
      arn: `arn:aws:sts::${accountId}:assumed-role/${role.name}/${input.RoleSessionName}`,
      accountId,
      userId: `${role.roleId}:${input.RoleSessionName}`,
      roleArn: role.arn,
    };
    const issued = openSession(sts, context, seconds, {
      principal,
      ownerId: role.roleId,
      tags,
      transitiveTagKeys: transitive,
      mfa: false,
      ...(policies !== undefined && { policies }),
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    });
    const user = { AssumedRoleId: principal.userId, Arn: principal.arn };
    logCredentials(context, issued, { assumedRoleUser: { assumedRoleId: principal.userId, arn: principal.arn } });
    return {
      Credentials: printCredentials(issued),
      AssumedRoleUser: user,
      ...(packed !== undefined && { PackedPolicySize: packed }),
      ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    };
  };
}

const denied = ({ caller }: RequestContext, roleArn: string) =>
  accessDenied(`User: ${caller.principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`);

/** Up to three questions: the role itself, session tags, source identity. */
function ask(
  sts: Sts,
  context: RequestContext,
  role: RoleFacts,
  input: Checked<AssumeRoleRequest>,
  tags: Readonly<Record<string, string>>,
  transitive: readonly string[],
): void {
  const conditions = conditionMap([...requestConditions(input), ...tagConditions(tags, transitive)]);
  const actions = ['sts:AssumeRole'];
  if (Object.keys(tags).length > 0) actions.push('sts:TagSession');
  if (input.SourceIdentity !== undefined) actions.push('sts:SetSourceIdentity');
  for (const action of actions) {
    authorize(sts, context, {
      action,
      resource: role.arn,
      resourceAccountId: role.accountId,
      resourcePolicy: role.trust,
      resourceTags: role.tags,
      conditions,
    });
  }
}

function requestConditions(input: Checked<AssumeRoleRequest>): ConditionEntries {
  const entries: [string, readonly string[]][] = [['sts:rolesessionname', [input.RoleSessionName]]];
  if (input.ExternalId !== undefined) entries.push(['sts:externalid', [input.ExternalId]]);
  if (input.SourceIdentity !== undefined) entries.push(['sts:sourceidentity', [input.SourceIdentity]]);
  // There are no MFA devices here, so a code is never right.
  if (input.SerialNumber !== undefined || input.TokenCode !== undefined) {
    throw accessDenied('MultiFactorAuthentication failed with invalid MFA one time pass code. ');
  }
  return entries;
}

function readDuration(context: RequestContext, role: RoleFacts, asked: number | undefined): number {
  const chained = context.caller.principal.kind === 'AssumedRole';
  if (asked === undefined) return DEFAULT_SECONDS;
  if (chained && asked > CHAINED_SECONDS) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (asked > role.maxSessionDuration) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  return asked;
}
