/** CreateGrant (KMS-40…KMS-43, KMS-47). */

import type { CreateGrantRequest, CreateGrantResponse } from '@aws-sdk/client-kms';
import { grantIsWithin } from '../../../access/index.ts';
import type { Grant } from '../../../access/types.ts';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import { idBytes } from '../../world/id-source.ts';
import { authorizeKey, granteeNames } from '../authorize.ts';
import { type Call, directCall } from '../call.ts';
import { dryRunSucceeded, invalid, kmsError } from '../errors.ts';
import type { KeyRecord } from '../keys/record.ts';
import { grantableOperations } from '../keys/specs.ts';
import { demandState, GRANTABLE } from '../keys/states.ts';
import type { Kms } from '../kms.ts';
import { resolveKey, SHARED_KEY } from '../resolve.ts';
import type { StoredGrant } from './grant.ts';

/** LIM-05 */
const MAX_GRANTS_OF_KEY = 50_000;
/** KMS-41 */
const MAX_PAIRS = 8;
const MAX_VALUE_LENGTH = 384;

type Input = Checked<CreateGrantRequest>;

export function createGrant(kms: Kms, input: Input, context: RequestContext): CreateGrantResponse {
  const call = directCall(context, input);
  checkPrincipals(kms, input);
  const constraints = readConstraints(input);
  const { key } = resolveKey(kms, call, input.KeyId, 'CreateGrant', SHARED_KEY);
  const operations = [...new Set(input.Operations)];
  const asked = { operations, ...(constraints !== undefined && { constraints }) };
  authorizeKey(kms, call, {
    action: 'CreateGrant',
    key,
    grantable: true,
    grants: passableGrants(kms, call, key, asked),
    conditions: {
      grantoperations: operations,
      grantconstrainttype: constraintTypes(constraints),
      granteeprincipal: input.GranteePrincipal,
      granteeserviceprincipal: input.GranteeServicePrincipal,
      retiringprincipal: input.RetiringPrincipal,
      retiringserviceprincipal: input.RetiringServicePrincipal,
      grantisforawsresource: String(call.viaService !== undefined),
    },
  });
  demandState(key, GRANTABLE);
  checkOperations(key, input, constraints);
  const now = kms.now(key.accountId);
  const delay = kms.surroundings.world.values(key.accountId).grantPropagationDelay * 1000;
  const grant = {
    grantId: idBytes(32).toString('hex'),
    region: key.region,
    keyId: key.keyId,
    accountId: key.accountId,
    issuingAccount: context.accountId,
    ...asked,
    ...(input.Name !== undefined && { name: input.Name }),
    ...(input.GranteePrincipal !== undefined && { granteePrincipal: input.GranteePrincipal }),
    ...(input.GranteeServicePrincipal !== undefined && { granteeServicePrincipal: input.GranteeServicePrincipal }),
    ...(input.RetiringPrincipal !== undefined && { retiringPrincipal: input.RetiringPrincipal }),
    ...(input.RetiringServicePrincipal !== undefined && { retiringServicePrincipal: input.RetiringServicePrincipal }),
    createdAt: now,
    effectiveAt: now + delay,
  };
  const twin =
    input.Name === undefined ? undefined : kms.grants.named(key, input.Name).find((it) => sameGrant(it, grant));
  if (twin === undefined && kms.grants.count(key) >= MAX_GRANTS_OF_KEY) {
    throw kmsError('LimitExceededException', `The limit of ${MAX_GRANTS_OF_KEY} grants on ${key.arn} is reached.`);
  }
  if (input.DryRun === true) throw dryRunSucceeded();
  if (twin === undefined) kms.write(() => kms.grants.insert(grant));
  const GrantId = twin?.grantId ?? grant.grantId;
  return { GrantId, GrantToken: kms.tokens.issue(GrantId) };
}

/** Who gets the grant and who may retire it: one of each kind at most, and they exist (KMS-40, KMS-24). */
function checkPrincipals(kms: Kms, input: Input): void {
  const { GranteePrincipal, GranteeServicePrincipal, RetiringPrincipal, RetiringServicePrincipal } = input;
  if ((GranteePrincipal === undefined) === (GranteeServicePrincipal === undefined)) {
    throw invalid('You must specify either GranteePrincipal or GranteeServicePrincipal, but not both.');
  }
  if (RetiringPrincipal !== undefined && RetiringServicePrincipal !== undefined) {
    throw invalid('You can specify either RetiringPrincipal or RetiringServicePrincipal, but not both.');
  }
  if (GranteeServicePrincipal !== undefined) {
    if (input.Constraints?.SourceArn === undefined) {
      throw invalid('A SourceArn grant constraint is required with GranteeServicePrincipal.');
    }
    if (RetiringPrincipal === undefined && RetiringServicePrincipal === undefined) {
      throw invalid('RetiringPrincipal or RetiringServicePrincipal is required with GranteeServicePrincipal.');
    }
  }
  for (const arn of [GranteePrincipal, RetiringPrincipal]) {
    if (arn === undefined) continue;
    if (!arn.startsWith('arn:') || !kms.surroundings.ports.identity.principalExists(arn)) {
      throw kmsError('InvalidArnException', `ARN does not refer to a valid principal: ${arn}`);
    }
  }
}

function readConstraints(input: Input): Grant['constraints'] {
  const { EncryptionContextEquals, EncryptionContextSubset, SourceArn } = input.Constraints ?? {};
  for (const pairs of [EncryptionContextEquals, EncryptionContextSubset]) {
    if (pairs === undefined) continue;
    if (Object.keys(pairs).length > MAX_PAIRS) {
      throw invalid(`A grant constraint can have at most ${MAX_PAIRS} encryption context pairs.`);
    }
    if (Object.values(pairs).some((value) => value.length > MAX_VALUE_LENGTH)) {
      throw invalid(`The values of a grant constraint cannot be longer than ${MAX_VALUE_LENGTH} characters.`);
    }
  }
  const constraints = {
    ...(EncryptionContextEquals !== undefined && { encryptionContextEquals: EncryptionContextEquals }),
    ...(EncryptionContextSubset !== undefined && { encryptionContextSubset: EncryptionContextSubset }),
    ...(SourceArn !== undefined && { sourceArn: SourceArn }),
  };
  return Object.keys(constraints).length === 0 ? undefined : constraints;
}

/** `kms:GrantConstraintType` knows the two kinds of encryption context constraint only (KMSDG conditions-kms). */
function constraintTypes(constraints: Grant['constraints']): string | undefined {
  if (constraints?.encryptionContextEquals !== undefined) return 'EncryptionContextEquals';
  return constraints?.encryptionContextSubset === undefined ? undefined : 'EncryptionContextSubset';
}

/** A grantee passes on no more than it has, under constraints as strict: other grants do not speak here (KMS-47). */
function passableGrants(
  kms: Kms,
  call: Call,
  key: KeyRecord,
  asked: Pick<Grant, 'operations' | 'constraints'>,
): Grant[] {
  const candidates = kms.grants.candidates(key, {
    operation: 'CreateGrant',
    grantees: granteeNames(call.caller.principal),
    encryptionContext: {},
    sourceArn: call.sourceArn,
    tokenGrantIds: kms.tokens.openAll(call.grantTokens),
    now: kms.now(key.accountId),
  });
  return candidates.filter((grant) => grantIsWithin(asked, grant));
}

function checkOperations(key: KeyRecord, input: Input, constraints: Grant['constraints']): void {
  if (input.Operations.length === 0) throw invalid('Operations must name at least one operation.');
  const possible = grantableOperations(key.spec, key.usage);
  const wrong = input.Operations.find((operation) => !possible.includes(operation));
  if (wrong !== undefined) {
    throw invalid(
      `The operation ${wrong} is not valid for a KMS key with key spec ${key.spec} and key usage ${key.usage}.`,
    );
  }
  const withContext = constraints?.encryptionContextEquals ?? constraints?.encryptionContextSubset;
  if (withContext !== undefined && key.spec !== 'SYMMETRIC_DEFAULT') {
    throw invalid('Encryption context grant constraints are valid for symmetric encryption KMS keys only.');
  }
}

/** KMS-43 */
function sameGrant(a: StoredGrant, b: Omit<StoredGrant, 'seq' | 'endedAt'>): boolean {
  return signature(a) === signature(b);
}

function signature(grant: Omit<StoredGrant, 'seq' | 'endedAt'>): string {
  const pairs = (value: Readonly<Record<string, string>> | undefined) =>
    value && Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    grant.granteePrincipal,
    grant.granteeServicePrincipal,
    grant.retiringPrincipal,
    grant.retiringServicePrincipal,
    grant.issuingAccount,
    [...grant.operations].sort(),
    pairs(grant.constraints?.encryptionContextEquals),
    pairs(grant.constraints?.encryptionContextSubset),
    grant.constraints?.sourceArn,
  ]);
}
