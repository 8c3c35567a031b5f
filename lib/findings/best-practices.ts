/** Best practices of the seeds as checks over settings (GP-27, GP-24, BK-01, KMS-07). Pure. */
import type { BucketEncryption } from '../aws/buckets.ts';
import type { Encryption } from '../aws/encryption.ts';
import type { Key } from '../aws/keys.ts';
import type { Place } from '../plan/types.ts';
import type { Found } from './types.ts';

/** A bucket or table bucket with its default. */
export interface Encrypted {
  readonly place: Place;
  readonly encryption: Encryption | BucketEncryption;
}

const NAMES = {
  bucket: 'General purpose bucket',
  'directory-bucket': 'Directory bucket',
  'table-bucket': 'Table bucket',
  table: 'Table',
  key: 'Key',
} as const;

function found(place: Place, check: string, more: Omit<Found, 'id' | 'check' | 'resource' | 'place'>): Found {
  const name = place.kind === 'table' ? `${place.bucket}, ${place.namespace}.${place.name}` : place.name;
  return { id: `${check} ${place.kind} ${name}`, check, resource: name, place, ...more };
}

/**
 * What a default encryption leaves open.
 * @param key the default's key, where it was found in this account and Region
 */
export function encryptionFindings(
  { place, encryption }: Encrypted,
  key: Key | undefined,
  account: string,
): readonly Found[] {
  const noun = NAMES[place.kind];
  const findings: Found[] = [];
  if (encryption.kind === 'SSE-S3' && place.kind !== 'table') {
    findings.push(
      found(place, 'default-without-key', {
        rules: ['GP-27'],
        severity: 'info',
        title: 'New data is encrypted without a key of yours',
        evidence: `${noun}, default SSE-S3: no key policy, grant or audit event decides who reads it.`,
      }),
    );
  }
  if (place.kind === 'bucket' && encryption.kind === 'SSE-KMS' && encryption.bucketKey !== true) {
    findings.push(
      found(place, 'bucket-key-off', {
        rules: ['BK-01'],
        severity: 'warning',
        title: 'Every object calls KMS: the bucket key is off',
        evidence: 'BucketKeyEnabled is false. With it, S3 asks KMS up to 99 % less often.',
        repair: 'Turn the bucket key on',
      }),
    );
  }
  if (
    place.kind === 'bucket' &&
    'blocksCustomerKeys' in encryption &&
    !encryption.blocksCustomerKeys &&
    encryption.kind !== 'SSE-S3'
  ) {
    findings.push(
      found(place, 'customer-keys-accepted', {
        rules: ['GP-24'],
        severity: 'info',
        title: 'Uploads with customer keys (SSE-C) pass the key policy by',
        evidence: 'BlockedEncryptionTypes does not hold SSE-C.',
        repair: 'Refuse SSE-C',
      }),
    );
  }
  if (encryption.keyId && key && key.state !== 'Enabled') {
    findings.push(
      found(place, 'default-key-unusable', {
        rules: ['KMS-04'],
        severity: 'error',
        title: `The key is ${key.state}: writes and reads fail`,
        evidence: `${noun} uses ${key.arn}`,
      }),
    );
  }
  if (encryption.keyId && !key && !isForeign(encryption.keyId, account)) {
    findings.push(
      found(place, 'default-key-unknown', {
        rules: ['GP-14a'],
        severity: 'warning',
        title: 'The key was not found in this account and Region',
        evidence: `${noun} names ${encryption.keyId}; S3 does not check it before the first upload.`,
      }),
    );
  }
  return findings;
}

/** The key of another account, of which nothing can be said here. */
function isForeign(keyId: string, account: string): boolean {
  return keyId.startsWith('arn:') && keyId.split(':')[4] !== account;
}

/** @param applications names of the bucket-level resources whose default the key is */
export function keyFindings(
  key: Key,
  rotation: { readonly on: boolean } | undefined,
  applications: readonly string[],
): readonly Found[] {
  const place: Place = { kind: 'key', name: key.id };
  if (key.manager === 'AWS' || key.state !== 'Enabled') return [];
  return [
    ...(rotation && !rotation.on && key.origin === 'AWS_KMS' && key.spec === 'SYMMETRIC_DEFAULT'
      ? [
          found(place, 'rotation-off', {
            rules: ['KMS-07'],
            severity: 'info',
            title: 'The key does not rotate by itself',
            evidence: 'KeyRotationEnabled is false.',
            repair: 'Rotate every 365 days',
          }),
        ]
      : []),
    ...(applications.length > 3
      ? [
          found(place, 'shared-key', {
            rules: ['GP-27'],
            severity: 'info',
            title: `${applications.length} buckets share this key`,
            evidence: `${applications.slice(0, 4).join(', ')}. A key of its own for each application keeps a mistake in a key policy small.`,
          }),
        ]
      : []),
  ];
}
