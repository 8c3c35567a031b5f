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

/** All grants of a key, 50,000 at most, in pages of a hundred; or those of one grantee, one by its id, or the first ones. */
export function listGrants(
  aws: Aws,
  keyId: string,
  only: { readonly grantee?: string; readonly grantId?: string; readonly most?: number } = {},
): Promise<Result<Listing<KeyGrant>>> {
  const filter = {
    ...(only.grantee ? { GranteePrincipal: only.grantee } : {}),
    ...(only.grantId ? { GrantId: only.grantId } : {}),
  };
  return readAll(
    (token) =>
      send(
        aws,
        'kms',
        new sdk.ListGrantsCommand({ KeyId: keyId, Limit: 100, ...filter, ...(token ? { Marker: token } : {}) }),
      ),
    (page) => ({ items: page.Grants?.map(toGrant), next: page.Truncated ? page.NextMarker : undefined }),
    only.most ?? Number.POSITIVE_INFINITY,
    GRANT_PAGES,
  );
}

/** How many grants a key has, as far as one call tells: "30", or "100+". A key may have 50,000; only their list reads them all. */
export async function countGrants(aws: Aws, keyId: string): Promise<Result<string>> {
  const answer = await send(aws, 'kms', new sdk.ListGrantsCommand({ KeyId: keyId, Limit: 100 }));
  return mapResult(answer, ({ Grants = [], Truncated }) => `${Grants.length}${Truncated ? '+' : ''}`);
}

/** What a grant may allow, in KMS's words. */
export const GRANT_OPERATIONS: readonly string[] = Object.values(sdk.GrantOperation);
