/**
 * Condition keys of S3, S3 Express and S3 Tables that concern encryption, and some that are often put on the wrong
 * action (Service Authorization Reference; DB-52, TB-63). Keys that are not here are not judged.
 */

import { EVERY, type ServiceKeys } from './service-keys.ts';

const WRITES = ['PutObject', 'ReplicateObject'];

export const S3_KEYS: ServiceKeys = {
  service: 's3',
  name: 'S3',
  complete: false,
  keys: {
    'x-amz-server-side-encryption': WRITES,
    'x-amz-server-side-encryption-aws-kms-key-id': WRITES,
    'x-amz-server-side-encryption-customer-algorithm': [
      ...WRITES,
      'GetObject',
      'GetObjectAttributes',
      'GetObjectVersion',
      'GetObjectVersionAttributes',
      'RestoreObject',
    ],
    'x-amz-copy-source': ['PutObject'],
    'x-amz-metadata-directive': ['PutObject'],
    'x-amz-storage-class': WRITES,
    prefix: ['ListBucket', 'ListBucketVersions'],
    delimiter: ['ListBucket', 'ListBucketVersions'],
    'max-keys': ['ListBucket', 'ListBucketVersions'],
    ResourceAccount: EVERY,
    TlsVersion: EVERY,
    authType: EVERY,
    signatureAge: EVERY,
    signatureversion: EVERY,
  },
};

export const S3_EXPRESS_KEYS: ServiceKeys = {
  service: 's3express',
  name: 'S3 Express',
  complete: false,
  keys: {
    SessionMode: ['CreateSession'],
    'x-amz-server-side-encryption': ['CreateSession'],
    'x-amz-server-side-encryption-aws-kms-key-id': ['CreateSession'],
    LocationName: ['CreateBucket', 'CreateAccessPoint'],
    ResourceAccount: EVERY,
    TlsVersion: EVERY,
    authType: EVERY,
    signatureAge: EVERY,
    signatureversion: EVERY,
  },
};

const ENCRYPTION_SETTERS = ['CreateTable', 'CreateTableBucket', 'PutTableBucketEncryption', 'PutTableEncryption'];

export const S3_TABLES_KEYS: ServiceKeys = {
  service: 's3tables',
  name: 'S3 Tables',
  complete: false,
  keys: {
    SSEAlgorithm: ENCRYPTION_SETTERS,
    KMSKeyArn: ENCRYPTION_SETTERS,
  },
};
