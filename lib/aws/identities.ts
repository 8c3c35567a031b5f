import 'server-only';
import * as sdk from '@aws-sdk/client-iam';
import type { Aws } from './connection.ts';
import { type Listing, readAll } from './paginate.ts';
import { mapResult, type Result } from './result.ts';
import { send } from './send.ts';

/** Users, roles and groups of the account: who they are. What they may do is in `principal-policies.ts`. */

export type IdentityKind = 'user' | 'role' | 'group';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface Identity {
  readonly kind: IdentityKind;
  readonly name: string;
  readonly arn: string;
  readonly path: string;
  readonly id: string;
  readonly createdAt?: string;
  readonly description?: string;
  /** JSON of the trust policy; roles only. */
  readonly trust?: string;
  readonly maxSessionSeconds?: number;
  readonly lastUsedAt?: string;
  /** ARN of the policy that bounds what its own policies can give. */
  readonly boundary?: string;
  readonly tags: readonly Tag[];
}

type Found = Partial<sdk.User & sdk.Role & sdk.Group>;

function toIdentity(kind: IdentityKind, found: Found | undefined): Identity {
  const lastUsed = found?.RoleLastUsed?.LastUsedDate ?? found?.PasswordLastUsed;
  return {
    kind,
    name: found?.UserName ?? found?.RoleName ?? found?.GroupName ?? '',
    arn: found?.Arn ?? '',
    path: found?.Path ?? '/',
    id: found?.UserId ?? found?.RoleId ?? found?.GroupId ?? '',
    tags: (found?.Tags ?? []).map((tag) => ({ key: tag.Key ?? '', value: tag.Value ?? '' })),
    ...(found?.CreateDate ? { createdAt: found.CreateDate.toISOString() } : {}),
    ...(found?.Description ? { description: found.Description } : {}),
    ...(found?.AssumeRolePolicyDocument ? { trust: decodeDocument(found.AssumeRolePolicyDocument) } : {}),
    ...(found?.MaxSessionDuration ? { maxSessionSeconds: found.MaxSessionDuration } : {}),
    ...(lastUsed ? { lastUsedAt: lastUsed.toISOString() } : {}),
    ...(found?.PermissionsBoundary?.PermissionsBoundaryArn
      ? { boundary: found.PermissionsBoundary.PermissionsBoundaryArn }
      : {}),
  };
}

/** IAM answers documents URL-encoded. */
export function decodeDocument(document: string | undefined): string {
  try {
    return decodeURIComponent(document ?? '');
  } catch {
    return document ?? '';
  }
}

interface Page {
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

/** The token of the next page. */
export function following(page: Page): string | undefined {
  return page.IsTruncated ? page.Marker : undefined;
}

export function listIdentities(aws: Aws, kind: IdentityKind): Promise<Result<Listing<Identity>>> {
  const on = (Marker: string | undefined) => (Marker ? { Marker } : {});
  switch (kind) {
    case 'user':
      return readAll(
        (token) => send(aws, 'iam', new sdk.ListUsersCommand(on(token))),
        (page) => ({ items: page.Users?.map((found) => toIdentity(kind, found)), next: following(page) }),
      );
    case 'role':
      return readAll(
        (token) => send(aws, 'iam', new sdk.ListRolesCommand(on(token))),
        (page) => ({ items: page.Roles?.map((found) => toIdentity(kind, found)), next: following(page) }),
      );
    case 'group':
      return readAll(
        (token) => send(aws, 'iam', new sdk.ListGroupsCommand(on(token))),
        (page) => ({ items: page.Groups?.map((found) => toIdentity(kind, found)), next: following(page) }),
      );
  }
}

export async function getIdentity(aws: Aws, kind: IdentityKind, name: string): Promise<Result<Identity>> {
  switch (kind) {
    case 'user':
      return mapResult(await send(aws, 'iam', new sdk.GetUserCommand({ UserName: name })), ({ User }) =>
        toIdentity(kind, User),
      );
    case 'role':
      return mapResult(await send(aws, 'iam', new sdk.GetRoleCommand({ RoleName: name })), ({ Role }) =>
        toIdentity(kind, Role),
      );
    case 'group':
      return mapResult(await send(aws, 'iam', new sdk.GetGroupCommand({ GroupName: name })), ({ Group }) =>
        toIdentity(kind, Group),
      );
  }
}

/** @param trust JSON of the trust policy, for roles */
export async function createIdentity(
  aws: Aws,
  kind: IdentityKind,
  input: { name: string; path?: string | undefined; description?: string | undefined; trust?: string | undefined },
): Promise<Result<unknown>> {
  const Path = input.path ? { Path: input.path } : {};
  switch (kind) {
    case 'user':
      return send(aws, 'iam', new sdk.CreateUserCommand({ UserName: input.name, ...Path }));
    case 'role':
      return send(
        aws,
        'iam',
        new sdk.CreateRoleCommand({
          RoleName: input.name,
          AssumeRolePolicyDocument: input.trust ?? '',
          ...Path,
          ...(input.description ? { Description: input.description } : {}),
        }),
      );
    case 'group':
      return send(aws, 'iam', new sdk.CreateGroupCommand({ GroupName: input.name, ...Path }));
  }
}

/** Deletes an identity that nothing hangs on any more; see `removeDependents`. */
export function deleteIdentity(aws: Aws, kind: IdentityKind, name: string): Promise<Result<unknown>> {
  switch (kind) {
    case 'user':
      return send(aws, 'iam', new sdk.DeleteUserCommand({ UserName: name }));
    case 'role':
      return send(aws, 'iam', new sdk.DeleteRoleCommand({ RoleName: name }));
    case 'group':
      return send(aws, 'iam', new sdk.DeleteGroupCommand({ GroupName: name }));
  }
}

export function putTrust(aws: Aws, role: string, policy: string): Promise<Result<unknown>> {
  return send(aws, 'iam', new sdk.UpdateAssumeRolePolicyCommand({ RoleName: role, PolicyDocument: policy }));
}

/** Groups can't carry tags. */
export function tagIdentity(aws: Aws, kind: 'user' | 'role', name: string, tag: Tag): Promise<Result<unknown>> {
  const Tags = [{ Key: tag.key, Value: tag.value }];
  return kind === 'user'
    ? send(aws, 'iam', new sdk.TagUserCommand({ UserName: name, Tags }))
    : send(aws, 'iam', new sdk.TagRoleCommand({ RoleName: name, Tags }));
}

export function untagIdentity(aws: Aws, kind: 'user' | 'role', name: string, key: string): Promise<Result<unknown>> {
  return kind === 'user'
    ? send(aws, 'iam', new sdk.UntagUserCommand({ UserName: name, TagKeys: [key] }))
    : send(aws, 'iam', new sdk.UntagRoleCommand({ RoleName: name, TagKeys: [key] }));
}

/** Names of the groups of a user. */
export function groupsOf(aws: Aws, user: string): Promise<Result<Listing<string>>> {
  return readAll(
    (token) =>
      send(aws, 'iam', new sdk.ListGroupsForUserCommand({ UserName: user, ...(token ? { Marker: token } : {}) })),
    (page) => ({ items: page.Groups?.map((group) => group.GroupName ?? ''), next: following(page) }),
  );
}

/** Names of the users in a group. */
export function membersOf(aws: Aws, group: string): Promise<Result<Listing<string>>> {
  return readAll(
    (token) => send(aws, 'iam', new sdk.GetGroupCommand({ GroupName: group, ...(token ? { Marker: token } : {}) })),
    (page) => ({ items: page.Users?.map((user) => user.UserName ?? ''), next: following(page) }),
  );
}

export function addToGroup(aws: Aws, user: string, group: string): Promise<Result<unknown>> {
  return send(aws, 'iam', new sdk.AddUserToGroupCommand({ UserName: user, GroupName: group }));
}

export function removeFromGroup(aws: Aws, user: string, group: string): Promise<Result<unknown>> {
  return send(aws, 'iam', new sdk.RemoveUserFromGroupCommand({ UserName: user, GroupName: group }));
}
