/** A KMS key as the service holds it in memory: its row, and what follows from it. */

import type { ExpirationModelType, KeySpec, KeyState, KeyUsageType, OriginType } from '@aws-sdk/client-kms';
import type { SourcedPolicy } from '../../../access/types.ts';

/** Columns of `kms_keys`; times in milliseconds of world time. */
export interface KeyRow {
  readonly region: string;
  readonly keyId: string;
  readonly accountId: string;
  readonly createdAt: number;
  readonly description: string;
  readonly state: KeyState;
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly spec: KeySpec;
  readonly usage: KeyUsageType;
  readonly origin: OriginType;
  /** 1 for primary and replica keys. */
  readonly multiRegion: number;
  /** Region of the primary of a multi-Region key, its own Region when it is the primary. */
  readonly primaryRegion: string | null;
  readonly policyText: string;
  /** JSON of a flat object. */
  readonly tags: string;
  readonly deletionAt: number | null;
  readonly deletionWindow: number | null;
  /** Days; null while automatic rotation is off. */
  readonly rotationPeriod: number | null;
  readonly nextRotationAt: number | null;
  readonly onDemandRotations: number;
  /** The material that encrypts; null until the first import. */
  readonly materialId: string | null;
  readonly expirationModel: ExpirationModelType | null;
  /** Earliest expiry of imported material that is still there. */
  readonly validTo: number | null;
  /** Id of the custom key store that the key lives in. */
  readonly customKeyStore: string | null;
  /** The key of the external key manager, of a key in an external key store. */
  readonly xksKeyId: string | null;
}

export interface KeyRecord extends KeyRow {
  /** `state` as the row has it: a key is Unavailable only as long as its custom key store is not connected. */
  readonly storedState: KeyState;
  /** The CloudHSM cluster of the key's custom key store. */
  readonly clusterId: string | null;
  readonly arn: string;
  readonly tagMap: Readonly<Record<string, string>>;
  /** Names with their `alias/` prefix, sorted. */
  readonly aliases: readonly string[];
  readonly policy: SourcedPolicy;
  /** Condition keys that hold for every request about this key. */
  readonly conditions: readonly (readonly [string, readonly string[]])[];
  /** When time changes this key next: deletion, expiry of material, rotation. */
  readonly dueAt: number | null;
  /** The id as the header of a ciphertext blob carries it. */
  readonly blobId: Buffer;
}

export function keyArn(accountId: string, region: string, keyId: string): string {
  return `arn:${partition(region)}:kms:${region}:${accountId}:key/${keyId}`;
}

export function aliasArn(accountId: string, region: string, name: string): string {
  return `arn:${partition(region)}:kms:${region}:${accountId}:${name}`;
}

export function partition(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Time at which something is due by itself; a disabled key is not rotated (KMSDG rotate-keys). */
export function dueTime(row: KeyRow): number | null {
  const times = [
    row.state === 'PendingDeletion' ? row.deletionAt : null,
    row.validTo,
    row.state === 'Enabled' && row.rotationPeriod !== null ? row.nextRotationAt : null,
  ].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}

/** The 32 hexadecimal digits behind a key id, single-Region or multi-Region, as 16 bytes. */
export function keyIdBytes(keyId: string): Buffer {
  return Buffer.from(keyId.replace(/^mrk-|-/g, ''), 'hex');
}
