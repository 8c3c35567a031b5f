/** EnableKeyRotation, DisableKeyRotation, GetKeyRotationStatus, RotateKeyOnDemand, ListKeyRotations (KMS-07). */

import type {
  DisableKeyRotationRequest,
  EnableKeyRotationRequest,
  GetKeyRotationStatusRequest,
  GetKeyRotationStatusResponse,
  ListKeyRotationsRequest,
  ListKeyRotationsResponse,
  RotateKeyOnDemandRequest,
  RotateKeyOnDemandResponse,
  RotationsListEntry,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import { authorizeKey } from '../authorize.ts';
import { directCall } from '../call.ts';
import type { MaterialRow } from '../crypto/materials.ts';
import { invalidOrigin, kmsError } from '../errors.ts';
import type { Kms } from '../kms.ts';
import { cutPage, readMarker } from '../pages.ts';
import { OWN_KEY, resolveKey, SHARED_KEY } from '../resolve.ts';
import type { KeyRecord } from './record.ts';
import { DAY_MS, rotate } from './rotate.ts';
import { demandState, ENABLED } from './states.ts';

const DEFAULT_PERIOD = 365;
/** SDK RotateKeyOnDemand */
const MAX_ON_DEMAND = 25;

export function rotationOperations(kms: Kms): OperationTable<RequestContext> {
  return {
    EnableKeyRotation(input: Checked<EnableKeyRotationRequest>, context: RequestContext): void {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'EnableKeyRotation', OWN_KEY);
      const period = input.RotationPeriodInDays ?? key.rotationPeriod ?? DEFAULT_PERIOD;
      authorizeKey(kms, call, {
        action: 'EnableKeyRotation',
        key,
        conditions: { rotationperiodindays: String(period) },
      });
      demandAutomatic(key);
      // A new period counts from now, the same one keeps its date.
      const kept = key.rotationPeriod === period ? key.nextRotationAt : null;
      const nextRotationAt = kept ?? kms.now(key.accountId) + period * DAY_MS;
      kms.write(() => kms.keys.update(key, { rotationPeriod: period, nextRotationAt }));
    },

    DisableKeyRotation(input: Checked<DisableKeyRotationRequest>, context: RequestContext): void {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'DisableKeyRotation', OWN_KEY);
      authorizeKey(kms, call, { action: 'DisableKeyRotation', key });
      demandAutomatic(key);
      kms.write(() => kms.keys.update(key, { rotationPeriod: null, nextRotationAt: null }));
    },

    GetKeyRotationStatus(
      input: Checked<GetKeyRotationStatusRequest>,
      context: RequestContext,
    ): GetKeyRotationStatusResponse {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'GetKeyRotationStatus', SHARED_KEY);
      authorizeKey(kms, call, { action: 'GetKeyRotationStatus', key });
      // While deletion is pending the status reads false, and returns if that is cancelled (SDK GetKeyRotationStatus).
      const primary = primaryOf(kms, key);
      if (key.state === 'PendingDeletion' || primary.rotationPeriod === null) {
        return { KeyId: key.arn, KeyRotationEnabled: false };
      }
      return {
        KeyId: key.arn,
        KeyRotationEnabled: true,
        RotationPeriodInDays: primary.rotationPeriod,
        ...(primary.nextRotationAt !== null && { NextRotationDate: new Date(primary.nextRotationAt) }),
      };
    },

    RotateKeyOnDemand(input: Checked<RotateKeyOnDemandRequest>, context: RequestContext): RotateKeyOnDemandResponse {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'RotateKeyOnDemand', OWN_KEY);
      authorizeKey(kms, call, { action: 'RotateKeyOnDemand', key });
      demandState(key, ENABLED);
      if (key.spec !== 'SYMMETRIC_DEFAULT' || isReplica(key)) throw kmsError('UnsupportedOperationException', '');
      if (key.customKeyStore !== null) throw invalidOrigin(key.arn, key.origin);
      if (key.onDemandRotations >= MAX_ON_DEMAND) {
        throw kmsError(
          'LimitExceededException',
          `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${key.arn}`,
        );
      }
      const waiting = key.origin === 'EXTERNAL' ? pendingMaterial(kms, key) : undefined;
      kms.write(() => {
        const rotated = rotate(kms, key, kms.now(key.accountId), 'ON_DEMAND', waiting?.materialId);
        kms.keys.update(rotated, { onDemandRotations: key.onDemandRotations + 1 });
      });
      return { KeyId: key.arn };
    },

    ListKeyRotations(input: Checked<ListKeyRotationsRequest>, context: RequestContext): ListKeyRotationsResponse {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'ListKeyRotations', OWN_KEY);
      authorizeKey(kms, call, { action: 'ListKeyRotations', key });
      if (key.spec !== 'SYMMETRIC_DEFAULT') throw kmsError('UnsupportedOperationException', '');
      const after = Number(readMarker(input.Marker, /^\d{1,9}$/, '0'));
      const all = input.IncludeKeyMaterial === 'ALL_KEY_MATERIAL';
      const limit = input.Limit ?? 100;
      const rotations = kms.materials
        .list(key)
        .filter((material) => material.seq > after && (all || material.rotatedAt !== null))
        .slice(0, limit + 1);
      const page = cutPage(rotations, limit, (material) => String(material.seq));
      return { Rotations: page.items.map((material) => rotationEntry(key, material)), ...page.next };
    },
  };
}

/** Throws unless a person may set automatic rotation of this key. */
function demandAutomatic(key: KeyRecord): void {
  if (key.spec !== 'SYMMETRIC_DEFAULT') throw kmsError('UnsupportedOperationException', '');
  if (key.origin !== 'AWS_KMS') throw invalidOrigin(key.arn, key.origin);
  demandState(key, ENABLED);
  if (isReplica(key)) throw kmsError('UnsupportedOperationException', `${key.arn} is not a multi-region primary key.`);
}

export function isReplica(key: KeyRecord): boolean {
  return key.primaryRegion !== null && key.primaryRegion !== key.region;
}

/** Rotation is a shared property of multi-Region keys; it is kept with the primary (KMSDG multi-region-keys). */
export function primaryOf(kms: Kms, key: KeyRecord): KeyRecord {
  if (key.primaryRegion === null || !isReplica(key)) return key;
  return kms.keys.find(key.primaryRegion, key.keyId) ?? key;
}

/** Imported material that waits in the key and, of a multi-Region key, in every replica (SDK RotateKeyOnDemand). */
function pendingMaterial(kms: Kms, key: KeyRecord): MaterialRow {
  const pending = kms.materials.list(key).find((material) => material.state === 'PENDING_ROTATION');
  const members = key.multiRegion === 1 ? kms.keys.family(key.accountId, key.keyId) : [key];
  const isEverywhere = (id: string) => members.every((member) => kms.materials.find(member, id)?.present === 1);
  if (pending === undefined || !isEverywhere(pending.materialId)) {
    throw kmsError('KMSInvalidStateException', `No available key material pending rotation for the key: ${key.arn}.`);
  }
  return pending;
}

function rotationEntry(key: KeyRecord, material: MaterialRow): RotationsListEntry {
  return {
    KeyId: key.arn,
    KeyMaterialId: material.materialId,
    KeyMaterialState: material.state,
    ...(key.origin === 'EXTERNAL' && {
      ImportState: material.present === 1 ? 'IMPORTED' : 'PENDING_IMPORT',
      ...(material.description !== null && { KeyMaterialDescription: material.description }),
      ...(material.expirationModel !== null && { ExpirationModel: material.expirationModel }),
      ...(material.validTo !== null && { ValidTo: new Date(material.validTo) }),
    }),
    ...(material.rotatedAt !== null && { RotationDate: new Date(material.rotatedAt) }),
    ...(material.rotationType !== null && { RotationType: material.rotationType }),
  };
}
