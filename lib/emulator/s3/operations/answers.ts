/** Members that many answers share. */

import type { Bucket } from '../buckets/store.ts';
import type { KeyColumns } from '../encryption/data-keys.ts';
import { SCHEME } from '../encryption/scheme.ts';
import { parseChecksum } from '../objects/checksums.ts';
import { wholeSeconds } from '../objects/conditions.ts';
import { NULL_VERSION } from '../objects/version-ids.ts';

const SSE_S3 = { ServerSideEncryption: 'AES256' } as const;

/** How an object is encrypted, as its answers say it: the full key ARN (GP-11), the bucket key only where one is used (GP-14c). */
export function encryptionAnswer(bucket: Bucket, columns: KeyColumns) {
  switch (columns.scheme) {
    case SCHEME.AES256:
      return SSE_S3;
    case SCHEME.CUSTOMER:
      return { SSECustomerAlgorithm: 'AES256', SSECustomerKeyMD5: columns.context ?? undefined };
    default:
      return {
        ServerSideEncryption: columns.scheme === SCHEME.DSSE ? ('aws:kms:dsse' as const) : ('aws:kms' as const),
        SSEKMSKeyId: columns.key_arn ?? undefined,
        BucketKeyEnabled: columns.cached_key !== null && bucket.kind !== 'table' ? true : undefined,
      };
  }
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}

/** Canonical user id of an account: S3 prints 64 hex digits (S3UG finding-canonical-user-id); ours are made from the account id. */
export function canonicalId(account: string): string {
  return account.repeat(6).slice(0, 64).padEnd(64, '0');
}

/** The version id that answers to reads name: none where the bucket never had versioning. */
export function versionAnswer(bucket: Bucket, row: { readonly version: string | null }): { VersionId?: string } {
  return bucket.config.versioning === undefined ? {} : { VersionId: row.version ?? NULL_VERSION };
}

/** The id that a write made, where versioning is enabled. */
export function newVersion(version: string | undefined): { VersionId?: string } {
  return version === undefined ? {} : { VersionId: version };
}

/** How listings tell of a checksum. */
export function listedChecksum(checksum: string | null) {
  if (checksum === null) return undefined;
  const { algorithm, type } = parseChecksum(checksum);
  return { ChecksumAlgorithm: [algorithm], ChecksumType: type };
}

/** GP-14, DB-55: only SSE-S3 objects of general purpose buckets have the MD5 as ETag. */
export function etagIsMd5(bucket: Bucket, columns: KeyColumns): boolean {
  return columns.scheme === SCHEME.AES256 && bucket.kind === 'general';
}

/** S3 keeps no fractions of a second. */
export function lastModified(milliseconds: number): Date {
  return new Date(wholeSeconds(milliseconds));
}
