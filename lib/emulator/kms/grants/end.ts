/** RetireGrant, RevokeGrant (KMS-45). Both work in every state of the key (KMS-05, KMS-46). */

import type { RetireGrantRequest, RevokeGrantRequest } from '@aws-sdk/client-kms';
import { parsePolicy } from '../../../access/index.ts';
import type { SourcedPolicy } from '../../../access/types.ts';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import { authorizeKey } from '../authorize.ts';
import { type Call, directCall } from '../call.ts';
import { dryRunSucceeded, invalid, kmsError } from '../errors.ts';
import { partition } from '../keys/record.ts';
import type { Kms } from '../kms.ts';
import { findKey, type Reference, resolveKey, SHARED_KEY } from '../resolve.ts';
import type { StoredGrant } from './grant.ts';
import { demandGrantId } from './list.ts';

export function revokeGrant(kms: Kms, input: Checked<RevokeGrantRequest>, context: RequestContext): void {
  const call = directCall(context);
  demandGrantId(input.GrantId);
  const { key } = resolveKey(kms, call, input.KeyId, 'RevokeGrant', SHARED_KEY);
  authorizeKey(kms, call, { action: 'RevokeGrant', key, conditions: { grantisforawsresource: 'false' } });
  const grant = livingGrant(kms, { key }, input.GrantId);
  if (input.DryRun === true) throw dryRunSucceeded();
  end(kms, grant);
}

export function retireGrant(kms: Kms, input: Checked<RetireGrantRequest>, context: RequestContext): void {
  const call = directCall(context);
  const { reference, grant } = findRetirable(kms, call, input);
  authorizeKey(kms, call, {
    action: 'RetireGrant',
    key: reference.key,
    grantable: true,
    grants: [grant],
    policy: retirementPolicy(grant),
    // The grant alone decides, also over the border of accounts (SDK RetireGrant).
    ownerId: context.accountId,
    conditions: { retiringprincipal: grant.retiringPrincipal },
  });
  if (input.DryRun === true) throw dryRunSucceeded();
  end(kms, grant);
}

function findRetirable(
  kms: Kms,
  call: Call,
  input: Checked<RetireGrantRequest>,
): { reference: Reference; grant: StoredGrant } {
  if (input.GrantToken !== undefined) {
    if (input.KeyId !== undefined || input.GrantId !== undefined) {
      throw invalid('You must specify either GrantToken, or KeyId and GrantId, but not both.');
    }
    const grant = kms.grants.find(kms.tokens.open(input.GrantToken));
    const key = grant?.region === call.region ? findKey(kms, grant.region, grant.keyId) : undefined;
    if (grant === undefined || grant.endedAt !== null || key === undefined) throw grantNotFound(undefined);
    return { reference: { key }, grant };
  }
  if (input.KeyId === undefined || input.GrantId === undefined) {
    throw invalid('You must specify either GrantToken, or KeyId and GrantId.');
  }
  demandGrantId(input.GrantId);
  const reference = resolveKey(kms, call, input.KeyId, 'RetireGrant', SHARED_KEY);
  return { reference, grant: livingGrant(kms, reference, input.GrantId) };
}

function livingGrant(kms: Kms, { key }: Reference, grantId: string): StoredGrant {
  const grant = kms.grants.find(grantId);
  if (grant?.keyId !== key.keyId || grant.region !== key.region || grant.endedAt !== null) throw grantNotFound(grantId);
  return grant;
}

const grantNotFound = (grantId: string | undefined) =>
  kmsError('NotFoundException', grantId === undefined ? 'Grant not found' : `Grant with ID ${grantId} not found`);

/**
 * Who may retire a grant, beside a grantee with RetireGrant: the retiring principal, and the account that made it, whose
 * IAM policies may pass that on (KMS-45, KMSDG grant-delete). Said as a policy, so that it is decided and explained like one.
 */
function retirementPolicy(grant: StoredGrant): SourcedPolicy {
  const account = `arn:${partition(grant.region)}:iam::${grant.issuingAccount}:root`;
  const allow = (Sid: string, Principal: Record<string, string>) => ({
    Sid,
    Effect: 'Allow',
    Principal,
    Action: 'kms:RetireGrant',
    Resource: '*',
  });
  const statements = [allow('AccountThatMadeTheGrant', { AWS: account })];
  if (grant.retiringPrincipal !== undefined) {
    statements.push(allow('RetiringPrincipal', { AWS: grant.retiringPrincipal }));
  }
  if (grant.retiringServicePrincipal !== undefined) {
    statements.push(allow('RetiringServicePrincipal', { Service: grant.retiringServicePrincipal }));
  }
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  return { source: `grant ${grant.grantId}`, policy: parsePolicy(text, 'key') };
}

function end(kms: Kms, grant: StoredGrant): void {
  const delay = kms.surroundings.world.values(grant.accountId).grantPropagationDelay * 1000;
  const now = kms.now(grant.accountId);
  kms.write(() => {
    kms.grants.end(grant, delay === 0 ? null : now + delay);
    kms.grants.purge(grant.accountId, now);
  });
}
