import 'server-only';
import * as sdk from '@aws-sdk/client-iam';
import { deleteAccessKey, listAccessKeys } from './access-keys.ts';
import type { Aws } from './connection.ts';
import { decodeDocument, following, groupsOf, type IdentityKind, membersOf, removeFromGroup } from './identities.ts';
import { type Listing, readAll } from './paginate.ts';
import { dataOr, mapLimited, mapResult, type Result } from './result.ts';
import { send } from './send.ts';

/** Inline and attached policies of users, roles and groups, and the permissions boundary. */

export interface InlinePolicy {
  readonly name: string;
  readonly document: string;
}

export interface AttachedPolicy {
  readonly name: string;
  readonly arn: string;
}

interface Named {
  readonly UserName: string;
  readonly RoleName: string;
  readonly GroupName: string;
}

/** The input that names an identity of any kind; each command takes only its own member. */
function named(name: string): Named {
  return { UserName: name, RoleName: name, GroupName: name };
}

/** Only the member that belongs to the kind: AWS refuses the others. */
function only(kind: IdentityKind, name: string): Named {
  const { UserName, RoleName, GroupName } = named(name);
  const one = kind === 'user' ? { UserName } : kind === 'role' ? { RoleName } : { GroupName };
  return one as Named;
}

/** Reads all inline policies with their documents. */
export async function listInlinePolicies(
  aws: Aws,
  kind: IdentityKind,
  name: string,
): Promise<Result<Listing<InlinePolicy>>> {
  const names = await readAll(
    (Marker) => {
      const input = { ...only(kind, name), ...(Marker ? { Marker } : {}) };
      if (kind === 'user') return send(aws, 'iam', new sdk.ListUserPoliciesCommand(input));
      if (kind === 'role') return send(aws, 'iam', new sdk.ListRolePoliciesCommand(input));
      return send(aws, 'iam', new sdk.ListGroupPoliciesCommand(input));
    },
    (page) => ({ items: page.PolicyNames, next: following(page) }),
  );
  if (!names.ok) return names;
  const items = await mapLimited(names.data.items, 4, async (policy) => ({
    name: policy,
    document: dataOr(await getInlinePolicy(aws, kind, name, policy), ''),
  }));
  return { ...names, data: { items, cutOff: names.data.cutOff } };
}

async function getInlinePolicy(aws: Aws, kind: IdentityKind, name: string, policy: string): Promise<Result<string>> {
  const input = { ...only(kind, name), PolicyName: policy };
  const answer: Result<{ PolicyDocument: string | undefined }> =
    kind === 'user'
      ? await send(aws, 'iam', new sdk.GetUserPolicyCommand(input))
      : kind === 'role'
        ? await send(aws, 'iam', new sdk.GetRolePolicyCommand(input))
        : await send(aws, 'iam', new sdk.GetGroupPolicyCommand(input));
  return mapResult(answer, (output) => decodeDocument(output.PolicyDocument));
}

export function putInlinePolicy(
  aws: Aws,
  kind: IdentityKind,
  name: string,
  policy: InlinePolicy,
): Promise<Result<unknown>> {
  const input = { ...only(kind, name), PolicyName: policy.name, PolicyDocument: policy.document };
  if (kind === 'user') return send(aws, 'iam', new sdk.PutUserPolicyCommand(input));
  if (kind === 'role') return send(aws, 'iam', new sdk.PutRolePolicyCommand(input));
  return send(aws, 'iam', new sdk.PutGroupPolicyCommand(input));
}

export function deleteInlinePolicy(
  aws: Aws,
  kind: IdentityKind,
  name: string,
  policy: string,
): Promise<Result<unknown>> {
  const input = { ...only(kind, name), PolicyName: policy };
  if (kind === 'user') return send(aws, 'iam', new sdk.DeleteUserPolicyCommand(input));
  if (kind === 'role') return send(aws, 'iam', new sdk.DeleteRolePolicyCommand(input));
  return send(aws, 'iam', new sdk.DeleteGroupPolicyCommand(input));
}

export function listAttachedPolicies(
  aws: Aws,
  kind: IdentityKind,
  name: string,
): Promise<Result<Listing<AttachedPolicy>>> {
  return readAll(
    (Marker) => {
      const input = { ...only(kind, name), ...(Marker ? { Marker } : {}) };
      if (kind === 'user') return send(aws, 'iam', new sdk.ListAttachedUserPoliciesCommand(input));
      if (kind === 'role') return send(aws, 'iam', new sdk.ListAttachedRolePoliciesCommand(input));
      return send(aws, 'iam', new sdk.ListAttachedGroupPoliciesCommand(input));
    },
    (page) => ({
      items: page.AttachedPolicies?.map((policy) => ({ name: policy.PolicyName ?? '', arn: policy.PolicyArn ?? '' })),
      next: following(page),
    }),
  );
}

export function attachPolicy(aws: Aws, kind: IdentityKind, name: string, arn: string): Promise<Result<unknown>> {
  const input = { ...only(kind, name), PolicyArn: arn };
  if (kind === 'user') return send(aws, 'iam', new sdk.AttachUserPolicyCommand(input));
  if (kind === 'role') return send(aws, 'iam', new sdk.AttachRolePolicyCommand(input));
  return send(aws, 'iam', new sdk.AttachGroupPolicyCommand(input));
}

export function detachPolicy(aws: Aws, kind: IdentityKind, name: string, arn: string): Promise<Result<unknown>> {
  const input = { ...only(kind, name), PolicyArn: arn };
  if (kind === 'user') return send(aws, 'iam', new sdk.DetachUserPolicyCommand(input));
  if (kind === 'role') return send(aws, 'iam', new sdk.DetachRolePolicyCommand(input));
  return send(aws, 'iam', new sdk.DetachGroupPolicyCommand(input));
}

/** Sets the permissions boundary, or takes it away where `arn` is undefined. Groups have none. */
export function setBoundary(
  aws: Aws,
  kind: 'user' | 'role',
  name: string,
  arn: string | undefined,
): Promise<Result<unknown>> {
  const input = only(kind, name);
  if (arn !== undefined) {
    const bound = { ...input, PermissionsBoundary: arn };
    return kind === 'user'
      ? send(aws, 'iam', new sdk.PutUserPermissionsBoundaryCommand(bound))
      : send(aws, 'iam', new sdk.PutRolePermissionsBoundaryCommand(bound));
  }
  return kind === 'user'
    ? send(aws, 'iam', new sdk.DeleteUserPermissionsBoundaryCommand(input))
    : send(aws, 'iam', new sdk.DeleteRolePermissionsBoundaryCommand(input));
}

/** What IAM wants gone before it deletes an identity. */
export interface Dependents {
  readonly inline: readonly string[];
  readonly attached: readonly AttachedPolicy[];
  readonly accessKeys: readonly string[];
  /** Groups of a user, or users of a group. */
  readonly memberships: readonly string[];
}

export async function dependentsOf(aws: Aws, kind: IdentityKind, name: string): Promise<Result<Dependents>> {
  const none: Result<Listing<never>> = { ok: true, data: { items: [], cutOff: false } };
  const [inline, attached, keys, memberships] = await Promise.all([
    listInlinePolicies(aws, kind, name),
    listAttachedPolicies(aws, kind, name),
    kind === 'user' ? listAccessKeys(aws, name) : none,
    kind === 'user' ? groupsOf(aws, name) : kind === 'group' ? membersOf(aws, name) : none,
  ]);
  if (!inline.ok) return inline;
  if (!attached.ok) return attached;
  if (!keys.ok) return keys;
  if (!memberships.ok) return memberships;
  return {
    ok: true,
    data: {
      inline: inline.data.items.map((policy) => policy.name),
      attached: attached.data.items,
      accessKeys: keys.data.items.map((key) => key.id),
      memberships: memberships.data.items,
    },
  };
}

/** Takes away what hangs on an identity, in the order in which IAM wants it gone. Stops at the first refusal. */
export async function removeDependents(
  aws: Aws,
  kind: IdentityKind,
  name: string,
  { inline, attached, accessKeys, memberships }: Dependents,
): Promise<readonly Result<unknown>[]> {
  const work = [
    ...accessKeys.map((id) => () => deleteAccessKey(aws, name, id)),
    ...inline.map((policy) => () => deleteInlinePolicy(aws, kind, name, policy)),
    ...attached.map(
      ({ arn }) =>
        () =>
          detachPolicy(aws, kind, name, arn),
    ),
    ...memberships.map(
      (other) => () => (kind === 'user' ? removeFromGroup(aws, name, other) : removeFromGroup(aws, other, name)),
    ),
  ];
  const results: Result<unknown>[] = [];
  for (const step of work) {
    const result = await step();
    results.push(result);
    if (!result.ok) break;
  }
  return results;
}
