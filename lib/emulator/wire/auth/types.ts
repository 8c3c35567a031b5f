/** What authentication reads from a request, and what it leaves for the body. */

import type { BodySource } from '../operation.ts';

/** Scope of a signature: where and when it counts. */
export interface CredentialScope {
  /** `20261121` */
  readonly date: string;
  readonly region: string;
  /** Signing name: `s3`, `s3express`, `kms`, … */
  readonly service: string;
}

/** A Signature Version 4, parsed but not yet verified. */
export interface SignedAuth {
  /** Where it stood: the Authorization header, or the query of a presigned URL. */
  readonly kind: 'header' | 'query';
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  /** `AKID/20261121/us-east-1/s3/aws4_request` as sent. */
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  /** 64 lower-case hex digits as sent. */
  readonly signature: string;
  /** `20261121T101112Z`, also when the client sent a `Date` header instead. */
  readonly amzDate: string;
  /** `amzDate` in milliseconds of machine time. */
  readonly signedAt: number;
  /** Presigned URLs: lifetime in seconds. */
  readonly expires?: number;
  /** `x-amz-security-token` or `x-amz-s3session-token`, from header or query. */
  readonly sessionToken?: string;
}

/** A request without any sign of a signature. */
interface AnonymousAuth {
  readonly kind: 'anonymous';
}

export type AuthInfo = SignedAuth | AnonymousAuth;

/** What is known of the credentials behind an access key id; StoredCredential of the identity port fits. */
export interface CredentialFacts {
  readonly active: boolean;
  readonly sessionToken?: string;
  /** World time, milliseconds. */
  readonly expiresAt?: number;
}

/** A body that has passed its checks (`whole`), or passes them while it is read: the iteration throws AwsError if not. */
export interface CheckedBody extends BodySource {
  /**
   * Checksums that were computed and found right, by algorithm (`CRC32`, …, `MD5`), base64. Complete once the body has
   * been read: saves a service from computing them again.
   */
  readonly verified: ReadonlyMap<string, string>;
}
