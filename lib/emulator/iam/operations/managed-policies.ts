import type * as Sdk from '@aws-sdk/client-iam';
import type { RequestContext } from '../../context.ts';
import type { Operation } from '../../wire/operation.ts';
import { AWS_POLICIES } from '../aws-policies.ts';
import { checkDocument, checkManagedSize, encodeDocument } from '../documents.ts';
import { deleteConflict, limitExceeded, noSuchEntity, noSuchPolicy, policyExists, validationError } from '../errors.ts';
import type { Asked, Iam } from '../iam.ts';
import { entityArn, uniqueId } from '../ids.ts';
import { page, pageOf } from '../pages.ts';
import { awsPolicy, type ManagedPolicy, type PolicyVersion } from '../policy-store.ts';
import { tagConditions, withoutTags, withTags } from '../tags.ts';
import { type PolicyUse, printPolicy } from './shapes.ts';
import { sortedTags } from './users.ts';

type Op<Input, Output> = Operation<Input, Output, RequestContext>;

const MAX_VERSIONS = 5;
const POLICIES_PER_ACCOUNT = 1500;

/** Managed policies and their versions. */
export function managedPolicyOperations(iam: Iam) {
  const CreatePolicy: Op<Sdk.CreatePolicyRequest, Sdk.CreatePolicyResponse> = (input, context) => {
    const { accountId, now } = context;
    const path = input.Path ?? '/';
    const arn = entityArn(accountId, 'policy', path, input.PolicyName);
    iam.authorize(context, arn, { conditions: tagConditions(input.Tags) });
    checkDocument(input.PolicyDocument, 'identity');
    checkManagedSize(input.PolicyDocument);
    const policy: ManagedPolicy = {
      arn,
      accountId,
      name: input.PolicyName,
      path,
      id: uniqueId('policy'),
      createdAt: now,
      updatedAt: now,
      tags: withTags({}, input.Tags),
      defaultVersion: 1,
      lastVersion: 1,
      ...(input.Description !== undefined && { description: input.Description }),
    };
    iam.change(accountId, () => {
      if (iam.policies.isTaken(accountId, policy.name)) throw policyExists(policy.name);
      if (iam.policies.count(accountId) >= POLICIES_PER_ACCOUNT) {
        throw limitExceeded(`Cannot exceed quota for PoliciesPerAccount: ${POLICIES_PER_ACCOUNT}`);
      }
      iam.policies.insert(policy);
      iam.policies.addVersion(arn, { version: 1, document: input.PolicyDocument, createdAt: now });
    });
    return { Policy: printPolicy(policy, UNUSED) };
  };

  const GetPolicy: Op<Sdk.GetPolicyRequest, Sdk.GetPolicyResponse> = (input, context) => {
    const policy = authorizedPolicy(iam, context, input.PolicyArn);
    return { Policy: printPolicy(policy, useOf(iam, context.accountId, policy.arn)) };
  };

  const ListPolicies: Op<Sdk.ListPoliciesRequest, Sdk.ListPoliciesResponse> = (input, context) => {
    const { accountId } = context;
    const prefix = input.PathPrefix ?? '/';
    iam.authorize(context, `policy path ${prefix}`);
    const aws = input.Scope === 'Local' ? [] : awsPolicies(prefix);
    const matches = (policy: ManagedPolicy): boolean => {
      const use = useOf(iam, accountId, policy.arn);
      if (input.PolicyUsageFilter === 'PermissionsBoundary') return use.boundaries > 0;
      return input.OnlyAttached !== true || use.attachments > 0;
    };
    const filtered = input.OnlyAttached === true || input.PolicyUsageFilter === 'PermissionsBoundary';
    // AWS's own policies come first; the account's follow by name.
    const { items, answer } = page(input, sortKey, (after, limit) => {
      const first = aws.filter((policy) => sortKey(policy) > after);
      const own = input.Scope === 'AWS' ? [] : ownPolicies(iam, accountId, prefix, after, filtered ? -1 : limit);
      return [...first, ...own].filter((policy) => !filtered || matches(policy)).slice(0, limit);
    });
    return {
      Policies: items.map((policy) => printPolicy(policy, useOf(iam, accountId, policy.arn), 'listed')),
      ...answer,
    };
  };

  const DeletePolicy: Op<Sdk.DeletePolicyRequest, object> = (input, context) => {
    const policy = ownPolicy(iam, context, input.PolicyArn);
    iam.change(context.accountId, () => {
      const use = useOf(iam, context.accountId, policy.arn);
      if (use.attachments > 0 || use.boundaries > 0) {
        throw deleteConflict('Cannot delete a policy attached to entities.');
      }
      if (iam.policies.versions(policy.arn).length > 1) {
        throw deleteConflict(
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
      }
      iam.policies.delete(policy.arn);
    });
    return {};
  };

  const CreatePolicyVersion: Op<Sdk.CreatePolicyVersionRequest, Sdk.CreatePolicyVersionResponse> = (input, context) => {
    const policy = ownPolicy(iam, context, input.PolicyArn);
    checkDocument(input.PolicyDocument, 'identity');
    checkManagedSize(input.PolicyDocument);
    const version = { version: policy.lastVersion + 1, document: input.PolicyDocument, createdAt: context.now };
    const isDefault = input.SetAsDefault === true;
    iam.change(context.accountId, () => {
      if (iam.policies.versions(policy.arn).length >= MAX_VERSIONS) {
        throw limitExceeded(
          `A managed policy can have up to ${MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
        );
      }
      iam.policies.addVersion(policy.arn, version);
      iam.policies.update({
        ...policy,
        updatedAt: context.now,
        lastVersion: version.version,
        ...(isDefault && { defaultVersion: version.version }),
      });
    });
    return { PolicyVersion: printVersion(version, isDefault) };
  };

  const GetPolicyVersion: Op<Sdk.GetPolicyVersionRequest, Sdk.GetPolicyVersionResponse> = (input, context) => {
    const policy = authorizedPolicy(iam, context, input.PolicyArn);
    const version = requireVersion(iam, policy, input.VersionId);
    const isDefault = version.version === policy.defaultVersion;
    return {
      PolicyVersion: { ...printVersion(version, isDefault), Document: encodeDocument(version.document) },
    };
  };

  const ListPolicyVersions: Op<Sdk.ListPolicyVersionsRequest, Sdk.ListPolicyVersionsResponse> = (input, context) => {
    const policy = authorizedPolicy(iam, context, input.PolicyArn);
    // Newest first, and five at most: the sort key of a page falls as the version grows.
    const { items, answer } = pageOf(input, ({ version }) => String(1e9 - version), iam.policies.versions(policy.arn));
    return {
      Versions: items.map((version) => printVersion(version, version.version === policy.defaultVersion)),
      ...answer,
    };
  };

  const DeletePolicyVersion: Op<Sdk.DeletePolicyVersionRequest, object> = (input, context) => {
    const policy = ownPolicy(iam, context, input.PolicyArn);
    const { version } = requireVersion(iam, policy, input.VersionId);
    if (version === policy.defaultVersion) {
      throw deleteConflict('Cannot delete the default version of a policy.');
    }
    iam.change(context.accountId, () => iam.policies.deleteVersion(policy.arn, version));
    return {};
  };

  const SetDefaultPolicyVersion: Op<Sdk.SetDefaultPolicyVersionRequest, object> = (input, context) => {
    const policy = ownPolicy(iam, context, input.PolicyArn);
    const { version } = requireVersion(iam, policy, input.VersionId);
    iam.change(context.accountId, () =>
      iam.policies.update({ ...policy, updatedAt: context.now, defaultVersion: version }),
    );
    return {};
  };

  const TagPolicy: Op<Sdk.TagPolicyRequest, object> = (input, context) => {
    const policy = ownPolicy(iam, context, input.PolicyArn, { conditions: tagConditions(input.Tags) });
    iam.change(context.accountId, () => iam.policies.update({ ...policy, tags: withTags(policy.tags, input.Tags) }));
    return {};
  };

  const UntagPolicy: Op<Sdk.UntagPolicyRequest, object> = (input, context) => {
    const policy = ownPolicy(iam, context, input.PolicyArn, { conditions: tagConditions([], input.TagKeys) });
    iam.change(context.accountId, () =>
      iam.policies.update({ ...policy, tags: withoutTags(policy.tags, input.TagKeys) }),
    );
    return {};
  };

  const ListPolicyTags: Op<Sdk.ListPolicyTagsRequest, Sdk.ListPolicyTagsResponse> = (input, context) => {
    const policy = authorizedPolicy(iam, context, input.PolicyArn);
    const { items, answer } = pageOf(input, ({ Key = '' }) => Key, sortedTags(policy));
    return { Tags: [...items], ...answer };
  };

  const ListEntitiesForPolicy: Op<Sdk.ListEntitiesForPolicyRequest, Sdk.ListEntitiesForPolicyResponse> = (
    input,
    context,
  ) => {
    const { arn } = authorizedPolicy(iam, context, input.PolicyArn);
    const { items, answer } = pageOf(
      input,
      ({ kind, name }) => `${kind} ${name}`,
      entitiesOf(iam, context, arn, input),
    );
    const of = (kind: string) => items.filter((item) => item.kind === kind);
    return {
      PolicyUsers: of('user').map(({ name, id }) => ({ UserName: name, UserId: id })),
      PolicyRoles: of('role').map(({ name, id }) => ({ RoleName: name, RoleId: id })),
      PolicyGroups: of('group').map(({ name, id }) => ({ GroupName: name, GroupId: id })),
      ...answer,
    };
  };

  return {
    CreatePolicy,
    GetPolicy,
    ListPolicies,
    DeletePolicy,
    CreatePolicyVersion,
    GetPolicyVersion,
    ListPolicyVersions,
    DeletePolicyVersion,
    SetDefaultPolicyVersion,
    TagPolicy,
    UntagPolicy,
    ListPolicyTags,
    ListEntitiesForPolicy,
  };
}

const UNUSED: PolicyUse = { attachments: 0, boundaries: 0 };

export function useOf(iam: Iam, accountId: string, arn: string): PolicyUse {
  return {
    attachments: iam.policies.attachedTo(accountId, arn).length,
    boundaries: iam.entities.boundedBy(accountId, arn).length,
  };
}

/** AWS's policies sort before the account's own, whose names are told apart without regard to case. */
const sortKey = (policy: ManagedPolicy): string =>
  `${policy.accountId === 'aws' ? '0' : '1'} ${policy.accountId === 'aws' ? policy.name : policy.name.toLowerCase()}`;

function awsPolicies(prefix: string): ManagedPolicy[] {
  return [...AWS_POLICIES.keys()]
    .map(awsPolicy)
    .filter((policy) => policy !== undefined)
    .filter((policy) => policy.path.startsWith(prefix))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function ownPolicies(iam: Iam, accountId: string, prefix: string, after: string, limit: number): ManagedPolicy[] {
  return iam.policies.list(accountId, prefix, after.startsWith('1 ') ? after.slice(2) : '', limit);
}

function authorizedPolicy(iam: Iam, context: RequestContext, arn: string, asked: Asked = {}): ManagedPolicy {
  const policy = iam.policies.get(arn, context.accountId);
  iam.authorize(context, arn, { ...(policy !== undefined && { resourceTags: policy.tags }), ...asked });
  if (policy === undefined) throw noSuchPolicy(arn);
  return policy;
}

/** A policy that the account may change. */
function ownPolicy(iam: Iam, context: RequestContext, arn: string, asked: Asked = {}): ManagedPolicy {
  const policy = authorizedPolicy(iam, context, arn, asked);
  if (policy.accountId !== context.accountId) throw validationError(`ARN ${arn} is not valid.`);
  return policy;
}

function requireVersion(iam: Iam, policy: ManagedPolicy, id: string): PolicyVersion {
  const found = iam.policies.versions(policy.arn).find(({ version }) => `v${version}` === id);
  if (found === undefined)
    throw noSuchEntity(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
  return found;
}

function printVersion({ version, createdAt }: PolicyVersion, isDefault: boolean): Sdk.PolicyVersion {
  return { VersionId: `v${version}`, IsDefaultVersion: isDefault, CreateDate: new Date(createdAt) };
}

interface Used {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
}

const FILTERED_KINDS: Readonly<Record<string, string>> = { User: 'user', Role: 'role', Group: 'group' };

/** Entities that a policy is attached to or bounds, as the request filters them, in the order of pages. */
function entitiesOf(
  iam: Iam,
  { accountId }: RequestContext,
  arn: string,
  input: Pick<Sdk.ListEntitiesForPolicyRequest, 'EntityFilter' | 'PathPrefix' | 'PolicyUsageFilter'>,
): Used[] {
  const found = new Map<string, Used>();
  const add = (entity: { kind: string; name: string; id: string; path: string } | undefined): void => {
    if (entity?.path.startsWith(input.PathPrefix ?? '/') === true) found.set(`${entity.kind} ${entity.name}`, entity);
  };
  if (input.PolicyUsageFilter !== 'PermissionsBoundary') {
    for (const { kind, owner } of iam.policies.attachedTo(accountId, arn))
      add(iam.entities.get(accountId, kind, owner));
  }
  if (input.PolicyUsageFilter !== 'PermissionsPolicy') iam.entities.boundedBy(accountId, arn).forEach(add);
  const kind = input.EntityFilter === undefined ? undefined : (FILTERED_KINDS[input.EntityFilter] ?? 'none');
  return [...found]
    .filter(([, entity]) => kind === undefined || entity.kind === kind)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, entity]) => entity);
}
