import 'server-only';
import * as sdk from '@aws-sdk/client-iam';
import { type PolicyKind, type PolicySet, type Principal, parsePolicy, type SourcedPolicy } from '../access/index.ts';
import type { Aws } from './connection.ts';
import { readAll } from './paginate.ts';
import { mapResult, type Result } from './result.ts';
import { send } from './send.ts';

/** IAM policies of all users and roles of the account, as the evaluator wants them. */

type CallerSide = Omit<PolicySet, 'resource' | 'grants'>;

export interface IdentityPolicies {
  /** ARNs and unique ids of all users and roles. */
  readonly principals: readonly { readonly arn: string; readonly id: string }[];
  /** What stands on the side of a caller; of somebody who is not in this account nothing is known. */
  readonly of: (principal: Principal) => CallerSide;
  /** Policies of a user or role by its ARN, those of its groups too. */
  readonly policiesOf: (arn: string) => readonly SourcedPolicy[];
}

const NOBODY: CallerSide = { identity: [] };

/** Reads them in pages of 1,000 entities (iam:GetAccountAuthorizationDetails). */
export async function readIdentityPolicies(aws: Aws): Promise<Result<IdentityPolicies>> {
  const pages = await readAll(
    (token) =>
      send(
        aws,
        'iam',
        new sdk.GetAccountAuthorizationDetailsCommand({ MaxItems: 1000, ...(token ? { Marker: token } : {}) }),
      ),
    (page) => ({ items: [page], next: page.IsTruncated ? page.Marker : undefined }),
  );
  return mapResult(pages, ({ items }) => assemble(items));
}

type Page = sdk.GetAccountAuthorizationDetailsCommandOutput;

function assemble(pages: readonly Page[]): IdentityPolicies {
  const managed = new Map<string, string>();
  for (const policy of pages.flatMap((page) => page.Policies ?? [])) {
    const version = policy.PolicyVersionList?.find((one) => one.IsDefaultVersion) ?? policy.PolicyVersionList?.[0];
    if (policy.Arn && version?.Document) managed.set(policy.Arn, version.Document);
  }
  const attached = (list: readonly sdk.AttachedPolicy[] | undefined) =>
    (list ?? []).flatMap(({ PolicyArn = '' }) => sourced(PolicyArn, managed.get(PolicyArn), 'identity'));
  const inline = (list: readonly sdk.PolicyDetail[] | undefined) =>
    (list ?? []).flatMap(({ PolicyName = '', PolicyDocument }) =>
      sourced(`inline ${PolicyName}`, PolicyDocument, 'identity'),
    );
  const groups = new Map<string, readonly SourcedPolicy[]>();
  for (const group of pages.flatMap((page) => page.GroupDetailList ?? [])) {
    groups.set(group.GroupName ?? '', [...inline(group.GroupPolicyList), ...attached(group.AttachedManagedPolicies)]);
  }
  const bounded = (boundary: sdk.AttachedPermissionsBoundary | undefined) => {
    const arn = boundary?.PermissionsBoundaryArn ?? '';
    const [policy] = sourced(arn, managed.get(arn), 'boundary');
    return policy ? { boundary: policy } : {};
  };
  const sides = new Map<string, CallerSide>();
  const principals: { arn: string; id: string }[] = [];
  for (const user of pages.flatMap((page) => page.UserDetailList ?? [])) {
    principals.push({ arn: user.Arn ?? '', id: user.UserId ?? '' });
    const ofGroups = (user.GroupList ?? []).flatMap((name) => groups.get(name) ?? []);
    sides.set(user.Arn ?? '', {
      identity: [...inline(user.UserPolicyList), ...attached(user.AttachedManagedPolicies), ...ofGroups],
      ...bounded(user.PermissionsBoundary),
    });
  }
  for (const role of pages.flatMap((page) => page.RoleDetailList ?? [])) {
    principals.push({ arn: role.Arn ?? '', id: role.RoleId ?? '' });
    sides.set(role.Arn ?? '', {
      identity: [...inline(role.RolePolicyList), ...attached(role.AttachedManagedPolicies)],
      ...bounded(role.PermissionsBoundary),
    });
  }
  return {
    principals,
    of: (principal) => sides.get(principal.roleArn ?? principal.arn) ?? NOBODY,
    policiesOf: (arn) => sides.get(arn)?.identity ?? [],
  };
}

/** Documents come percent-encoded (RFC 3986). One that can't be read decides nothing. */
function sourced(source: string, document: string | undefined, kind: PolicyKind): SourcedPolicy[] {
  if (document === undefined) return [];
  try {
    return [{ source, policy: parsePolicy(document.startsWith('{') ? document : decodeURIComponent(document), kind) }];
  } catch {
    return [];
  }
}
