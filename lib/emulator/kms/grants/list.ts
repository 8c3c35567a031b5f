/** ListGrants, ListRetirableGrants (KMS-45). Tokens are never shown. */

import {
  type GrantListEntry,
  GrantOperation,
  type ListGrantsRequest,
  type ListGrantsResponse,
  type ListRetirableGrantsRequest,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import { authorizeAccount, authorizeKey } from '../authorize.ts';
import { directCall } from '../call.ts';
import { hiddenKey, invalid, kmsError } from '../errors.ts';
import { keyArn, partition } from '../keys/record.ts';
import type { Kms } from '../kms.ts';
import { cutPage, readMarker } from '../pages.ts';
import { resolveKey, SHARED_KEY } from '../resolve.ts';
import type { StoredGrant } from './grant.ts';

const POSITION = /^\d{1,15}$/;
const GRANT_ID = /^[0-9a-f]{64}$/;
/** SDK ListGrants: 1 to 100, default 50. */
const LIMIT = { default: 50, max: 100 } as const;

export function listGrants(kms: Kms, input: Checked<ListGrantsRequest>, context: RequestContext): ListGrantsResponse {
  const call = directCall(context);
  const { key } = resolveKey(kms, call, input.KeyId, 'ListGrants', SHARED_KEY);
  authorizeKey(kms, call, { action: 'ListGrants', key, conditions: { grantisforawsresource: 'false' } });
  const grantee = input.GranteePrincipal ?? input.GranteeServicePrincipal;
  if (input.GranteePrincipal !== undefined && input.GranteeServicePrincipal !== undefined) {
    throw invalid('You can specify either GranteePrincipal or GranteeServicePrincipal, but not both.');
  }
  const after = Number(readMarker(input.Marker, POSITION, '0'));
  const limit = Math.min(input.Limit ?? LIMIT.default, LIMIT.max);
  if (input.GrantId !== undefined) {
    demandGrantId(input.GrantId);
    const grant = kms.grants.find(input.GrantId);
    const here = grant?.keyId === key.keyId && grant.region === key.region && grant.endedAt === null;
    const wanted = here && (grantee === undefined || granteeOf(grant) === grantee);
    return { Grants: wanted ? [grantEntry(grant)] : [], Truncated: false };
  }
  const grants =
    grantee === undefined
      ? kms.grants.page(key, after, limit + 1)
      : kms.grants.pageOfGrantee(key, grantee, after, limit + 1);
  return grantPage(grants, limit);
}

export function listRetirableGrants(
  kms: Kms,
  input: Checked<ListRetirableGrantsRequest>,
  context: RequestContext,
): ListGrantsResponse {
  const retiring = input.RetiringPrincipal ?? input.RetiringServicePrincipal;
  if (
    retiring === undefined ||
    (input.RetiringPrincipal !== undefined && input.RetiringServicePrincipal !== undefined)
  ) {
    throw invalid('You must specify either RetiringPrincipal or RetiringServicePrincipal, but not both.');
  }
  const call = directCall(context);
  // The principal must be one of the caller's own account, and is the resource that is asked for (SDK ListRetirableGrants).
  if (input.RetiringPrincipal !== undefined && retiring.split(':')[4] !== context.accountId) {
    throw hiddenKey(context.caller.principal.arn, 'kms:ListRetirableGrants');
  }
  authorizeAccount(kms, call, 'ListRetirableGrants', retiring, {
    retiringprincipal: input.RetiringPrincipal,
    retiringserviceprincipal: input.RetiringServicePrincipal,
  });
  const after = Number(readMarker(input.Marker, POSITION, '0'));
  const limit = Math.min(input.Limit ?? LIMIT.default, LIMIT.max);
  return grantPage(kms.grants.pageOfRetiring(context.region, retiring, after, limit + 1), limit);
}

/** Throws InvalidGrantIdException for what cannot be one. */
export function demandGrantId(grantId: string): void {
  if (!GRANT_ID.test(grantId)) throw kmsError('InvalidGrantIdException', `Invalid grant ID ${grantId}`);
}

function grantPage(grants: readonly StoredGrant[], limit: number): ListGrantsResponse {
  const page = cutPage(grants, limit, (grant) => String(grant.seq));
  return { Grants: page.items.map(grantEntry), ...page.next };
}

/** Every stored operation is one; the evaluator's type does not say so. */
function isGrantOperation(operation: string): operation is GrantOperation {
  return Object.hasOwn(GrantOperation, operation);
}

function granteeOf(grant: StoredGrant): string | undefined {
  return grant.granteeServicePrincipal ?? grant.granteePrincipal;
}

function grantEntry(grant: StoredGrant): GrantListEntry {
  const { constraints } = grant;
  return {
    KeyId: keyArn(grant.accountId, grant.region, grant.keyId),
    GrantId: grant.grantId,
    Name: grant.name ?? '',
    CreationDate: new Date(grant.createdAt),
    GranteePrincipal: grant.granteePrincipal,
    GranteeServicePrincipal: grant.granteeServicePrincipal,
    RetiringPrincipal: grant.retiringPrincipal,
    RetiringServicePrincipal: grant.retiringServicePrincipal,
    IssuingAccount: `arn:${partition(grant.region)}:iam::${grant.issuingAccount}:root`,
    Operations: grant.operations.filter(isGrantOperation),
    ...(constraints !== undefined && {
      Constraints: {
        EncryptionContextEquals: constraints.encryptionContextEquals,
        EncryptionContextSubset: constraints.encryptionContextSubset,
        SourceArn: constraints.sourceArn,
      },
    }),
  };
}
