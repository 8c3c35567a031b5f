/** ReplicateKey, UpdatePrimaryRegion (KMS-08). */

import type { ReplicateKeyRequest, ReplicateKeyResponse, UpdatePrimaryRegionRequest } from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import { authorizeKey, tagConditions } from '../authorize.ts';
import { directCall } from '../call.ts';
import { invalid, kmsError } from '../errors.ts';
import type { Kms } from '../kms.ts';
import { OWN_KEY, resolveKey } from '../resolve.ts';
import { keyMetadata } from './metadata.ts';
import { checkPolicy, defaultPolicy } from './policy-check.ts';
import { type KeyRecord, keyArn, partition } from './record.ts';
import { isReplica } from './rotation.ts';
import { demandState, ENABLED } from './states.ts';
import { checkTags, tagsToText } from './tags.ts';

export function replicaOperations(kms: Kms): OperationTable<RequestContext> {
  return {
    ReplicateKey(input: Checked<ReplicateKeyRequest>, context: RequestContext): ReplicateKeyResponse {
      const call = directCall(context);
      const tags = input.Tags ?? [];
      checkTags(tags);
      const { key } = resolveKey(kms, call, input.KeyId, 'ReplicateKey', OWN_KEY);
      authorizeKey(kms, call, {
        action: 'ReplicateKey',
        key,
        conditions: { replicaregion: input.ReplicaRegion, ...tagConditions(tags) },
      });
      demandPrimary(key);
      demandState(key, ENABLED);
      if (partition(input.ReplicaRegion) !== partition(key.region))
        throw invalid(`The Region ${input.ReplicaRegion} is in another partition.`);
      const replicaArn = keyArn(key.accountId, input.ReplicaRegion, key.keyId);
      if (kms.keys.find(input.ReplicaRegion, key.keyId) !== undefined) {
        throw kmsError('AlreadyExistsException', `Replica key already exists: ${replicaArn}`);
      }
      const policyText = input.Policy ?? defaultPolicy(key.accountId, partition(key.region));
      if (input.Policy !== undefined) {
        checkPolicy(kms, context, replicaArn, input.Policy, input.BypassPolicyLockoutSafetyCheck);
      }
      const replica = kms.write(() => replicate(kms, key, input, policyText));
      return {
        // A replica needs a moment until it is there; from the next request on it is (KMSDG multi-region-keys-replicate).
        ReplicaKeyMetadata: { ...keyMetadata(kms, replica), KeyState: 'Creating', Enabled: false },
        ReplicaPolicy: policyText,
        ReplicaTags: tags.map(({ TagKey, TagValue }) => ({ TagKey, TagValue })),
      };
    },

    UpdatePrimaryRegion(input: Checked<UpdatePrimaryRegionRequest>, context: RequestContext): void {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'UpdatePrimaryRegion', OWN_KEY);
      authorizeKey(kms, call, {
        action: 'UpdatePrimaryRegion',
        key,
        conditions: { primaryregion: input.PrimaryRegion },
      });
      demandPrimary(key);
      demandState(key, ENABLED);
      const next = kms.keys.find(input.PrimaryRegion, key.keyId);
      if (next === undefined || next.region === key.region) {
        throw kmsError('NotFoundException', `There is no replica of ${key.arn} in Region ${input.PrimaryRegion}.`);
      }
      demandState(next, ENABLED);
      kms.write(() => {
        const { rotationPeriod, nextRotationAt, onDemandRotations } = key;
        for (const member of kms.keys.family(key.accountId, key.keyId)) {
          const rotation =
            member.region === next.region
              ? { rotationPeriod, nextRotationAt, onDemandRotations }
              : { rotationPeriod: null, nextRotationAt: null, onDemandRotations: 0 };
          kms.keys.update(member, { primaryRegion: next.region, ...rotation });
        }
      });
    },
  };
}

function demandPrimary(key: KeyRecord): void {
  if (key.multiRegion === 1 && !isReplica(key)) return;
  throw kmsError('UnsupportedOperationException', `${key.arn} is not a multi-region primary key.`);
}

/** The same id and material in another Region, with a policy, tags, aliases and grants of its own. */
function replicate(kms: Kms, key: KeyRecord, input: Checked<ReplicateKeyRequest>, policyText: string): KeyRecord {
  const imported = key.origin === 'EXTERNAL';
  const row = {
    ...key,
    region: input.ReplicaRegion,
    createdAt: kms.now(key.accountId),
    description: input.Description ?? '',
    state: imported ? ('PendingImport' as const) : ('Enabled' as const),
    policyText,
    tags: tagsToText(input.Tags),
    rotationPeriod: null,
    nextRotationAt: null,
    onDemandRotations: 0,
    expirationModel: null,
    validTo: null,
    ...(imported && { materialId: null }),
  };
  if (!imported) {
    for (const material of kms.materials.list(key)) {
      const secret = kms.materials.reveal(key, material.materialId);
      if (secret === undefined) continue;
      kms.materials.put(row, material, secret);
      secret.fill(0);
    }
  }
  return kms.keys.insert(row);
}
