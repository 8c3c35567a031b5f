/** Entities and policies as IAM prints them. */

import type { AttachedPermissionsBoundary, Group, Policy, Role, User } from '@aws-sdk/client-iam';
import { encodeDocument } from '../documents.ts';
import type { Entity } from '../entities.ts';
import type { ManagedPolicy } from '../policy-store.ts';
import { listed } from '../tags.ts';

function boundaryOf(entity: Entity): { PermissionsBoundary?: AttachedPermissionsBoundary } {
  if (entity.boundary === undefined) return {};
  return {
    PermissionsBoundary: {
      PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
      PermissionsBoundaryArn: entity.boundary,
    },
  };
}

/** How much is said: lists leave out tags and boundary (IAM API, ListUsers and ListRoles). */
export type Detail = 'full' | 'listed';

export function printUser(user: Entity, detail: Detail = 'full'): User {
  const tags = detail === 'full' ? listed(user.tags) : undefined;
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: new Date(user.createdAt),
    ...(detail === 'full' && boundaryOf(user)),
    ...(tags !== undefined && { Tags: tags }),
  };
}

export function printRole(role: Entity, detail: Detail = 'full'): Role {
  const tags = detail === 'full' ? listed(role.tags) : undefined;
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodeDocument(role.trust ?? ''),
    MaxSessionDuration: role.maxSession ?? 3600,
    ...(role.description !== undefined && { Description: role.description }),
    ...(detail === 'full' && boundaryOf(role)),
    ...(tags !== undefined && { Tags: tags }),
  };
}

export function printGroup(group: Entity): Group {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: group.arn,
    CreateDate: new Date(group.createdAt),
  };
}

/** Counts that stand beside a policy but in other tables. */
export interface PolicyUse {
  readonly attachments: number;
  readonly boundaries: number;
}

export function printPolicy(policy: ManagedPolicy, use: PolicyUse, detail: Detail = 'full'): Policy {
  const tags = detail === 'full' ? listed(policy.tags) : undefined;
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: `v${policy.defaultVersion}`,
    AttachmentCount: use.attachments,
    PermissionsBoundaryUsageCount: use.boundaries,
    IsAttachable: true,
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.updatedAt),
    ...(detail === 'full' && policy.description !== undefined && { Description: policy.description }),
    ...(tags !== undefined && { Tags: tags }),
  };
}
