import type * as Sdk from '@aws-sdk/client-iam';
import type { RequestContext } from '../../context.ts';
import type { Operation } from '../../wire/operation.ts';
import { checkDocument, checkInlineSize, encodeDocument } from '../documents.ts';
import type { Entity, EntityKind } from '../entities.ts';
import { limitExceeded, noSuchEntity, noSuchPolicy } from '../errors.ts';
import type { Iam } from '../iam.ts';
import { type PageInput, pageOf } from '../pages.ts';
import type { NamedDocument } from '../policy-store.ts';

type Op<Input, Output> = Operation<Input, Output, RequestContext>;

/** Managed policies that one entity may have (IAMUG reference_iam-quotas, default). */
const ATTACHED_LIMIT = 10;
const QUOTA_NAMES = { user: 'PoliciesPerUser', role: 'PoliciesPerRole', group: 'PoliciesPerGroup' } as const;

/** The five things that can be done to the policies of an entity, whatever kind it is of. */
function policiesOf(iam: Iam, kind: EntityKind) {
  return {
    attach(context: RequestContext, name: string, arn: string): object {
      const owner = iam.authorized(context, kind, name, policyArn(arn));
      iam.change(context.accountId, () => {
        if (iam.policies.get(arn, context.accountId) === undefined) {
          throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
        }
        const attached = iam.policies.attached(owner.accountId, kind, name);
        if (attached.length >= ATTACHED_LIMIT && !attached.includes(arn)) {
          throw limitExceeded(`Cannot exceed quota for ${QUOTA_NAMES[kind]}: ${ATTACHED_LIMIT}`);
        }
        iam.policies.attach(owner.accountId, kind, name, arn);
      });
      return {};
    },

    detach(context: RequestContext, name: string, arn: string): object {
      const owner = iam.authorized(context, kind, name, policyArn(arn));
      iam.change(context.accountId, () => {
        if (!iam.policies.detach(owner.accountId, kind, name, arn)) throw noSuchPolicy(arn);
      });
      return {};
    },

    listAttached(context: RequestContext, name: string, input: PageInput & { PathPrefix?: string | undefined }) {
      const owner = iam.authorized(context, kind, name);
      const policies = iam.policies
        .attached(owner.accountId, kind, name)
        .filter((arn) => arn.slice(arn.indexOf(':policy/') + 7).startsWith(input.PathPrefix ?? '/'));
      const { items, answer } = pageOf(input, (arn) => arn, policies);
      return {
        AttachedPolicies: items.map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn })),
        ...answer,
      };
    },

    put(context: RequestContext, name: string, policy: NamedDocument): object {
      const owner = iam.authorized(context, kind, name);
      checkDocument(policy.document, 'identity');
      iam.change(context.accountId, () => {
        const others = inlineOf(iam, owner).filter((other) => other.name !== policy.name);
        checkInlineSize(kind, name, [...others.map(({ document }) => document), policy.document]);
        iam.policies.putInline(owner.accountId, kind, name, policy);
      });
      return {};
    },

    read(context: RequestContext, name: string, policyName: string): NamedDocument {
      const owner = iam.authorized(context, kind, name);
      const found = inlineOf(iam, owner).find((policy) => policy.name === policyName);
      if (found === undefined) throw noInline(kind, policyName);
      return { name: policyName, document: encodeDocument(found.document) };
    },

    list(context: RequestContext, name: string, input: PageInput) {
      const owner = iam.authorized(context, kind, name);
      const names = inlineOf(iam, owner).map((policy) => policy.name);
      const { items, answer } = pageOf(input, (policyName) => policyName, names);
      return { PolicyNames: [...items], ...answer };
    },

    remove(context: RequestContext, name: string, policyName: string): object {
      const owner = iam.authorized(context, kind, name);
      iam.change(context.accountId, () => {
        if (!iam.policies.deleteInline(owner.accountId, kind, name, policyName)) throw noInline(kind, policyName);
      });
      return {};
    },
  };
}

const policyArn = (arn: string) => ({ conditions: new Map([['iam:policyarn', [arn]]]) });

const inlineOf = (iam: Iam, owner: Entity): NamedDocument[] =>
  iam.policies.inline(owner.accountId, owner.kind, owner.name);

const noInline = (kind: EntityKind, name: string) =>
  noSuchEntity(`The ${kind} policy with name ${name} cannot be found.`);

/** Managed and inline policies of users, roles and groups. */
export function attachedPolicyOperations(iam: Iam) {
  const user = policiesOf(iam, 'user');
  const role = policiesOf(iam, 'role');
  const group = policiesOf(iam, 'group');

  const AttachUserPolicy: Op<Sdk.AttachUserPolicyRequest, object> = (input, context) =>
    user.attach(context, input.UserName, input.PolicyArn);
  const AttachRolePolicy: Op<Sdk.AttachRolePolicyRequest, object> = (input, context) =>
    role.attach(context, input.RoleName, input.PolicyArn);
  const AttachGroupPolicy: Op<Sdk.AttachGroupPolicyRequest, object> = (input, context) =>
    group.attach(context, input.GroupName, input.PolicyArn);

  const DetachUserPolicy: Op<Sdk.DetachUserPolicyRequest, object> = (input, context) =>
    user.detach(context, input.UserName, input.PolicyArn);
  const DetachRolePolicy: Op<Sdk.DetachRolePolicyRequest, object> = (input, context) =>
    role.detach(context, input.RoleName, input.PolicyArn);
  const DetachGroupPolicy: Op<Sdk.DetachGroupPolicyRequest, object> = (input, context) =>
    group.detach(context, input.GroupName, input.PolicyArn);

  const ListAttachedUserPolicies: Op<Sdk.ListAttachedUserPoliciesRequest, Sdk.ListAttachedUserPoliciesResponse> = (
    input,
    context,
  ) => user.listAttached(context, input.UserName, input);
  const ListAttachedRolePolicies: Op<Sdk.ListAttachedRolePoliciesRequest, Sdk.ListAttachedRolePoliciesResponse> = (
    input,
    context,
  ) => role.listAttached(context, input.RoleName, input);
  const ListAttachedGroupPolicies: Op<Sdk.ListAttachedGroupPoliciesRequest, Sdk.ListAttachedGroupPoliciesResponse> = (
    input,
    context,
  ) => group.listAttached(context, input.GroupName, input);

  const PutUserPolicy: Op<Sdk.PutUserPolicyRequest, object> = (input, context) =>
    user.put(context, input.UserName, { name: input.PolicyName, document: input.PolicyDocument });
  const PutRolePolicy: Op<Sdk.PutRolePolicyRequest, object> = (input, context) =>
    role.put(context, input.RoleName, { name: input.PolicyName, document: input.PolicyDocument });
  const PutGroupPolicy: Op<Sdk.PutGroupPolicyRequest, object> = (input, context) =>
    group.put(context, input.GroupName, { name: input.PolicyName, document: input.PolicyDocument });

  const GetUserPolicy: Op<Sdk.GetUserPolicyRequest, Sdk.GetUserPolicyResponse> = (input, context) => {
    const policy = user.read(context, input.UserName, input.PolicyName);
    return { UserName: input.UserName, PolicyName: policy.name, PolicyDocument: policy.document };
  };
  const GetRolePolicy: Op<Sdk.GetRolePolicyRequest, Sdk.GetRolePolicyResponse> = (input, context) => {
    const policy = role.read(context, input.RoleName, input.PolicyName);
    return { RoleName: input.RoleName, PolicyName: policy.name, PolicyDocument: policy.document };
  };
  const GetGroupPolicy: Op<Sdk.GetGroupPolicyRequest, Sdk.GetGroupPolicyResponse> = (input, context) => {
    const policy = group.read(context, input.GroupName, input.PolicyName);
    return { GroupName: input.GroupName, PolicyName: policy.name, PolicyDocument: policy.document };
  };

  const ListUserPolicies: Op<Sdk.ListUserPoliciesRequest, Sdk.ListUserPoliciesResponse> = (input, context) =>
    user.list(context, input.UserName, input);
  const ListRolePolicies: Op<Sdk.ListRolePoliciesRequest, Sdk.ListRolePoliciesResponse> = (input, context) =>
    role.list(context, input.RoleName, input);
  const ListGroupPolicies: Op<Sdk.ListGroupPoliciesRequest, Sdk.ListGroupPoliciesResponse> = (input, context) =>
    group.list(context, input.GroupName, input);

  const DeleteUserPolicy: Op<Sdk.DeleteUserPolicyRequest, object> = (input, context) =>
    user.remove(context, input.UserName, input.PolicyName);
  const DeleteRolePolicy: Op<Sdk.DeleteRolePolicyRequest, object> = (input, context) =>
    role.remove(context, input.RoleName, input.PolicyName);
  const DeleteGroupPolicy: Op<Sdk.DeleteGroupPolicyRequest, object> = (input, context) =>
    group.remove(context, input.GroupName, input.PolicyName);

  return {
    AttachUserPolicy,
    AttachRolePolicy,
    AttachGroupPolicy,
    DetachUserPolicy,
    DetachRolePolicy,
    DetachGroupPolicy,
    ListAttachedUserPolicies,
    ListAttachedRolePolicies,
    ListAttachedGroupPolicies,
    PutUserPolicy,
    PutRolePolicy,
    PutGroupPolicy,
    GetUserPolicy,
    GetRolePolicy,
    GetGroupPolicy,
    ListUserPolicies,
    ListRolePolicies,
    ListGroupPolicies,
    DeleteUserPolicy,
    DeleteRolePolicy,
    DeleteGroupPolicy,
  };
}
