/** What a session of a directory bucket may encrypt with, and what requests inside it may say (DB-10 … DB-15, DB-35 … DB-39). */

import type { BucketSession } from '../../context.ts';
import type { Bucket } from '../buckets/store.ts';
import { requireDefaultContext } from '../encryption/key-use.ts';
import { type CustomerKeyHeaders, type EncryptionHeaders, readContext, type Scheme } from '../encryption/scheme.ts';
import { errors } from '../errors.ts';

export type SessionEncryption = BucketSession['encryption'];

const SSE_S3: SessionEncryption = { algorithm: 'AES256' };

/** What the bucket's default encryption says. */
export function defaultOf(bucket: Bucket): SessionEncryption {
  const { encryption, keyForLife } = bucket.config;
  return encryption?.algorithm === 'aws:kms' && keyForLife !== undefined
    ? { algorithm: 'aws:kms', keyArn: keyForLife }
    : SSE_S3;
}

/**
 * The encryption that CreateSession or CopyObject ask for. They may differ from the bucket's default only where that is
 * SSE-KMS, and then name only the bucket's key (DB-35, DB-36, DB-38, DB-39). Throws InvalidRequest.
 */
export function chooseForDirectory(
  bucket: Bucket,
  headers: EncryptionHeaders,
  keyRequired: boolean,
): SessionEncryption {
  const fallback = defaultOf(bucket);
  const algorithm = headers.ServerSideEncryption;
  requireDefaultContext(bucket, readContext(headers.SSEKMSEncryptionContext));
  if (algorithm === undefined) {
    if (headers.SSEKMSKeyId !== undefined) requireKey(fallback, headers.SSEKMSKeyId);
    return fallback;
  }
  if (algorithm === 'AES256') {
    if (headers.SSEKMSKeyId !== undefined) throw keyWithoutKms();
    return SSE_S3;
  }
  if (algorithm !== 'aws:kms') throw unsupported(algorithm);
  if (fallback.algorithm !== 'aws:kms') {
    throw errors.invalidRequest(
      'SSE-KMS can be requested only when the default encryption of the directory bucket is SSE-KMS.',
    );
  }
  if (headers.SSEKMSKeyId === undefined) {
    if (keyRequired) {
      throw errors.invalidRequest(
        'x-amz-server-side-encryption-aws-kms-key-id is required when x-amz-server-side-encryption is aws:kms.',
      );
    }
  } else requireKey(fallback, headers.SSEKMSKeyId);
  return fallback;
}

/** DB-37: encryption headers inside a session are optional; where they are present they must equal the session's. */
export function requireSame(
  bucket: Bucket,
  session: SessionEncryption,
  headers: EncryptionHeaders & CustomerKeyHeaders,
): void {
  if (headers.SSECustomerAlgorithm !== undefined || headers.SSECustomerKey !== undefined) {
    throw errors.invalidRequest(
      'Server Side Encryption with Customer provided keys is not supported for directory buckets.',
    );
  }
  const algorithm = headers.ServerSideEncryption;
  if (algorithm !== undefined && algorithm !== 'AES256' && algorithm !== 'aws:kms') throw unsupported(algorithm);
  requireDefaultContext(bucket, readContext(headers.SSEKMSEncryptionContext));
  if (algorithm !== undefined && algorithm !== session.algorithm) {
    throw errors.invalidRequest(
      'The x-amz-server-side-encryption header must match the encryption settings of the session.',
    );
  }
  if (headers.SSEKMSKeyId !== undefined) requireKey(session, headers.SSEKMSKeyId);
}

/** Whether an identifier (key id or key ARN, DB-14) names the key. */
export function namesKey(identifier: string, keyArn: string): boolean {
  return identifier === keyArn || keyArn.endsWith(`/${identifier}`);
}

/** The scheme of new objects: bucket keys are always on (DB-25). */
export function schemeOf(encryption: SessionEncryption): Scheme {
  return encryption.algorithm === 'AES256'
    ? { algorithm: 'AES256' }
    : { algorithm: 'aws:kms', keyId: encryption.keyArn, bucketKey: true, extraContext: {} };
}

function requireKey(encryption: SessionEncryption, identifier: string): void {
  if (encryption.algorithm !== 'aws:kms') throw keyWithoutKms();
  if (namesKey(identifier, encryption.keyArn)) return;
  throw errors.invalidRequest(
    'The KMS key must be the customer managed key of the default encryption of the directory bucket, given as key ID or key ARN.',
  );
}

function keyWithoutKms(): Error {
  return errors.invalidRequest(
    'A KMS key ID can be given only when the encryption settings of the session are SSE-KMS.',
  );
}

function unsupported(algorithm: string): Error {
  return errors.invalidArgument(
    'The encryption method specified is not supported',
    'x-amz-server-side-encryption',
    algorithm,
  );
}
