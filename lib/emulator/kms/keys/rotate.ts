import type { RotationType } from '@aws-sdk/client-kms';
import { materialIdOf } from '../crypto/materials.ts';
import { random } from '../crypto/random.ts';
import type { Kms } from '../kms.ts';
import type { KeyRecord } from './record.ts';
import { serviceEvent } from './service-event.ts';

export const DAY_MS = 86_400_000;

/**
 * Gives a symmetric key, and its replicas, new material that encrypts from now on; what it had stays readable (KMS-07).
 * With `materialId` it takes imported material that is waiting. Call it inside a write.
 */
export function rotate(kms: Kms, key: KeyRecord, at: number, type: RotationType, materialId?: string): KeyRecord {
  const secret = materialId === undefined ? random.take(32) : undefined;
  let rotated = key;
  for (const member of key.multiRegion === 1 ? kms.keys.family(key.accountId, key.keyId) : [key]) {
    const id = materialId ?? (secret === undefined ? '' : materialIdOf(key.keyId, secret));
    if (secret !== undefined) {
      kms.materials.put(
        member,
        {
          materialId: id,
          state: 'NON_CURRENT',
          rotatedAt: null,
          rotationType: null,
          expirationModel: null,
          validTo: null,
          description: null,
        },
        secret,
      );
    }
    kms.materials.promote(member, id, at, type);
    const changed = kms.keys.update(member, { materialId: id });
    if (member.region === key.region) rotated = changed;
  }
  kms.surroundings.trail.append(key.accountId, key.region, at, serviceEvent(key, 'RotateKey', { rotationType: type }));
  return rotated;
}
