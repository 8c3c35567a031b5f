/** How something is encrypted, in one shape for the three kinds of buckets, objects and tables. */
export interface Encryption {
  readonly kind: 'SSE-S3' | 'SSE-KMS' | 'DSSE-KMS' | 'SSE-C';
  /** As AWS gives it: ARN or id; absent means the AWS managed key. */
  readonly keyId?: string;
  readonly bucketKey?: boolean;
}

/** From the words that S3 and S3 Tables use on the wire. */
export function toEncryption(algorithm: string | undefined, keyId?: string, bucketKey?: boolean): Encryption {
  const kind = algorithm === 'aws:kms' ? 'SSE-KMS' : algorithm === 'aws:kms:dsse' ? 'DSSE-KMS' : 'SSE-S3';
  return {
    kind,
    ...(keyId ? { keyId } : {}),
    ...(bucketKey === undefined ? {} : { bucketKey }),
  };
}

/** To the words on the wire. */
export function toAlgorithm(kind: Encryption['kind']): 'AES256' | 'aws:kms' | 'aws:kms:dsse' {
  return kind === 'SSE-KMS' ? 'aws:kms' : kind === 'DSSE-KMS' ? 'aws:kms:dsse' : 'AES256';
}
