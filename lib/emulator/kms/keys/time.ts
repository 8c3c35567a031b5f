/** What time does to keys: deletion after the waiting period, expiry of imported material, automatic rotation. */

import type { Kms } from '../kms.ts';
import type { KeyRecord } from './record.ts';
import { DAY_MS, rotate } from './rotate.ts';
import { serviceEvent } from './service-event.ts';

/** The key as it is at `now`, or undefined when its waiting period has ended and it is gone (KMS-06). */
export function settleKey(kms: Kms, key: KeyRecord, now: number): KeyRecord | undefined {
  if (key.dueAt === null || key.dueAt > now) return key;
  return kms.write(() => {
    let settled: KeyRecord | undefined = key;
    while (settled !== undefined && settled.dueAt !== null && settled.dueAt <= now)
      settled = step(kms, settled, settled.dueAt);
    return settled;
  });
}

/** Does what is due in an account by now; nearly always nothing, which costs one look into memory. */
export function settleDue(kms: Kms, accountId: string): void {
  const due = kms.keys.nextDue(accountId);
  if (due === null) return;
  const now = kms.now(accountId);
  if (due <= now) settleAccount(kms, accountId, now);
}

/** Does everything that is due in an account, because its clock has moved. */
export function settleAccount(kms: Kms, accountId: string, now: number): void {
  for (const { region, keyId } of kms.keys.due(accountId, now)) {
    const key = kms.keys.find(region, keyId);
    if (key !== undefined) settleKey(kms, key, now);
  }
  kms.write(() => kms.grants.purge(accountId, now));
}

function step(kms: Kms, key: KeyRecord, at: number): KeyRecord | undefined {
  if (key.state === 'PendingDeletion' && key.deletionAt !== null && key.deletionAt <= at) {
    destroy(kms, key, at);
    return undefined;
  }
  if (key.validTo !== null && key.validTo <= at) return expireMaterial(kms, key, at);
  return rotateOnSchedule(kms, key, at);
}

/** Deletes a key with all that belongs to it (KMS-06). The last replica takes its waiting primary's barrier away (KMS-08). */
function destroy(kms: Kms, key: KeyRecord, at: number): void {
  kms.aliases.removeKey(key.region, key.keyId);
  kms.grants.removeKey(key);
  kms.materials.removeKey(key);
  kms.keys.remove(key);
  kms.surroundings.trail.append(key.accountId, key.region, at, serviceEvent(key, 'DeleteKey'));
  const rest = kms.keys.family(key.accountId, key.keyId);
  const [primary] = rest;
  if (rest.length !== 1 || primary?.state !== 'PendingReplicaDeletion') return;
  const days = primary.deletionWindow ?? 30;
  kms.keys.update(primary, { state: 'PendingDeletion', deletionAt: at + days * DAY_MS });
}

/** Material past its date is forgotten, and the key waits for it to be imported again (KMS-09). */
function expireMaterial(kms: Kms, key: KeyRecord, at: number): KeyRecord {
  const materials = kms.materials.list(key).filter((material) => material.present === 1);
  for (const material of materials) {
    if (material.validTo !== null && material.validTo <= at) kms.materials.erase(key, material.materialId);
  }
  const left = materials
    .map(({ validTo }) => validTo)
    .filter((validTo) => validTo !== null)
    .filter((validTo) => validTo > at);
  kms.surroundings.trail.append(key.accountId, key.region, at, serviceEvent(key, 'DeleteExpiredKeyMaterial'));
  return kms.keys.update(key, {
    state: key.state === 'PendingDeletion' ? key.state : 'PendingImport',
    validTo: left.length === 0 ? null : Math.min(...left),
  });
}

function rotateOnSchedule(kms: Kms, key: KeyRecord, at: number): KeyRecord {
  const rotated = rotate(kms, key, at, 'AUTOMATIC');
  return kms.keys.update(rotated, { nextRotationAt: at + (key.rotationPeriod ?? 365) * DAY_MS });
}
