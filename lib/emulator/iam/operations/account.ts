import type * as Sdk from '@aws-sdk/client-iam';
import type { RequestContext } from '../../context.ts';
import type { Operation } from '../../wire/operation.ts';
import { AWS_POLICIES } from '../aws-policies.ts';
import { encodeDocument } from '../documents.ts';
import type { Entity, EntityKind } from '../entities.ts';
import { noSuchEntity } from '../errors.ts';
import type { Iam } from '../iam.ts';
import { pageOf } from '../pages.ts';
import type { ManagedPolicy } from '../policy-store.ts';
import { useOf } from './managed-policies.ts';
import { printGroup, printPolicy, printRole, printUser } from './shapes.ts';

type Op<Input, Output> = Operation<Input, Output, RequestContext>;

/** The account as a whole. */
export function accountOperations(iam: Iam) {
  const GetAccountSummary: Op<object, Sdk.GetAccountSummaryResponse> = (_input, context) => {
    const { accountId } = context;
    iam.authorize(context, '*');
    return {
      SummaryMap: {
        Users: iam.entities.count(accountId, 'user'),
        UsersQuota: 5000,
        Groups: iam.entities.count(accountId, 'group'),
        GroupsQuota: 300,
        Roles: iam.entities.count(accountId, 'role'),
        RolesQuota: 1000,
        Policies: iam.policies.count(accountId),
        PoliciesQuota: 1500,
        GroupsPerUserQuota: 10,
        AccessKeysPerUserQuota: 2,
        AttachedPoliciesPerUserQuota: 10,
        AttachedPoliciesPerGroupQuota: 10,
        AttachedPoliciesPerRoleQuota: 10,
        UserPolicySizeQuota: 2048,
        GroupPolicySizeQuota: 5120,
        PolicySizeQuota: 6144,
        VersionsPerPolicyQuota: 5,
        AssumeRolePolicySizeQuota: 2048,
        AccountMFAEnabled: 0,
        AccountAccessKeysPresent: 1,
      },
    };
  };

  const ListAccountAliases: Op<Sdk.ListAccountAliasesRequest, Sdk.ListAccountAliasesResponse> = (_input, context) => {
    iam.authorize(context, '*');
    return { AccountAliases: [], IsTruncated: false };
  };

  // Console passwords and MFA devices are not emulated; clients ask for them before they delete a user.
  const GetLoginProfile: Op<Sdk.GetLoginProfileRequest, Sdk.GetLoginProfileResponse> = (input, context) => {
    const name = input.UserName ?? '';
    iam.authorized(context, 'user', name);
    throw noSuchEntity(`Login Profile for User ${name} cannot be found.`);
  };

  const ListMFADevices: Op<Sdk.ListMFADevicesRequest, Sdk.ListMFADevicesResponse> = (input, context) => {
    if (input.UserName === undefined) iam.authorize(context, `arn:aws:iam::${context.accountId}:user/`);
    else iam.authorized(context, 'user', input.UserName);
    return { MFADevices: [], IsTruncated: false };
  };

  const GetAccountAuthorizationDetails: Op<
    Sdk.GetAccountAuthorizationDetailsRequest,
    Sdk.GetAccountAuthorizationDetailsResponse
  > = (input, context) => {
    iam.authorize(context, '*');
    const { items, answer } = pageOf(input, keyOf, everything(iam, context.accountId, input.Filter ?? []));
    const entities = items.flatMap((item) => ('entity' in item ? [item.entity] : []));
    const of = (kind: EntityKind) => entities.filter((entity) => entity.kind === kind);
    return {
      UserDetailList: of('user').map((user) => userDetail(iam, user)),
      GroupDetailList: of('group').map((group) => groupDetail(iam, group)),
      RoleDetailList: of('role').map((role) => roleDetail(iam, role)),
      Policies: items.flatMap((item) => ('policy' in item ? [policyDetail(iam, context.accountId, item.policy)] : [])),
      ...answer,
    };
  };

  return { GetAccountSummary, ListAccountAliases, GetLoginProfile, ListMFADevices, GetAccountAuthorizationDetails };
}

const keyOf = ({ key }: Item): string => key;

type Item = { readonly key: string } & ({ readonly entity: Entity } | { readonly policy: ManagedPolicy });

const KINDS: readonly (readonly [filter: string, kind: EntityKind])[] = [
  ['Group', 'group'],
  ['Role', 'role'],
  ['User', 'user'],
];

/** All that an account has, in one order; a few thousand entries at most (IAM's quotas). */
function everything(iam: Iam, accountId: string, filter: readonly string[]): Item[] {
  const wanted = (name: string): boolean => filter.length === 0 || filter.includes(name);
  const found: Item[] = [];
  for (const [name, kind] of KINDS) {
    if (!wanted(name)) continue;
    for (const entity of iam.entities.list(accountId, kind, '/', '', -1))
      found.push({ key: `${kind} ${entity.name}`, entity });
  }
  const policies = [
    ...(wanted('LocalManagedPolicy') ? iam.policies.list(accountId, '/', '', -1) : []),
    ...(wanted('AWSManagedPolicy') ? attachedAwsPolicies(iam, accountId) : []),
  ];
  for (const policy of policies) found.push({ key: `policy ${policy.arn}`, policy });
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Of AWS's policies only those in use are part of an account. */
function attachedAwsPolicies(iam: Iam, accountId: string): ManagedPolicy[] {
  return [...AWS_POLICIES.keys()].flatMap((arn) => {
    const policy = iam.policies.get(arn, accountId);
    return policy !== undefined && useOf(iam, accountId, arn).attachments > 0 ? [policy] : [];
  });
}

const userDetail = (iam: Iam, user: Entity): Sdk.UserDetail => ({
  ...printUser(user),
  GroupList: iam.entities.groupsOf(user.accountId, user.name).map(({ name }) => name),
  UserPolicyList: inlineOf(iam, user),
  AttachedManagedPolicies: attachedOf(iam, user),
});

const groupDetail = (iam: Iam, group: Entity): Sdk.GroupDetail => ({
  ...printGroup(group),
  GroupPolicyList: inlineOf(iam, group),
  AttachedManagedPolicies: attachedOf(iam, group),
});

const roleDetail = (iam: Iam, role: Entity): Sdk.RoleDetail => ({
  ...printRole(role),
  InstanceProfileList: [],
  RolePolicyList: inlineOf(iam, role),
  AttachedManagedPolicies: attachedOf(iam, role),
});

function policyDetail(iam: Iam, accountId: string, policy: ManagedPolicy): Sdk.ManagedPolicyDetail {
  const { Tags: _, ...printed } = printPolicy(policy, useOf(iam, accountId, policy.arn));
  return {
    ...printed,
    PolicyVersionList: iam.policies.versions(policy.arn).map((version) => ({
      VersionId: `v${version.version}`,
      IsDefaultVersion: version.version === policy.defaultVersion,
      CreateDate: new Date(version.createdAt),
      Document: encodeDocument(version.document),
    })),
  };
}

const inlineOf = (iam: Iam, { accountId, kind, name }: Entity): Sdk.PolicyDetail[] =>
  iam.policies.inline(accountId, kind, name).map((policy) => ({
    PolicyName: policy.name,
    PolicyDocument: encodeDocument(policy.document),
  }));

const attachedOf = (iam: Iam, { accountId, kind, name }: Entity): Sdk.AttachedPolicy[] =>
  iam.policies.attached(accountId, kind, name).map((arn) => ({
    PolicyName: arn.slice(arn.lastIndexOf('/') + 1),
    PolicyArn: arn,
  }));
