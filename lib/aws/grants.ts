import 'server-only';
import * as sdk from '@aws-sdk/client-kms';
import type { Aws } from './connection.ts';
import { type Listing, readAll } from './paginate.ts';
import { mapResult, type Result } from './result.ts';
import { send } from './send.ts';

export interface KeyGrant {
  readonly id: string;
  readonly name?: string;
  readonly keyArn: string;
  readonly grantee: string;
  readonly retiring?: string;
  readonly issuedBy?: string;
  readonly operations: readonly string[];
  readonly contextEquals?: Readonly<Record<string, string>>;
  readonly contextSubset?: Readonly<Record<string, string>>;
  readonly createdAt?: string;
}

function toGrant(grant: sdk.GrantListEntry): KeyGrant {
  return {
    id: grant.GrantId ?? '',
    keyArn: grant.KeyId ?? '',
    grantee: grant.GranteePrincipal ?? '',
    operations: grant.Operations ?? [],
    ...(grant.Name ? { name: grant.Name } : {}),
    ...(grant.RetiringPrincipal ? { retiring: grant.RetiringPrincipal } : {}),
    ...(grant.IssuingAccount ? { issuedBy: grant.IssuingAccount } : {}),
    ...(grant.Constraints?.EncryptionContextEquals ? { contextEquals: grant.Constraints.EncryptionContextEquals } : {}),
    ...(grant.Constraints?.EncryptionContextSubset ? { contextSubset: grant.Constraints.EncryptionContextSubset } : {}),
    ...(grant.CreationDate ? { createdAt: grant.CreationDate.toISOString() } : {}),
  };
}

/** A key has at most 50,000 grants (LIM-05), and KMS gives a hundred on a page. */
const GRANT_PAGES = 501;

/** All grants of a key. */
export function listGrants(aws: Aws, keyId: string): Promise<Result<Listing<KeyGrant>>> {
  return readAll(
    (token) =>
      send(aws, 'kms', new sdk.ListGrantsCommand({ KeyId: keyId, Limit: 100, ...(token ? { Marker: token } : {}) })),
    (page) => ({ items: page.Grants?.map(toGrant), next: page.Truncated ? page.NextMarker : undefined }),
    Number.POSITIVE_INFINITY,
    GRANT_PAGES,
  );
}

/** How many grants a key has, as far as one call tells: "30", or "100+". A key may have 50,000; only their list reads them all. */
export async function countGrants(aws: Aws, keyId: string): Promise<Result<string>> {
  const answer = await send(aws, 'kms', new sdk.ListGrantsCommand({ KeyId: keyId, Limit: 100 }));
  return mapResult(answer, ({ Grants = [], Truncated }) => `${Grants.length}${Truncated ? '+' : ''}`);
}

export interface NewGrant {
  readonly keyId: string;
  readonly grantee: string;
  readonly operations: readonly string[];
  readonly name?: string;
  readonly retiring?: string;
  readonly contextEquals?: Readonly<Record<string, string>>;
  readonly contextSubset?: Readonly<Record<string, string>>;
}

export async function createGrant(aws: Aws, grant: NewGrant): Promise<Result<{ id: string; token: string }>> {
  const constrained = grant.contextEquals ?? grant.contextSubset;
  const command = new sdk.CreateGrantCommand({
    KeyId: grant.keyId,
    GranteePrincipal: grant.grantee,
    Operations: [...grant.operations] as sdk.GrantOperation[],
    ...(grant.name ? { Name: grant.name } : {}),
    ...(grant.retiring ? { RetiringPrincipal: grant.retiring } : {}),
    ...(constrained
      ? {
          Constraints: {
            ...(grant.contextEquals ? { EncryptionContextEquals: { ...grant.contextEquals } } : {}),
            ...(grant.contextSubset ? { EncryptionContextSubset: { ...grant.contextSubset } } : {}),
          },
        }
      : {}),
  });
  return mapResult(await send(aws, 'kms', command), (output) => ({
    id: output.GrantId ?? '',
    token: output.GrantToken ?? '',
  }));
}

/** Ends a grant on behalf of the one who may retire it. */
export function retireGrant(aws: Aws, keyArn: string, grantId: string): Promise<Result<unknown>> {
  return send(aws, 'kms', new sdk.RetireGrantCommand({ KeyId: keyArn, GrantId: grantId }));
}

/** Ends a grant as the key's administrator. */
export function revokeGrant(aws: Aws, keyId: string, grantId: string): Promise<Result<unknown>> {
  return send(aws, 'kms', new sdk.RevokeGrantCommand({ KeyId: keyId, GrantId: grantId }));
}

/** What a grant may allow, in KMS's words. */
export const GRANT_OPERATIONS: readonly string[] = Object.values(sdk.GrantOperation);
