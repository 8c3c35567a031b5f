/**
 * The gate of object operations: who may pass in each kind of bucket, and how what is written there is encrypted.
 * General purpose buckets ask policies, directory buckets their session, warehouses of tables the table's policies.
 */

import type { RequestContext } from '../context.ts';
import type { Access, Conditions } from './access.ts';
import type { Bucket } from './buckets/store.ts';
import { type CustomerKeyHeaders, chooseScheme, type EncryptionHeaders, type Scheme } from './encryption/scheme.ts';
import { errors } from './errors.ts';
import { requireSame, type SessionEncryption, schemeOf } from './sessions/rules.ts';
import type { Zonal } from './sessions/zonal.ts';

/** What an object operation wants. */
export interface Passage {
  /** `s3:PutObject`, … for general purpose buckets. */
  readonly action: string;
  readonly mode: 'ReadOnly' | 'ReadWrite';
  /** Object key; absent for operations on the bucket. */
  readonly key?: string;
  readonly conditions?: Conditions;
  /** CopyObject and UploadPartCopy: no session authorises them (DB-30). */
  readonly copy?: boolean;
}

/** The answer of the gate. */
export interface Passed {
  readonly bucket: Bucket;
  /** Directory buckets: how the session encrypts. */
  readonly session?: SessionEncryption;
}

/** TB-61: the object operations that reach table data, and the action each needs. */
const TABLE_ACTIONS: Readonly<Record<string, string>> = {
  GetObject: 's3tables:GetTableData',
  HeadObject: 's3tables:GetTableData',
  ListParts: 's3tables:GetTableData',
  PutObject: 's3tables:PutTableData',
  CreateMultipartUpload: 's3tables:PutTableData',
  UploadPart: 's3tables:PutTableData',
  CompleteMultipartUpload: 's3tables:PutTableData',
  AbortMultipartUpload: 's3tables:PutTableData',
};

/** Operations that general purpose buckets have and directory buckets lack. */
const NOT_IN_DIRECTORY = new Set([
  'ListObjects',
  'ListObjectVersions',
  'GetObjectTagging',
  'PutObjectTagging',
  'DeleteObjectTagging',
]);

export class Gate {
  readonly #access: Access;
  readonly #zonal: Zonal;

  constructor(access: Access, zonal: Zonal) {
    this.#access = access;
    this.#zonal = zonal;
  }

  /** Finds the bucket, names the object on the trail, and lets the request pass or throws. */
  enter(context: RequestContext, name: string, passage: Passage, expectedOwner?: string): Passed {
    const bucket = this.#access.bucket(context, name, expectedOwner);
    const arn = passage.key === undefined ? bucket.arn : `${bucket.arn}/${passage.key}`;
    context.trail.resource = arn;
    return this.pass(context, bucket, passage, arn);
  }

  /** Lets the request pass at a bucket that was found already. */
  pass(context: RequestContext, bucket: Bucket, passage: Passage, arn: string): Passed {
    switch (bucket.kind) {
      case 'general':
        this.#access.require(context, bucket, passage.action, arn, passage.conditions);
        return { bucket };
      case 'directory':
        if (NOT_IN_DIRECTORY.has(context.operation)) throw errors.methodNotAllowed(context.operation, 'BUCKET');
        if (passage.copy !== true) return { bucket, session: this.#zonal.enter(context, bucket, passage.mode) };
        this.#zonal.enterWithoutSession(context, bucket, passage.mode);
        return { bucket };
      case 'table':
        this.#enterTable(context, bucket);
        return { bucket };
      default:
        throw bucket.kind satisfies never;
    }
  }

  /** How a new object is encrypted. Throws where the headers ask for what the bucket or session does not allow. */
  scheme({ bucket, session }: Passed, headers: EncryptionHeaders & CustomerKeyHeaders): Scheme {
    if (bucket.warehouse !== undefined) {
      const { encryption } = bucket.warehouse;
      if (headers.ServerSideEncryption !== undefined && headers.ServerSideEncryption !== encryption.algorithm) {
        throw errors.invalidRequest('The encryption headers must match the encryption settings of the table.');
      }
      return schemeOf(encryption);
    }
    if (session === undefined) return chooseScheme(bucket, headers);
    requireSame(bucket, session, headers);
    return schemeOf(session);
  }

  #enterTable(context: RequestContext, bucket: Bucket): void {
    const action = TABLE_ACTIONS[context.operation];
    const { warehouse } = bucket;
    if (action === undefined || warehouse === undefined) {
      throw errors.methodNotAllowed(context.operation, 'TABLE');
    }
    // TB-22: tables in AWS's own buckets are written by its services.
    if (action === 's3tables:PutTableData' && warehouse.tableBucketArn.includes(':bucket/aws-')) {
      throw errors.accessDenied();
    }
    context.trail.parent = warehouse.tableArn;
    const { tableArn, tableBucketArn, accountId } = warehouse;
    context.trail.event = {
      eventSource: 's3tables.amazonaws.com',
      category: 'Data',
      resources: [
        { accountId, type: 'AWS::S3Tables::TableBucket', ARN: tableBucketArn },
        { accountId, type: 'AWS::S3Tables::Table', ARN: tableArn },
      ],
    };
    this.#access.require(context, bucket, action, tableArn);
  }
}
