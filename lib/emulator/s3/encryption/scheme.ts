/** What encryption a request asks for: headers over the bucket's default (GP-02, GP-03, GP-07, GP-18, GP-22, BK-12, BK-19). */

import { hash } from 'node:crypto';
import type { Bucket, DefaultEncryption } from '../buckets/store.ts';
import { errors } from '../errors.ts';

/** Numbers in the `scheme` column. */
export const SCHEME = { AES256: 0, KMS: 1, DSSE: 2, CUSTOMER: 3 } as const;

/** How one object is to be encrypted. */
export type Scheme =
  | { readonly algorithm: 'AES256' }
  | {
      readonly algorithm: 'aws:kms' | 'aws:kms:dsse';
      /** As it was sent; undefined means the AWS managed key. */
      readonly keyId: string | undefined;
      readonly bucketKey: boolean;
      /** Pairs beside S3's own (GP-17). */
      readonly extraContext: Readonly<Record<string, string>>;
    }
  | CustomerScheme;

export interface CustomerScheme {
  readonly algorithm: 'customer';
  readonly key: Uint8Array;
  /** Base64, as the client sent it. */
  readonly md5: string;
}

/** The encryption members of PutObject, CopyObject, CreateMultipartUpload and CreateSession. */
export interface EncryptionHeaders {
  readonly ServerSideEncryption?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
  readonly SSEKMSEncryptionContext?: string | undefined;
  readonly BucketKeyEnabled?: boolean | undefined;
}

export interface CustomerKeyHeaders {
  readonly SSECustomerAlgorithm?: string | undefined;
  readonly SSECustomerKey?: string | undefined;
  readonly SSECustomerKeyMD5?: string | undefined;
}

export const SSE_HEADER = 'x-amz-server-side-encryption';
const KMS_ONLY =
  'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms';
const BOTH = 'Server Side Encryption with Customer provided key is incompatible with the encryption method specified';

const SSE_S3: Scheme = { algorithm: 'AES256' };
const NO_PAIRS: Readonly<Record<string, string>> = {};

/** The default of every bucket since January 2023 (GP-01). */
export const NO_DEFAULT: DefaultEncryption = { algorithm: 'AES256', bucketKey: false };

/** How a new object in a general purpose bucket is encrypted. Throws InvalidArgument where the headers contradict each other. */
export function chooseScheme(bucket: Bucket, headers: EncryptionHeaders & CustomerKeyHeaders): Scheme {
  const customer = readCustomerKey(headers);
  const algorithm = headers.ServerSideEncryption;
  if (customer !== undefined) {
    if (algorithm !== undefined) throw errors.invalidArgument(BOTH, SSE_HEADER, algorithm);
    if (bucket.config.encryption?.blocked?.includes('SSE-C') === true) throw errors.accessDenied();
    return customer;
  }
  const fallback = bucket.config.encryption ?? NO_DEFAULT;
  if (algorithm === undefined) {
    if (headers.SSEKMSKeyId !== undefined || headers.SSEKMSEncryptionContext !== undefined) {
      throw errors.invalidArgument(KMS_ONLY, SSE_HEADER, 'null');
    }
    if (fallback.algorithm === 'AES256') return SSE_S3;
    return kmsScheme(fallback.algorithm, fallback.keyId, headers, fallback);
  }
  if (algorithm === 'AES256') {
    if (headers.SSEKMSKeyId !== undefined || headers.SSEKMSEncryptionContext !== undefined) {
      throw errors.invalidArgument(KMS_ONLY, SSE_HEADER, algorithm);
    }
    return SSE_S3;
  }
  if (algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse') throw unsupportedAlgorithm(algorithm);
  return kmsScheme(algorithm, headers.SSEKMSKeyId ?? fallback.keyId, headers, fallback);
}

export function unsupportedAlgorithm(algorithm: string): Error {
  return errors.invalidArgument('The encryption method specified is not supported', SSE_HEADER, algorithm);
}

function kmsScheme(
  algorithm: 'aws:kms' | 'aws:kms:dsse',
  keyId: string | undefined,
  headers: EncryptionHeaders,
  fallback: DefaultEncryption,
): Scheme {
  return {
    algorithm,
    keyId: keyId === '' ? undefined : keyId,
    // BK-02, GP-22: double encryption never uses bucket keys.
    bucketKey: algorithm === 'aws:kms' && (headers.BucketKeyEnabled ?? fallback.bucketKey),
    extraContext: readContext(headers.SSEKMSEncryptionContext),
  };
}

/** Longest encryption context that is read: KMS itself takes 8 KB. */
const MAXIMUM_CONTEXT = 8192;

/** Base64 of a JSON object of strings (GP-17, DB-49). Throws InvalidArgument. */
export function readContext(header: string | undefined): Readonly<Record<string, string>> {
  if (header === undefined || header === '') return NO_PAIRS;
  const name = 'x-amz-server-side-encryption-context';
  const refused = errors.invalidArgument('The header value is not Base64 of a JSON object of strings.', name, header);
  if (header.length > MAXIMUM_CONTEXT) throw refused;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  } catch {
    throw refused;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused;
  const pairs = Object.entries(value);
  if (!pairs.every(([, text]) => typeof text === 'string')) throw refused;
  return Object.fromEntries(pairs) as Record<string, string>;
}

export const WRONG_CUSTOMER_KEY =
  'Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.';

/** The same for a request that reads: a key without its MD5 is no malformed one there but a wrong one. */
export function readCustomerKeyToOpen(headers: CustomerKeyHeaders): CustomerScheme | undefined {
  const { SSECustomerAlgorithm: algorithm, SSECustomerKey: key, SSECustomerKeyMD5: md5 } = headers;
  if (algorithm === 'AES256' && key !== undefined && md5 === undefined) throw errors.accessDenied(WRONG_CUSTOMER_KEY);
  return readCustomerKey(headers);
}

/** A customer provided key (SSE-C), or undefined when the request names none. Throws as recorded from AWS. */
export function readCustomerKey(headers: CustomerKeyHeaders): CustomerScheme | undefined {
  const { SSECustomerAlgorithm: algorithm, SSECustomerKey: key, SSECustomerKeyMD5: md5 } = headers;
  if (algorithm === undefined && key === undefined && md5 === undefined) return undefined;
  const prefix = 'x-amz-server-side-encryption-customer';
  if (algorithm === undefined) {
    throw errors.invalidArgument(
      'Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.',
      `${prefix}-algorithm`,
      'null',
    );
  }
  if (algorithm !== 'AES256') throw errors.invalidEncryptionAlgorithm();
  if (key === undefined) {
    throw errors.invalidArgument(
      'Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key.',
      `${prefix}-key`,
      'null',
    );
  }
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length !== 32 || md5 === undefined) {
    throw errors.invalidArgument('The secret key was invalid for the specified algorithm.', `${prefix}-key-MD5`);
  }
  if (hash('md5', bytes, 'base64') !== md5) {
    throw errors.invalidArgument(
      'The calculated MD5 hash of the key did not match the hash that was provided.',
      `${prefix}-key-MD5`,
    );
  }
  return { algorithm: 'customer', key: bytes, md5 };
}

/** GP-12, DB-54: GET and HEAD must not carry encryption headers. */
export function refuseEncryptionHeaders(headers: Readonly<Record<string, string>>): void {
  for (const name of READ_REFUSED) {
    const value = headers[name];
    if (value !== undefined) {
      throw errors.invalidArgument(
        'x-amz-server-side-encryption header is not supported for this operation.',
        name,
        value,
      );
    }
  }
}

const READ_REFUSED = [
  SSE_HEADER,
  `${SSE_HEADER}-aws-kms-key-id`,
  `${SSE_HEADER}-context`,
  `${SSE_HEADER}-bucket-key-enabled`,
];
