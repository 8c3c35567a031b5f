import type * as Sdk from '@aws-sdk/client-iam';
import type { RequestContext } from '../../context.ts';
import type { Operation } from '../../wire/operation.ts';
import { checkDocument, checkTrustSize } from '../documents.ts';
import type { Entity } from '../entities.ts';
import { malformedPolicy } from '../errors.ts';
import type { Iam } from '../iam.ts';
import { entityArn, uniqueId } from '../ids.ts';
import { page, pageOf } from '../pages.ts';
import { tagConditions, withoutTags, withTags } from '../tags.ts';
import { boundaryCondition, requireBoundary, requireNoPolicies, requireRoom, unbounded } from './entity-rules.ts';
import { printRole } from './shapes.ts';
import { nameOf, sortedTags } from './users.ts';

type Op<Input, Output> = Operation<Input, Output, RequestContext>;

/** Roles: made, read, changed, trusted, tagged, bounded, deleted. */
export function roleOperations(iam: Iam) {
  const CreateRole: Op<Sdk.CreateRoleRequest, Sdk.CreateRoleResponse> = (input, context) => {
    const { accountId } = context;
    const path = input.Path ?? '/';
    const arn = entityArn(accountId, 'role', path, input.RoleName);
    const conditions = new Map([...tagConditions(input.Tags), ...boundaryCondition(input.PermissionsBoundary)]);
    iam.authorize(context, arn, { conditions });
    checkTrust(iam, input.AssumeRolePolicyDocument);
    const role: Entity = {
      kind: 'role',
      accountId,
      name: input.RoleName,
      path,
      id: uniqueId('role'),
      arn,
      createdAt: context.now,
      tags: withTags({}, input.Tags),
      trust: input.AssumeRolePolicyDocument,
      maxSession: input.MaxSessionDuration ?? 3600,
      ...(input.Description !== undefined && { description: input.Description }),
      ...(input.PermissionsBoundary !== undefined && { boundary: input.PermissionsBoundary }),
    };
    iam.change(accountId, () => {
      requireRoom(iam, accountId, 'role', role.name);
      if (role.boundary !== undefined) requireBoundary(iam, accountId, role.boundary);
      iam.entities.insert(role);
    });
    return { Role: printRole(role) };
  };

  const GetRole: Op<Sdk.GetRoleRequest, Sdk.GetRoleResponse> = (input, context) => ({
    Role: printRole(iam.authorized(context, 'role', input.RoleName)),
  });

  const ListRoles: Op<Sdk.ListRolesRequest, Sdk.ListRolesResponse> = (input, context) => {
    const prefix = input.PathPrefix ?? '/';
    iam.authorize(context, `arn:aws:iam::${context.accountId}:role${prefix}`);
    const { items, answer } = page(input, nameOf, (after, limit) =>
      iam.entities.list(context.accountId, 'role', prefix, after, limit),
    );
    return { Roles: items.map((role) => printRole(role, 'listed')), ...answer };
  };

  const UpdateRole: Op<Sdk.UpdateRoleRequest, Sdk.UpdateRoleResponse> = (input, context) => {
    const role = iam.authorized(context, 'role', input.RoleName);
    iam.change(context.accountId, () =>
      iam.entities.update({
        ...role,
        ...(input.Description !== undefined && { description: input.Description }),
        ...(input.MaxSessionDuration !== undefined && { maxSession: input.MaxSessionDuration }),
      }),
    );
    return {};
  };

  const UpdateRoleDescription: Op<Sdk.UpdateRoleDescriptionRequest, Sdk.UpdateRoleDescriptionResponse> = (
    input,
    context,
  ) => {
    const role = { ...iam.authorized(context, 'role', input.RoleName), description: input.Description };
    iam.change(context.accountId, () => iam.entities.update(role));
    return { Role: printRole(role) };
  };

  const DeleteRole: Op<Sdk.DeleteRoleRequest, object> = (input, context) => {
    const role = iam.authorized(context, 'role', input.RoleName);
    iam.change(context.accountId, () => {
      requireNoPolicies(iam, role);
      iam.entities.delete(role);
    });
    iam.identity.tellDeleted(role);
    return {};
  };

  const UpdateAssumeRolePolicy: Op<Sdk.UpdateAssumeRolePolicyRequest, object> = (input, context) => {
    const role = iam.authorized(context, 'role', input.RoleName);
    checkTrust(iam, input.PolicyDocument);
    iam.change(context.accountId, () => iam.entities.update({ ...role, trust: input.PolicyDocument }));
    return {};
  };

  const TagRole: Op<Sdk.TagRoleRequest, object> = (input, context) => {
    const role = iam.authorized(context, 'role', input.RoleName, { conditions: tagConditions(input.Tags) });
    iam.change(context.accountId, () => iam.entities.update({ ...role, tags: withTags(role.tags, input.Tags) }));
    return {};
  };

  const UntagRole: Op<Sdk.UntagRoleRequest, object> = (input, context) => {
    const conditions = tagConditions([], input.TagKeys);
    const role = iam.authorized(context, 'role', input.RoleName, { conditions });
    iam.change(context.accountId, () => iam.entities.update({ ...role, tags: withoutTags(role.tags, input.TagKeys) }));
    return {};
  };

  const ListRoleTags: Op<Sdk.ListRoleTagsRequest, Sdk.ListRoleTagsResponse> = (input, context) => {
    const role = iam.authorized(context, 'role', input.RoleName);
    const { items, answer } = pageOf(input, ({ Key = '' }) => Key, sortedTags(role));
    return { Tags: [...items], ...answer };
  };

  const PutRolePermissionsBoundary: Op<Sdk.PutRolePermissionsBoundaryRequest, object> = (input, context) => {
    const conditions = new Map(boundaryCondition(input.PermissionsBoundary));
    const role = iam.authorized(context, 'role', input.RoleName, { conditions });
    iam.change(context.accountId, () => {
      requireBoundary(iam, context.accountId, input.PermissionsBoundary);
      iam.entities.update({ ...role, boundary: input.PermissionsBoundary });
    });
    return {};
  };

  const DeleteRolePermissionsBoundary: Op<Sdk.DeleteRolePermissionsBoundaryRequest, object> = (input, context) => {
    const role = iam.authorized(context, 'role', input.RoleName);
    iam.change(context.accountId, () => iam.entities.update(unbounded(role)));
    return {};
  };

  // Instance profiles are not emulated; Terraform asks for a role's before it deletes the role.
  const ListInstanceProfilesForRole: Op<
    Sdk.ListInstanceProfilesForRoleRequest,
    Sdk.ListInstanceProfilesForRoleResponse
  > = (input, context) => {
    iam.authorized(context, 'role', input.RoleName);
    return { InstanceProfiles: [], IsTruncated: false };
  };

  return {
    CreateRole,
    GetRole,
    ListRoles,
    UpdateRole,
    UpdateRoleDescription,
    DeleteRole,
    UpdateAssumeRolePolicy,
    TagRole,
    UntagRole,
    ListRoleTags,
    PutRolePermissionsBoundary,
    DeleteRolePermissionsBoundary,
    ListInstanceProfilesForRole,
  };
}

/**
 * A trust policy must read, fit, and name principals that exist.
 *
 * @throws AwsError MalformedPolicyDocument, LimitExceeded
 */
function checkTrust(iam: Iam, document: string): void {
  const policy = checkDocument(document, 'trust');
  checkTrustSize(document);
  for (const statement of policy.statements) {
    for (const raw of statement.principal?.raw ?? []) {
      const arn = /^AWS: ?(arn:.+)$/.exec(raw)?.[1];
      if (arn !== undefined && !arn.includes('*') && !iam.identity.principalExists(arn)) {
        throw malformedPolicy(`Invalid principal in policy: "AWS":"${arn}"`);
      }
    }
  }
}
