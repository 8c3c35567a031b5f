import 'server-only';
import * as sdk from '@aws-sdk/client-iam';
import type { PolicyKind, SourcedPolicy } from '../access/index.ts';
import { PolicySyntaxError, parsePolicy } from '../access/index.ts';
import type { Aws } from './connection.ts';
import { type Listing, readAll } from './paginate.ts';
import { mapResult, type Result } from './result.ts';
import { send } from './send.ts';

/** Users and roles of the account with every policy that stands on them. */

export interface AuthorizationDetail {
  readonly kind: 'user' | 'role';
  readonly name: string;
  readonly arn: string;
  /** `AIDA…`, `AROA…`. */
  readonly id: string;
  readonly identity: readonly SourcedPolicy[];
  readonly boundary?: SourcedPolicy;
}

/** Documents that were compiled, by kind and text: thousands of roles share a few. */
const compiled = new Map<string, SourcedPolicy['policy'] | undefined>();
const KEPT_DOCUMENTS = 20_000;

/** A policy that can be asked; undefined where the service accepted what this console can't read. */
export function compilePolicy(text: string, kind: PolicyKind): SourcedPolicy['policy'] | undefined {
  const key = `${kind} ${text}`;
  if (compiled.has(key)) return compiled.get(key);
  if (compiled.size >= KEPT_DOCUMENTS) compiled.clear();
  let policy: SourcedPolicy['policy'] | undefined;
  try {
    policy = parsePolicy(text, kind);
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
  }
  compiled.set(key, policy);
  return policy;
}

type Part =
  | { readonly user: sdk.UserDetail }
  | { readonly group: sdk.GroupDetail }
  | { readonly role: sdk.RoleDetail }
  | { readonly policy: sdk.ManagedPolicyDetail };

/** Everything of IAM that decides, in pages of a thousand. */
export async function readAuthorizationDetails(aws: Aws): Promise<Result<Listing<AuthorizationDetail>>> {
  const answer = await readAll(
    (token) =>
      send(
        aws,
        'iam',
        new sdk.GetAccountAuthorizationDetailsCommand({ MaxItems: 1000, ...(token ? { Marker: token } : {}) }),
      ),
    (page): { items: Part[]; next: string | undefined } => ({
      items: [
        ...(page.UserDetailList ?? []).map((user) => ({ user })),
        ...(page.GroupDetailList ?? []).map((group) => ({ group })),
        ...(page.RoleDetailList ?? []).map((role) => ({ role })),
        ...(page.Policies ?? []).map((policy) => ({ policy })),
      ],
      next: page.IsTruncated ? page.Marker : undefined,
    }),
  );
  return mapResult(answer, ({ items, cutOff }) => ({ items: assemble(items), cutOff }));
}

function assemble(parts: readonly Part[]): readonly AuthorizationDetail[] {
  const managed = new Map<string, string>();
  const groups = new Map<string, sdk.GroupDetail>();
  for (const part of parts) {
    if ('policy' in part) {
      const version = part.policy.PolicyVersionList?.find(({ IsDefaultVersion }) => IsDefaultVersion);
      if (part.policy.Arn && version?.Document) managed.set(part.policy.Arn, decodeURIComponent(version.Document));
    } else if ('group' in part && part.group.GroupName) groups.set(part.group.GroupName, part.group);
  }
  const policies = (
    inline: readonly sdk.PolicyDetail[] | undefined,
    attached: readonly sdk.AttachedPolicy[] | undefined,
    of: string,
  ): SourcedPolicy[] => [
    ...(inline ?? []).flatMap(({ PolicyName = '', PolicyDocument = '' }) =>
      sourced(`inline ${of}${PolicyName}`, decodeURIComponent(PolicyDocument), 'identity'),
    ),
    ...(attached ?? []).flatMap(({ PolicyArn = '' }) => sourced(PolicyArn, managed.get(PolicyArn), 'identity')),
  ];
  const boundaryOf = (boundary: sdk.AttachedPermissionsBoundary | undefined) => {
    const arn = boundary?.PermissionsBoundaryArn;
    const [found] = arn === undefined ? [] : sourced(arn, managed.get(arn), 'boundary');
    return found === undefined ? {} : { boundary: found };
  };
  return parts.flatMap((part): AuthorizationDetail[] => {
    if ('role' in part) {
      const { RoleName: name = '', Arn: arn = '', RoleId: id = '' } = part.role;
      const identity = policies(part.role.RolePolicyList, part.role.AttachedManagedPolicies, '');
      return [{ kind: 'role', name, arn, id, identity, ...boundaryOf(part.role.PermissionsBoundary) }];
    }
    if (!('user' in part)) return [];
    const { UserName: name = '', Arn: arn = '', UserId: id = '', GroupList = [] } = part.user;
    const identity = [
      ...policies(part.user.UserPolicyList, part.user.AttachedManagedPolicies, ''),
      ...GroupList.flatMap((group) => {
        const found = groups.get(group);
        return policies(found?.GroupPolicyList, found?.AttachedManagedPolicies, `${group}/`);
      }),
    ];
    return [{ kind: 'user', name, arn, id, identity, ...boundaryOf(part.user.PermissionsBoundary) }];
  });
}

function sourced(source: string, text: string | undefined, kind: PolicyKind): SourcedPolicy[] {
  const policy = text === undefined ? undefined : compilePolicy(text, kind);
  return policy === undefined ? [] : [{ source, policy }];
}
