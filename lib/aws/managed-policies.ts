import 'server-only';
import * as sdk from '@aws-sdk/client-iam';
import type { Aws } from './connection.ts';
import { decodeDocument, following, type IdentityKind } from './identities.ts';
import { type Listing, readAll } from './paginate.ts';
import { mapResult, type Result } from './result.ts';
import { send } from './send.ts';

/** Managed policies: those of the account, and AWS's own. */
export interface ManagedPolicy {
  readonly name: string;
  readonly arn: string;
  readonly path: string;
  readonly description?: string;
  readonly attachments: number;
  readonly defaultVersion: string;
  readonly changedAt?: string;
  readonly byAws: boolean;
}

function toPolicy(found: sdk.Policy | undefined): ManagedPolicy {
  return {
    name: found?.PolicyName ?? '',
    arn: found?.Arn ?? '',
    path: found?.Path ?? '/',
    attachments: found?.AttachmentCount ?? 0,
    defaultVersion: found?.DefaultVersionId ?? 'v1',
    byAws: found?.Arn?.split(':')[4] === 'aws',
    ...(found?.Description ? { description: found.Description } : {}),
    ...(found?.UpdateDate ? { changedAt: found.UpdateDate.toISOString() } : {}),
  };
}

/** @param scope those of the account, or AWS's */
export function listManagedPolicies(aws: Aws, scope: 'Local' | 'AWS'): Promise<Result<Listing<ManagedPolicy>>> {
  return readAll(
    (token) =>
      send(
        aws,
        'iam',
        new sdk.ListPoliciesCommand({ Scope: scope, MaxItems: 500, ...(token ? { Marker: token } : {}) }),
      ),
    (page) => ({ items: page.Policies?.map(toPolicy), next: following(page) }),
  );
}

export async function getManagedPolicy(aws: Aws, arn: string): Promise<Result<ManagedPolicy>> {
  return mapResult(await send(aws, 'iam', new sdk.GetPolicyCommand({ PolicyArn: arn })), ({ Policy }) =>
    toPolicy(Policy),
  );
}

export async function getPolicyDocument(aws: Aws, arn: string, version: string): Promise<Result<string>> {
  const answer = await send(aws, 'iam', new sdk.GetPolicyVersionCommand({ PolicyArn: arn, VersionId: version }));
  return mapResult(answer, ({ PolicyVersion }) => decodeDocument(PolicyVersion?.Document));
}

export interface PolicyVersion {
  readonly id: string;
  readonly isDefault: boolean;
  readonly createdAt?: string;
}

/** At most five, newest first. */
export function listPolicyVersions(aws: Aws, arn: string): Promise<Result<Listing<PolicyVersion>>> {
  return readAll(
    (token) =>
      send(aws, 'iam', new sdk.ListPolicyVersionsCommand({ PolicyArn: arn, ...(token ? { Marker: token } : {}) })),
    (page) => ({
      items: page.Versions?.map((version) => ({
        id: version.VersionId ?? '',
        isDefault: version.IsDefaultVersion ?? false,
        ...(version.CreateDate ? { createdAt: version.CreateDate.toISOString() } : {}),
      })),
      next: following(page),
    }),
  );
}

export async function createManagedPolicy(
  aws: Aws,
  input: { name: string; description?: string | undefined; document: string },
): Promise<Result<{ arn: string }>> {
  const command = new sdk.CreatePolicyCommand({
    PolicyName: input.name,
    PolicyDocument: input.document,
    ...(input.description ? { Description: input.description } : {}),
  });
  return mapResult(await send(aws, 'iam', command), ({ Policy }) => ({ arn: Policy?.Arn ?? '' }));
}

/** Versions that a policy may have. */
const VERSIONS = 5;

/** Saves a document as a new default version. Where five exist, the oldest that is not in use goes first. */
export async function savePolicyDocument(aws: Aws, arn: string, document: string): Promise<readonly Result<unknown>[]> {
  const versions = await listPolicyVersions(aws, arn);
  if (!versions.ok) return [versions];
  const oldest = versions.data.items.filter((version) => !version.isDefault).at(-1);
  const results: Result<unknown>[] = [];
  if (versions.data.items.length >= VERSIONS && oldest) {
    const room = await send(aws, 'iam', new sdk.DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: oldest.id }));
    results.push(room);
    if (!room.ok) return results;
  }
  const command = new sdk.CreatePolicyVersionCommand({ PolicyArn: arn, PolicyDocument: document, SetAsDefault: true });
  return [...results, await send(aws, 'iam', command)];
}

export interface Attachment {
  readonly kind: IdentityKind;
  readonly name: string;
}

/** Who has a policy attached. */
export function attachmentsOf(aws: Aws, arn: string): Promise<Result<Listing<Attachment>>> {
  return readAll(
    (token) =>
      send(aws, 'iam', new sdk.ListEntitiesForPolicyCommand({ PolicyArn: arn, ...(token ? { Marker: token } : {}) })),
    (page) => ({
      items: [
        ...(page.PolicyUsers ?? []).map((user) => ({ kind: 'user' as const, name: user.UserName ?? '' })),
        ...(page.PolicyRoles ?? []).map((role) => ({ kind: 'role' as const, name: role.RoleName ?? '' })),
        ...(page.PolicyGroups ?? []).map((group) => ({ kind: 'group' as const, name: group.GroupName ?? '' })),
      ],
      next: following(page),
    }),
  );
}

/** Deletes a policy that is attached to nobody, with its older versions. */
export async function deleteManagedPolicy(aws: Aws, arn: string): Promise<readonly Result<unknown>[]> {
  const versions = await listPolicyVersions(aws, arn);
  if (!versions.ok) return [versions];
  const results: Result<unknown>[] = [];
  for (const version of versions.data.items.filter((one) => !one.isDefault)) {
    const gone = await send(aws, 'iam', new sdk.DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: version.id }));
    results.push(gone);
    if (!gone.ok) return results;
  }
  return [...results, await send(aws, 'iam', new sdk.DeletePolicyCommand({ PolicyArn: arn }))];
}
