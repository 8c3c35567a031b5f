/** What a simulation is about: whose policies, asked as whom. */

import type { ContextEntry, OrderedOrganizationPolicyType, PolicyIdentifier } from '@aws-sdk/client-iam';
import { type PolicyKind, PolicySyntaxError, wildcardMatch } from '../../../access/index.ts';
import type { Policy } from '../../../access/policy.ts';
import type { ConditionContext, Principal, SourcedPolicy } from '../../../access/types.ts';
import { compile, policySentence } from '../documents.ts';
import type { Entity } from '../entities.ts';
import { invalidInput, noSuch } from '../errors.ts';
import type { Iam } from '../iam.ts';

/** The policies that are simulated, and the principal in whose name. */
export interface Simulated {
  readonly identity: readonly SourcedPolicy[];
  readonly boundary?: SourcedPolicy;
  readonly serviceControl?: readonly (readonly SourcedPolicy[])[];
  readonly resource?: SourcedPolicy;
  readonly principal: Principal;
  readonly context: ConditionContext;
  /** Account of resources whose ARN names none. */
  readonly ownerId: string;
}

/** The members that both operations share. */
export interface SimulationInput {
  readonly PolicyInputList?: string[] | undefined;
  readonly PermissionsBoundaryPolicyInputList?: string[] | undefined;
  readonly OrderedOrganizationPolicyInputList?: OrderedOrganizationPolicyType[] | undefined;
  readonly PolicyExclusionList?: PolicyIdentifier[] | undefined;
  readonly ResourcePolicy?: string | undefined;
  readonly ResourceOwner?: string | undefined;
  readonly CallerArn?: string | undefined;
  readonly ContextEntries?: ContextEntry[] | undefined;
}

/**
 * Reads everything but actions and resources. `source` is the user, group or role of SimulatePrincipalPolicy.
 *
 * @throws AwsError InvalidInput, NoSuchEntity
 */
export function readSubject(iam: Iam, accountId: string, input: SimulationInput, source?: Entity): Simulated {
  const given = inputPolicies(input.PolicyInputList, 'identity', 'PolicyInputList');
  const own = source === undefined ? { identity: [] } : iam.identity.policiesOfEntity(source);
  const excluded = (policy: SourcedPolicy, isBoundary: boolean) =>
    (input.PolicyExclusionList ?? []).some((one) => excludes(one, policy, isBoundary));
  const boundaries = inputPolicies(
    input.PermissionsBoundaryPolicyInputList,
    'boundary',
    'PermissionsBoundaryPolicyInputList',
  );
  if (boundaries.length > 1) throw invalidInput('Only one permissions boundary policy can be given.');
  const kept = own.boundary === undefined || excluded(own.boundary, true) ? undefined : own.boundary;
  const boundary = boundaries[0] ?? kept;
  const serviceControl = organization(iam, accountId, input, source !== undefined);
  const resource =
    input.ResourcePolicy === undefined
      ? undefined
      : { source: 'ResourcePolicy', policy: read(input.ResourcePolicy, 'resource') };
  const principal = readCaller(iam, accountId, input, source);
  return {
    identity: [...own.identity.filter((policy) => !excluded(policy, false)), ...given],
    ...(boundary !== undefined && { boundary }),
    ...(serviceControl !== undefined && { serviceControl }),
    ...(resource !== undefined && { resource }),
    principal,
    context: readContext(input.ContextEntries ?? []),
    ownerId: readOwner(input.ResourceOwner) ?? principal.accountId,
  };
}

/** The entity behind PolicySourceArn. */
export function readSource(iam: Iam, arn: string): Entity {
  const entity = iam.entities.byArn(arn);
  if (entity !== undefined) return entity;
  const [, kind, name = ''] = /^arn:aws:iam::\d{12}:(user|role|group)\/(?:[^/]+\/)*([^/]+)$/.exec(arn) ?? [];
  if (kind === 'user' || kind === 'role' || kind === 'group') throw noSuch(kind, name);
  throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
}

/** Policies that a request brings, compiled. IAM knows them by their place, `PolicyInputList.1`. */
export function inputPolicies(
  documents: readonly string[] | undefined,
  kind: PolicyKind,
  list: string,
): SourcedPolicy[] {
  return (documents ?? []).map((text, at) => ({ source: `${list}.${at + 1}`, policy: read(text, kind) }));
}

function read(text: string, kind: PolicyKind): Policy {
  try {
    return compile(text, kind);
  } catch (error) {
    if (error instanceof PolicySyntaxError) throw invalidInput(policySentence(error, kind));
    throw error;
  }
}

function organization(
  iam: Iam,
  accountId: string,
  input: SimulationInput,
  ofPrincipal: boolean,
): Simulated['serviceControl'] {
  if (ofPrincipal) {
    const levels = iam.organization.layers(accountId).serviceControl;
    const isExcluded = (input.PolicyExclusionList ?? []).some(({ PolicyType }) => PolicyType === 'scp');
    return isExcluded ? undefined : levels;
  }
  return input.OrderedOrganizationPolicyInputList?.map((level, at) =>
    inputPolicies(level.ServiceControlPolicyInputList, 'scp', `OrderedOrganizationPolicyInputList.${at + 1}`),
  );
}

/** Whether an identifier of PolicyExclusionList means this policy (SDK PolicyIdentifier). */
function excludes(identifier: PolicyIdentifier, { source }: SourcedPolicy, isBoundary: boolean): boolean {
  const isInline = source.startsWith('inline ');
  if (identifier.PolicyArn !== undefined) return !isInline && wildcardMatch(identifier.PolicyArn, source);
  if (identifier.PolicyType !== undefined) {
    switch (identifier.PolicyType) {
      case 'inline':
        return isInline;
      case 'permission-boundary':
        return isBoundary;
      case 'aws-managed':
        return !isBoundary && source.startsWith('arn:aws:iam::aws:');
      case 'user-managed':
        return !isBoundary && !isInline && !source.startsWith('arn:aws:iam::aws:');
      default:
        return false;
    }
  }
  return isInline && source.split(' ')[1] === identifier.InlinePolicyIdentifier?.PolicyName;
}

const USER_ARN = /^arn:aws:iam::(\d{12}):user\/(?:[^/]+\/)*[^/]+$/;

/** Only an IAM user can stand as caller (SDK SimulatePrincipalPolicy). */
function readCaller(iam: Iam, accountId: string, input: SimulationInput, source: Entity | undefined): Principal {
  const arn = input.CallerArn ?? (source?.kind === 'user' ? source.arn : undefined);
  if (arn !== undefined) {
    const callerAccount = USER_ARN.exec(arn)?.[1];
    if (callerAccount === undefined) throw invalidInput(`Invalid Caller Arn: ${arn} is not the ARN of an IAM user.`);
    return { kind: 'IAMUser', arn, accountId: callerAccount, userId: iam.identity.uniqueIdOf(arn) ?? '' };
  }
  if (input.ResourcePolicy !== undefined) {
    throw invalidInput('CallerArn is required with ResourcePolicy unless the policy source is an IAM user.');
  }
  // Nobody in particular: without a resource policy it does not matter who asks.
  return { kind: 'IAMUser', arn: source?.arn ?? `arn:aws:iam::${accountId}:user/`, accountId, userId: '' };
}

function readOwner(owner: string | undefined): string | undefined {
  const account = owner === undefined ? undefined : /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(owner)?.[1];
  if (owner !== undefined && account === undefined) throw invalidInput(`Invalid ResourceOwner: ${owner}`);
  return account;
}

function readContext(entries: readonly ContextEntry[]): ConditionContext {
  const context = new Map<string, readonly string[]>();
  for (const { ContextKeyName: name, ContextKeyType: type, ContextKeyValues: values = [] } of entries) {
    if (name === undefined || type === undefined) {
      throw invalidInput('A context entry has ContextKeyName, ContextKeyValues and ContextKeyType.');
    }
    if (!type.endsWith('List') && values.length > 1) {
      throw invalidInput(`Context key ${name} is of type ${type} and takes one value.`);
    }
    if (context.has(name.toLowerCase())) throw invalidInput(`Context key ${name} is given twice.`);
    context.set(name.toLowerCase(), values);
  }
  return context;
}
