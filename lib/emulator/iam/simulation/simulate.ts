/** The policy simulator: the evaluator's own decision, told in the shapes of IAM. */

import type {
  EvaluationResult,
  PolicyEvaluationDecisionType,
  ResourceSpecificResult,
  Statement,
} from '@aws-sdk/client-iam';
import { evaluate } from '../../../access/index.ts';
import type { Decision, Layer, Outcome, SourcedPolicy } from '../../../access/types.ts';
import { compile } from '../documents.ts';
import { missingKeys } from './context-keys.ts';
import { statementPositions } from './positions.ts';
import type { Simulated } from './subject.ts';

/** Who the source of the simulated policies is, for the names of inline policies. */
export interface SourceName {
  readonly kind: 'user' | 'role' | 'group';
  readonly name: string;
}

const DECISIONS: Readonly<Record<Outcome, PolicyEvaluationDecisionType>> = {
  allow: 'allowed',
  'explicit-deny': 'explicitDeny',
  'implicit-deny': 'implicitDeny',
};
/** The more restrictive first. */
const STRICTNESS: readonly PolicyEvaluationDecisionType[] = ['explicitDeny', 'implicitDeny', 'allowed'];

/** The result of one action over all resources. */
export function simulateAction(
  simulated: Simulated,
  action: string,
  resources: readonly string[],
  source: SourceName | undefined,
): EvaluationResult {
  const results = resources.map((resource) => simulateOne(simulated, action, resource, source));
  const decisions = results.map((result) => result.specific.EvalResourceDecision);
  const onAnything = resources.length === 1 && resources[0] === '*';
  const organizations = results.map((result) => result.allowedByOrganizations).filter((said) => said !== undefined);
  const boundaries = results.map((result) => result.allowedByBoundary).filter((said) => said !== undefined);
  return {
    EvalActionName: action,
    EvalResourceName: resourceTemplate(action),
    EvalDecision: STRICTNESS.find((decision) => decisions.includes(decision)) ?? 'implicitDeny',
    MatchedStatements: unique(results.flatMap((result) => result.specific.MatchedStatements ?? [])),
    MissingContextValues: [...new Set(results.flatMap((result) => result.specific.MissingContextValues ?? []))],
    ...(organizations.length > 0 && {
      OrganizationsDecisionDetail: { AllowedByOrganizations: organizations.every(Boolean) },
    }),
    ...(boundaries.length > 0 && {
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: boundaries.every(Boolean) },
    }),
    ...(!onAnything && { ResourceSpecificResults: results.map((result) => result.specific) }),
  };
}

function simulateOne(simulated: Simulated, action: string, resource: string, source: SourceName | undefined) {
  const { principal, context, ownerId, identity, boundary, serviceControl } = simulated;
  const owner = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(resource)?.[1] ?? ownerId;
  const resourcePolicy = simulated.resource ?? delegating(action, owner);
  const decision = evaluate(
    { principal, action, resource, resourceAccountId: owner, context },
    {
      identity,
      ...(boundary !== undefined && { boundary }),
      ...(serviceControl !== undefined && { serviceControl }),
      ...(resourcePolicy !== undefined && { resource: resourcePolicy }),
    },
    { trace: true },
  );
  const asked = simulated.resource === undefined ? identity : [...identity, simulated.resource];
  const specific: ResourceSpecificResult = {
    EvalResourceName: resource,
    EvalResourceDecision: DECISIONS[decision.outcome],
    MatchedStatements: matched(decision, simulated, source),
    MissingContextValues: missingKeys(
      asked.map(({ policy }) => policy),
      action.toLowerCase(),
      context,
    ),
    ...(owner !== principal.accountId && {
      EvalDecisionDetails: {
        'IAM Policy': saidBy(decision, 'identity-policy'),
        'Resource Policy': saidBy(decision, 'resource-policy'),
      },
    }),
    ...(boundary !== undefined && {
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: allowedBy(decision, 'permissions-boundary') },
    }),
  };
  return {
    specific,
    allowedByOrganizations: serviceControl === undefined ? undefined : allowedBy(decision, 'service-control-policy'),
    allowedByBoundary: boundary === undefined ? undefined : allowedBy(decision, 'permissions-boundary'),
  };
}

/**
 * The simulator does not look up resource policies: keys and roles, whose own policy must allow, are taken to delegate
 * to their account (KMS-21).
 */
function delegating(action: string, owner: string): SourcedPolicy | undefined {
  if (!/^(?:kms|sts):/i.test(action)) return undefined;
  const statement = { Effect: 'Allow', Principal: { AWS: owner }, Action: '*', Resource: '*' };
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statement });
  return { source: DELEGATION, policy: compile(text, 'resource') };
}

const DELEGATION = 'delegation to the account';

/** The statements that made the decision: of a deny those that deny, of an allow all that allow. */
function matched(decision: Decision, simulated: Simulated, source: SourceName | undefined): Statement[] {
  if (decision.outcome === 'implicit-deny') return [];
  const effect = decision.outcome === 'allow' ? 'Allow' : 'Deny';
  const spoken = [...simulated.identity, ...(simulated.resource === undefined ? [] : [simulated.resource])];
  const found: Statement[] = [];
  for (const layer of decision.trace?.layers ?? []) {
    if (layer.layer !== 'identity-policy' && layer.layer !== 'resource-policy') continue;
    for (const policy of layer.policies) {
      const text = spoken.find((one) => one.source === policy.source)?.policy;
      if (text === undefined) continue;
      const places = statementPositions(text);
      policy.statements.forEach((statement, at) => {
        if (!statement.matched || statement.effect !== effect) return;
        found.push({ ...policyName(policy.source, source), ...places[at] });
      });
    }
  }
  return found;
}

/** A policy as the simulator calls it: inline policies with their owner, managed ones by their name. */
function policyName(
  policy: string,
  source: SourceName | undefined,
): Pick<Statement, 'SourcePolicyId' | 'SourcePolicyType'> {
  if (policy.startsWith('arn:')) {
    const SourcePolicyType = policy.startsWith('arn:aws:iam::aws:') ? 'aws-managed' : 'user-managed';
    return { SourcePolicyId: policy.slice(policy.lastIndexOf('/') + 1), SourcePolicyType };
  }
  const [, name = '', group] = /^inline (\S+)(?: of group (.+))?$/.exec(policy) ?? [];
  if (name === '' || source === undefined) {
    return { SourcePolicyId: policy, SourcePolicyType: policy === 'ResourcePolicy' ? 'resource' : 'none' };
  }
  if (group !== undefined) return { SourcePolicyId: `group_${group}_${name}`, SourcePolicyType: 'group' };
  return { SourcePolicyId: `${source.kind}_${source.name}_${name}`, SourcePolicyType: source.kind };
}

function saidBy(decision: Decision, layer: Layer): PolicyEvaluationDecisionType {
  const verdict = decision.trace?.layers.find((one) => one.layer === layer)?.verdict;
  if (verdict === 'deny') return 'explicitDeny';
  return verdict === 'allow' ? 'allowed' : 'implicitDeny';
}

function allowedBy(decision: Decision, layer: Layer): boolean {
  return saidBy(decision, layer) === 'allowed';
}

function unique(statements: readonly Statement[]): Statement[] {
  const byText = new Map(statements.map((statement) => [JSON.stringify(statement), statement]));
  return [...byText.values()];
}

/** ARN of the kind of resource that an action is about, of the services that live here; `*` for any other. */
function resourceTemplate(action: string): string {
  const [service = '', name = ''] = action.split(':');
  switch (service.toLowerCase()) {
    case 'kms':
      return /^(?:CreateKey|ListKeys|ListAliases|GenerateRandom|.*CustomKeyStores?)$/.test(name)
        ? '*'
        : 'arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}';
    case 's3':
      if (/Object|MultipartUpload/.test(name) && name !== 'ListBucketMultipartUploads') {
        return 'arn:${Partition}:s3:::${BucketName}/${ObjectName}';
      }
      return /Bucket/.test(name) && name !== 'ListAllMyBuckets' ? 'arn:${Partition}:s3:::${BucketName}' : '*';
    default:
      return '*';
  }
}
